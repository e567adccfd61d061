"""Databases at the newest revision, made by the real migrations once for a run; each further new one is a copy.

Two dozen migrations take a quarter of a second for every hub and node that a test makes, and thousands are made. The
migrations have tests of their own (test_upgrades, test_files), which call them themselves. What a statement is in the
words of a database is kept for the run as well, where an engine keeps it for itself: each test has engines of its own.
And no file needs to outlast a failure of power, so that nothing waits for the disk.
"""

import os
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, text
from sqlalchemy.util import LRUCache

import connectors.database
import hub.bootstrap
import node.bootstrap
from connectors.database import open_engine, upgrade
from tests.support.postgres import ADDRESS, create_database

_STATEMENTS = 2000  # remembered at most


PREPARED = connectors.database._prepare_sqlite  # as in earnest


class Templates:
    """One database of each kind and side that copies are taken of, made when the first is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Path, Path] = {}
        self._databases: dict[tuple[URL, Path], str] = {}

    def upgrade(self, engine: Engine, script_location: Path, to: str = "head") -> None:
        """Do what `connectors.database.upgrade` does, by a copy where the database is empty."""
        with engine.connect() as connection:
            is_new = to == "head" and not inspect(connection).get_table_names()
            connection.rollback()  # looking began a transaction, which the file would be in use by
            if is_new and engine.dialect.name == "sqlite":
                self._copy_file(connection, script_location)
        if is_new and engine.dialect.name == "postgresql":
            self._copy_database(engine, script_location)
        elif not is_new:
            upgrade(engine, script_location, to)

    def close(self) -> None:
        """Remove the databases on a server, which may outlive the run."""
        for (url, _), name in self._databases.items():
            with _on_server(url) as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def _copy_file(self, connection: Connection, script_location: Path) -> None:
        if script_location not in self._files:
            file = self._folder / f"{len(self._files)}.sqlite"
            made = open_engine(f"sqlite:///{file}")
            upgrade(made, script_location)
            made.dispose()
            self._files[script_location] = file
        target = connection.connection.driver_connection
        assert isinstance(target, sqlite3.Connection)
        with closing(sqlite3.connect(self._files[script_location])) as source:
            source.backup(target)

    def _copy_database(self, engine: Engine, script_location: Path) -> None:
        server = engine.url.set(database="postgres")
        name = self._databases.get((server, script_location))
        if name is None:
            name = f"regiohelix_template_{uuid.uuid4().hex}"
            with _on_server(server) as connection:
                connection.execute(text(create_database(connection, name)))
            made = open_engine(engine.url.set(database=name).render_as_string(hide_password=False))
            upgrade(made, script_location)
            made.dispose()
            self._databases[server, script_location] = name
        engine.dispose()
        own = engine.url.database
        with _on_server(server) as connection:
            connection.execute(text(f'DROP DATABASE "{own}" WITH (FORCE)'))
            connection.execute(text(create_database(connection, f'"{own}"', name)))


class Worded(LRUCache[tuple[Any, ...], Any]):
    """Statements as compiled, by the kind of database instead of by the engine that compiled them."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(self._of_kind(key), default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__(self._of_kind(key), value)

    def _of_kind(self, key: tuple[Any, ...]) -> tuple[Any, ...]:
        dialect, *statement = key
        return (dialect.name, dialect.driver, *statement)


@contextmanager
def _on_server(url: URL) -> Iterator[Connection]:
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        yield connection
    server.dispose()


@pytest.fixture(scope="session", autouse=True)
def _new_databases_are_copies() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="regiohelix-made-") as folder, pytest.MonkeyPatch.context() as patch:
        templates = Templates(Path(folder))
        patch.setattr(hub.bootstrap, "upgrade", templates.upgrade)
        patch.setattr(node.bootstrap, "upgrade", templates.upgrade)
        yield
        if os.environ.get(ADDRESS):  # any other server has ended by now, and its databases with it
            templates.close()


@pytest.fixture(scope="session", autouse=True)
def _statements_are_worded_once() -> Iterator[None]:
    worded = Worded(_STATEMENTS)

    def sharing(*how: Any, **named: Any) -> Engine:
        engine = create_engine(*how, **named)
        engine._compiled_cache = worded
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connectors.database, "create_engine", sharing)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_file_waits_for_the_disk() -> Iterator[None]:
    def prepared(connection: Any, record: Any) -> None:
        PREPARED(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connectors.database, "_prepare_sqlite", prepared)
        patch.setattr(os, "fsync", lambda file: None)
        yield
