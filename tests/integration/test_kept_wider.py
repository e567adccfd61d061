"""Kept rows of returns, distinct codes, deaths and exclusions follow every change, whichever source it is in."""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from node.indicators.compute import compute
from node.indicators.measured import compute_all
from node.records import kept
from node.records.store import delete_source, delete_unknown_persons, open_store
from schemas.catalogue import catalogue
from schemas.definition import Criterion, IndicatorDefinition
from tests.properties.test_compiled_sql import AREAS, _store
from tests.support.same_figures import same

PERIOD = "2024"
NAMED = (
    "pop.persons", "pop.last_phase", "h.mort_prem", "h.multimorbid", "q.polypharm", "q.readmit30", "q.acsc_copd",
    "c.ed_patients_frail_elderly",
)  # fmt: skip
BACK = 900
SOURCES = {"encounter": ("hospital", "clinic"), "condition": ("gp", "clinic"), "treatment": ("pharmacy", "clinic")}


def _asked() -> list[IndicatorDefinition]:
    asked = [catalogue()[name] for name in NAMED]
    seen = catalogue()["h.copd"]
    assert seen.population is not None
    fallen = Criterion("encounter", "until_end", types=("ed",))
    return [
        *asked,
        msgspec.structs.replace(seen, population=msgspec.structs.replace(seen.population, exclude=(fallen,))),
    ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    chance = random.Random(8)  # noqa: S311 - a choice of cases, not a secret
    with open_store(tmp_path / "records.duckdb", read_only=False) as connection:
        rows = _store(20_24, "2024")
        for person in rows["person"]:
            if person["birth_date"] is not None:
                _insert(connection, "person", [person])
                _insert(connection, "source_person", [{"source": "gp"} | person])
        for table in ("coverage", "condition", "encounter", "measurement", "treatment"):
            _insert(
                connection, table, [{"source": chance.choice(SOURCES.get(table, ("gp",)))} | one for one in rows[table]]
            )
        _return_elsewhere(connection)
        yield connection


def _return_elsewhere(store: duckdb.DuckDBPyConnection) -> None:
    """Let somebody be discharged by one source and come back, nine days later, at another."""
    person = {"person_id": BACK, "birth_date": date(1970, 1, 1), "sex": "f", "municipality": AREAS[0]}
    _insert(store, "person", [person])
    _insert(store, "source_person", [{"source": "gp"} | person])
    insured = {"person_id": BACK, "start_date": date(2020, 1, 1), "end_date": date(2030, 1, 1), "source": "gp"}
    _insert(store, "coverage", [insured])
    stay = {"person_id": BACK, "encounter_type": "admission", "urgency": "acute"}
    for source, first, last in (("hospital", date(2024, 2, 20), date(2024, 3, 1)), ("clinic", date(2024, 3, 10), None)):
        _insert(store, "encounter", [stay | {"source": source, "start_date": first, "end_date": last}])


def _insert(store: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    query = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    store.executemany(query, [list(row.values()) for row in rows])


def _check(store: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    """Hold what is counted with what is kept against each indicator alone, and return the numerators' sums."""
    asked = _asked()
    together = compute_all(store, asked, (PERIOD,), AREAS)
    for here, one in zip(together, asked, strict=True):
        same(here, compute(store, one, PERIOD, AREAS))
    return tuple(int(one.numerator.sum()) for one in together)


CHANGES = (
    ("clinic", f"DELETE FROM encounter WHERE source = 'clinic' AND person_id = {BACK}"),
    ("hospital", "UPDATE encounter SET end_date = end_date - 1 WHERE source = 'hospital' AND person_id < 12"),
    ("pharmacy", "UPDATE treatment SET code = 'A10BA02' WHERE source = 'pharmacy'"),
    ("clinic", "DELETE FROM condition WHERE source = 'clinic'"),
    ("gp", "UPDATE person SET death_date = DATE '2024-07-20' WHERE person_id % 5 = 1"),
)


def test_what_is_kept_follows_every_change(store: duckdb.DuckDBPyConnection) -> None:
    found = [_check(store)]
    for source, change in CHANGES:
        wanted = kept.note_before(store, source)
        store.execute(change)
        kept.note_after(store, source, wanted)
        kept.note_basis(store)
        found.append(_check(store))
        assert store.execute("SELECT count(*) FROM kept_stale").fetchone() == (0,)
    returns = NAMED.index("q.readmit30")
    assert found[1][returns] == found[0][returns] - 1  # what one source no longer has, changes what another counts
    assert len(set(found)) > len(CHANGES) // 2  # they change the figures, so that keeping the old ones would show


def test_what_two_sources_make_together_goes_when_one_is_deleted(store: duckdb.DuckDBPyConnection) -> None:
    before = _check(store)
    ((returns,),) = store.execute("SELECT name FROM kept WHERE record = 'any encounter'").fetchall()
    assert store.execute(f"SELECT count(*) > 0 FROM {returns}").fetchone() == (True,)
    delete_source(store, "clinic")
    after = _check(store)
    assert sum(after) < sum(before)
    store.execute("DELETE FROM source_person WHERE person_id < 10")
    delete_unknown_persons(store)
    for name in kept.tables(store):
        query = f"SELECT count(*) FROM {name} WHERE person_id < 10"
        assert store.execute(query).fetchone() == (0,)
    assert 0 < sum(_check(store)) < sum(after)
