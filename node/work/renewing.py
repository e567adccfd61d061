"""Renew the service key and take keys back: frozen for two reviewers, as the commands and the desk's pages do alike."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, select

from connectors.database import writing
from connectors.secret_files import read_secret, replace_secret, write_secret
from node.audit import AuditEntry, record
from node.config import Settings
from node.release import keyring
from node.release.candidate import FrozenBundle
from node.release.person import same_person
from node.tables import bundle as bundle_table
from node.tables import reviewer as reviewer_table
from schemas.refused import Refused
from schemas.signature import SigningKey

from . import enrolling

log = logging.getLogger(__name__)
_NEXT: Final = "service.next.pem"
_ROTATED: Final = "replaced by a new service key"
_APPROVALS: Final = 2  # that a notice on a key needs


class ReviewersTooFew(Refused, PermissionError):
    """A renewal that nobody could approve: too few others than its author review here."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """How far a renewal has come: the new key signs, its enrolment was frozen just now, or it is on its way."""

    is_taken_up: bool = False
    frozen: FrozenBundle | None = None
    on_its_way: keyring.Enrolment | None = None


def renew(engine: Engine, settings: Settings, author: str, clock: Callable[[], datetime]) -> Renewal:
    """Make a new service key and freeze its enrolment for two reviewers, or say how far that has come.

    Where the hub has accepted the key it signs from then on; doing it again is harmless. Raises ReviewersTooFew.
    """
    if take_up(engine, settings, clock):
        return Renewal(is_taken_up=True)
    with writing(engine) as connection:
        if not settings.secret(_NEXT).is_file():
            _check_reviewers(connection, author)
        following = _next_key(settings)
        found = keyring.enrolment(connection, following.public)
        if found is not None:
            return Renewal(on_its_way=found)
        title = f"service key {following.public.key_id}"
        notice = keyring.enrolling(settings.region, following, "service", "service", title)
        entry = AuditEntry(author, "key.rotation prepared", notice.title, clock())
        return Renewal(frozen=enrolling.freeze(connection, _subject_key(settings), notice, entry))


def _check_reviewers(connection: Connection, author: str) -> None:
    """Refuse before a key is made: what only its author could approve would wait, and keep another from beginning."""
    here = select(reviewer_table.c.name).where(reviewer_table.c.revoked_at.is_(None))
    others = [name for name in connection.scalars(here) if not same_person(name, author)]
    if len(others) < _APPROVALS:
        raise ReviewersTooFew(
            f"A new key needs {_APPROVALS} reviewers other than its author, and here are {len(others)}; have somebody "
            "who does not review ask for it, or another reviewer join first."
        )


def on_its_way(connection: Connection, settings: Settings) -> keyring.Enrolment | None:
    """Return how far the enrolment of a new service key has come, None where none is on its way."""
    if not settings.secret(_NEXT).is_file():
        return None
    return keyring.enrolment(connection, _next_key(settings).public)


def take_back(connection: Connection, settings: Settings, key_id: str, reason: str, entry: AuditEntry) -> FrozenBundle:
    """Freeze for two reviewers that a key is taken back; raises KeyNotHere or KeyInUse."""
    notice = keyring.revoking(connection, key_id, _service_key(settings).public, reason)
    entry = AuditEntry(entry.actor, entry.action, notice.title, entry.at)
    return enrolling.freeze(connection, _subject_key(settings), notice, entry)


def take_up(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> bool:
    """Let the new service key sign once the hub has accepted it, and prepare the old one's revocation.

    Done again after a fall it does the rest. Returns True where the key changed.
    """
    file = settings.secret(_NEXT)
    if not file.is_file():
        return False
    following, present = _next_key(settings), _service_key(settings)
    with writing(engine) as connection:
        found = keyring.enrolment(connection, following.public)
        if found is None or found.answer != "accepted":
            return False
        author = connection.scalar(select(bundle_table.c.author).where(bundle_table.c.id == found.bundle_id)) or ""
        for key_id, held in keyring.service_keys(connection, present.public).items():
            former = key_id != following.public.key_id and held.until_sequence is None
            if former and not keyring.is_being_revoked(connection, key_id):
                notice = keyring.revoking(connection, key_id, following.public, _ROTATED)
                entry = AuditEntry(author, "key.revocation prepared", notice.title, clock())
                bundle = enrolling.freeze(connection, _subject_key(settings), notice, entry)
                log.warning("Key %s is to be taken back: two reviewers approve bundle %s", key_id, bundle.id)
        if present.public != following.public:
            moment, new = clock(), following.public.key_id
            record(connection, AuditEntry("operator", "key.rotated", new, moment, f"was {present.public.key_id}"))
    if present.public != following.public:
        replace_secret(settings.secret("service.pem"), following.to_pem())
    file.unlink()
    return True


def _next_key(settings: Settings) -> SigningKey:
    file = settings.secret(_NEXT)
    if not file.is_file():
        write_secret(file, SigningKey.generate().to_pem())
    return SigningKey.from_pem(read_secret(file))


def _service_key(settings: Settings) -> SigningKey:
    return SigningKey.from_pem(read_secret(settings.secret("service.pem")))


def _subject_key(settings: Settings) -> bytes:
    return read_secret(settings.secret("subject"))
