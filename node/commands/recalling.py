"""Commands that take back what was released: withdraw it, or have it destroyed everywhere."""

from pathlib import Path

import click

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import now
from node.release import redact
from node.work import taking_back

from . import changes, inspection, options


@click.command("withdraw")
@click.argument("event_id")
@options.reason_required
@options.author
@options.home
def withdraw_event(event_id: str, reason: str, author: str, home: Path) -> None:
    """Take back figures, a lesson or a reply that stands; the event stays in the ledger. Frozen for one reviewer."""
    with options.opened(home) as node, writing(node.engine) as connection:
        entry = AuditEntry(author, "withdrawal.prepared", event_id, now())
        bundle = taking_back.withdraw_event(connection, node.secret("subject"), event_id, reason, entry)
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
        found = redact.reach(connection, event_id)
        entry = AuditEntry(author, "redaction.prepared", event_id, now())
        bundle = taking_back.redact_event(connection, node.secret("subject"), event_id, reason, entry)
    inspection.show(bundle)
    click.echo(
        f"  It destroys at this node: copies {found.copies} ({found.octets} bytes), drafts {found.drafts}, "
        f"decisions on words {found.decisions}. Other versions that stay: {len(found.others)}."
    )


@click.command("scrub")
@options.home
def scrub_store(home: Path) -> None:
    """Clear the store's files of what redactions destroyed; `release publish` does this too where it can."""
    with options.opened(home) as node:
        redact.scrub_now(node.engine)
    click.echo("The store holds nothing of what was destroyed any more. Backups are yours to look after.")
