"""What the hub says it holds: what it misses is sent again, and what contradicts this chain stops the node."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, insert, select

from connectors.database import writing
from connectors.transport.memory import MemoryTransport
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.release import alarm, candidate, outbox, redelivery, review
from node.release.scan import scan
from schemas.receipt import Answer, Receipt, issued, refused
from schemas.signature import SigningKey
from schemas.standing import Standing, signed_standing
from tests.support.events import lesson

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION = "XR-DUINRAND"
HUB, REVIEWER = SigningKey.generate(), SigningKey.generate()
VALUES = {
    "region": REGION, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


class Hub:
    """A hub that keeps what it accepts, loses what a test makes it lose, and speaks of it."""

    def __init__(self) -> None:
        self.now = NOW
        self.held: dict[int, tuple[str, Receipt]] = {}
        self.arrived: list[int] = []
        self.refusing: set[int] = set()
        self.line = MemoryTransport(self.take, self.standing)

    def take(self, bodies: Sequence[bytes]) -> list[Answer]:
        return [self._answer(msgspec.json.decode(body)) for body in bodies]

    def _answer(self, event: dict[str, object]) -> Answer:
        number, name = int(str(event["sequence"])), str(event["id"])
        self.arrived.append(number)
        if number in self.refusing:
            return refused(name, "unknown_key", "It is not enrolled.", HUB)
        outcome = "duplicate" if number in self.held else "accepted"
        unsigned = Receipt(name, REGION, number, self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), HUB.public.key_id)
        self.held.setdefault(number, (name, issued(unsigned, HUB)))
        return Answer(name, outcome, receipt=self.held[number][1])  # type: ignore[arg-type]

    def standing(self) -> Standing:
        last = max(self.held, default=0)
        missing = [number for number in range(1, last) if number not in self.held]
        return signed_standing(
            Standing(
                REGION, last, self.held[last][0] if last else "", tuple((n, n) for n in missing),
                self.now.isoformat().replace("+00:00", "Z"), HUB.public.key_id,
            ),
            HUB,
        )  # fmt: skip

    def lose(self, *numbers: int) -> None:
        for number in numbers:
            del self.held[number]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    with writing(made.engine) as connection:
        person = review.Reviewer("First", "Hospital", REVIEWER.public)
        review.register(connection, person, AuditEntry("First", "reviewer.joined", "key", NOW))
    yield made
    made.engine.dispose()


@pytest.fixture
def hub() -> Hub:
    return Hub()


def published(node: Node, count: int, start: int = 1) -> None:
    entry = AuditEntry("Author", "bundle.prepared", "test", NOW)
    words = [scan(msgspec.structs.replace(lesson(), lesson=f"les-{n}")) for n in range(start, start + count)]
    with writing(node.engine) as connection:
        bundle = candidate.freeze(
            connection, words, audience="public", subject_key=node.secret("subject"), entry=entry, now=NOW
        )
        review.approve(connection, bundle.id, REGION, REVIEWER, NOW)
        flow.publish(connection, bundle.id, REGION, node.service_key(), entry)


def shipped(node: Node, hub: Hub, seconds: float = 60) -> flow.Shipped:
    """Let time pass on both sides, and ship."""
    hub.now += timedelta(seconds=seconds)
    return flow.ship(node.engine, REGION, hub.line, HUB.public, lambda: hub.now)


def audited(node: Node, action: str) -> int:
    with node.engine.connect() as connection:
        log = tables.audit_log
        return connection.scalar(select(func.count()).select_from(log).where(log.c.action == action)) or 0


def test_a_hub_that_holds_all_is_sent_nothing_again(node: Node, hub: Hub) -> None:
    published(node, 3)
    assert shipped(node, hub) == flow.Shipped(3, 3, 0)
    for _ in range(3):
        assert shipped(node, hub) == flow.Shipped(0, 0, 0)
    assert hub.arrived == [1, 2, 3]


def test_what_lies_in_a_gap_is_sent_again_and_nothing_else(node: Node, hub: Hub) -> None:
    published(node, 5)
    shipped(node, hub)
    hub.lose(2, 4)
    assert shipped(node, hub) == flow.Shipped(2, 2, 0)
    assert hub.arrived == [1, 2, 3, 4, 5, 2, 4]
    assert sorted(hub.held) == [1, 2, 3, 4, 5]
    assert audited(node, "chain.asked again") == 1
    assert audited(node, "event.accepted again") == 2


def test_a_hub_restored_from_an_older_copy_gets_everything_again(node: Node, hub: Hub) -> None:
    published(node, 700)
    shipped(node, hub)
    hub.lose(*range(3, 701))
    assert shipped(node, hub) == flow.Shipped(698, 698, 0)
    assert sorted(hub.held) == list(range(1, 701))
    assert hub.arrived[700:] == list(range(3, 701))


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_restored_hub_whose_clock_jumped_gets_everything_again(node: Node, hub: Hub, hours: int) -> None:
    published(node, 3)
    if hours > 0:  # the receipts come from the future
        hub.now += timedelta(hours=hours)
    flow.ship(node.engine, REGION, hub.line, HUB.public, lambda: NOW)
    hub.lose(2, 3)
    hub.now = NOW + timedelta(minutes=1, hours=min(hours, 0))  # or its word from the past
    again = flow.ship(node.engine, REGION, hub.line, HUB.public, lambda: NOW + timedelta(minutes=1))
    assert again == flow.Shipped(2, 2, 0)


def test_a_hub_that_lost_everything_gets_everything_again(node: Node, hub: Hub) -> None:
    published(node, 3)
    shipped(node, hub)
    hub.lose(1, 2, 3)
    assert shipped(node, hub) == flow.Shipped(3, 3, 0)


def test_an_event_that_is_missed_over_and_over_is_sent_more_and_more_rarely(node: Node, hub: Hub) -> None:
    published(node, 3)
    shipped(node, hub)
    times = []
    for minute in range(300):
        if 2 in hub.held:
            hub.lose(2)
        if shipped(node, hub).sent:
            times.append(minute)
    assert times == [0, 60, 180]


def test_what_was_refused_is_not_sent_again_for_lying_in_a_gap(node: Node, hub: Hub) -> None:
    published(node, 3)
    hub.refusing = {2}
    assert shipped(node, hub) == flow.Shipped(3, 2, 1)
    assert shipped(node, hub) == flow.Shipped(0, 0, 0)
    assert shipped(node, hub, 3600) == flow.Shipped(1, 0, 1)


def test_a_receipt_younger_than_the_word_says_nothing_against_it(node: Node, hub: Hub) -> None:
    published(node, 1)
    shipped(node, hub)
    early = hub.standing()
    published(node, 1, start=2)
    shipped(node, hub)
    with writing(node.engine) as connection:
        assert redelivery.heed(connection, early, REGION, HUB.public, hub.now) is None
        assert outbox.counts(connection)["pending"] == 0
    assert hub.arrived == [1, 2]


def test_a_word_that_the_hub_did_not_sign_for_this_region_changes_nothing(node: Node, hub: Hub) -> None:
    published(node, 2)
    shipped(node, hub)
    honest = hub.standing()
    hub.line = MemoryTransport(hub.take, lambda: msgspec.structs.replace(honest, last_sequence=0))
    assert shipped(node, hub) == flow.Shipped(0, 0, 0)
    other = msgspec.structs.replace(honest, region="XR-OTHER", last_sequence=0, signature="")
    hub.line = MemoryTransport(hub.take, lambda: signed_standing(other, HUB))
    assert shipped(node, hub) == flow.Shipped(0, 0, 0)
    assert audited(node, "standing.doubted") == 2


def test_the_words_are_kept_once_each_and_the_newest_is_known(node: Node, hub: Hub) -> None:
    published(node, 2)
    for _ in range(5):
        shipped(node, hub)
    with node.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.standing_seen)) == 2
        newest = redelivery.newest(connection)
    assert newest == hub.standing()


@pytest.mark.parametrize("shown", ["another event", "a longer chain"])
def test_a_hub_that_shows_another_chain_stops_the_node_until_somebody_looked(node: Node, hub: Hub, shown: str) -> None:
    published(node, 2)
    shipped(node, hub)
    true = hub.held[2]
    hub.held[2 if shown == "another event" else 3] = ("e" * 64, true[1])
    with pytest.raises(alarm.HubShowsAnotherChain, match=r"number 2|holds 3 events .* signed 2"):
        shipped(node, hub)
    honest = hub.standing
    hub.held = {1: hub.held[1], 2: true}
    arrived = len(hub.arrived)
    with pytest.raises(alarm.HubShowsAnotherChain):  # although the hub says otherwise now
        shipped(node, hub)
    with pytest.raises(alarm.HubShowsAnotherChain, match="python -m node resume"):
        published(node, 1, start=3)
    assert len(hub.arrived) == arrived
    assert audited(node, alarm.RAISED) == 1
    with writing(node.engine) as connection:
        alarm.close(connection, AuditEntry("Anna", alarm.CLOSED, REGION, hub.now, "A test hub answered."))
    published(node, 1, start=3)
    assert honest().last_sequence == 2
    assert shipped(node, hub) == flow.Shipped(1, 1, 0)


def test_there_is_nothing_to_close_where_no_alarm_is(node: Node) -> None:
    with pytest.raises(alarm.NoAlarm), writing(node.engine) as connection:
        alarm.close(connection, AuditEntry("Anna", alarm.CLOSED, REGION, NOW, "Nothing."))


def test_a_restored_node_that_has_yet_to_catch_up_takes_a_longer_chain_for_its_own(node: Node, hub: Hub) -> None:
    published(node, 1)
    shipped(node, hub)
    hub.held[2] = ("e" * 64, hub.held[1][1])
    with writing(node.engine) as connection:
        connection.execute(insert(tables.restored).values(restored_at="2026-11-22", made_at="2026-11-21"))
    assert shipped(node, hub) == flow.Shipped(0, 0, 0)
    assert audited(node, alarm.RAISED) == 0
