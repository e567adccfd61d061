"""Take back what readers see, or have it destroyed: frozen for one reviewer, by commands and the desk's pages alike."""

from collections.abc import Iterable

from sqlalchemy import Connection

from node.audit import AuditEntry
from node.release import candidate
from node.release.notice import Notice
from node.release.redact import order
from node.release.refusal import ReleaseRefused
from node.release.standing import StandingItem, standing
from node.release.subject import opaque
from node.release.withdraw import withdraw


def seen_by_readers(connection: Connection, subject_key: bytes, natural_name: str) -> StandingItem | None:
    """Return what readers see under a natural name; None where it never left, or was taken back."""
    return seen_among(connection, subject_key, [natural_name]).get(natural_name)


def seen_among(connection: Connection, subject_key: bytes, natural_names: Iterable[str]) -> dict[str, StandingItem]:
    """Return what readers see under some natural names, by these; without what never left, or was taken back."""
    names = {opaque(subject_key, name): name for name in natural_names}
    return {names[subject]: one for subject, one in standing(connection, names).items()}


def take_back(
    connection: Connection,
    subject_key: bytes,
    natural_name: str,
    unseen: ReleaseRefused,
    reason: str,
    entry: AuditEntry,
) -> candidate.FrozenBundle:
    """Freeze that words are taken back; raises `unseen` where no reader sees them. The entry's subject is the event."""
    there = seen_by_readers(connection, subject_key, natural_name)
    if there is None:
        raise unseen
    entry = AuditEntry(entry.actor, entry.action, there.event_id, entry.at)
    return withdraw_event(connection, subject_key, there.event_id, reason, entry)


def withdraw_event(
    connection: Connection, subject_key: bytes, event_id: str, reason: str, entry: AuditEntry
) -> candidate.FrozenBundle:
    """Freeze that what stands at an own event is taken back; raises EventUnknown or StandsNoMore."""
    found, notice = withdraw(connection, event_id, reason)
    return _freeze(connection, subject_key, found, notice, entry)


def redact_event(
    connection: Connection, subject_key: bytes, event_id: str, reason: str, entry: AuditEntry
) -> candidate.FrozenBundle:
    """Freeze the order that an own event's salt and payload be destroyed; raises EventUnknown or NotRedactable."""
    found, notice = order(connection, event_id, reason)
    return _freeze(connection, subject_key, found, notice, entry)


def _freeze(
    connection: Connection, subject_key: bytes, found: StandingItem, notice: Notice, entry: AuditEntry
) -> candidate.FrozenBundle:
    """Freeze a notice for those who could read what it is about."""
    return candidate.freeze(
        connection, [notice], audience=found.audience, subject_key=subject_key, entry=entry, now=entry.at
    )  # fmt: skip
