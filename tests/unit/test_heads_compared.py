"""The hub's daily heads: kept, chained, compared with this chain; a day rewritten is named."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from connectors.database import writing
from connectors.transport.memory import MemoryTransport
from node import flow, schedule, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.release import alarm, candidate, review
from node.release.scan import scan
from schemas.delivery import TransportUnavailable
from schemas.heads import FIRST_DAY_BEFORE, Head, Heads, heads_hash, signed_heads
from schemas.signature import SigningKey
from tests.support.events import lesson

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION = "XR-DUINRAND"
HUB, REVIEWER = SigningKey.generate(), SigningKey.generate()
VALUES = {
    "region": REGION, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


class Hub:
    """A hub's heads, day by day, which a test may rewrite."""

    def __init__(self) -> None:
        self.days: dict[str, Heads] = {}
        self.asked: list[int | None] = []

    def close_day(self, day: str, *heads: Head, previous: str | None = None) -> None:
        if previous is None:
            previous = heads_hash(self.days[max(self.days)]) if self.days else FIRST_DAY_BEFORE
        self.days[day] = signed_heads(Heads(f"{day}T23:59:59Z", previous, heads, HUB.public.key_id), HUB)

    def heads_of(self, days: int | None) -> list[Heads]:
        self.asked.append(days)
        if days is None:
            last = self.days[max(self.days)] if self.days else None
            previous, heads = (heads_hash(last), last.heads) if last else (FIRST_DAY_BEFORE, ())
            return [signed_heads(Heads("2026-11-25T11:00:00Z", previous, heads, HUB.public.key_id), HUB)]
        return [self.days[day] for day in sorted(self.days)[-days:]]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    entry = AuditEntry("Author", "test", "test", NOW)
    with writing(made.engine) as connection:
        review.register(connection, review.Reviewer("First", "Hospital", REVIEWER.public), entry)
        bundle = candidate.freeze(
            connection, [scan(lesson())],
            audience="public", subject_key=made.secret("subject"), entry=entry, now=NOW,
        )  # fmt: skip
        review.approve(connection, bundle.id, REGION, REVIEWER, NOW)
        flow.publish(connection, bundle.id, REGION, made.service_key(), entry)
    yield made
    made.engine.dispose()


@pytest.fixture
def own(node: Node) -> Head:
    with node.engine.connect() as connection:
        return Head(REGION, 1, connection.scalars(select(tables.event.c.id)).one())


@pytest.fixture
def hub(own: Head) -> Hub:
    made = Hub()
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        made.close_day(day, Head("XR-OTHER", 5, "f" * 64), own)
    return made


def compare(node: Node, hub: Hub, now: datetime = NOW + timedelta(days=3)) -> int:
    return flow.compare_heads(node.engine, REGION, hub.heads_of, HUB.public, lambda: now)


def kept(node: Node) -> int:
    with node.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.head_seen)) or 0


def test_days_are_fetched_once_and_kept(node: Node, hub: Hub, own: Head) -> None:
    assert compare(node, hub) == 4  # three days, and live
    assert kept(node) == 3
    hub.asked.clear()
    hub.close_day("2026-11-24", own)
    assert compare(node, hub) == 3  # the last kept day again, the new one, and live
    assert hub.asked == [None, 4]  # from the 22nd to the 25th, in one request
    assert kept(node) == 4
    hub.asked.clear()
    assert compare(node, hub) == 1  # nothing new: one call
    assert hub.asked == [None]


def test_a_hub_whose_clock_ran_ahead_is_asked_for_more_and_not_accused(node: Node, hub: Hub, own: Head) -> None:
    compare(node, hub)
    for day in ("2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"):
        hub.close_day(day, own)
    hub.asked.clear()
    assert compare(node, hub, NOW + timedelta(days=1)) == 7  # the last kept day, five of days to come, and live
    assert hub.asked == [None, 2, 4, 8]
    assert kept(node) == 8


def test_a_node_whose_clock_fell_behind_still_compares(node: Node, hub: Hub, own: Head) -> None:
    compare(node, hub)
    hub.close_day("2026-11-23", own)
    hub.close_day("2026-11-24", own, previous="0" * 64)
    with pytest.raises(alarm.HubHistoryChanged, match="heads of 2026-11-24 do not follow"):
        compare(node, hub, NOW - timedelta(days=30))
    assert kept(node) == 5


def test_a_hub_without_a_day_that_is_over_is_asked_once(node: Node) -> None:
    hub = Hub()
    assert compare(node, hub) == 1
    assert hub.asked == [None]


def test_a_day_that_was_rewritten_is_named(node: Node, hub: Hub, own: Head) -> None:
    compare(node, hub)
    hub.close_day("2026-11-22", own, previous=hub.days["2026-11-22"].previous)
    with pytest.raises(alarm.HubHistoryChanged, match="heads of 2026-11-22 do not follow"):
        compare(node, hub)


def test_a_day_that_does_not_follow_the_one_before_is_named_and_the_next_follows_from_it(
    node: Node, hub: Hub, own: Head
) -> None:
    compare(node, hub)
    hub.close_day("2026-11-23", own, previous="0" * 64)
    with pytest.raises(alarm.HubHistoryChanged, match="heads of 2026-11-23 do not follow"):
        compare(node, hub)
    with pytest.raises(alarm.HubHistoryChanged), node.engine.connect() as connection:
        alarm.check_calm(connection)
    with writing(node.engine) as connection:
        alarm.close(connection, AuditEntry("Anna", alarm.CLOSED, REGION, NOW, "The hub was restored."))
    hub.close_day("2026-11-24", own)
    assert compare(node, hub) == 3


def test_a_hub_that_lists_another_event_of_this_region_is_named(node: Node, hub: Hub) -> None:
    own = hub.days["2026-11-22"].heads
    hub.close_day("2026-11-23", Head(REGION, 1, "e" * 64))
    hub.close_day("2026-11-24", *own)  # and hides it afterwards
    with pytest.raises(alarm.HubHistoryChanged, match="2026-11-23 name another event as number 1"):
        compare(node, hub)


def test_live_heads_are_compared_and_not_kept(node: Node, hub: Hub) -> None:
    compare(node, hub)
    last = hub.days["2026-11-22"]
    forged = msgspec.structs.replace(last, previous=heads_hash(last), heads=(Head(REGION, 2, "e" * 64),), signature="")
    with pytest.raises(alarm.HubHistoryChanged, match="number 2"):
        flow.compare_heads(
            node.engine,
            REGION,
            lambda days: hub.heads_of(days) if days else [signed_heads(forged, HUB)],
            HUB.public,
            lambda: NOW,
        )
    assert kept(node) == 3


def test_heads_that_the_hub_did_not_sign_are_recorded_and_nothing_follows(node: Node, hub: Hub) -> None:
    hub.days["2026-11-21"] = msgspec.structs.replace(hub.days["2026-11-21"], heads=())
    with pytest.raises(alarm.HubHistoryChanged, match="heads of 2026-11-22"):  # what it names before it is not here
        compare(node, hub)
    with node.engine.connect() as connection:
        actions = connection.scalars(select(tables.audit_log.c.action)).all()
    assert "heads.doubted" in actions
    assert kept(node) == 2


def test_shipping_compares_once_a_day_and_goes_on_where_the_hub_has_no_time(
    node: Node, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    def ship(now: datetime, busy: bool = False) -> None:
        def heads_of(days: int | None) -> list[Heads]:
            if busy:
                raise TransportUnavailable("The hub is busy.", 5.0)
            return hub.heads_of(days)

        schedule.ship_once(node.engine, REGION, MemoryTransport(lambda bodies: []), HUB.public, lambda: now, heads_of)

    ship(NOW + timedelta(hours=12), busy=True)
    assert "still to be compared; The hub is busy." in caplog.text
    assert hub.asked == []
    ship(NOW + timedelta(hours=12))
    assert hub.asked == [None, 31]
    ship(NOW + timedelta(hours=13))
    assert len(hub.asked) == 2
    ship(NOW + timedelta(hours=37))
    assert len(hub.asked) == 3
