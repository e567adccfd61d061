"""Commands on the region's keys: a new service key, a reviewer made known, a key taken back. All go by review."""

from pathlib import Path

import click
from sqlalchemy import select

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node, now, read_reviewer_key
from node.release import keyring
from node.release.states import BundleState
from node.tables import reviewer as reviewer_table
from node.work import enrolling, renewing
from schemas.refused import Refused

from . import inspection, options, pseudonyms


class ReviewerEnrolledAlready(Refused, ValueError):
    """A reviewer whom the hub knows."""


class KeyNotTheReviewers(Refused, ValueError):
    """A key file that is not the one this reviewer joined with."""


class ReviewerNotHere(Refused, LookupError):
    """A name that no reviewer of this node has."""


@click.group("key")
def key_group() -> None:
    """Renew the service key, make a reviewer known at the hub, take a key back."""


key_group.add_command(pseudonyms.rotate_pseudonym)


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
        found = renewing.renew(node.engine, node.settings, author, now)
    if found.is_taken_up:
        click.echo("The new service key signs from now on; the old one's file is overwritten.")
    if found.frozen is not None:
        inspection.show(found.frozen)
    if found.on_its_way is not None:
        click.echo(_what_next(found.on_its_way))


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
            enrolling.note_first_reviewers(connection, node.settings, signing.public, now())
            found = keyring.enrolment(connection, signing.public)
            if found is None:
                notice = enrolling.reviewers_notice(node.settings.region, name, row.organisation, signing)
                entry = AuditEntry(author, "reviewer.enrolment prepared", notice.title, now())
                inspection.show(enrolling.freeze(connection, node.secret("subject"), notice, entry))
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
        entry = AuditEntry(author, "key.revocation prepared", key_id, now())
        inspection.show(renewing.take_back(connection, node.settings, key_id, reason, entry))


def take_up(node: Node) -> bool:
    """Let the new service key sign once the hub has accepted it; returns True where the key changed."""
    return renewing.take_up(node.engine, node.settings, now)


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
