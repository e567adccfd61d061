"""The region's own ledger: every link of its chain verified, and what left, listed with the hub's answers."""

import json
from typing import Any

from sqlalchemy import Connection, select

from node.tables import answer as answer_table
from node.tables import event as event_table
from node.tables import item as item_table
from schemas.canonical import NotCanonical
from schemas.envelope import CHAIN_START, check_in_bundle, check_signature, event_id, parse_envelope
from schemas.merkle import NotInBundle
from schemas.refused import Refused
from schemas.signature import PublicKey, SignatureMismatch

from . import keyring
from .standing import same_place


class ChainBroken(Refused, ValueError):
    """A chain whose signatures, numbers or links do not hold."""


def verify_chain(connection: Connection, key: PublicKey) -> int:
    """Check every link of the chain and return its length; raises ChainBroken naming the sequence.

    `key` is the present service key; each event is checked with the one that held at its place.
    """
    previous, expected = CHAIN_START, 1
    keys = keyring.service_keys(connection, key)
    for row in connection.execute(select(event_table).order_by(event_table.c.sequence)):
        try:
            envelope = parse_envelope(row.envelope)
            held = keys.get(envelope.key_id)
            if held is None or not held.holds_at(row.sequence):
                raise ChainBroken(f"Event {row.sequence} is signed by a key that does not hold there; compare backups.")
            check_signature(envelope, held.key)
            check_in_bundle(envelope)
        except (NotCanonical, SignatureMismatch, NotInBundle) as error:
            raise ChainBroken(f"Event {row.sequence} of the chain does not verify: {error}") from error
        if (envelope.sequence, envelope.previous, event_id(envelope)) != (expected, previous, row.id):
            raise ChainBroken(f"Event {row.sequence} does not follow its predecessor; restore the store from backup.")
        previous, expected = row.id, expected + 1
    return expected - 1


def entries(connection: Connection) -> list[dict[str, Any]]:
    """Return every event in its order: type, audience, time, the hub's answer, and its title unless destroyed."""
    rows = connection.execute(
        select(
            event_table.c.sequence,
            event_table.c.id,
            event_table.c.envelope,
            answer_table.c.answer,
            item_table.c.salt,
            item_table.c.title,
        )
        .join(item_table, same_place())
        .outerjoin(answer_table, answer_table.c.event_id == event_table.c.id)
        .order_by(event_table.c.sequence)
    ).all()
    listed: list[dict[str, Any]] = []
    for row in rows:
        envelope = parse_envelope(row.envelope)
        answer = json.loads(row.answer) if row.answer else {"outcome": "waiting"}
        listed.append(
            {
                "sequence": row.sequence,
                "id": row.id,
                "type": str(envelope.type),
                "audience": envelope.audience,
                "time": envelope.time,
                "hub": answer["outcome"],
                "reason": answer.get("detail"),
                "payload": "held" if row.salt else "destroyed",
                "title": row.title if row.salt else None,
            }
        )
    return listed
