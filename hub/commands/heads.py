"""Commands on the hub's signed daily heads."""

from pathlib import Path

import click
import msgspec

from connectors.database import writing
from hub.intake.heads import last_heads, make_heads
from schemas.text import many

from . import options


@click.group("heads")
def heads() -> None:
    """Keep or see the signed daily heads of all chains."""


@heads.command("make")
@options.home
@options.as_json
def make(home: Path, as_json: bool) -> None:
    """Keep today's heads, if no process did so before; what is kept is never rewritten."""
    with options.opened(home) as hub, writing(hub.engine) as connection:
        made = make_heads(connection, hub.clock(), hub.key)
    if made is None:
        options.say({"made": False}, "Today has its heads already.", as_json)
    else:
        told = {"made": True, "as_of": made.as_of, "chains": len(made.heads)}
        options.say(
            told, f"The heads of {made.as_of[:10]} are kept: {many(len(made.heads), 'chain', 'chains')}.", as_json
        )


@heads.command("list")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How many of the last days.")
@options.home
@options.as_json
def list_days(days: int, home: Path, as_json: bool) -> None:
    """List the last days that have heads, oldest first."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found = last_heads(connection, days)
    text = "\n".join(f"{one.as_of}  {len(one.heads)} chains" for one in found)
    options.say(msgspec.to_builtins(found), text or "There are no daily heads yet.", as_json)
