"""Who solved this: what is planted is found with its reasons, per reader; what has no verdict is no problem."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.about import LessonAbout
from schemas.assessment import ExpertVerdict
from schemas.catalogue import catalogue
from schemas.citation import CitationPublished, CitedExperience
from schemas.codes import Audience
from schemas.payloads import LessonPublished
from schemas.questionnaires import questionnaires
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.evaluations import an_evaluation
from tests.support.held_by_hub import HeldByHub, a_lesson, figures
from tests.support.panels import an_assessment, with_means

TOTAL = ("total", "total", "total")
NAMES = ("Alfa", "Beta", "Gamma", "Delta")
YEARS = ("2021", "2022", "2023", "2024", "2025")
PANEL = ("practice",) * 25
INSIDE = "a-token-of-the-network"
# of 1,000 each, less is better: Alfa rises, Beta falls, Gamma stays as it is
SERIES: dict[str, tuple[int, ...]] = {
    "ALFA": (150, 170, 190, 210, 240),
    "BETA": (200, 180, 160, 140, 120),
    "GAMMA": (160, 161, 159, 160, 160),
}
EXPERIENCE = CitedExperience("residents", "Verslag van de bewonersavond van 3 maart.")


@dataclass
class Planted:
    """A hub with planted regions, and what was planted."""

    held: HeldByHub

    def figures(self, code: str, value: TypedValue, year: str, indicator: str = "h.dm_prev") -> str:
        return self.held.accept(f"XR-{code}", figures(indicator, {TOTAL: value}, year, "invented"))

    def lesson(self, code: str, name: str, audience: Audience = "public", **other: Any) -> str:
        said: LessonPublished = msgspec.structs.replace(a_lesson(name, f"Les {name}"), **({"indicators": ()} | other))
        return self.held.accept(f"XR-{code}", said, audience)

    def ask(self, query: str, status: int = 200, inside: bool = False) -> Any:
        headers = {"Authorization": f"Bearer {INSIDE}"} if inside else {}
        answer = self.held.app.test_client().get(f"/api/v1/match?{query}", headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def page(self, query: str, status: int = 200) -> str:
        answer = self.held.app.test_client().get(f"/match?{query}")
        assert answer.status_code == status
        return re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    held = HeldByHub.opened(tmp_path)
    for name in NAMES:
        held.region(f"XR-{name.upper()}", name, "invented", INSIDE if name == "Alfa" else None)
    return Planted(held)


def with_series(planted: Planted) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for code, counts in SERIES.items():
        for year, count in zip(YEARS, counts, strict=True):
            made.setdefault(code, []).append(planted.figures(code, Exact(count, 1000), year))
    planted.held.prove()
    return made


def keys(found: Any) -> dict[str, list[str]]:
    return {one["problem"]["key"]: [why["kind"] for why in one["problem"]["why"]] for one in found["matches"]}


def reasons(one: Any) -> list[str]:
    return [reason["strength"] for reason in one["reasons"]]


def test_an_indicator_that_is_worse_and_worsens_is_matched_with_what_others_have(planted: Planted) -> None:
    made = with_series(planted)
    named = planted.lesson("GAMMA", "van-gamma", indicators=("h.dm_prev",))
    from_better = planted.lesson("BETA", "van-beta", indicators=("h.dm_prev",))
    planted.lesson("ALFA", "van-alfa", indicators=("h.dm_prev",))  # its own: nothing new to it
    planted.lesson("BETA", "elders", indicators=("h.srh_good",))
    planted.held.accept(
        "XR-DELTA",
        CitationPublished("c", named, "XR-GAMMA", "nl", "supporting", "rol", "Ook bij ons.", (EXPERIENCE,)),
    )
    held = [(made["BETA"][0], "2021"), (made["BETA"][-1], "2025")]
    effect = planted.held.accept("XR-BETA", an_evaluation(held, indicator="h.dm_prev"))
    harm = an_evaluation(held, indicator="h.dm_prev", estimate=("0.80", "0.50", "1.10"), level="intervention")
    planted.held.accept("XR-BETA", harm)  # an effect, and the wrong way
    found = planted.ask("region=XR-ALFA", inside=True)
    assert keys(found) == {"indicator:h.dm_prev": ["worse_than_reference", "worsening"]}
    (one,) = found["matches"]
    assert "higher than the regions together" in one["problem"]["why"][0]["text"]["en"]
    assert one["problem"]["why"][1]["text"]["nl"].startswith("Van 2021 tot en met 2025 stijgt het (trendtoets, 5%;")
    assert [lesson["event_id"] for lesson in one["lessons"]] == [from_better, named]  # measured before named
    assert [reasons(lesson) for lesson in one["lessons"]] == [["measured", "measured", "named"], ["named", "named"]]
    assert [(region["region"], reasons(region)) for region in one["regions"]] == [("XR-BETA", ["measured"])]
    assert [(told["event_id"], reasons(told)) for told in one["evaluations"]] == [(effect, ["measured"])]
    assert "-0.80" in one["evaluations"][0]["reasons"][0]["text"]["en"]
    assert one["nothing"] is None
    assert planted.ask("region=XR-ALFA&for=indicator:h.dm_prev", inside=True)["matches"] == found["matches"]
    refused = planted.ask("region=XR-ALFA&for=lens:ambition", 404)
    assert (refused["allowed"], "no such open problem" in refused["detail"]) == (["indicator:h.dm_prev"], True)


def test_without_a_verdict_nothing_is_a_problem_and_it_is_said_why(planted: Planted) -> None:
    """Hidden cells, a single region and two periods: no interval, nothing beside it, no trend."""
    for code in ("BETA", "GAMMA"):
        planted.figures(code, Suppressed(3, 9, 100), "2025")
    planted.figures("ALFA", Suppressed(3, 9, 100), "2025")
    planted.figures("ALFA", Exact(900, 1000), "2024", "h.srh_good")
    planted.held.prove()
    found = planted.ask("region=XR-ALFA")
    assert found["matches"] == []
    told = [one["en"] for one in found["looked_at"]]
    assert told[0].startswith("No readiness round of this region can be read.")
    assert told[1].startswith("None of the 2 indicators allows a verdict")
    page = planted.page("region=XR-ALFA&lang=en")
    assert "No open problem found" in page
    assert "None of the 2 indicators allows a verdict" in page
    assert "Geen open vraagstuk gevonden" in planted.page("region=XR-ALFA")


def test_a_region_that_does_well_has_no_problem_and_nobody_is_called_lowest(planted: Planted) -> None:
    with_series(planted)
    found = planted.ask("region=XR-BETA")
    assert (found["matches"], found["looked_at"][1]["en"]) == (
        [],
        "1 of the 1 indicators allow a verdict; those alone count.",
    )
    for lang in ("nl", "en"):
        page = planted.page(f"region=XR-ALFA&lang={lang}").lower()
        assert not re.search(r"slechtste|laagste|worst|lowest|onderaan|hekkensluiter", page)


def test_the_least_integrated_lens_is_matched_with_lessons_about_it_and_rounds_in_which_it_rose(
    planted: Planted,
) -> None:
    held = planted.held
    bad = ExpertVerdict("gains", False, "nl", "Zonder verdeelsleutel geen besluit.")
    held.accept("XR-ALFA", an_assessment(with_means((349, 304, 320, 200, 304), PANEL), verdicts=[bad]))
    for name in ("BETA", "DELTA"):
        early = an_assessment(with_means((349, 304, 320, 200, 304), PANEL), "eerst", "2024")
        held.accept(f"XR-{name}", early, accepted_at="2026-11-19T12:00:00Z")
    held.accept("XR-BETA", an_assessment(with_means((349, 304, 320, 304, 304), PANEL), "later", "2026"))
    held.accept("XR-DELTA", an_assessment(with_means((349, 304, 320, 200, 304), PANEL), "later", "2026"))
    about = planted.lesson("GAMMA", "mandaat", about=LessonAbout(lenses=("organisation",)))
    planted.lesson("GAMMA", "anders", about=LessonAbout(lenses=("ambition",)))
    found = planted.ask("region=XR-ALFA")
    assert keys(found) == {"lens:gains": ["judged_not_satisfactory"], "lens:organisation": ["least_integrated"]}
    gains, organisation = found["matches"]
    assert [(one["event_id"], reasons(one)) for one in organisation["lessons"]] == [(about, ["named"])]
    assert [(one["region"], reasons(one)) for one in organisation["regions"]] == [("XR-BETA", ["measured"])]
    assert "by at least 28.7%" in organisation["regions"][0]["reasons"][0]["text"]["en"]  # from 2.33 to 3.00 at least
    assert gains["nothing"]["en"].startswith("No other region shared a lesson about this")
    assert "Professioneel organiseren" in planted.page("region=XR-ALFA&for=lens:organisation")


def test_a_weak_guiding_principle_is_matched_by_its_number(planted: Planted) -> None:
    asked = questionnaires()["guiding-principles"]
    bad = ExpertVerdict("finance", False, "nl", "Er is geen gezamenlijke pot.")
    items = sum(len(lens.items) for lens in asked.lenses)
    planted.held.accept("XR-ALFA", an_assessment([("practice", [3] * items)] * 10, asked=asked, verdicts=[bad]))
    about = planted.lesson("BETA", "pot", about=LessonAbout(principles=(3,)))
    found = planted.ask("region=XR-ALFA")
    assert keys(found) == {"principle:3": ["judged_not_satisfactory"]}  # the panel tells no principle from another
    assert [one["event_id"] for one in found["matches"][0]["lessons"]] == [about]


def test_where_no_lesson_is_about_it_those_with_its_words_or_its_aim_are_called_related(planted: Planted) -> None:
    with_series(planted)
    aim = planted.lesson("BETA", "doel", about=LessonAbout(aims=("health",)))
    words = planted.lesson("GAMMA", "woord", context=f"Wij spraken over: {catalogue()['h.dm_prev'].title.nl}.")
    (one,) = planted.ask("region=XR-ALFA")["matches"]
    told = {lesson["event_id"]: reasons(lesson) for lesson in one["lessons"]}
    assert told == {words: ["related"], aim: ["measured", "related"]}


def test_two_readers_see_their_own_and_what_is_for_others_moves_nothing(planted: Planted) -> None:
    with_series(planted)
    open_ = planted.lesson("BETA", "open", indicators=("h.dm_prev",))
    before = planted.ask("region=XR-ALFA")
    closed = planted.lesson("GAMMA", "dicht", "network", indicators=("h.dm_prev",))
    bad = ExpertVerdict("gains", False, "nl", "Zonder verdeelsleutel geen besluit.")
    planted.held.accept("XR-ALFA", an_assessment(with_means((300,) * 5, PANEL), verdicts=[bad]), "network")
    planted.figures("GAMMA", Exact(300, 1000), "2026")
    planted.held.accept("XR-DELTA", figures("h.dm_prev", {TOTAL: Exact(1, 1000)}, "2025", "invented"), "network")
    assert planted.ask("region=XR-ALFA") == before
    planted.ask("region=XR-ALFA&for=lens:gains", 404)
    inside = planted.ask("region=XR-ALFA", inside=True)
    assert "lens:gains" in keys(inside)
    told = {one["problem"]["key"]: [each["event_id"] for each in one["lessons"]] for one in inside["matches"]}
    assert set(told["indicator:h.dm_prev"]) == {open_, closed}


def test_what_is_asked_wrongly_is_told_in_a_sentence(planted: Planted) -> None:
    assert "XR-ALFA" in planted.ask("region=XR-NERGENS", 404)["allowed"]
    assert "Write a problem as" in str(planted.ask("region=XR-ALFA&for=besparing", 422))
    planted.ask("", 422)
    planted.ask("region=XR-ALFA&lens=gains", 422)
    assert "Kies een regio" in planted.page("")
    assert "kent deze regio niet" in planted.page("region=XR-NERGENS", 404)
    assert "geen open vraagstuk" in planted.page("region=XR-ALFA&for=lens:gains", 404)
