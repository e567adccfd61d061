"""Commands on what the hub refused: kept bytes, reason and remedy."""

from pathlib import Path

import click
from sqlalchemy import select

from hub.tables import dead_letter

from . import options


class DeadLetterUnknown(click.ClickException):
    """A number that no dead letter has; exit 1."""


@click.group("dead-letters")
def dead_letters() -> None:
    """See which events were refused, and why."""


@dead_letters.command("list")
@options.home
@options.as_json
def list_letters(home: Path, as_json: bool) -> None:
    """List the refused events, newest first."""
    columns = (dead_letter.c.id, dead_letter.c.region, dead_letter.c.received_at, dead_letter.c.reason)
    with options.opened(home) as hub, hub.engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(dead_letter.c.id.desc())).mappings().all()
    text = "\n".join(f"{r['id']}  {r['received_at']}  {r['region'] or '-'}  {r['reason']}" for r in rows)
    options.say([dict(row) for row in rows], text or "There are no dead letters.", as_json)


@dead_letters.command("show")
@click.argument("number", type=int)
@options.home
@options.as_json
def show_letter(number: int, home: Path, as_json: bool) -> None:
    """Show one refused event: its reason, the remedy, and how many bytes are kept; never its payload."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        row = connection.execute(select(dead_letter).where(dead_letter.c.id == number)).mappings().one_or_none()
    if row is None:
        raise DeadLetterUnknown(f"There is no dead letter {number}; see: python -m hub dead-letters list")
    shown = {**row, "body": len(row["body"])}
    options.say(shown, "\n".join(f"{name}: {value}" for name, value in shown.items()), as_json)
