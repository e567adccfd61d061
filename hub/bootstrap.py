"""Put a hub together: settings, key, database, and the web application with every blueprint and its policy."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import flask
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import DatabaseUrlUnknown, is_current, open_engine, upgrade
from hub.api import comparison, create_app, feeds, lessons
from hub.api.access import Policy
from hub.config import Hub, SettingWrong, make_key, read_key, read_settings, write_settings
from hub.web import pages

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseUnreachable(ConnectionError):
    """A database that does not answer."""


def make_hub(home: Path, environ: Mapping[str, str] = os.environ) -> Hub:
    """Make a new hub in a folder: settings, signing key, database; raises the refusals of hub.config."""
    write_settings(home)
    settings = read_settings(home, environ)
    make_key(settings.key_file)
    return open_hub(home, environ)


def open_hub(
    home: Path, environ: Mapping[str, str] = os.environ, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Hub:
    """Open a hub and bring its database up to date; raises DatabaseUnreachable and the refusals of hub.config."""
    settings = read_settings(home, environ)
    key = read_key(settings.key_file)
    try:
        engine = open_engine(settings.database)
    except DatabaseUrlUnknown as error:
        raise SettingWrong(f"The setting database is wrong: {error}") from error
    try:
        upgrade(engine, MIGRATIONS)
    except SQLAlchemyError as error:
        engine.dispose()
        raise DatabaseUnreachable("The hub's database does not answer; check the setting database.") from error
    return Hub(engine, key, settings, clock)


def application(hub: Hub) -> flask.Flask:
    """Make the web application with all its pages."""
    return create_app(
        hub,
        (
            (comparison.blueprint, Policy.READER),
            (lessons.blueprint, Policy.READER),
            (feeds.blueprint, Policy.READER),
            (pages.blueprint, Policy.ANYONE),
        ),
    )


def is_up_to_date(hub: Hub) -> bool:
    """Tell whether the database is at the newest migration."""
    return is_current(hub.engine, MIGRATIONS)
