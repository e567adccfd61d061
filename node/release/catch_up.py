"""Catch up: put back into a restored store what the region released after the backup, from the hub's ledger.

A store begun anew, of a region that was invited again, is one without any event: there the hub says which service keys
signed before, since nothing here knows them.

Back come events, the bundles they were signed in, and the figures that every new release is audited against: those are
exactly what the payloads show, since a hidden figure is remembered as hidden. What only this node knew does not come
back: who prepared a bundle, the reviewers' names, drafts, bundles that were under review, and the audit log since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from sqlalchemy import Connection, delete, select

from node.audit import AuditEntry, record
from node.tables import event, restored, reviewer
from schemas.canonical import NotCanonical
from schemas.codes import EventType
from schemas.envelope import CHAIN_START, Envelope, check_in_bundle, check_signature, parse_envelope, payload_hash
from schemas.merkle import NotInBundle
from schemas.payloads import EventRedacted, KeyEnrolled
from schemas.signature import PublicKey, SignatureMismatch
from schemas.standing import Standing
from schemas.upcast import read_payload

from . import keyring, outbox, redact
from .keyring import ServiceKey
from .put_back import put_back
from .refusal import ReleaseRefused
from .sign import SignedEvent, own_head, signed_before
from .standing import content_in
from .subject import name_of, opaque


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


@dataclass(frozen=True, slots=True)
class BegunAnew:
    """What a store without any event needs: the service keys that signed before, as the hub says, and its own key.

    Later versions find what they replace by `subject_key`, under which all that comes back is filed.
    """

    service_keys: Sequence[ServiceKey]
    subject_key: bytes


def catch_up(
    connection: Connection,
    links: Iterable[Link],
    standing: Standing,
    keys: Sequence[PublicKey],
    region: str,
    entry: AuditEntry,
    anew: BegunAnew | None = None,
) -> CaughtUp:
    """Put back what the hub holds beyond the chain here, all of it verified, and take the mark away.

    `links` are the hub's events above the last one here, `standing` is its signed word, checked by the caller, `keys`
    are the service keys known here, the present one last; `anew` is for a store without any event. Raises
    HistoriesDiffer, LedgerIncomplete or ServiceKeyReplaced; then the caller's transaction must not be committed.
    """
    _check_same_history(connection, standing)
    if anew is None:
        found = _verified(links, own_head(connection), keys, region)
    else:
        found = _verified_anew(links, anew.service_keys, keys[-1], region)
    sequence, last = (found[-1].envelope.sequence, found[-1].id) if found else own_head(connection)
    if standing.last_sequence > sequence or (standing.last_sequence == sequence and standing.last_event != last):
        raise LedgerIncomplete(
            f"The hub's ledger ends at event {sequence} and its word names {standing.last_sequence}; try again, and "
            "tell the hub's team if it stays so."
        )
    _check_all_shown(found)
    known = set(connection.scalars(select(reviewer.c.key_id)))
    bundles = [list(group) for _, group in groupby(found, lambda one: one.envelope.bundle.root)]
    subjects = {} if anew is None else _subjects(found, anew.subject_key)
    done = [put_back(connection, events, known, entry.at, subjects) for events in bundles]
    if found:
        outbox.enqueue(connection, found)  # sent once more, so that the hub's receipts come back too
    keyring.begin(connection, keys[0])
    keyring.note(connection, [(one.envelope.sequence, one.envelope.type, one.payload) for one in found], entry.at)
    if anew is not None:
        keyring.replace(connection, anew.service_keys)
    redact.redact(connection, found, entry)
    connection.execute(delete(restored))
    record(connection, AuditEntry(entry.actor, entry.action, region, entry.at, f"{len(found)} events put back"))
    figures, unknown = sum(count for count, _ in done), sum(count for _, count in done)
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


def _verified_anew(
    links: Iterable[Link], held: Sequence[ServiceKey], present: PublicKey, region: str
) -> list[SignedEvent]:
    by_id = {one.key.key_id: one for one in held}
    trusted = {name: one.key for name, one in by_id.items()}
    found: list[SignedEvent] = []
    previous = CHAIN_START
    for sequence, link in enumerate(links, start=1):
        one = _checked(link, sequence, previous, trusted, region)
        if not by_id[one.envelope.key_id].holds_at(sequence):
            raise HistoriesDiffer(f"Event {sequence} at the hub bears a key that did not hold there; tell its team.")
        previous = one.id
        found.append(one)
    mine = by_id.get(present.key_id)
    if mine is None or not mine.holds_at(len(found) + 1):
        raise ServiceKeyReplaced(
            f"The hub does not know key {present.key_id} for event {len(found) + 1}; ask its team for an invitation "
            "and run `python -m node enrol` again."
        )
    return found


def _subjects(found: Sequence[SignedEvent], key: bytes) -> dict[str, str]:
    """Return under which subject each of the former key's subjects is filed here, where a payload tells its name."""
    contents = ((one, content_in(one.envelope.type, one.payload)) for one in found)
    return {one.envelope.subject: opaque(key, name_of(content)) for one, content in contents if content is not None}


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
