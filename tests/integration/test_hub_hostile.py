"""What an enrolled but hostile region may send under its own good signatures, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from connectors.database import writing
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.flow import receive
from hub.intake.rebuild import rebuild
from hub.tables import event
from schemas.envelope import signed
from schemas.payloads import Cell, Payload
from schemas.receipt import Answer
from schemas.values import Exact, Rounded, Suppressed, TypedValue
from tests.support.events import SignedEvent, TestRegion, diabetes, lesson
from tests.support.held_by_hub import TAKEN_OVER
from tests.support.hub import RunningHub

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    environ = {}
    if request.param == "postgresql":
        environ["REGIOHELIX_HUB_DATABASE"] = request.getfixturevalue("postgres_url")
    made = make_hub(tmp_path / "hub", environ)
    yield Hub(made.engine, made.key, made.settings, lambda: NOW)
    made.engine.dispose()


@pytest.fixture
def region(hub: Hub) -> TestRegion:
    return RunningHub(hub).enrol(TestRegion())


def answers_beside_a_good_event(hub: Hub, region: TestRegion, wrong: Payload) -> tuple[Answer, Answer]:
    good, bad = region.release([diabetes(800), wrong])
    first, second = receive([good.body, bad.body], hub)
    return first, second


def with_value(value: TypedValue) -> Payload:
    return msgspec.structs.replace(diabetes(800, "2024"), cells=(Cell(("f",), value),))


FIGURES = diabetes(800, "2024")
UNFIT: dict[str, Payload] = {
    "zero byte": lesson("titel\0"),
    "long lesson id": msgspec.structs.replace(lesson(), lesson="l" * 101),
    "long title": lesson("t" * 301),
    "long text": msgspec.structs.replace(lesson(), context="c" * 20_001),
    "large version": msgspec.structs.replace(FIGURES, version=2**40),
    "version zero": msgspec.structs.replace(FIGURES, version=0),
    "long hash": msgspec.structs.replace(FIGURES, definition_hash="a" * 65),
    "formula hash": msgspec.structs.replace(FIGURES, definition_hash="-2+3+cmd"),
    "long indicator": msgspec.structs.replace(FIGURES, indicator="i" * 101),
    "long region set": msgspec.structs.replace(FIGURES, region_set="s" * 65),
    "foreign digits": msgspec.structs.replace(FIGURES, period="٢٠٢٦"),
    "word": with_value(Rounded("abc", "0.1")),
    "not a number": with_value(Rounded("NaN", "0.1")),
    "exponent": with_value(Rounded("1E+999", "0.1")),
    "foreign figure": with_value(Rounded("٤", "0.1")),
    "step zero": with_value(Rounded("40.0", "0.0")),
    "step below zero": with_value(Rounded("40.0", "-0.1")),
    "negative count": with_value(Exact(-5, 1000)),
    "negative denominator": with_value(Exact(5, -1000)),
    "upside-down range": with_value(Suppressed(20, 5, 1000)),
    "negative range": with_value(Suppressed(-1, 5, 1000)),
}


@pytest.mark.parametrize("unfit", UNFIT)
def test_a_signed_payload_that_fits_no_table_or_page_is_refused_alone(hub: Hub, region: TestRegion, unfit: str) -> None:
    first, second = answers_beside_a_good_event(hub, region, UNFIT[unfit])
    assert (first.outcome, second.outcome, second.reason) == ("accepted", "refused", "schema_mismatch")


@pytest.mark.parametrize("value", [Rounded("-40.5", "0.1"), Exact(0, 0), Suppressed(3, None), Suppressed(3, 3, 3)])
def test_a_value_at_the_edge_is_accepted(hub: Hub, region: TestRegion, value: TypedValue) -> None:
    public = msgspec.structs.replace(with_value(value), origin=TAKEN_OVER)  # computed ones are held to a minimum
    assert answers_beside_a_good_event(hub, region, public)[1].outcome == "accepted"


def test_figures_for_another_set_of_regions_are_refused(hub: Hub, region: TestRegion) -> None:
    other = msgspec.structs.replace(FIGURES, region_set="Zorgkantoren")
    first, second = answers_beside_a_good_event(hub, region, other)
    assert (first.outcome, second.reason) == ("accepted", "region_set_mismatch")


def again(region: TestRegion, one: SignedEvent) -> SignedEvent:
    """Sign an approved event once more, at the next place in the chain, with the service key alone."""
    last = region.chain[-1]
    place = {"sequence": last.envelope.sequence + 1, "previous": last.id}
    region.chain.append(changed(one, envelope=signed(msgspec.structs.replace(one.envelope, **place), region.service)))
    return region.chain[-1]


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_an_approved_item_cannot_be_published_again(hub: Hub, region: TestRegion, in_one_batch: bool) -> None:
    (one,) = region.release([diabetes(800)])
    (two,) = region.release([diabetes(900)])
    replayed = again(region, one)
    bodies = [one.body, two.body, replayed.body]
    answers = receive(bodies, hub) if in_one_batch else [receive([body], hub)[0] for body in bodies]
    assert [answer.outcome for answer in answers] == ["accepted", "accepted", "refused"]
    assert answers[2].reason == "approval_reused"
    assert receive([one.body], hub)[0].outcome == "duplicate"
    assert rebuild(hub.engine).events == 2


def test_an_approved_item_cannot_be_kept_twice_even_behind_the_checks(hub: Hub, region: TestRegion) -> None:
    receive([region.release([diabetes(800)])[0].body], hub)
    with hub.engine.connect() as connection:
        row = dict(connection.execute(select(event)).mappings().one())
    del row["position"]
    with pytest.raises(IntegrityError), writing(hub.engine) as connection:
        connection.execute(event.insert().values({**row, "id": "f" * 64, "sequence": 2}))
    with hub.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(event)) == 1


class _Lesson(msgspec.Struct):
    language: str = "Jan Jansen"


class _Stranger(msgspec.Struct, rename={"field": "Jan Jansen"}):
    field: int = 1


@pytest.mark.parametrize("wrong", [_Lesson(), _Stranger()])
def test_a_refusal_names_no_value_of_the_payload(hub: Hub, region: TestRegion, wrong: Payload) -> None:
    _, answer = answers_beside_a_good_event(hub, region, wrong)
    assert answer.reason == "schema_mismatch"
    assert "Jan" not in (answer.detail or "Jan")


def test_a_database_error_names_no_parameter(hub: Hub) -> None:
    with pytest.raises(DBAPIError) as caught, hub.engine.connect() as connection:
        connection.execute(text("SELECT :secret FROM no_such_table"), {"secret": "Jan Jansen"})
    assert "Jan" not in str(caught.value)


def test_a_subject_with_a_zero_byte_is_refused_alone(hub: Hub, region: TestRegion) -> None:
    (good, bad) = region.release([diabetes(800), FIGURES])
    bent = signed(msgspec.structs.replace(bad.envelope, subject="a\0b"), region.service)
    first, second = receive([good.body, changed(bad, envelope=bent).body], hub)
    assert (first.outcome, second.outcome, second.reason) == ("accepted", "refused", "not_canonical")
