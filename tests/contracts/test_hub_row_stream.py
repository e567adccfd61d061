"""Rows on their way while others are made, and statements that travel together, on SQLite and on a real PostgreSQL."""

from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from connectors import row_stream
from connectors.database import among, at_once, listed, writing
from connectors.row_stream import RowStream
from hub.config import Hub
from hub.flow import receive
from hub.tables import event, indicator_payload
from hub.tables import region as regions
from tests.support.events import SignedEvent, TestRegion, diabetes
from tests.support.hub import RunningHub


@pytest.fixture
def region(stored_hub: Hub) -> TestRegion:
    return RunningHub(stored_hub).enrol(TestRegion())


def released(region: TestRegion, count: int) -> list[SignedEvent]:
    return region.release([diabetes(800 + year, str(1900 + year)) for year in range(count)])


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Collect what is handed to PostgreSQL: the table and the number of rows."""
    pieces: list[tuple[str, int]] = []
    real = RowStream._send

    def noting(self: RowStream, pile: Any, count: int) -> None:
        pieces.append((pile.copying.split()[1], count))
        real(self, pile, count)

    monkeypatch.setattr(RowStream, "_send", noting)
    return pieces


@pytest.mark.parametrize("smallest", [1, 3000, 20_000])
def test_projections_travel_beside_the_events_they_lean_on(
    stored_hub: Hub, region: TestRegion, monkeypatch: pytest.MonkeyPatch, sent: list[tuple[str, int]], smallest: int
) -> None:
    monkeypatch.setattr(row_stream, "_SMALLEST_PIECE", smallest)
    monkeypatch.setattr(row_stream, "_LARGEST_PIECE", 20_000)
    monkeypatch.setattr(row_stream, "_LEAST_LEANING", 2)
    monkeypatch.setattr(RowStream, "_is_free", lambda self: True)  # a slow machine sends in other pieces
    made = released(region, 40)
    assert {one.outcome for one in receive([one.body for one in made], stored_hub)} == {"accepted"}
    with stored_hub.engine.connect() as connection:
        held = connection.execute(
            select(event.c.id, event.c.envelope, event.c.payload).order_by(event.c.position)
        ).all()
        placed = connection.execute(select(indicator_payload).order_by(indicator_payload.c.sequence)).all()
    assert [one.id for one in held] == [one.id for one in made] == [one.event_id for one in placed]
    assert [one.payload for one in held] == [one.payload for one in made]
    assert [one.period for one in placed] == [str(1900 + year) for year in range(40)]
    if stored_hub.engine.dialect.name == "sqlite":
        assert sent == []
        return
    of_events = [count for table, count in sent if table == "event"]
    assert sum(of_events) == sum(count for table, count in sent if table == "indicator_payload") == 40
    assert of_events == sorted(of_events, reverse=True)  # smaller towards the end
    assert len(of_events) > 2
    if smallest > 1:
        first = [table for table, _ in sent].index("indicator_payload")
        assert "event" in [table for table, _ in sent[first:]]  # and did not wait for the last of them


def test_a_refused_leaning_row_takes_everything_back(stored_hub: Hub, region: TestRegion) -> None:
    receive([released(region, 1)[0].body], stored_hub)
    with stored_hub.engine.connect() as connection:
        row = dict(connection.execute(select(indicator_payload)).mappings().one())
    row |= {"event_id": "f" * 64, "region_set": "Jan Jansen"}  # of an event that is not there
    with (
        pytest.raises(IntegrityError) as caught,
        writing(stored_hub.engine) as connection,
        RowStream(connection, event, ("id",)) as stream,
    ):
        stream.add_leaning(indicator_payload, row)
    assert "Jan" not in str(caught.value)
    with stored_hub.engine.connect() as connection:
        assert len(connection.execute(select(indicator_payload)).all()) == 1


def test_statements_that_travel_together_are_answered_in_their_order(stored_hub: Hub, region: TestRegion) -> None:
    dialect = stored_hub.engine.dialect.name
    found = select(regions.c.code).where(among(dialect, regions.c.code, "codes")).order_by(regions.c.code)
    new = insert(regions).values({name: bindparam(name) for name in ("code", "name", "region_set")})
    with writing(stored_hub.engine) as connection:
        answers = at_once(
            connection,
            [
                (found, {"codes": listed(dialect, [region.code, "XR-A"])}),
                (new, {"code": "XR-A", "name": "A", "region_set": "invented"}),
                (found, {"codes": listed(dialect, [region.code, "XR-A"])}),
                (found, {"codes": listed(dialect, [])}),
            ],
        )
    assert [[tuple(row) for row in rows] for rows in answers] == [
        [(region.code,)],
        [],
        sorted([("XR-A",), (region.code,)]),
        [],
    ]


def test_a_statement_that_fails_among_others_is_told_without_its_parameters(
    stored_hub: Hub, region: TestRegion
) -> None:
    new = insert(regions).values({name: bindparam(name) for name in ("code", "name", "region_set")})
    named = {"code": region.code, "name": "Jan Jansen", "region_set": "invented"}
    with pytest.raises(DBAPIError) as caught, writing(stored_hub.engine) as connection:
        at_once(connection, [(select(regions.c.code), {}), (new, named), (select(regions.c.code), {})])
    assert isinstance(caught.value, IntegrityError)
    assert "Jan" not in str(caught.value)
    with writing(stored_hub.engine) as connection:  # the connection serves on
        assert at_once(connection, [(select(regions.c.name), {})])[0] != []


def test_a_connection_that_the_server_ended_is_not_used_again(stored_hub: Hub, region: TestRegion) -> None:
    if stored_hub.engine.dialect.name == "sqlite":
        return  # there is no server
    found = [(select(regions.c.code), {})]

    def interrupted() -> None:
        with writing(stored_hub.engine) as connection:
            backend = connection.scalar(select(func.pg_backend_pid()))
            with stored_hub.engine.connect() as other:
                other.scalar(select(func.pg_terminate_backend(backend, 10_000)))  # and waits until it is gone
            at_once(connection, found)

    with pytest.raises(OperationalError) as caught:
        interrupted()
    assert caught.value.connection_invalidated
    with writing(stored_hub.engine) as connection:
        assert at_once(connection, found)[0] != []
