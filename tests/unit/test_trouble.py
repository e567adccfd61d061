"""What a database that fails is told as: by its own code, from real failures of both engines, never by its words."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import open_engine
from connectors.trouble import of_file, of_records, takes_no_writes, trouble

VALUE = "a value that nobody may read"


def told(engine: Engine, *statements: str) -> str:
    """Return what is said of the first statement that fails."""
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()
    except SQLAlchemyError as error:
        said = trouble(error).sentence
        assert VALUE not in said
        return said
    finally:
        engine.dispose()
    raise AssertionError("Nothing failed.")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    file = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE kept (value TEXT)")
    return file


def test_sqlite_that_is_full_locked_read_only_damaged_gone_or_another_is_told_apart(store: Path) -> None:
    insert = f"INSERT INTO kept VALUES ('{VALUE}' || hex(zeroblob(90000)))"
    assert "disk is full" in told(open_engine(f"sqlite:///{store}"), "PRAGMA max_page_count = 3", insert)
    assert "takes no writes" in told(create_engine(f"sqlite:///file:{store}?mode=ro&uri=true"), insert)
    assert "tables are not those" in told(open_engine(f"sqlite:///{store}"), f"SELECT '{VALUE}' FROM others")
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "keeps it locked" in told(open_engine(f"sqlite:///{store}"), "PRAGMA busy_timeout = 0", insert)
    assert "cannot be opened" in told(open_engine(f"sqlite:///{store.parent / 'no-folder' / 'x.sqlite'}"), "SELECT 1")
    store.write_bytes(VALUE.encode() * 500)
    assert "damaged" in told(open_engine(f"sqlite:///{store}"), "SELECT 1")


@pytest.mark.real_postgres
def test_postgresql_that_is_away_another_or_read_only_is_told_apart(postgres_url: str) -> None:
    url = make_url(postgres_url)
    assert "no database of that name" in told(open_engine(str(url.set(database="no_such_one"))), "SELECT 1")
    assert "refuses this user" in told(open_engine(str(url.set(username="nobody_here"))), "SELECT 1")
    assert "does not answer; start it" in told(open_engine(str(url.set(port=1))), "SELECT 1")
    assert "tables are not those" in told(open_engine(postgres_url), f"SELECT '{VALUE}' FROM others")
    primary = open_engine(postgres_url)
    assert takes_no_writes(primary) is None
    primary.dispose()
    standby = open_engine(f"{postgres_url}?options=-cdefault_transaction_read_only%3Don")
    assert (seen := takes_no_writes(standby)) is not None
    assert "takes no writes" in seen.what
    standby.dispose()
    read_only = "SET TRANSACTION READ ONLY"
    assert "takes no writes" in told(open_engine(postgres_url), read_only, "CREATE TABLE kept (value TEXT)")


def test_a_file_is_told_by_its_name_and_what_to_do() -> None:
    assert "no room on the disk of x.toml" in of_file(OSError(28, "No space left on device", "x.toml"))
    assert "no room on a disk" in of_file(OSError(27, "File too large"))
    assert "x.toml may not be used by this user" in of_file(PermissionError(13, "Permission denied", "x.toml"))
    assert "x.toml is not there" in of_file(FileNotFoundError(2, "No such file or directory", "x.toml"))
    assert of_file(FileNotFoundError("A sentence of its own.")) == "A sentence of its own."


def test_records_that_do_not_fit_into_memory_are_no_matter_of_the_disk_alone_and_no_value_is_told() -> None:
    with duckdb.connect(config={"memory_limit": "2MB", "temp_directory": ""}) as engine:
        with pytest.raises(duckdb.Error) as full:
            engine.execute(f"CREATE TABLE t AS SELECT '{VALUE}' || range AS x FROM range(1000000)")
        with pytest.raises(duckdb.Error) as other:
            engine.execute(f"SELECT CAST('{VALUE}' AS INTEGER)")
    assert "memory" in of_records(full.value)
    assert of_records(other.value).startswith("The record store failed (ConversionException)")
    assert VALUE not in of_records(full.value) + of_records(other.value)
