"""Made once for a run: a copied database is what the migrations make, a statement is in its own database's words."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, Table, Text, create_engine, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite

import connectors.database
import hub.bootstrap
from connectors.database import is_current, open_engine, upgrade
from tests.support.made_once import PREPARED, Templates, Worded


def _shape(engine: Engine) -> dict[str, object]:
    found = inspect(engine)
    return {
        name: [(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(name)]
        + sorted(str(one["name"]) for one in found.get_indexes(name))
        for name in found.get_table_names()
    }


def _same(templates: Templates, made: Engine, copied: Engine) -> None:
    upgrade(made, hub.bootstrap.MIGRATIONS)
    templates.upgrade(copied, hub.bootstrap.MIGRATIONS)
    assert is_current(copied, hub.bootstrap.MIGRATIONS)
    assert _shape(copied) == _shape(made) != {}


def test_a_copied_file_is_what_the_migrations_make_and_an_old_one_is_migrated(tmp_path: Path) -> None:
    templates = Templates(tmp_path)
    engines = [open_engine(f"sqlite:///{tmp_path / name}") for name in ("made", "copied", "old")]
    _same(templates, *engines[:2])
    upgrade(engines[2], hub.bootstrap.MIGRATIONS, "0001")
    templates.upgrade(engines[2], hub.bootstrap.MIGRATIONS)
    assert is_current(engines[2], hub.bootstrap.MIGRATIONS)
    for engine in engines:
        engine.dispose()


def test_a_copied_database_is_what_the_migrations_make(tmp_path: Path, postgres_url: str) -> None:
    templates = Templates(tmp_path)
    copied = open_engine(postgres_url)
    templates.upgrade(copied, hub.bootstrap.MIGRATIONS)
    file = open_engine(f"sqlite:///{tmp_path / 'made'}")
    upgrade(file, hub.bootstrap.MIGRATIONS)
    assert is_current(copied, hub.bootstrap.MIGRATIONS)
    words = {name for name in _shape(file) if name.startswith("search_words")}  # of SQLite alone
    assert _shape(copied).keys() >= _shape(file).keys() - words
    for engine in (copied, file):
        engine.dispose()
    templates.close()


def test_a_statement_is_worded_once_for_all_databases_of_a_kind_and_apart_for_another(tmp_path: Path) -> None:
    worded = Worded(10)
    table = Table("word", MetaData(), Column("name", Text))
    for name in ("one", "other"):
        engine = create_engine(f"sqlite:///{tmp_path / name}")
        engine._compiled_cache = worded
        with engine.begin() as connection:
            table.create(connection)
            connection.execute(insert(table).values(name=name))
            assert connection.scalars(select(table.c.name)).all() == [name]
        engine.dispose()
        assert len(worded) == 2
    of_sqlite, of_postgresql = sqlite.dialect(), postgresql.dialect()  # type: ignore[no-untyped-call]
    worded[of_sqlite, "a statement"] = "in its words"
    assert worded.get((sqlite.dialect(), "a statement")) == "in its words"  # type: ignore[no-untyped-call]
    assert worded.get((of_postgresql, "a statement")) is None


def test_a_file_waits_for_the_disk_in_earnest_and_not_in_tests(tmp_path: Path) -> None:
    found = []
    for prepare in (PREPARED, connectors.database._prepare_sqlite):
        with closing(sqlite3.connect(tmp_path / "file")) as connection:
            prepare(connection, None)
            found.append(
                [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
            )
    assert found == [["wal", 2], ["wal", 0]]  # FULL: what was committed outlasts a failure of power
