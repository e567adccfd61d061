"""What a node keeps of receipts, in either way of signing, and what its exported ledger says of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from connectors.transport.memory import MemoryTransport
from node import flow, tables
from node.bootstrap import Node, create_node
from node.release import outbox
from node.release.export import export
from schemas.ledger_file import LedgerEntry, LedgerHeader, read_line
from schemas.receipt import Answer, Place, Receipt, leaf_hash, sign_together
from tests.unit.test_node_outbox import (
    HUB,
    NOW,
    REGION,
    VALUES,
    Intake,
    audited,
    published,
    with_reviewer,
)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = with_reviewer(create_node(tmp_path / "node", VALUES))
    yield made
    made.engine.dispose()


def answered_together(events: Sequence[str], accepted_at: str = "2026-11-22T12:00:00Z") -> list[Answer]:
    bare = [Receipt(event, REGION, 1, accepted_at, HUB.public.key_id) for event in events]
    signature, places = sign_together(REGION, [leaf_hash(one) for one in bare], HUB)
    return [
        Answer(one.event_id, "accepted", receipt=msgspec.structs.replace(one, signature=signature, batch=place))
        for one, place in zip(bare, places, strict=True)
    ]


def all_together(bodies: Sequence[bytes]) -> list[Answer]:
    return answered_together([msgspec.json.decode(body)["id"] for body in bodies])


@pytest.mark.parametrize("later", ["2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z"])
def test_another_acceptance_is_noted_and_not_another_way_of_signing_the_same(node: Node, later: str) -> None:
    published(node, "les-1")
    flow.ship(node.engine, REGION, MemoryTransport(Intake()), HUB.public, lambda: NOW)
    with writing(node.engine) as connection:
        event = connection.scalars(select(tables.event.c.id)).one()
        connection.execute(tables.outbox.update().values(state="sent"))
        answer, _ = answered_together([event, "f" * 64], later)
        assert outbox.mark_answered(connection, [answer], HUB.public, NOW) == outbox.Marked(accepted=1)
        kept = connection.scalars(select(tables.answer.c.answer)).one()
    assert msgspec.json.decode(kept, type=Answer) == answer
    assert audited(node, "event.accepted again") == (0 if later == "2026-11-22T12:00:00Z" else 1)


@pytest.mark.parametrize("together", [False, True])
def test_an_exported_ledger_says_which_form_of_receipts_it_needs_reading(node: Node, together: bool) -> None:
    published(node, "les-1")
    intake = all_together if together else Intake()
    flow.ship(node.engine, REGION, MemoryTransport(intake), HUB.public, lambda: NOW)
    with node.engine.connect() as connection:
        lines = list(
            export(connection, (REGION, "Duinrand", "invented"), node.service_key().public, HUB.public, "network")
        )
    header, entry = read_line(lines[0]), read_line(lines[1])
    assert isinstance(header, LedgerHeader)
    assert isinstance(entry, LedgerEntry)
    assert entry.receipt is not None
    assert (header.format, isinstance(entry.receipt.batch, Place)) == ((2, True) if together else (1, False))
