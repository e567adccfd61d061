"""The same compiled statement gives the same rows on DuckDB and on a real PostgreSQL."""

import datetime
import random
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

from node.indicators.compile import compile, compile_organisations
from node.indicators.warehouse import statement_for_duckdb
from schemas.catalogue import catalogue
from tests.support.linked_store import Rows, columns, create_statements, store_of

pytestmark = pytest.mark.real_postgres

COUNTED = sorted(name for name, definition in catalogue().items() if definition.measure is not None)
START = datetime.date(2023, 6, 1)


def _rows(seed: int, persons: int) -> Rows:
    chance = random.Random(seed)  # noqa: S311 - invented rows, not a secret

    def day(days: int = 800) -> datetime.date:
        return START + datetime.timedelta(days=chance.randrange(days))

    def records(count: int, **make: Any) -> list[dict[str, Any]]:
        return [
            {"person_id": chance.randrange(persons)} | {name: value() for name, value in make.items()}
            for _ in range(count * persons)
        ]

    def coded(system: str, *codes: str) -> dict[str, Any]:
        return {"code_system": lambda: system, "code": lambda: chance.choice(codes)}

    return {
        "person": [
            {
                "person_id": number,
                "birth_date": datetime.date(chance.randrange(1930, 2024), 7, chance.randrange(1, 4)),
                "sex": chance.choice(["f", "m", "f", "m", "unknown"]),
                "municipality": chance.choice(["XA", "XB", "XC", None]),
                "death_date": day() if chance.random() < 0.2 else None,
            }
            for number in range(persons)
        ],
        "coverage": records(3, start_date=day, end_date=lambda: day() + datetime.timedelta(days=200)),
        "condition": [
            *records(4, start_date=day, **coded("icpc", "T90", "T90.02", "T89", "K86.1", "K77", "K75", "K90", "P70")),
            *records(2, start_date=day, **coded("icpc", "L90", "P76", "R95", "R96")),
            *records(1, start_date=day, **coded("omop", "192671", "192672")),
        ],
        "encounter": [
            one | {"end_date": one["start_date"] + datetime.timedelta(days=chance.randrange(9))}
            for one in records(
                6,
                start_date=day,
                encounter_type=lambda: chance.choice(["gp", "ed", "admission", "admission"]),
                urgency=lambda: chance.choice(["acute", "planned", None]),
                **coded("icd10", "J44.1", "I50", "E11.9", "S72"),
            )
        ],
        "measurement": records(
            8,
            measured_on=day,
            value=lambda: chance.choice([None, *[Decimal(chance.randrange(top)) / 100 for top in (1200, 6000)]]),
            **coded("local", "SRH", "PREM", "HBA1C", "BMI", "SMOKING", "EGFR"),
        ),
        "treatment": [
            *records(1, start_date=day, **coded("atc", "J07BB", "J07BB02", "J07CA")),
            *records(
                8, start_date=day, **coded("atc", "A10BA02", "C07AB02", "N02BE01", "B01AC06", "R03AC02", "M01AE01")
            ),
            *records(1, start_date=day, **coded("omop", "1118084")),
        ],
        "cost": records(
            3,
            start_date=day,
            category=lambda: chance.choice(["gp", "wijkverpleging", "ggz", "ziekenhuiszorg"]),
            amount_cents=lambda: chance.randrange(-500, 10**7),
            organisation=lambda: chance.choice(["XA-1", "XA-2", "XA-3", None]),
        ),
    }


@pytest.fixture(scope="module")
def rows() -> Rows:
    return _rows(seed=20_241, persons=300)


def _fill(connection: Connection, rows: Rows) -> None:
    for statement in create_statements():
        connection.execute(text(statement))
    for table, entries in rows.items():
        names = list(columns(table))
        insert = text(f"INSERT INTO {table} VALUES ({', '.join(f':{name}' for name in names)})")
        values = [{name: ({"source": "gp"} | dict(entry)).get(name) for name in names} for entry in entries]
        connection.execute(insert, values)


def test_postgresql_and_duckdb_return_the_same_integers(postgres_url: str, rows: Rows) -> None:
    engine = create_engine(postgres_url, poolclass=NullPool)
    with store_of(rows) as store, engine.begin() as connection:
        _fill(connection, rows)
        connection.execute(text("ANALYZE"))  # or the planner knows nothing of these tables yet
        for indicator in COUNTED:
            for period, areas in (("2024", ("XA", "XB")), ("2024-Q3", ()), ("2023-12", ("XA", "XB"))):
                statement = compile(catalogue()[indicator], period, areas)
                here = sorted(store.execute(*statement_for_duckdb(statement)).fetchall())
                there = sorted(tuple(row) for row in connection.execute(statement))
                assert here == there
                assert period != "2024" or any(number for row in here for number in row if isinstance(number, int))


def test_postgresql_and_duckdb_say_the_same_of_who_was_paid(postgres_url: str, rows: Rows) -> None:
    engine = create_engine(postgres_url, poolclass=NullPool)
    with store_of(rows) as store, engine.begin() as connection:
        _fill(connection, rows)
        for period, areas in [(one, few) for one in ("2024", "2024-Q3", "2023-12") for few in ((), ("XA", "XB"))]:
            statement = compile_organisations(catalogue()["c.zvw"], period, areas)
            here = sorted(store.execute(*statement_for_duckdb(statement)).fetchall(), key=str)
            there = sorted((tuple(row) for row in connection.execute(statement)), key=str)
            assert here == there
            assert {row[-3:-1] for row in here} >= {("XA-1", None), (None, "gp")}
