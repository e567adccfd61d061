"""Commands on what regions took back: who has acted on it, and what the database itself still keeps of it."""

from pathlib import Path

import click
import msgspec

from hub.intake.redact import scrub
from hub.serving.recalls import RecallStanding, standings

from . import options


@click.group()
def recalls() -> None:
    """See what regions took back, and who has acted on it."""


@recalls.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only what somebody has not acknowledged yet.")
@options.home
@options.as_json
def list_recalls(only_open: bool, home: Path, as_json: bool) -> None:
    """List withdrawals and redactions, oldest first, with who has not acknowledged them."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found = [one for one in standings(connection) if one.open or not only_open]
    text = "\n".join(_line(one) for one in found)
    nothing = "Nothing waits for an acknowledgement." if only_open else "Nothing was taken back."
    options.say(msgspec.to_builtins(found), text or nothing, as_json)


@recalls.command("scrub")
@options.home
@options.as_json
def scrub_database(home: Path, as_json: bool) -> None:
    """Clear the database's own copies of destroyed bytes: write-ahead log, dead rows."""
    with options.opened(home) as hub:
        scrub(hub.engine)
        name = hub.engine.dialect.name
    options.say({"database": name}, f"The {name} database keeps no copy of destroyed bytes; backups do.", as_json)


def _line(one: RecallStanding) -> str:
    recall = one.recall
    done = f"{len(one.acknowledged)} acknowledged"
    waits = f"waits for: {', '.join(one.open)}" if one.open else "waits for nobody"
    return f"{recall.told_at}  {recall.region}  {recall.kind}  {recall.event_id}  by {recall.by_event}  {done}, {waits}"
