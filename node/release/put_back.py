"""Put back one bundle of a region's own chain as the hub holds it: its events, items, approvals and figures."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from node.tables import approval, bundle, event, item, remembered
from schemas.canonical import canonical_bytes
from schemas.codes import APPROVALS_NEEDED
from schemas.envelope import Envelope
from schemas.payloads import IndicatorPublished

from . import redact
from .remember import remember
from .sign import SignedEvent
from .standing import content_in
from .states import BundleState
from .subject import title_of

_AUTHOR = "(put back from the hub's ledger)"


def put_back(
    connection: Connection, events: Sequence[SignedEvent], known: set[str], at: datetime, subjects: Mapping[str, str]
) -> tuple[int, int]:
    """Put one bundle's events back, into the bundle if the backup has it.

    Returns the number of figures that are remembered again, and of approvals by keys that are not known here.
    """
    first = events[0].envelope
    name = connection.scalar(select(bundle.c.id).where(bundle.c.root == first.bundle.root))
    figures = 0
    if name is None:
        name = f"B{at:%Y%m%d}-{first.bundle.root[:8]}"
        needed = max(APPROVALS_NEEDED[one.envelope.type] for one in events)
        connection.execute(
            insert(bundle).values(
                id=name, author=_AUTHOR, state=BundleState.SIGNED, root=first.bundle.root, size=first.bundle.size,
                needed=needed, report=json.dumps(["Put back from the hub's ledger."]), created_at=first.time,
            )
        )  # fmt: skip
        connection.execute(insert(item), [_item(name, one, subjects) for one in events])
        figures = sum(_remember(connection, name, one) for one in events)
    else:
        connection.execute(update(bundle).where(bundle.c.id == name).values(state=BundleState.SIGNED))
    connection.execute(insert(event), [_event(name, one) for one in events])
    return figures, _put_back_approvals(connection, name, first, known)


def _put_back_approvals(connection: Connection, name: str, envelope: Envelope, known: set[str]) -> int:
    given = set(connection.scalars(select(approval.c.key_id).where(approval.c.bundle_id == name)))
    for one in envelope.approvals:
        if one.key_id in known and one.key_id not in given:
            connection.execute(
                insert(approval).values(
                    bundle_id=name, key_id=one.key_id, decision="approve", signature=one.signature,
                    decided_at=envelope.time,
                )
            )  # fmt: skip
    return sum(one.key_id not in known for one in envelope.approvals)


def _remember(connection: Connection, name: str, one: SignedEvent) -> int:
    content = content_in(one.envelope.type, one.payload)
    if not isinstance(content, IndicatorPublished):
        return 0
    rows = [
        {"bundle_id": name, "statistic": key.statistic, "period": key.period, "nodes": json.dumps(key.nodes),
         "value": value}
        for key, value in remember(content).items()
    ]  # fmt: skip
    if rows:
        connection.execute(insert(remembered), rows)
    return len(rows)


def _item(name: str, one: SignedEvent, subjects: Mapping[str, str]) -> dict[str, object]:
    envelope = one.envelope
    content = content_in(envelope.type, one.payload)
    title = envelope.type.split(".", 2)[-1] if content is None else title_of(content)
    return {
        "bundle_id": name, "position": envelope.bundle.index, "type": envelope.type,
        "subject": subjects.get(envelope.subject, envelope.subject),
        "audience": envelope.audience, "title": title if one.payload else redact.DESTROYED, "salt": one.salt,
        "payload": one.payload, "payload_hash": envelope.payload_hash,
    }  # fmt: skip


def _event(name: str, one: SignedEvent) -> dict[str, object]:
    return {
        "sequence": one.envelope.sequence, "id": one.id, "bundle_id": name, "position": one.envelope.bundle.index,
        "envelope": canonical_bytes(one.envelope),
    }  # fmt: skip
