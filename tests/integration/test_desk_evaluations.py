"""Evaluations at the desk: asked by a form, shown with their checks, and frozen as they were shown or not at all."""

from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from connectors.database import writing
from node.__main__ import main
from node.audit import AuditEntry
from node.release import candidate, review
from node.release.evaluation_words import VERDICTS
from node.release.review import ReviewerIsAuthor
from node.release.standing import of_indicators
from node.tables import audit_log, bundle
from node.work.evaluating import Question, evaluated
from schemas.signature import SigningKey
from tests.support.desk_pages import Person, person, text_of
from tests.support.evaluations import AREAS, QUARTERS, TREATED, publish_figures, record_intervention
from tests.support.small_region import CODE, NOW, SmallRegion, small_region

ASKED = {
    "intervention": "thuisarts", "first": QUARTERS[0], "last": QUARTERS[-1], "method": "did", "season": "usual",
    "published": "yes",
}  # fmt: skip


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    made = small_region(tmp_path / "node", "http://127.0.0.1:9")
    record_intervention(made, tmp_path)
    return made


@pytest.fixture
def scientist(region: SmallRegion) -> Person:
    return person(region.node, "Jan", "scientist")


def kept(region: SmallRegion) -> tuple[int | None, ...]:
    with region.node.engine.connect() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(one)) for one in (bundle, audit_log))


def test_an_evaluation_is_asked_and_shown_as_the_command_tells_it(
    region: SmallRegion, scientist: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_figures(region)
    node = region.node
    assert "Huisarts aan huis" in scientist.get("/evaluations").text_content()
    before = kept(region)
    told = text_of(scientist.post("/evaluations", **ASKED))
    question = Question("thuisarts", QUARTERS[0], QUARTERS[-1], is_published=True)
    found = evaluated(node.engine, node.settings, _no_place, question, NOW.date())
    assert found.areas == TREATED
    assert found.compared == AREAS[6:]
    assert found.reading.nl in told
    for check in found.checks:
        assert f"{VERDICTS[check.verdict].nl} {check.words.nl}" in told
    for sentence in found.assumptions:
        assert sentence.nl in told
    assert f"{found.estimates[0].value}".replace("-", "−").replace(".", ",") in told
    capsys.readouterr()
    first_last = ["--from", QUARTERS[0], "--until", QUARTERS[-1]]
    at = ["--published", "--lang", "nl", "--home", str(node.settings.home)]
    assert main(["evaluate", "thuisarts", *first_last, *at]) == 0
    assert found.reading.nl in capsys.readouterr().out
    assert "Twee beoordelaars zien alles wat hierboven staat" in told
    narrower = text_of(scientist.post("/evaluations", **{**ASKED, "compared": ", ".join(AREAS[6:11])}))
    assert AREAS[11] not in narrower
    assert kept(region) == before


def test_what_cannot_be_evaluated_is_refused_in_one_sentence(region: SmallRegion, scientist: Person) -> None:
    publish_figures(region)
    for changed, told in (
        ({"first": "vorig jaar"}, "Schrijf een periode als 2022"),
        ({"method": "guess"}, "Kies een methode en een seizoen"),
        ({"last": "2020-Q1"}, "vormen geen reeks"),
        ({"method": "its"}, "ten minste 8 aan elke kant"),
        ({"outcome": "h.gi_bleed"}, "wordt niet beoordeeld op h.gi_bleed"),
        ({"intervention": "iets"}, "Er is hier geen interventie 'iets'"),
        ({"published": ""}, "Er is hier nog geen bron geladen"),
    ):
        answer = scientist.post("/evaluations", **{**ASKED, **changed})
        assert answer.status_code == 409
        assert told in text_of(answer)
        form = html.fromstring(answer.get_data(as_text=True))
        assert form.xpath("string(//*[@id='f-last']/@value)") == {**ASKED, **changed}["last"]


def shown(answer: TestResponse) -> dict[str, str]:
    """Return what the form that freezes sends of itself."""
    (form,) = html.fromstring(answer.get_data(as_text=True)).xpath("//form[@action='/evaluations/freeze']")
    return {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}


SAID = {"level": "population", "role": "analist van de GGD", "audience": "partners"}


def test_what_was_shown_is_frozen_for_two_reviewers_as_the_command_freezes_it(
    region: SmallRegion, scientist: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_figures(region)
    answer = scientist.post("/evaluations", **ASKED)
    page = html.fromstring(answer.get_data(as_text=True))
    with region.node.engine.connect() as connection:
        stands = {one.event_id for one in of_indicators(connection, ["c.ed"])}
    assert {to.rpartition("/")[2] for to in page.xpath("//a/@href") if "/ledger/events/" in to} == stands
    fields = shown(answer)
    assert {name: fields[name] for name in ASKED} == ASKED
    frozen = scientist.post("/evaluations/freeze", **{**fields, **SAID})
    assert frozen.status_code == 303, text_of(frozen)
    assert "0 van 2 akkoorden." in scientist.get(frozen.headers["Location"]).text_content()
    at = ["--from", QUARTERS[0], "--until", QUARTERS[-1], "--home", str(region.node.settings.home)]
    said = ["--role", SAID["role"], "--audience", "partners", "--author", "Jan"]
    assert main(["release", "evaluation", "thuisarts", *at, *said]) == 0, capsys.readouterr()
    with region.node.engine.connect() as connection:
        named = connection.scalars(select(bundle.c.id).where(bundle.c.author == "Jan")).all()
        desk, command = (candidate.load(connection, one) for one in named)
    assert [one.payload_hash for one in desk.items] != [one.payload_hash for one in command.items]  # each its own salt
    assert [one.payload for one in desk.items] == [one.payload for one in command.items]
    assert (desk.needed, desk.state) == (command.needed, command.state) == (2, "under_review")
    key = SigningKey.generate()
    with writing(region.node.engine) as connection:
        review.register(connection, review.Reviewer("jan", "Elders", key.public), _entry("jan"))
    with writing(region.node.engine) as connection, pytest.raises(ReviewerIsAuthor):
        review.approve(connection, desk.id, CODE, key, NOW)


def _entry(name: str) -> AuditEntry:
    return AuditEntry(name, "reviewer.joined", "key", NOW)


def test_figures_that_changed_since_they_were_shown_are_shown_again_and_nothing_is_frozen(
    region: SmallRegion, scientist: Person
) -> None:
    publish_figures(region)
    fields = shown(scientist.post("/evaluations", **ASKED))
    publish_figures(region, QUARTERS[:1], more=40)
    before = kept(region)
    refused = scientist.post("/evaluations/freeze", **{**fields, **SAID, "reason": "Nieuwe cijfers."})
    assert refused.status_code == 409
    assert "komt anders uit dan zij is getoond" in text_of(refused)
    assert kept(region) == before
    page = html.fromstring(refused.get_data(as_text=True))
    assert page.xpath("string(//*[@id='f-role']/@value)") == SAID["role"]
    assert page.xpath("string(//*[@id='f-reason'])") == "Nieuwe cijfers."
    assert page.xpath("//input[@name='audience'][@checked]/@value") == ["partners"]
    assert shown(refused)["mark"] != fields["mark"]
    assert scientist.post("/evaluations/freeze", **{**shown(refused), **SAID}).status_code == 303


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"role": ""}, "Het veld ‘Namens wie’ is leeg"),
        ({"role": "mevrouw Hofstede"}, "noemt misschien een persoon"),
        ({"level": "intervention"}, "zeg dat dit over iedereen gaat"),
        ({"level": "iedereen"}, "Zeg over wie dit gaat"),
        ({"audience": ""}, "Zeg wie dit mag lezen"),
        ({"audience": "public"}, "dus een evaluatie daarvan kan niet voor public zijn"),
        ({"published": ""}, "Er is hier nog geen bron geladen"),
        ({"mark": ""}, "Open de pagina opnieuw"),
        ({"mark": "a" * 64}, "komt anders uit dan zij is getoond"),
    ],
)
def test_what_cannot_be_frozen_freezes_nothing(
    region: SmallRegion, scientist: Person, changed: dict[str, str], told: str
) -> None:
    publish_figures(region)
    fields = shown(scientist.post("/evaluations", **ASKED))
    before = kept(region)
    answer = scientist.post("/evaluations/freeze", **{**fields, **SAID, **changed})
    assert answer.status_code == 409
    assert told in text_of(answer)
    assert kept(region) == before


def test_only_a_scientist_asks_for_evaluations(region: SmallRegion, scientist: Person) -> None:
    author = person(region.node, "Lies", "author")
    assert author.client.get("/evaluations").status_code == 403
    assert author.post("/evaluations", **ASKED).status_code == 403
    assert author.post("/evaluations/freeze", **ASKED, **SAID, mark="a").status_code == 403
    reviewer = person(region.node, "Anna", "reviewer", "Huisartsen")
    assert reviewer.post("/evaluations/freeze", **ASKED, **SAID, mark="a").status_code == 403
    assert scientist.client.post("/evaluations", data=ASKED).status_code == 403  # without the mark of its session


def _no_place(_: object) -> Any:
    raise AssertionError("an evaluation of published figures counts no record")
