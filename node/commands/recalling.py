"""Commands that take back what was released: withdraw it, or have it destroyed everywhere."""

from pathlib import Path

import click
from sqlalchemy import Connection

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node, now
from node.release import candidate, redact
from node.release.notice import Notice
from node.release.redact import order
from node.release.refusal import ReleaseRefused
from node.release.standing import StandingItem
from node.release.withdraw import withdraw

from . import changes, inspection, options


class StoreInUse(ReleaseRefused):
    """A store that cannot be cleared now."""


@click.command("withdraw")
@click.argument("event_id")
@options.reason_required
@options.author
@options.home
def withdraw_event(event_id: str, reason: str, author: str, home: Path) -> None:
    """Take back figures, a lesson or a reply that stands; the event stays in the ledger. Frozen for one reviewer."""
    with options.opened(home) as node, writing(node.engine) as connection:
        found, notice = withdraw(connection, event_id, reason)
        bundle = _freeze(connection, node, found, notice, AuditEntry(author, "withdrawal.prepared", event_id, now()))
        inspection.show(bundle)
        changes.say_changes(connection, bundle)


@click.command("redact")
@click.argument("event_id")
@options.reason_required
@options.author
@options.home
def redact_event(event_id: str, reason: str, author: str, home: Path) -> None:
    """Have an event's salt and payload destroyed everywhere. Frozen for one reviewer; then it cannot be undone."""
    with options.opened(home) as node, writing(node.engine) as connection:
        found, notice = order(connection, event_id, reason)
        bundle = _freeze(connection, node, found, notice, AuditEntry(author, "redaction.prepared", event_id, now()))
    inspection.show(bundle)


@click.command("scrub")
@options.home
def scrub_store(home: Path) -> None:
    """Clear the store's files of what redactions destroyed; `release publish` does this too where it can."""
    with options.opened(home) as node:
        if not redact.scrub(node.engine):
            raise StoreInUse("Another process uses the store, or the disk is full: stop the node, then scrub again.")
    click.echo("The store holds nothing of what was destroyed any more. Backups are yours to look after.")


def _freeze(
    connection: Connection, node: Node, found: StandingItem, notice: Notice, entry: AuditEntry
) -> candidate.FrozenBundle:
    """Freeze a notice for those who could read what it is about."""
    return candidate.freeze(
        connection, [notice],
        audience=found.audience, subject_key=node.secret("subject"), entry=entry, now=entry.at,
    )  # fmt: skip
