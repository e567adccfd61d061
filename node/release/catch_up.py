"""Catch up: put back into a restored store what the region released after the backup, from the hub's ledger.

Back come events, the bundles they were signed in, and the figures that every new release is audited against: those are
exactly what the payloads show, since a hidden figure is remembered as hidden. What only this node knew does not come
back: who prepared a bundle, the reviewers' names, drafts, bundles that were under review, and the audit log since.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol

from sqlalchemy import Connection, delete, insert, select, update

from node.audit import AuditEntry, record
from node.tables import approval, bundle, event, item, remembered, restored, reviewer
from schemas.canonical import NotCanonical, canonical_bytes
from schemas.codes import APPROVALS_NEEDED, EventType
from schemas.envelope import Envelope, check_in_bundle, check_signature, parse_envelope, payload_hash
from schemas.merkle import NotInBundle
from schemas.payloads import EventRedacted, IndicatorPublished, KeyEnrolled
from schemas.signature import PublicKey, SignatureMismatch
from schemas.standing import Standing
from schemas.upcast import read_payload

from . import keyring, outbox, redact
from .refusal import ReleaseRefused
from .remember import remember
from .sign import SignedEvent, own_head, signed_before
from .standing import content_of
from .states import BundleState
from .subject import title_of

_AUTHOR = "(put back from the hub's ledger)"


class HistoriesDiffer(ReleaseRefused):
    """A chain at the hub that is not the continuation of the one here."""


class LedgerIncomplete(ReleaseRefused):
    """A hub that does not hold, or does not show, all that this region sent."""


class ServiceKeyReplaced(ReleaseRefused):
    """A service key in the backup that the region replaced later."""


class Link(Protocol):
    """One event as the hub's ledger shows it."""

    @property
    def envelope(self) -> bytes:
        """The canonical envelope."""

    @property
    def salt(self) -> bytes | None:
        """The salt; None where it was destroyed."""

    @property
    def payload(self) -> bytes | None:
        """The canonical payload; None where it was destroyed."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What came back: numbers of events, bundles and figures, and of approvals by keys that are not known here.

    `destroyed` counts events whose payload was redacted since: what they said cannot be put back, nor counted as known.
    """

    events: int
    bundles: int
    figures: int
    unknown_reviewers: int
    destroyed: int


def catch_up(
    connection: Connection,
    links: Iterable[Link],
    standing: Standing,
    keys: Sequence[PublicKey],
    region: str,
    entry: AuditEntry,
) -> CaughtUp:
    """Put back what the hub holds beyond the chain here, all of it verified, and take the mark away.

    `links` are the hub's events above the last one here, `standing` is its signed word, checked by the caller, `keys`
    are the service keys known here, the present one last. Raises HistoriesDiffer, LedgerIncomplete or
    ServiceKeyReplaced; then the caller's transaction must not be committed.
    """
    _check_same_history(connection, standing)
    found = _verified(links, own_head(connection), keys, region)
    sequence, last = (found[-1].envelope.sequence, found[-1].id) if found else own_head(connection)
    if standing.last_sequence > sequence or (standing.last_sequence == sequence and standing.last_event != last):
        raise LedgerIncomplete(
            f"The hub's ledger ends at event {sequence} and its word names {standing.last_sequence}; try again, and "
            "tell the hub's team if it stays so."
        )
    _check_all_shown(found)
    known = set(connection.scalars(select(reviewer.c.key_id)))
    bundles = [list(group) for _, group in groupby(found, lambda one: one.envelope.bundle.root)]
    put_back = [_put_back(connection, events, known, entry.at) for events in bundles]
    if found:
        outbox.enqueue(connection, found)  # sent once more, so that the hub's receipts come back too
    keyring.begin(connection, keys[0])
    keyring.note(connection, [(one.envelope.sequence, one.envelope.type, one.payload) for one in found], entry.at)
    redact.redact(connection, found, entry)
    connection.execute(delete(restored))
    record(connection, AuditEntry(entry.actor, entry.action, region, entry.at, f"{len(found)} events put back"))
    figures, unknown = sum(count for count, _ in put_back), sum(count for _, count in put_back)
    return CaughtUp(len(found), len(bundles), figures, unknown, sum(not one.payload for one in found))


def _check_same_history(connection: Connection, standing: Standing) -> None:
    here = connection.scalar(select(event.c.id).where(event.c.sequence == standing.last_sequence))
    if here is not None and here != standing.last_event:
        raise HistoriesDiffer(
            f"Event {standing.last_sequence} at the hub is another than here; publish nothing, and settle with the "
            "hub's team which chain holds."
        )


def _verified(
    links: Iterable[Link], head: tuple[int, str], keys: Sequence[PublicKey], region: str
) -> list[SignedEvent]:
    sequence, previous = head
    trusted = {key.key_id: key for key in keys}
    signing = keys[-1].key_id
    found = []
    for link in links:
        sequence += 1
        one = _checked(link, sequence, previous, trusted, region)
        if one.envelope.type is EventType.KEY_ENROLLED and one.payload:
            enrolled = read_payload(one.envelope.type, one.payload)
            if isinstance(enrolled, KeyEnrolled) and enrolled.use == "service":
                trusted[PublicKey(enrolled.key).key_id] = PublicKey(enrolled.key)
                signing = PublicKey(enrolled.key).key_id
        previous = one.id
        found.append(one)
    if signing != keys[-1].key_id:
        raise ServiceKeyReplaced(
            f"The service key was replaced by {signing} after the backup; put that key into secrets/service.pem."
        )
    return found


def _check_all_shown(found: Sequence[SignedEvent]) -> None:
    """Insist on every payload that no later event redacts: a figure left out here would not count as known."""
    gone = set()
    for one in found:
        if one.envelope.type is EventType.EVENT_REDACTED and one.payload:
            order = read_payload(one.envelope.type, one.payload)
            gone |= {order.redacts} if isinstance(order, EventRedacted) else set()
    for one in found:
        if not one.payload and one.id not in gone:
            raise LedgerIncomplete(
                f"The hub shows event {one.envelope.sequence} without its payload, and no event redacts it; ask its "
                "team for the payload."
            )


def _checked(link: Link, sequence: int, previous: str, trusted: dict[str, PublicKey], region: str) -> SignedEvent:
    try:
        envelope: Envelope = parse_envelope(link.envelope)
        if (envelope.region, envelope.sequence) != (region, sequence):
            raise LedgerIncomplete(
                f"The hub's ledger shows no event {sequence}, which existed here only; restore a newer backup, or "
                "settle with the hub's team how the chain goes on."
            )
        if envelope.previous != previous:
            raise HistoriesDiffer(
                f"Event {sequence} at the hub does not follow the chain here; publish nothing, and settle with the "
                "hub's team which chain holds."
            )
        if envelope.key_id not in trusted:
            raise ServiceKeyReplaced(
                f"Event {sequence} was signed with service key {envelope.key_id}, which is not here; put that key "
                "into secrets/service.pem."
            )
        check_signature(envelope, trusted[envelope.key_id])
        check_in_bundle(envelope)
    except (NotCanonical, NotInBundle, SignatureMismatch) as error:
        raise HistoriesDiffer(f"Event {sequence} at the hub does not verify; tell its team: {error}") from error
    salt, payload = link.salt or b"", link.payload or b""
    if payload and payload_hash(salt, payload) != envelope.payload_hash:
        raise HistoriesDiffer(f"The payload of event {sequence} at the hub is not the one sent; tell its team.")
    return signed_before(envelope, salt, payload)


def _put_back(connection: Connection, events: Sequence[SignedEvent], known: set[str], at: datetime) -> tuple[int, int]:
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
        connection.execute(insert(item), [_item(name, one) for one in events])
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
    content = content_of(read_payload(one.envelope.type, one.payload)) if one.payload else None
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


def _item(name: str, one: SignedEvent) -> dict[str, object]:
    envelope = one.envelope
    content = content_of(read_payload(envelope.type, one.payload)) if one.payload else None
    title = envelope.type.split(".", 2)[-1] if content is None else title_of(content)
    return {
        "bundle_id": name, "position": envelope.bundle.index, "type": envelope.type, "subject": envelope.subject,
        "audience": envelope.audience, "title": title if one.payload else redact.DESTROYED, "salt": one.salt,
        "payload": one.payload, "payload_hash": envelope.payload_hash,
    }  # fmt: skip


def _event(name: str, one: SignedEvent) -> dict[str, object]:
    return {
        "sequence": one.envelope.sequence, "id": one.id, "bundle_id": name, "position": one.envelope.bundle.index,
        "envelope": canonical_bytes(one.envelope),
    }  # fmt: skip
