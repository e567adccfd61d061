"""A week in the dark: a backlog far larger than memory should grow goes out in order, in parts, by HTTP."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil
import pytest
from sqlalchemy import insert

from connectors.database import writing
from connectors.transport.http import HttpSender
from node import flow, tables
from node.bootstrap import Node, create_node
from node.release import outbox
from schemas.codes import KNOWLEDGE_TOPIC, EventType
from schemas.delivery import Parcel
from schemas.receipt import Answer
from tests.support.transports import TOKEN, HubServer, RememberingHub

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION = "XR-DUINRAND"
# Set to 100000 for the figure in docs/backbone.md.
EVENTS = int(os.environ.get("REGIOHELIX_TEST_BACKLOG", "6000"))
BODY_BYTES = 20_000
GROWTH_BYTES = 40 * 1024 * 1024
VALUES = {
    "region": REGION, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


def waiting(node: Node, count: int) -> None:
    """Put events into the outbox; what they say is of no concern here."""
    bundle = {"id": "B", "author": "A", "state": "signed", "root": "0" * 64, "size": count, "needed": 1}
    with writing(node.engine) as connection:
        connection.execute(insert(tables.bundle).values(**bundle, report="[]", created_at="2026"))
    for start in range(1, count + 1, 500):
        numbers = range(start, min(start + 500, count + 1))
        with writing(node.engine) as connection:
            connection.execute(
                insert(tables.item),
                [
                    {"bundle_id": "B", "position": n, "type": EventType.LESSON_PUBLISHED, "subject": "s", "title": "",
                     "audience": "public", "salt": b"", "payload": b"", "payload_hash": ""}
                    for n in numbers
                ],
            )  # fmt: skip
            connection.execute(
                insert(tables.event),
                [{"sequence": n, "id": f"{n:064}", "bundle_id": "B", "position": n, "envelope": b""} for n in numbers],
            )
            connection.execute(
                insert(tables.outbox),
                [
                    {"event_id": f"{n:064}", "sequence": n, "topic": KNOWLEDGE_TOPIC, "body": body(n),
                     "state": "pending", "attempts": 0}
                    for n in numbers
                ],
            )  # fmt: skip


def body(number: int) -> bytes:
    said = {"id": f"{number:064}", "region": REGION, "sequence": number, "filling": "x" * BODY_BYTES}
    return msgspec.json.encode(said)


class Counting(HttpSender):
    """A sender that notes what goes through it, and how large this process is meanwhile."""

    def __init__(self, url: str) -> None:
        super().__init__(url, TOKEN)
        self.sequences: list[int] = []
        self.largest_part = 0
        self.process = psutil.Process()
        self.peak = 0

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Answer]:
        self.sequences += [int(parcel.event_id) for parcel in parcels]
        self.largest_part = max(self.largest_part, sum(len(parcel.body) for parcel in parcels))
        answers = super().send(parcels)
        self.peak = max(self.peak, self.process.memory_info().rss)
        return answers


class ForgetfulHub(RememberingHub):
    """A hub that answers and keeps nothing, so that its memory is not taken for the node's."""

    def take(self, bodies: Sequence[bytes]) -> list[Answer]:
        answers = super().take(bodies)
        self.kept.clear()
        self._receipts.clear()
        return answers


def test_a_backlog_goes_out_in_order_while_memory_stays_flat(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    waiting(node, EVENTS)
    hub = ForgetfulHub()
    server = HubServer(hub)
    server.calls = Forgotten()
    try:
        with closing(Counting(server.url)) as sender:
            before = sender.process.memory_info().rss
            done = flow.ship(node.engine, REGION, sender, hub.key.public, lambda: NOW)
            grown = sender.peak - before
    finally:
        server.stop()
    with capsys.disabled():
        print(f"\n{EVENTS} events of {BODY_BYTES} bytes: {EVENTS * BODY_BYTES >> 20} MiB went, +{grown >> 20} MiB")
    assert done == flow.Shipped(EVENTS, EVENTS, 0)
    assert sender.sequences == list(range(1, EVENTS + 1))
    assert sender.largest_part <= outbox.BATCH_BYTES
    assert grown < GROWTH_BYTES


class Forgotten(list[tuple[str, str, dict[str, str], bytes]]):
    """Calls that nobody looks at."""

    def append(self, call: tuple[str, str, dict[str, str], bytes]) -> None:
        """Forget the call."""
