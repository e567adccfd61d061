"""Commands that keep what the hub holds in order."""

from pathlib import Path

import click

from connectors.database import revision, writing
from hub.bootstrap import MIGRATIONS
from hub.intake import project

from . import options


@click.command()
@options.home
@options.as_json
def rebuild(home: Path, as_json: bool) -> None:
    """Make every projection again from the stored events."""
    with options.opened(home) as hub, writing(hub.engine) as connection:
        events = project.rebuild(connection)
    options.say({"events": events}, f"The projections are made again from {events} events.", as_json)


@click.command()
@options.home
@options.as_json
def upgrade(home: Path, as_json: bool) -> None:
    """Bring the database to this program's schema; make a backup first."""
    with options.opened(home, migrate=True) as hub:
        found = revision(hub.engine, MIGRATIONS).found
    options.say({"revision": found}, f"The database is at schema revision {found}.", as_json)
