"""That the evidence of a lesson changed: told once by every way, and to nobody who may not know; on both databases."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from sqlalchemy import select

from hub.intake.rebuild import rebuild
from hub.serving.feed import atom
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lessons import lessons_of
from hub.serving.telling import forget_told
from hub.serving.told import told_page
from hub.tables import announcement
from schemas.about import LessonAbout
from schemas.citation import CitationWithdrawn, CitedEvaluation, CitedFigures
from schemas.codes import AUDIENCES, Audience
from schemas.evaluation import EvaluationRevised, EvaluationWithdrawn
from schemas.payloads import EventRedacted, IndicatorCorrected, IndicatorWithdrawn, LessonPublished, LessonRevised
from tests.contracts.test_citations import cites
from tests.contracts.test_told import beginning, head, told
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion, diabetes
from tests.support.followers import Followers, following
from tests.support.held_by_hub import a_lesson

DIABETES = "diabetes-prevalence"
SITE = "https://hub/"
DOCUMENTED = re.compile(r"```json schema\n(.*?)```", re.DOTALL)


@pytest.fixture
def followers(chains_at_hub: Any) -> Iterator[Followers]:
    with following(chains_at_hub) as found:
        yield found


class Case:
    """A lesson that rests on an evaluation of two years' figures, and another region that can cite it."""

    def __init__(self, followers: Followers, audience: Audience = "public") -> None:
        self.followers, self.held = followers, followers.held
        self.alfa, self.beta = followers.region, followers.held.enrolled("XR-BETA")
        self.before, self.after = (self.say(diabetes(one, year)) for one, year in ((800, "2024"), (700, "2025")))
        self.said = an_evaluation([(self.before, "2024"), (self.after, "2025")], indicator=DIABETES)
        self.said = msgspec.structs.replace(self.said, definition_hash=diabetes(1).definition_hash)
        self.evaluation = self.say(self.said)
        self.lesson = self.say(self.words())
        self.hook = followers.follow("/hook", since="2026-01-01")
        followers.tell()

    def words(self, title: str = "Bel eerst", *evidence: str) -> LessonPublished:
        about = LessonAbout(evidence=evidence or (self.evaluation,))
        return msgspec.structs.replace(a_lesson("les-1", title), about=about)

    def say(self, payload: Any, audience: Audience = "public", region: TestRegion | None = None) -> str:
        (made,) = (region or self.alfa).release([payload], audience)
        assert self.held.arrive(made) == ["accepted"]
        return made.id

    def messages(self) -> list[dict[str, Any]]:
        """Return what was sent of changes of evidence."""
        self.followers.tell()
        found = [json.loads(one.body) for one in self.followers.receiver.at("/hook")]
        return [one["data"] for one in found if one["type"] == "lesson.evidence_changed"]

    def streamed(self, reader: Audience = "public") -> list[dict[str, Any]]:
        found = [one for one in told(self.held, beginning(self.held, reader)) if one.type == "evidence_changed"]
        return [json.loads(one.data) for one in found]

    def listed(self, reader: Audience) -> list[str]:
        """Return how what an audience is told of changes of evidence stands in all lists, and where these end."""
        self.followers.tell()
        with self.held.hub.engine.connect() as connection:
            rows = connection.execute(select(announcement).where(announcement.c.audience == reader)).all()
            lessons = with_evidence(connection, reader, lessons_of(connection, reader, [self.lesson]))
        page = told_page(self.held.hub.engine, reader)
        found = [f"{row.kind} {row.told} {row.at}" for row in rows]
        found += [str(head(self.held, reader)), atom(page, SITE).decode()]
        found += [msgspec.json.encode(lessons).decode()]
        return [*found, *(f"{one}" for one in told(self.held, beginning(self.held, reader)))]


@pytest.fixture
def case(followers: Followers) -> Case:
    return Case(followers)


def by(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["change"]["changed"]["event_id"], one["change"]["changed"]["kind"]) for one in found]


def test_each_change_of_what_a_lesson_rests_on_is_told_once_by_every_way(case: Case) -> None:
    assert case.messages() == case.streamed() == []
    corrected = case.say(IndicatorCorrected(case.after, "Twee keer geteld.", diabetes(650, "2025")))
    again = case.say(IndicatorCorrected(corrected, "Toch niet.", diabetes(690, "2025")))
    gone = case.say(IndicatorWithdrawn(case.before, "Verkeerde bron."))
    revised = case.say(EvaluationRevised(case.evaluation, "Andere cijfers.", case.said))
    last = case.say(EvaluationWithdrawn(revised, "Klopt niet."))
    wanted = [(corrected, "corrected"), (again, "corrected"), (gone, "withdrawn"), (revised, "revised")]
    wanted.append((last, "withdrawn"))
    assert by(case.messages()) == wanted
    assert [one["_regiohelix"]["changed_by"] for one in case.streamed()] == [name for name, _ in wanted]
    schema = json.loads(DOCUMENTED.search(Path("docs/webhooks.md").read_text(encoding="utf-8"))[1])  # type: ignore[index]
    for one in case.messages():
        jsonschema_rs.validator_for(schema).validate(one)
    first = case.messages()[0]
    assert first["lesson"]["event_id"] == case.lesson
    assert first["change"]["evaluation"] == case.evaluation
    assert first["words"]["nl"] == (
        "Op 1 nov 2026 zijn cijfers gecorrigeerd waarop deze les rust: diabetes-prevalence, 2025, Xr-Alfa. "
        "Reden: Twee keer geteld."
    )
    rebuild(case.held.hub.engine)
    case.followers.later(hours=1)
    assert by(case.messages()) == wanted, "nothing is told again"
    assert len(case.streamed()) == len(wanted)


def test_feeds_move_the_entry_and_say_which_evidence_changed_and_why(case: Case) -> None:
    other = case.say(a_lesson("les-2", "Een andere"))
    client = case.held.app.test_client()

    def items() -> list[dict[str, Any]]:
        return client.get("/feeds/lessons.json").get_json()["items"]  # type: ignore[no-any-return]

    before = items()
    assert [one["title"] for one in before] == ["Een andere", "Bel eerst"]
    case.say(IndicatorCorrected(case.after, "Twee keer geteld.", diabetes(650, "2025")))
    moved, still = items()
    assert (moved["id"], still["id"]) == (f"urn:regiohelix:event:{case.lesson}", f"urn:regiohelix:event:{other}")
    assert moved["date_modified"] == f"{case.held.now:%Y-%m-%dT%H:%M:%SZ}" > before[1]["date_modified"]
    assert "zijn cijfers gecorrigeerd waarop deze les rust" in moved["content_text"]
    assert "Reden: Twee keer geteld." in moved["content_text"]
    (change,) = moved["_regiohelix"]["evidence_changed"]
    assert (change["event_id"], change["changed"]["kind"]) == (case.after, "corrected")
    assert still == before[0]
    text = client.get("/feeds/lessons.atom").text
    assert f"<updated>{case.held.now:%Y-%m-%dT%H:%M:%S}+00:00</updated>" in text
    assert "Twee keer geteld." in text
    narrowed = client.get("/feeds/lessons.json?theme=diabetes").get_json()["items"]
    assert [one["id"] for one in narrowed] == [moved["id"], still["id"]]
    assert "Twee keer geteld." in client.get(f"/lessons/{case.lesson}").text


def test_evidence_of_a_citation_is_told_until_the_citation_is_withdrawn(case: Case) -> None:
    own = case.say(diabetes(800, "2025"), region=case.beta)
    late = case.say(diabetes(810, "2024"), region=case.beta)
    already = case.say(IndicatorCorrected(late, "Laat.", diabetes(811, "2024")), region=case.beta)
    evidence = [CitedFigures(own, DIABETES, "2025"), CitedFigures(late, DIABETES, "2024")]
    cited = case.say(cites(case.lesson, "contrasting", evidence), region=case.beta)
    assert case.messages() == [], "it had changed before it was cited"
    changed = case.say(IndicatorCorrected(own, "Laat.", diabetes(850, "2025")), region=case.beta)
    (found,) = case.messages()
    assert (found["change"]["citation"], found["change"]["changed"]["event_id"]) == (cited, changed)
    stands = [one["changed"]["event_id"] for one in found["lesson"]["evidence_changed"]]
    assert stands == [already, changed]
    second = case.say(LessonRevised(case.lesson, "Beter.", case.words("Bel eerst, echt")))
    assert by(case.messages()) == [(changed, "corrected")], "the newer wording brings it along"
    assert case.followers.items("/hook")[-1] == ("lesson.revised", second)
    case.say(CitationWithdrawn(cited, "Verkeerde les."), region=case.beta)
    with case.held.hub.engine.connect() as connection:
        (now,) = with_evidence(connection, "public", lessons_of(connection, "public", [second])).values()
    assert now.evidence_changed == ()


def test_a_cited_evaluation_is_evidence_with_its_figures_and_destroyed_evidence_is_told(case: Case) -> None:
    own, before = (case.say(diabetes(800, year), region=case.beta) for year in ("2025", "2024"))
    said = an_evaluation([(before, "2024"), (own, "2025")], indicator=DIABETES)
    said = msgspec.structs.replace(said, definition_hash=case.said.definition_hash)
    evaluation = case.say(said, region=case.beta)
    case.say(cites(case.lesson, "supporting", [CitedEvaluation(evaluation)]), region=case.beta)
    first = case.say(IndicatorCorrected(own, "Laat.", diabetes(850, "2025")), region=case.beta)
    assert by(case.messages()) == [(first, "corrected")]
    second = case.say(EventRedacted(evaluation, "Een naam."), region=case.beta)
    third = case.say(EventRedacted(case.evaluation, "Een naam."))
    assert by(case.messages()) == [(first, "corrected"), (second, "redacted"), (third, "redacted")]
    kinds = [kind for kind, _ in case.followers.items("/hook")]
    assert kinds.count("recall.redacted") == 2, "that an event was destroyed is told to everybody as before"


def test_what_one_audience_may_not_know_moves_nothing_of_another(case: Case) -> None:
    """Two hubs would differ in the network alone: one where something hidden happens, and one where nothing does."""
    outside: tuple[Audience, ...] = ("public", "partners")
    case.followers.tell()
    was = {reader: case.listed(reader) for reader in AUDIENCES}
    own = case.say(diabetes(800, "2025"), "network", case.beta)
    case.say(cites(case.lesson, "contrasting", [CitedFigures(own, DIABETES, "2025")]), region=case.beta)
    case.say(IndicatorCorrected(own, "Laat.", diabetes(850, "2025")), "network", case.beta)
    case.say(IndicatorCorrected(case.after, "Alleen het netwerk.", diabetes(650, "2025")), "network")
    case.say(EvaluationRevised(case.evaluation, "Alleen het netwerk.", case.said), "network")
    for reader in outside:
        assert case.listed(reader) == was[reader], reader
    assert len(case.streamed("network")) == 3
    for_partners = case.say(IndicatorCorrected(case.before, "Voor partners.", diabetes(790, "2024")), "partners")
    assert case.listed("public") == was["public"]
    assert [one["_regiohelix"]["changed_by"] for one in case.streamed("partners")] == [for_partners]
    gone = case.say(IndicatorWithdrawn(case.before, "Geheime reden."), "network")
    assert [one["_regiohelix"]["changed_by"] for one in case.streamed("public")] == [gone], "all see that it is gone"
    assert "Geheime reden" not in str(case.listed("public"))


def test_who_comes_late_or_back_after_a_restore_ends_with_the_same(case: Case) -> None:
    corrected = case.say(IndicatorCorrected(case.after, "Twee keer geteld.", diabetes(650, "2025")))
    live = told(case.held, beginning(case.held))
    assert [one.type for one in live] == ["published", "evidence_changed"]
    items = [json.loads(one.data) for one in live]
    assert all(one["_regiohelix"]["evidence_changed"] == items[0]["_regiohelix"]["evidence_changed"] for one in items)
    with case.held.hub.engine.begin() as connection:
        forget_told(connection)
    assert by(case.messages()) == [(corrected, "corrected")], "no subscriber is told again"
    assert [one.type for one in told(case.held, beginning(case.held))] == ["published", "evidence_changed"]


def test_a_subscriber_with_a_question_hears_of_lessons_that_fit_or_that_they_got(case: Case) -> None:
    case.followers.follow("/fits", facets={"theme": ["diabetes"]})
    case.followers.follow("/other", facets={"theme": ["zorg"]})
    case.say(IndicatorCorrected(case.after, "Twee keer geteld.", diabetes(650, "2025")))
    case.followers.tell()
    assert case.followers.items("/fits") == [("lesson.evidence_changed", case.lesson)]
    assert case.followers.items("/other") == []
    numbers = [one.headers["webhook-id"] for one in case.followers.receiver.at("/hook")]
    assert len(numbers) == len(set(numbers))
