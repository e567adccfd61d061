"""The fault suite's own eyes: it sees what is lost, twice, altered or unsigned, else its green would mean nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from connectors.database import writing
from hub import tables
from hub.config import Hub
from hub.flow import receive
from schemas.signature import PublicKey
from tests.faults.check import Content, Untrue, check_hub, content
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.hub import RunningHub

Damage = Callable[[Connection], object]


class Held:
    """A hub that holds one region's five events, and all that a check needs."""

    def __init__(self, running: RunningHub) -> None:
        region = running.enrol(TestRegion())
        self.hub: Hub = running.hub
        made = region.release([diabetes(800), lesson("Een"), diabetes(810, "2024"), lesson("Twee"), lesson("Drie")])
        self.bodies = {one.body for one in made}
        receive([one.body for one in made], self.hub, region.code)
        with self.hub.engine.connect() as connection:
            self.expected: Content = content(connection)
        self.keys: dict[str, PublicKey] = {region.code: region.service.public}

    def check(self) -> int:
        return check_hub(self.hub.engine, self.expected, self.keys, self.hub.key.public, self.bodies)


@pytest.fixture
def held(running_hub: RunningHub) -> Held:
    return Held(running_hub)


def test_an_undamaged_hub_passes(held: Held) -> None:
    assert held.check() == 0


def _change(column: str, value: object) -> Damage:
    return lambda connection: connection.execute(
        update(tables.event).where(tables.event.c.sequence == 3).values({column: value})
    )


def _lose_projection(connection: Connection) -> None:
    first = connection.execute(select(tables.lesson.c.event_id)).first()
    assert first is not None
    connection.execute(delete(tables.lesson).where(tables.lesson.c.event_id == first.event_id))


def _swap_receipts(connection: Connection) -> None:
    other = connection.execute(select(tables.event.c.receipt).where(tables.event.c.sequence == 4)).scalar_one()
    connection.execute(update(tables.event).where(tables.event.c.sequence == 3).values(receipt=other))


@pytest.mark.parametrize(
    "damage",
    [
        _change("payload", b"{}"),
        _change("salt", b"x" * 32),
        _change("envelope", b"{}"),
        _change("accepted_at", "2026-01-01T00:00:00Z"),
        _swap_receipts,
        _lose_projection,
    ],
    ids=["payload", "salt", "envelope", "time of acceptance", "receipt", "projection"],
)
def test_damage_is_seen(held: Held, damage: Damage) -> None:
    with writing(held.hub.engine) as connection:
        damage(connection)
    with pytest.raises(Untrue):
        held.check()


def test_a_genuine_event_among_the_dead_letters_is_seen(held: Held) -> None:
    letter = {"event_id": "", "received_at": "2026-01-01T00:00:00Z", "reason": "not_canonical", "detail": "x"}
    with writing(held.hub.engine) as connection:
        connection.execute(insert(tables.dead_letter).values(**letter, body=next(iter(held.bodies))))
    with pytest.raises(Untrue, match="nobody had spoilt"):
        held.check()
