"""Make a reviewer who joined after the node's enrolment known at the hub: an event that two others approve."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from node.audit import AuditEntry
from node.config import Settings
from node.release import candidate, keyring
from node.release.brought import Signer
from node.release.notice import Notice
from node.tables import reviewer as reviewer_table
from schemas.signature import PublicKey

PURPOSE = "reviewer"
"""The use that a reviewer's key proves itself for."""


def reviewers_notice(region: str, name: str, organisation: str, key: Signer) -> Notice:
    """Return the notice that makes a reviewer's key known; raises SignatureMismatch of a proof that does not fit."""
    title = f"reviewer {name} of {organisation}, key {key.public.key_id}"
    return keyring.enrolling(region, key, PURPOSE, organisation, title)


def freeze(connection: Connection, subject_key: bytes, notice: Notice, entry: AuditEntry) -> candidate.FrozenBundle:
    """Freeze a notice on a key; it is public, since whoever verifies the chain needs the keys."""
    return candidate.freeze(
        connection, [notice], audience="public", subject_key=subject_key, entry=entry, now=entry.at
    )  # fmt: skip


def note_first_reviewers(connection: Connection, settings: Settings, newcomer: PublicKey, now: datetime) -> None:
    """Note, in a store from before this was noted, that the hub knows those who joined before the enrolment."""
    rows = connection.execute(select(reviewer_table)).all()
    if any(row.enrolled_at for row in rows):
        return
    enrolled = datetime.fromtimestamp(settings.secret("hub.pub").stat().st_mtime, UTC)
    first = [PublicKey(row.public_hex) for row in rows if datetime.fromisoformat(row.registered_at) <= enrolled]
    entry = AuditEntry("operator", "reviewer.enrolled", "", now)
    keyring.note_enrolled(connection, [key for key in first if key != newcomer], entry)
