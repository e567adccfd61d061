"""Evaluations at the desk: asked by a form, shown with their checks, and nothing kept or frozen by asking."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from node.__main__ import main
from node.release.evaluation_words import VERDICTS
from node.tables import audit_log, bundle
from node.work.evaluating import Question, evaluated
from tests.support.desk_pages import Person, person, text_of
from tests.support.evaluations import AREAS, QUARTERS, TREATED, publish_figures, record_intervention
from tests.support.small_region import NOW, SmallRegion, small_region

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
    command = f"python -m node release evaluation thuisarts --from {QUARTERS[0]} --until {QUARTERS[-1]} --outcome c.ed"
    assert command in told
    assert "--audience partners" in told
    narrower = text_of(scientist.post("/evaluations", **{**ASKED, "compared": ", ".join(AREAS[6:11])}))
    assert " ".join(f"--compare {code}" for code in AREAS[6:11]) in narrower
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
        ({"intervention": "iets"}, "iets"),
        ({"published": ""}, "Er is hier nog geen bron geladen"),
    ):
        answer = scientist.post("/evaluations", **{**ASKED, **changed})
        assert answer.status_code in (400, 409)
        assert told in text_of(answer)


def test_only_a_scientist_asks_for_evaluations(region: SmallRegion, scientist: Person) -> None:
    author = person(region.node, "Lies", "author")
    assert author.client.get("/evaluations").status_code == 403
    assert author.post("/evaluations", **ASKED).status_code == 403
    assert scientist.client.post("/evaluations", data=ASKED).status_code == 403  # without the mark of its session


def _no_place(_: object) -> Any:
    raise AssertionError("an evaluation of published figures counts no record")
