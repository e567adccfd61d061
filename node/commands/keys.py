"""Commands on the region's keys: a new service key, a reviewer made known, a key taken back. All go by review."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection, select

from connectors.database import writing
from node.audit import AuditEntry, record
from node.bootstrap import Node, now, read_reviewer_key, replace_secret, write_secret
from node.release import candidate, keyring
from node.release.notice import Notice
from node.release.states import BundleState
from node.tables import bundle as bundle_table
from node.tables import reviewer as reviewer_table
from schemas.signature import PublicKey, SigningKey

from . import inspection, options

log = logging.getLogger(__name__)
_NEXT: Final = "service.next.pem"
_ROTATED: Final = "replaced by a new service key"


class ReviewerEnrolledAlready(ValueError):
    """A reviewer whom the hub knows."""


class KeyNotTheReviewers(ValueError):
    """A key file that is not the one this reviewer joined with."""


class ReviewerNotHere(LookupError):
    """A name that no reviewer of this node has."""


@click.group("key")
def key_group() -> None:
    """Renew the service key, make a reviewer known at the hub, take a key back."""


@key_group.command("list")
@options.home
def list_keys(home: Path) -> None:
    """Name this region's keys and where each holds."""
    with options.opened(home) as node, node.engine.connect() as connection:
        for key_id, held in keyring.service_keys(connection, node.service_key().public).items():
            until = "on" if held.until_sequence is None else f"to event {held.until_sequence - 1}"
            click.echo(f"{key_id}  service   from event {held.from_sequence} {until}")
        for row in connection.execute(select(reviewer_table).order_by(reviewer_table.c.name)):
            known = "the hub knows it" if row.enrolled_at else "not known at the hub"
            known = f"taken back {row.revoked_at}" if row.revoked_at else known
            click.echo(f"{row.key_id}  reviewer  {row.name}: {known}")


@key_group.command("rotate")
@options.author
@options.home
def rotate(author: str, home: Path) -> None:
    """Make a new service key and freeze its enrolment for two reviewers; run again to see how far it has come."""
    with options.opened(home) as node:
        node.check_enrolled()
        if take_up(node):
            click.echo("The new service key signs from now on; the old one's file is overwritten.")
            return
        with writing(node.engine) as connection:
            following = _next_key(node)
            found = keyring.enrolment(connection, following.public)
            if found is None:
                title = f"service key {following.public.key_id}"
                notice = keyring.enrolling(node.settings.region, following, "service", "service", title)
                inspection.show(_freeze(connection, node, notice, author, "key.rotation prepared"))
                return
    click.echo(_what_next(found))


@key_group.command("add-reviewer")
@click.argument("name")
@options.key
@options.passphrase
@options.author
@options.home
def add_reviewer(name: str, key: Path, passphrase: str, author: str, home: Path) -> None:
    """Make a reviewer who joined after the enrolment known at the hub; two others approve."""
    with options.opened(home) as node:
        node.check_enrolled()
        signing = read_reviewer_key(key, passphrase)
        with writing(node.engine) as connection:
            row = connection.execute(select(reviewer_table).where(reviewer_table.c.name == name)).one_or_none()
            if row is None:
                raise ReviewerNotHere(f"No reviewer is named {name} here; `python -m node key list` names them.")
            if row.public_hex != signing.public.hex:
                raise KeyNotTheReviewers(f"{key} is not the key that {name} joined with; name that file.")
            if row.enrolled_at is not None:
                raise ReviewerEnrolledAlready(f"The hub knows {name} already; nothing was changed.")
            _note_first_reviewers(connection, node, signing.public)
            found = keyring.enrolment(connection, signing.public)
            if found is None:
                title = f"reviewer {name} of {row.organisation}, key {row.key_id}"
                notice = keyring.enrolling(node.settings.region, signing, "reviewer", row.organisation, title)
                inspection.show(_freeze(connection, node, notice, author, "reviewer.enrolment prepared"))
                return
    click.echo(_what_next(found))


@key_group.command("revoke")
@click.argument("key_id")
@options.reason_required
@options.author
@options.home
def revoke(key_id: str, reason: str, author: str, home: Path) -> None:
    """Take a key back: what it signs after that counts for nothing. Frozen for two reviewers."""
    with options.opened(home) as node, writing(node.engine) as connection:
        node.check_enrolled()
        notice = keyring.revoking(connection, key_id, node.service_key().public, reason)
        inspection.show(_freeze(connection, node, notice, author, "key.revocation prepared"))


def take_up(node: Node) -> bool:
    """Let the new service key sign once the hub has accepted it, and prepare the old one's revocation.

    Done again after a fall it does the rest. Returns True where the key changed.
    """
    file = node.settings.secret(_NEXT)
    if not file.is_file():
        return False
    following, present = _next_key(node), node.service_key()
    with writing(node.engine) as connection:
        found = keyring.enrolment(connection, following.public)
        if found is None or found.answer != "accepted":
            return False
        author = connection.scalar(select(bundle_table.c.author).where(bundle_table.c.id == found.bundle_id)) or ""
        for key_id, held in keyring.service_keys(connection, present.public).items():
            former = key_id != following.public.key_id and held.until_sequence is None
            if former and not keyring.is_being_revoked(connection, key_id):
                notice = keyring.revoking(connection, key_id, following.public, _ROTATED)
                bundle = _freeze(connection, node, notice, author, "key.revocation prepared")
                log.warning("Key %s is to be taken back: two reviewers approve bundle %s", key_id, bundle.id)
        if present.public != following.public:
            moment, new = now(), following.public.key_id
            record(connection, AuditEntry("operator", "key.rotated", new, moment, f"was {present.public.key_id}"))
    if present.public != following.public:
        replace_secret(node.settings.secret("service.pem"), following.to_pem())
    file.unlink()
    return True


def _note_first_reviewers(connection: Connection, node: Node, newcomer: PublicKey) -> None:
    """Note, in a store from before this was noted, that the hub knows those who joined before the enrolment."""
    rows = connection.execute(select(reviewer_table)).all()
    if any(row.enrolled_at for row in rows):
        return
    enrolled = datetime.fromtimestamp(node.settings.secret("token").stat().st_mtime, UTC)
    first = [PublicKey(row.public_hex) for row in rows if datetime.fromisoformat(row.registered_at) <= enrolled]
    entry = AuditEntry("operator", "reviewer.enrolled", "", now())
    keyring.note_enrolled(connection, [key for key in first if key != newcomer], entry)


def _next_key(node: Node) -> SigningKey:
    file = node.settings.secret(_NEXT)
    if not file.is_file():
        write_secret(file, SigningKey.generate().to_pem())
    return SigningKey.from_pem(node.secret(_NEXT))


def _freeze(
    connection: Connection, node: Node, notice: Notice, author: str, action: str
) -> candidate.FrozenBundle:  # fmt: skip
    """Freeze a notice on a key; it is public, since whoever verifies the chain needs the keys."""
    moment = now()
    return candidate.freeze(
        connection, [notice],
        audience="public", subject_key=node.secret("subject"), entry=AuditEntry(author, action, notice.title, moment),
        now=moment,
    )  # fmt: skip


def _what_next(found: keyring.Enrolment) -> str:
    if found.state is BundleState.UNDER_REVIEW:
        return f"Bundle {found.bundle_id} waits for two reviewers. Next: `review approve {found.bundle_id} --key FILE`."
    if found.state is BundleState.HELD:
        return f"Bundle {found.bundle_id} is on hold; `review show {found.bundle_id}` says why."
    if found.state is BundleState.APPROVED:
        return f"Bundle {found.bundle_id} is approved. Next: `release publish {found.bundle_id} --author NAME`."
    if found.answer == "refused":
        return f"The hub refused the key in bundle {found.bundle_id}; its team can say why, then `ship --again`."
    return f"Bundle {found.bundle_id} is signed; the hub's receipt is awaited. Next: `ship`."
