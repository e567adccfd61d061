"""Commands on what regions took back: who has acted on it, and what the database itself still keeps of it."""

from pathlib import Path

import click
import msgspec

from connectors.database import writing
from hub.intake.redact import apply_all, scrub
from hub.serving.recalls import AnsweredRecall, answered_recalls

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
        found = [one for one in answered_recalls(connection) if one.open or not only_open]
    text = "\n".join(_line(one) for one in found)
    nothing = "Nothing waits for an acknowledgement." if only_open else "Nothing was taken back."
    options.say(msgspec.to_builtins(found), text or nothing, as_json)


@recalls.command("scrub")
@options.home
@options.as_json
def scrub_database(home: Path, as_json: bool) -> None:
    """Destroy again what any redaction names, and clear the database's own copies: write-ahead log, dead rows."""
    with options.opened(home) as hub:
        with writing(hub.engine) as connection:
            found = apply_all(connection)
        scrub(hub.engine)
        name = hub.engine.dialect.name
    text = f"The {name} database keeps no copy of destroyed bytes; backups do. Payloads found and destroyed: {found}."
    options.say({"database": name, "destroyed": found}, text, as_json)


def _line(one: AnsweredRecall) -> str:
    recall = one.recall
    done = f"{len(one.acknowledged)} acknowledged"
    waits = f"waits for: {', '.join(one.open)}" if one.open else "waits for nobody"
    return f"{recall.told_at}  {recall.region}  {recall.kind}  {recall.event_id}  by {recall.by_event}  {done}, {waits}"
