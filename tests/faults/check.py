"""What must be true once all faults are over: the hub's content, its ledger, its receipts, and every node's outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, Table, select

from hub.intake.ledger import chain
from hub.intake.receipts import Held, given
from hub.tables import PROJECTIONS, dead_letter, event
from node import tables as node_tables
from node.bootstrap import Node
from schemas.envelope import CHAIN_START, check_signature, event_id, parse_envelope
from schemas.envelope import payload_hash as salted_hash
from schemas.receipt import Answer, Receipt, check_receipt
from schemas.signature import PublicKey, SignatureMismatch

ARRIVAL = {"position", "accepted_at", "receipt"}  # what depends on when an event came; all else may not differ
Rows = tuple[tuple[Any, ...], ...]


class Untrue(AssertionError):
    """Something that a fault should not have been able to change."""


@dataclass(frozen=True)
class Content:
    """What a hub holds of some regions, but for moments of arrival: events in order of the chains, and projections."""

    tables: Mapping[str, Rows]

    def of(self, codes: Iterable[str]) -> "Content":
        """Leave out all regions but these; every row begins with its region."""
        kept = set(codes)
        return Content({name: tuple(row for row in rows if row[0] in kept) for name, rows in self.tables.items()})

    def differences(self, other: "Content") -> list[str]:
        """Say per table how many rows are missing and how many are too many, in words for a failed run."""
        said = []
        for name, rows in self.tables.items():
            mine, theirs = set(rows), set(other.tables[name])
            if rows != other.tables[name]:
                said.append(
                    f"table {name}: {len(rows)} rows instead of {len(other.tables[name])}, "
                    f"{len(theirs - mine)} missing, {len(mine - theirs)} that should not be"
                )
        return said


def content(connection: Connection) -> Content:
    """Read what a hub holds."""
    return Content({table.name: _rows(connection, table) for table in (event, *PROJECTIONS)})


def _rows(connection: Connection, table: Table) -> Rows:
    kept = [column for column in table.columns if column.name not in ARRIVAL and column.name != "region"]
    columns = [table.c.region, *kept]
    return tuple(sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr))


def check_hub(
    engine: Engine, expected: Content, keys: Mapping[str, PublicKey], hub_key: PublicKey, genuine: set[bytes]
) -> int:
    """Check the hub's content, ledger and dead letters; return how many dead letters there are. Raises Untrue."""
    with engine.connect() as connection:
        found = content(connection).differences(expected)
        if found:
            raise Untrue("The hub's content differs from that of the fault-free run: " + "; ".join(found))
        for code, key in keys.items():
            check_ledger(connection, code, key, hub_key)
        letters = connection.execute(select(dead_letter.c.body, dead_letter.c.reason)).all()
    wrong = [letter.reason for letter in letters if bytes(letter.body) in genuine]
    if wrong:
        raise Untrue(f"{len(wrong)} events that nobody had spoilt became dead letters: {sorted(set(wrong))}.")
    return len(letters)


def check_ledger(connection: Connection, code: str, key: PublicKey, hub_key: PublicKey) -> None:
    """Check every link, signature, payload hash and receipt of a chain, and that it has no gap; raises Untrue."""
    previous, place = CHAIN_START, 0
    for place, row in enumerate(
        connection.execute(select(event).where(event.c.region == code).order_by(event.c.sequence)), 1
    ):
        envelope = parse_envelope(bytes(row.envelope))
        check_signature(envelope, key)
        receipt = _receipt(connection, row, hub_key)
        fits = (
            envelope.sequence == row.sequence == place
            and envelope.previous == previous
            and event_id(envelope) == row.id
            and envelope.payload_hash == salted_hash(bytes(row.salt), bytes(row.payload))
            and (receipt.event_id, receipt.sequence, receipt.accepted_at) == (row.id, row.sequence, row.accepted_at)
        )
        if not fits:
            raise Untrue(f"Link {place} of the chain of {code} does not hold.")
        previous = row.id
    standing = chain(connection, code)
    if standing.gaps or standing.events != place or (place and standing.last_event != previous):
        raise Untrue(f"The hub's standing of {code} is not what its chain says: {standing.gaps}, {standing.events}.")


def _receipt(connection: Connection, row: Row[Any], hub_key: PublicKey) -> Receipt:
    (receipt,) = given(connection, [Held(row.id, row.region, row.sequence, row.accepted_at, bytes(row.receipt))])
    try:
        check_receipt(receipt, hub_key)
    except SignatureMismatch as error:
        raise Untrue(f"The receipt of event {row.sequence} of {row.region} does not verify: {error}") from error
    return receipt


def check_node(node: Node, expected: Sequence[str], hub_key: PublicKey) -> None:
    """Check that every event is accepted, each with a valid receipt of its own; raises Untrue."""
    outbox, answers = node_tables.outbox, node_tables.answer
    with node.engine.connect() as connection:
        rows = connection.execute(
            select(outbox.c.event_id, outbox.c.state, answers.c.answer)
            .outerjoin(answers, answers.c.event_id == outbox.c.event_id)
            .order_by(outbox.c.sequence)
        ).all()
    if [row.event_id for row in rows] != list(expected):
        raise Untrue(f"The outbox of {node.settings.region} holds other events than the fault-free run.")
    states = {row.state for row in rows}
    if states - {"accepted"}:
        told = ", ".join(f"{sum(row.state == state for row in rows)} {state}" for state in sorted(states))
        raise Untrue(f"The outbox of {node.settings.region} is not accepted whole: {told}.")
    for row in rows:
        receipt = msgspec.json.decode(row.answer, type=Answer).receipt
        if receipt is None or receipt.event_id != row.event_id:
            raise Untrue(f"An accepted event of {node.settings.region} has no receipt of its own.")
        check_receipt(receipt, hub_key)
