"""A database is read as it was at one moment, by names that the mapping gives, and every refusal is one sentence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import InternalError, OperationalError

from connectors.sources import SourceRefused
from connectors.sources.batch import RawBatch
from connectors.sources.database_snapshot import snapshot
from connectors.sources.mapping import read_mapping
from connectors.sources.read import read
from connectors.sources.settings import Database
from tests.support.sources import SOUND_NUMBERS, TODAY, legal

VARIABLE = "TEST_SOURCE_ADDRESS"
VISITS = {
    "table": "visits",
    "record": "encounter",
    "fields": {
        "record_id": {"column": "nr"},
        "person_id": {"column": "bsn"},
        "encounter_type": {"constant": "gp"},
        "start_date": {"column": "day"},
    },
}


def mapped(folder: Path, *tables: dict[str, Any], **database: str) -> Path:
    document = {
        "id": "practice",
        "kind": "sql",
        "legal": legal(),
        "database": database or {"url_env": VARIABLE},
        "tables": list(tables),
    }
    path = folder / "practice.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def batches(path: Path) -> list[RawBatch]:
    return list(read(read_mapping(path, TODAY)))


def rows(path: Path) -> list[dict[str, Any]]:
    return [row for batch in batches(path) for row in batch.table.to_pylist()]


def refusal(path: Path) -> str:
    with pytest.raises(SourceRefused) as refused:
        batches(path)
    assert refused.value.__cause__ is None
    assert not any(number in str(refused.value) for number in SOUND_NUMBERS)
    assert "secret" not in str(refused.value)
    return str(refused.value)


def visits(**more: Any) -> dict[str, Any]:
    return {**VISITS, **more}


def executed(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/practice.db"
    executed(
        url,
        'CREATE TABLE visits (nr INTEGER, bsn TEXT, day TEXT, "odd "" name" TEXT, amount REAL)',
        *(
            f"INSERT INTO visits VALUES ({9 - place}, '{bsn}', '2024-0{place + 1}-01', 'x', 1.5)"
            for place, bsn in enumerate(SOUND_NUMBERS)
        ),
    )
    monkeypatch.setenv(VARIABLE, url)
    return url


@pytest.fixture
def postgres(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv(VARIABLE, postgres_url.replace("+psycopg", ""))
    engine = create_engine(postgres_url)
    yield engine
    engine.dispose()


def test_rows_come_in_the_order_of_their_own_numbers(sqlite: str, tmp_path: Path) -> None:
    found = rows(mapped(tmp_path, visits()))
    assert [(row["row"], row["record_id"], row["start_date"]) for row in found] == [
        (1, "7", "2024-03-01"),
        (2, "8", "2024-02-01"),
        (3, "9", "2024-01-01"),
    ]


def test_filters_choose_rows_and_names_are_quoted(sqlite: str, tmp_path: Path) -> None:
    table = visits(where={"nr": 8, 'odd " name': "x"})
    assert [row["record_id"] for row in rows(mapped(tmp_path, table))] == ["8"]
    with pytest.raises(SourceRefused, match="holds no rows"):
        batches(mapped(tmp_path, visits(where={'odd " name': "' OR 1=1 --"})))


def test_sql_in_the_place_of_a_name_is_only_a_name_that_is_absent(sqlite: str, tmp_path: Path) -> None:
    assert refusal(mapped(tmp_path, visits(table="visits; DROP TABLE visits"))).startswith(
        "visits; DROP TABLE visits: there is no such table or view"
    )
    assert len(rows(mapped(tmp_path, visits()))) == 3


def test_an_absent_column_is_named(sqlite: str, tmp_path: Path) -> None:
    table = visits(fields={**VISITS["fields"], "start_date": {"column": "datum"}})  # type: ignore[dict-item]
    assert refusal(mapped(tmp_path, table)) == (
        "visits: column `datum` is missing, or this user may not see it; correct the view or the mapping."
    )


def test_a_view_that_got_another_column_is_refused_where_all_are_listed(sqlite: str, tmp_path: Path) -> None:
    table = visits(columns=["nr", "bsn", "day", "amount"])
    assert refusal(mapped(tmp_path, table)).startswith(
        'visits: the columns are not those of the mapping: `odd " name` is new; ask the supplier what changed'
    )


def test_amounts_as_floating_point_are_refused_and_other_numbers_are_exact(sqlite: str, tmp_path: Path) -> None:
    fields = {"person_id": {"column": "bsn"}, "category": {"constant": "gp"}, "start_date": {"column": "day"}}
    costs = {"table": "visits", "record": "cost", "fields": {**fields, "amount": {"column": "amount"}}}
    assert "column `amount`: holds floating-point amounts" in refusal(mapped(tmp_path, costs))


def test_an_address_that_is_absent_open_or_wrong_is_refused(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "address"
    kept.write_text(sqlite, encoding="utf-8")
    kept.chmod(0o644)
    mapping = mapped(tmp_path, visits(), url_file="address")
    assert refusal(mapping) == "address: others than its owner can read it; restrict it with chmod 600."
    kept.chmod(0o600)
    assert len(rows(mapping)) == 3
    kept.unlink()
    assert refusal(mapping).startswith("address: this file does not exist")
    for address, said in {
        "": f"{VARIABLE}: this environment variable is not set",
        "user:secret@host": f"{VARIABLE}: does not hold a database's address",
        "firebird://user:secret@host/x": f"{VARIABLE}: this database needs the Python package",
        "mssql+pyodbc://user:secret@host/x": f"{VARIABLE}: this database needs the Python package `pyodbc`",
        f"sqlite:///{tmp_path}/absent.db": f"{VARIABLE}: the database there cannot be connected to",
        "postgresql://user:secret@127.0.0.1:1/x": f"{VARIABLE}: the database there cannot be connected",
    }.items():
        monkeypatch.setenv(VARIABLE, address)
        assert refusal(mapped(tmp_path, visits())).startswith(said)
    assert not (tmp_path / "absent.db").exists()


def test_an_address_in_the_mapping_itself_is_refused(tmp_path: Path) -> None:
    for key in ("url_env", "url_file"):
        with pytest.raises(SourceRefused, match="not an address") as refused:
            batches(mapped(tmp_path, visits(), **{key: "postgresql://user:secret@host/x"}))
        assert "secret" not in str(refused.value)


def test_sqlite_is_read_as_it_was_when_the_reading_began(sqlite: str, tmp_path: Path) -> None:
    executed(sqlite, "PRAGMA journal_mode = WAL")
    reading = read(read_mapping(mapped(tmp_path, visits(), visits(date_format="%d-%m-%Y")), TODAY))
    sizes = [next(reading).table.num_rows]
    executed(sqlite, "DELETE FROM visits")
    assert sizes + [batch.table.num_rows for batch in reading] == [3, 3]


def test_a_reading_cannot_write(sqlite: str) -> None:
    with snapshot(Database(url_env=VARIABLE)) as opened, pytest.raises(OperationalError, match="readonly"):
        opened._connection.exec_driver_sql("DELETE FROM visits")


@pytest.mark.real_postgres
def test_a_reading_of_postgres_cannot_write(postgres: Engine) -> None:
    with snapshot(Database(url_env=VARIABLE)) as opened, pytest.raises(InternalError, match="read-only transaction"):
        opened._connection.exec_driver_sql("CREATE TABLE visits (nr int)")


@pytest.mark.real_postgres
def test_postgres_gives_every_type_as_the_text_a_file_would_hold(postgres: Engine, tmp_path: Path) -> None:
    with postgres.begin() as connection:
        connection.execute(text("CREATE SCHEMA zorg"))
        connection.execute(
            text(
                """CREATE VIEW zorg.kosten AS SELECT 1::bigint AS nr, 999996708::int AS bsn,
                DATE '2024-02-29' AS dag, 12.30::numeric(12, 2) AS bedrag
                UNION ALL SELECT 2, NULL, NULL, NULL
                UNION ALL SELECT 3, 1, DATE '2024-01-01', 100000000000000000000::numeric"""
            )
        )
    fields = {
        "record_id": {"column": "nr"},
        "person_id": {"column": "bsn"},
        "category": {"constant": "gp"},
        "start_date": {"column": "dag"},
        "amount": {"column": "bedrag"},
    }
    table = {"table": "kosten", "schema": "zorg", "record": "cost", "date_format": "%d-%m-%Y", "decimal": ","}
    (batch,) = batches(mapped(tmp_path, {**table, "fields": fields}))
    assert batch.file == batch.mapping.label == "zorg.kosten"
    del table["schema"]
    path = mapped(tmp_path, {**table, "fields": fields}, url_env=VARIABLE, schema="zorg")
    assert [one.file for one in batches(path)] == ["zorg.kosten"]
    assert [(row["person_id"], row["start_date"], row["amount"]) for row in batch.table.to_pylist()] == [
        ("999996708", "29-02-2024", "12,30"),
        ("", "", ""),
        ("1", "01-01-2024", "100000000000000000000"),
    ]


@pytest.mark.real_postgres
def test_a_moment_with_a_zone_is_the_day_it_was_in_the_netherlands(postgres: Engine, tmp_path: Path) -> None:
    with postgres.begin() as connection:
        connection.execute(text("SET TIME ZONE 'America/New_York'"))
        connection.execute(text("CREATE TABLE visits (nr int, bsn text, day timestamptz)"))
        connection.execute(text("INSERT INTO visits VALUES (1, 'a', '2023-12-31 23:30+00'), (2, 'a', NULL)"))
    assert [row["start_date"] for row in rows(mapped(tmp_path, visits()))] == ["2024-01-01", ""]


@pytest.mark.real_postgres
def test_all_tables_are_read_as_they_were_when_the_reading_began(postgres: Engine, tmp_path: Path) -> None:
    with postgres.begin() as connection:
        connection.execute(text("CREATE TABLE visits (nr int, bsn text, day date)"))
        connection.execute(text("INSERT INTO visits SELECT n, 'a', DATE '2024-01-01' FROM generate_series(1, 25000) n"))
    reading = read(read_mapping(mapped(tmp_path, visits(), visits(date_format="%d-%m-%Y")), TODAY))
    sizes = [next(reading).table.num_rows]
    with postgres.begin() as connection:
        connection.execute(text("DELETE FROM visits"))
    sizes += [batch.table.num_rows for batch in reading]
    assert sizes == [10_000, 10_000, 5_000] * 2


@pytest.mark.real_postgres
def test_a_connection_that_breaks_halfway_is_one_refusal(postgres: Engine, tmp_path: Path) -> None:
    with postgres.begin() as connection:
        connection.execute(text("CREATE TABLE visits (nr int, bsn text, day date)"))
        connection.execute(text("INSERT INTO visits SELECT n, 'a', DATE '2024-01-01' FROM generate_series(1, 25000) n"))
    reading = read(read_mapping(mapped(tmp_path, visits()), TODAY))
    next(reading)
    with postgres.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ours = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"))
    with pytest.raises(SourceRefused, match=r"^visits: cannot be read \(AdminShutdown\); check the view"):
        list(reading)


@pytest.mark.real_postgres
def test_a_filter_of_another_kind_than_its_column_is_said(postgres: Engine, tmp_path: Path) -> None:
    with postgres.begin() as connection:
        connection.execute(text("CREATE TABLE visits (nr int, bsn text, day date)"))
    assert refusal(mapped(tmp_path, visits(where={"bsn": 1}))).startswith("visits: `where` compares a column with")


@pytest.mark.real_postgres
def test_a_right_that_is_missing_a_view_that_is_absent_and_infinity_are_said(
    postgres: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS reader_of_nothing"))
        connection.execute(text("CREATE ROLE reader_of_nothing LOGIN"))
        connection.execute(text("CREATE TABLE visits (nr int, bsn text, day date)"))
        connection.execute(text("INSERT INTO visits VALUES (1, 'a', 'infinity')"))
    assert refusal(mapped(tmp_path, visits())).startswith("visits: holds a date outside the years 1 to 9999")
    assert refusal(mapped(tmp_path, visits(table="v_absent"))).startswith("v_absent: there is no such table or view")
    narrow = make_url(postgres.url).set(username="reader_of_nothing", drivername="postgresql")
    monkeypatch.setenv(VARIABLE, narrow.render_as_string(hide_password=False))
    assert refusal(mapped(tmp_path, visits())) == (
        "visits: this user may not read it; let its owner GRANT SELECT on it, and USAGE on its schema."
    )
    with postgres.begin() as connection:
        connection.execute(text("DROP ROLE reader_of_nothing"))
