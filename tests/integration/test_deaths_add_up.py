"""Deaths of a year: those of its months and quarters add up to it, each at the place lived in last, in every engine."""

import datetime
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

from node.indicators.compute import compute
from node.indicators.figures import ComputedIndicator
from node.indicators.fused import compute_fused
from node.indicators.measured import compute_all
from node.indicators.warehouse import OnDuckDB, OnPostgreSQL
from node.records.store import open_store
from schemas.catalogue import catalogue
from schemas.definition import IndicatorDefinition
from tests.support.linked_store import Rows, columns, create_statements, store_of

DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2024, 1, 1)
DEATHS = [FIRST + place * DAY for place in range(366)]
MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 13))
QUARTERS = tuple(f"2024-Q{quarter}" for quarter in range(1, 5))
PERIODS = ("2024", *QUARTERS, *MONTHS)
AREAS = ("XA", "XB")
OPEN = datetime.date(9999, 12, 31)


def _rows() -> Rows:
    """Return somebody who dies on each day of the year, of whom coverage, a stay or neither ends on that day.

    Every third has always lived in XB, another third moved there a year ago, the last third moves away on that day.
    """
    person, coverage, lived_in = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for number, died in enumerate(DEATHS):
        who = {"person_id": number}
        born = datetime.date(1980, 5, 5)
        if number % 61 == 0:  # lived one day, or not even that
            born = died - DAY * (number % 2)
        person.append(who | {"birth_date": born, "sex": "f", "municipality": "XB", "death_date": died})
        ends = died if number % 2 and born < died else OPEN
        coverage.append(who | {"start_date": datetime.date(1980, 1, 1), "end_date": ends})
        if number % 3:
            moved = died - 365 * DAY if number % 3 == 1 else died + DAY * (born == died)
            before, after = ("XA", "XB") if number % 3 == 1 else ("XB", "XC")
            lived_in += [
                who | {"municipality": before, "start_date": datetime.date(1970, 1, 1), "end_date": moved},
                who | {"municipality": after, "start_date": moved, "end_date": OPEN if number % 4 else died + DAY},
            ]
    return {"person": person, "coverage": coverage, "lived_in": lived_in}


def _definition() -> IndicatorDefinition:
    return msgspec.structs.replace(catalogue()["h.mort_prem"], dimensions=("area",), age_bands=())


def _adds_up(found: dict[str, ComputedIndicator]) -> None:
    deaths = {period: one.numerator.tolist() for period, one in found.items()}
    days = {period: one.denominator.tolist() for period, one in found.items() if one.denominator is not None}
    assert deaths["2024"] == [0, len(DEATHS)]
    for parts in (MONTHS, QUARTERS):
        assert sum(deaths[part][1] for part in parts) == len(DEATHS)
    # days lived until a death in the period: those of the year are its months', wherever these were lived
    for parts in (MONTHS, QUARTERS):
        assert sum(sum(days[part]) for part in parts) == sum(days["2024"])


def _expected_days() -> int:
    """Return all days lived in the year by those who did not live elsewhere, and are covered."""
    rows = _rows()
    return sum(max(0, (row["death_date"] - max(FIRST, row["birth_date"])).days) for row in rows["person"])


def _put(connection: duckdb.DuckDBPyConnection) -> None:
    for name, entries in _rows().items():
        told = pa.Table.from_pylist([{"source": "gp"} | dict(entry) for entry in entries])
        connection.register("told", told)
        connection.execute(f"INSERT INTO {name} BY NAME SELECT {', '.join(columns(name))} FROM told")
        connection.unregister("told")


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    with store_of({}) as connection:
        _put(connection)
        yield connection


def test_alone(store: duckdb.DuckDBPyConnection) -> None:
    found = {period: compute(store, _definition(), period, AREAS) for period in PERIODS}
    _adds_up(found)
    assert found["2024"].denominator is not None
    assert int(found["2024"].denominator.sum()) == _expected_days()


def test_together(store: duckdb.DuckDBPyConnection) -> None:
    found = compute_fused(OnDuckDB(store), [_definition(), catalogue()["h.mort_prem"]], PERIODS, AREAS)
    _adds_up(dict(zip(PERIODS, itertools.islice(found, 0, None, 2), strict=True)))


def test_kept(tmp_path: Path) -> None:
    with open_store(tmp_path / "records.duckdb", read_only=False) as connection:
        _put(connection)
        for _ in range(2):  # counted from the records, then from what is kept
            found = compute_all(connection, [_definition(), catalogue()["h.mort_prem"]], PERIODS, AREAS)
            _adds_up(dict(zip(PERIODS, itertools.islice(found, 0, None, 2), strict=True)))


@pytest.fixture
def server(postgres_server: str) -> Iterator[Connection]:
    engine = create_engine(postgres_server.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.connect() as connection:
        for statement in create_statements():
            connection.execute(text(statement.replace("CREATE TABLE", "CREATE TEMPORARY TABLE")))
        for name, entries in _rows().items():
            names = list(columns(name))
            insert = text(f"INSERT INTO {name} VALUES ({', '.join(f':{one}' for one in names)})")
            connection.execute(
                insert, [{one: ({"source": "gp"} | dict(entry)).get(one) for one in names} for entry in entries]
            )
        yield connection
        connection.rollback()


@pytest.mark.real_postgres
def test_in_a_warehouse(server: Connection) -> None:
    found = compute_fused(OnPostgreSQL(server), [_definition(), catalogue()["h.mort_prem"]], PERIODS, AREAS)
    _adds_up(dict(zip(PERIODS, itertools.islice(found, 0, None, 2), strict=True)))
    alone = {period: compute(OnPostgreSQL(server), _definition(), period, AREAS) for period in ("2024", "2024-01")}
    for period, one in alone.items():
        assert one.numerator.tolist() == [0, len(DEATHS) if period == "2024" else 31]
