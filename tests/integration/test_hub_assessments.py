"""Assessments at the hub: found, seen by whom they are for, with what follows from bands, and no score that ranks."""

from typing import Any

import msgspec
import pytest

from hub.comparison.readiness import Change, apart, change, least_integrated
from schemas.assessment import AssessmentPublished, AssessmentRevised, AssessmentWithdrawn, Band, ExpertVerdict, Helix
from schemas.payloads import EventRedacted
from tests.support.events import TestRegion
from tests.support.hub import RunningHub
from tests.support.panels import Row, an_assessment, with_means
from tests.support.told import Told

LIST = "/api/v1/assessments"
PANEL: tuple[Helix, ...] = ("government",) * 10 + ("practice",) * 10 + ("citizens",) * 5
BASELINE = (349, 304, 320, 302, 304)
LATER = (349, 304, 320, 200, 304)  # organisation fell by a point
BAD = ExpertVerdict("organisation", False, "nl", "Zonder mandaat geen besluit.")
GOOD = ExpertVerdict("ambition", True, "nl", "De ambitie staat op papier.")


@pytest.fixture
def told(running_hub: RunningHub) -> Told:
    return Told(running_hub, LIST)


def divided() -> list[Row]:
    """Return a panel in which practice is far less content than government."""
    rows = dict(enumerate(with_means((400, 300, 300, 200, 300), PANEL)))
    return [(of, [1] * 22) if of == "practice" else (of, points) for of, points in rows.values()]


def test_it_is_listed_with_scores_findings_and_verdicts_apart(told: Told) -> None:
    made = told.say(an_assessment(with_means(LATER, PANEL), verdicts=[GOOD, BAD]))
    (found,) = told.get()["assessments"]
    assert found == told.one(made)
    assert found["least_integrated"] == ["organisation"]
    lens = found["payload"]["lenses"][3]
    assert lens["panel"] == {
        "kind": "banded", "answers": 25, "median": {"low": 200, "high": 233}, "lower": {"low": 200, "high": 233},
        "upper": {"low": 200, "high": 233},
    }  # fmt: skip
    assert [one["score"]["kind"] for one in lens["by_helix"]] == ["banded", "banded", "not_collected", "banded"]
    assert [one["satisfactory"] for one in found["payload"]["verdicts"]] == [True, False]
    assert found["payload"]["findings"][0]["text"] == "Het mandaat is onduidelijk."
    assert (found["since"], found["readings"][3]["change"]) == (None, None)


def test_change_between_rounds_lies_where_the_formula_says(told: Told) -> None:
    told.say(an_assessment(with_means(BASELINE, PANEL), "eerst", "2024"))
    told.say(an_assessment(with_means(BASELINE, PANEL), "inside", "2025-Q1"), "network")
    later = told.say(an_assessment(with_means(LATER, PANEL), "later", "2026"))
    found = told.one(later)
    assert told.get(f"{LIST}/{found['since']}")["payload"]["assessment"] == "eerst"
    # from 3.00-3.33 to 2.00-2.33: at most (2.00 - 3.33) / 3.33, at least (2.33 - 3.00) / 3.00, rounded outward
    assert found["readings"][3]["change"] == {"low": "-0.3994", "high": "-0.2233"}
    assert told.get(f"{LIST}/{told.one(later, inside=True)['since']}", inside=True)["payload"]["assessment"] == "inside"


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [((200, 200), (300, 300), "0.5000", "0.5000"), ((200, 225), (200, 225), "-0.1112", "0.1250")],
)
def test_bounds_of_a_change_hold_every_pair_of_scores(
    before: tuple[int, int], after: tuple[int, int], low: str, high: str
) -> None:
    found = change(Band(*before), Band(*after))
    assert found == Change(low, high)
    for then in range(before[0], before[1] + 1, 5):
        for now in range(after[0], after[1] + 1, 5):
            assert float(low) <= (now - then) / then <= float(high)


def test_disagreement_between_helices_is_told_and_not_averaged_away(told: Told) -> None:
    made = told.say(an_assessment(divided()))
    found = told.one(made)
    assert found["readings"][0]["apart"] == {"higher": "government", "lower": "practice", "at_least": 225}
    assert found["readings"][0]["spread"] == {"at_least": 225, "at_most": 300}
    lenses = an_assessment(divided()).lenses
    assert apart(lenses[0].by_helix[:1]) is None
    assert least_integrated(lenses[:1]) == ()


def test_a_lens_that_touches_the_lowest_may_be_it(told: Told) -> None:
    # of six, three answer 2 and three 3 on every lens but the first
    rows = [("practice", [4] * 4 + [2 + number % 2] * 18) for number in range(6)]
    found = told.one(told.say(an_assessment(rows)))  # type: ignore[arg-type]
    assert found["least_integrated"] == ["gains", "relationship", "organisation", "process"]


def test_over_the_network_regions_stand_by_name_and_lenses_are_counted(told: Told) -> None:
    other = told.hub.enrol(TestRegion("XR-AKKERLAND"))
    told.say(an_assessment(with_means(BASELINE, PANEL), "eerst", "2024", verdicts=[GOOD]))
    told.say(an_assessment(with_means(LATER, PANEL), "later", "2025", verdicts=[BAD]))
    told.say(an_assessment(with_means(LATER, PANEL), "eerst", "2025"), region=other)
    told.say(an_assessment(with_means(BASELINE, PANEL), "inside", "2026"), "network", region=other)
    found = told.get(f"{LIST}/network")
    assert [one["region"] for one in found["regions"]] == ["XR-AKKERLAND", "XR-DUINRAND"]
    assert [one["period"] for one in found["regions"]] == ["2025", "2025"]
    assert [one["not_satisfactory"] for one in found["regions"]] == [[], ["organisation"]]
    counts = {one["lens"]: one for one in found["lenses"]}
    organisation = counts["organisation"]
    assert (organisation["told_in"], organisation["alone_lowest_in"], organisation["not_satisfactory"]) == (2, 2, 1)
    assert (counts["ambition"]["may_be_lowest_in"], counts["ambition"]["satisfactory"]) == (0, 0)
    assert not {"rank", "score", "mean", "total"} & found.keys()
    assert [one["period"] for one in told.get(f"{LIST}/network", inside=True)["regions"]] == ["2026", "2025"]
    assert told.get(f"{LIST}/network", instrument="guiding-principles")["regions"] == []


def test_readers_see_what_is_for_them_and_nothing_of_the_rest(told: Told) -> None:
    inside = told.say(an_assessment(with_means(BASELINE, PANEL)), "network")
    assert told.get()["total"] == 0
    told.one(inside, 404)
    assert told.hub.client.get("/feeds/assessments.json").get_json()["items"] == []
    assert told.get(inside=True)["total"] == 1
    assert told.get(inside=True, instrument="five-lenses", period="2025", region="XR-DUINRAND")["total"] == 1
    assert told.get(inside=True, period="2024")["total"] == 0
    assert "has no page 2" in told.get(status=404, page="2")["detail"]
    told.get(status=422, colour="red")


def test_a_revision_takes_the_place_and_feeds_say_what_it_says(told: Told) -> None:
    rows = with_means(LATER, PANEL)
    first = told.say(an_assessment(rows))
    second = told.say(AssessmentRevised(first.id, "Experts judged.", an_assessment(rows, verdicts=[BAD])))
    (found,) = told.get()["assessments"]
    assert (found["event_id"], found["entry"]) == (second.id, first.id)
    assert found["corrections"][0]["reason"] == "Experts judged."
    assert told.one(first)["replaced_by"] == second.id
    (item,) = told.hub.client.get("/feeds/assessments.json").get_json()["items"]
    assert item["id"].endswith(first.id)
    assert "Volgens het panel is Professioneel organiseren het minst geïntegreerd." in item["content_text"]
    assert "Experts find not satisfactory: Organisational dynamics." in item["content_text"]
    atom = told.hub.client.get("/feeds/assessments.atom").text
    assert "Vijf lenzen op samenwerking, 2025 | Five Lenses on collaboration, 2025" in atom


@pytest.mark.parametrize("how", ["withdrawn", "destroyed"])
def test_one_that_was_taken_back_is_gone_and_says_so(told: Told, how: str) -> None:
    made = told.say(an_assessment(with_means(BASELINE, PANEL)))
    orders = {"withdrawn": AssessmentWithdrawn(made.id, "The wrong panel."), "destroyed": EventRedacted(made.id, "No.")}
    told.say(orders[how])
    assert told.get()["total"] == 0
    assert f"was {how} by Xr-Duinrand" in told.one(made, 410)["detail"]
    (item,) = told.hub.client.get("/feeds/assessments.json").get_json()["items"]
    assert item["_regiohelix"]["withdrawn"] is True
    assert "mandaat" not in str(item)
    assert [one["event_id"] for one in told.get("/api/v1/recalls", inside=True)["recalls"]] == [made.id]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"invited": 3}, "More people answered"),
        ({"period": "2025-13"}, "period is no year"),
        ({"closed_on": "2025-02-30"}, "closed_on is no day"),
        ({"instrument_hash": "x"}, "not 64 hexadecimal digits"),
        ({"assessment": ""}, "is empty or over 100"),
        ({"lenses": []}, "lenses are none"),
        ({"findings": [{"lens": "money", "language": "nl", "text": "x"}]}, "on no lens"),
        ({"findings": [{"lens": "gains", "language": "nl", "text": " "}]}, "is empty or over 4,000"),
        ({"rule": 0}, "is not between 1"),
    ],
)
def test_an_assessment_that_cannot_be_held_is_refused(told: Told, change: dict[str, Any], says: str) -> None:
    refused(told, msgspec.to_builtins(an_assessment(with_means(BASELINE, PANEL))) | change, says)


ONE = {"low": 300, "high": 325}
HALF = {"lower": ONE, "upper": ONE}


@pytest.mark.parametrize(
    ("helix", "score", "says"),
    [
        (3, {"kind": "banded", "answers": 4, "median": ONE}, "none that the rule for panels"),
        (3, {"kind": "banded", "answers": 5, "median": {"low": 300, "high": 300}}, "none that the rule for panels"),
        (3, {"kind": "banded", "answers": 9, "median": ONE, **HALF}, "none that the rule for panels"),
        (3, {"kind": "banded", "answers": 10, "median": ONE}, "none that the rule for panels"),
        (3, {"kind": "banded", "answers": 10, "median": {"low": 200, "high": 225}, **HALF}, "none that the rule"),
        (3, {"kind": "banded", "answers": 9, "median": ONE}, "do not fit its panel"),
        (2, {"kind": "suppressed"}, "do not fit its panel"),
        (3, {"kind": "not_collected"}, "do not fit its panel"),
    ],
)
def test_a_hub_takes_no_score_that_the_rule_for_panels_keeps_back(
    told: Told, helix: int, score: dict[str, Any], says: str
) -> None:
    """Ten, nine and five answered, of whom all are told; nobody is left over for a hidden helix."""
    whole = msgspec.to_builtins(an_assessment(with_means((325, 300, 300, 300, 300), PANEL[:19] + PANEL[20:])))
    whole["lenses"][0]["by_helix"][helix]["score"] = score
    refused(told, whole, says)


def refused(told: Told, whole: dict[str, Any], says: str) -> None:
    (made,) = told.region.release([msgspec.convert(whole, AssessmentPublished)], "public")
    (answer,) = told.hub.push(told.region.code, [made.body])
    assert (answer.outcome, answer.reason) == ("refused", "schema_mismatch")
    assert says in (answer.detail or "")


def test_one_reviewer_is_not_enough_for_scores(told: Told) -> None:
    (made,) = told.region.release([an_assessment(with_means(BASELINE, PANEL))], "public", 1)
    (answer,) = told.hub.push(told.region.code, [made.body])
    assert answer.outcome == "refused"
