"""Commands that keep what the hub holds in order."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from connectors.database import revision
from hub.bootstrap import MIGRATIONS
from hub.intake import rebuild as rebuilding
from schemas.refused import Refused
from schemas.text import many

from . import options


class ProjectionsDiffer(Refused, RuntimeError):
    """Projections that are not what the stored events say."""


@click.command()
@click.option("--check", "check_only", is_flag=True, help="Only say whether the projections are what the events say.")
@options.home
@options.as_json
def rebuild(check_only: bool, home: Path, as_json: bool) -> None:
    """Make every projection again from the stored events, beside the live ones; goes on where it was killed."""
    with options.opened(home) as hub, _told() as tell:
        done = rebuilding.rebuild(hub.engine, tell, check_only=check_only)
    wrong, missing = sum(done.surplus.values()), sum(done.missing.values())
    found = f"rows wrong or surplus: {wrong}, missing: {missing}" if not done.is_same else "every row was right"
    if check_only and not done.is_same:
        raise ProjectionsDiffer(f"Of {many(done.events, 'event', 'events')}: {found}; run `python -m hub rebuild`.")
    how = "checked against" if check_only else "made again from"
    text = f"The projections are {how} {many(done.events, 'event', 'events')}: {found}."
    options.say({"events": done.events, "surplus": dict(done.surplus), "missing": dict(done.missing)}, text, as_json)


@contextmanager
def _told() -> Iterator[rebuilding.Tell | None]:
    """Show progress on a terminal and none in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="events", file=sys.stderr) as bar:

        def tell(done: int, there_are: int) -> None:
            bar.length = there_are
            bar.update(done - bar.pos)

        yield tell


@click.command()
@click.option("--new", "make_tables", is_flag=True, help="Make the tables of a hub that never took in anything.")
@options.home
@options.as_json
def upgrade(make_tables: bool, home: Path, as_json: bool) -> None:
    """Bring the database to this program's schema; make a backup first. An empty database is refused without --new."""
    with options.opened(home, migrate=True, make_tables=make_tables) as hub:
        found = revision(hub.engine, MIGRATIONS).found
    options.say({"revision": found}, f"The database is at schema revision {found}.", as_json)
