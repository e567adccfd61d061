"""How the linked store is opened to count from it, and what a hostile code or another reader changes: nothing."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from node.indicators.compute import AreaTwice
from node.indicators.measured import compute_all
from node.indicators.period import PeriodUnknown
from node.records import kept, store
from node.records.store import open_store, open_to_measure
from schemas.catalogue import catalogue
from tests.support.linked_store import store_of
from tests.support.same_figures import same

ROOT = Path(__file__).parents[2]
READONLY = "SELECT readonly FROM duckdb_databases() WHERE database_name = 'records'"
TWO = (catalogue()["h.dm_prev"], catalogue()["c.zvw"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "records.duckdb"
    with open_store(made, read_only=False) as connection:
        connection.execute("INSERT INTO person SELECT range, DATE '1960-01-01', 'f', 'XA', NULL FROM range(20)")
        connection.execute("INSERT INTO source_person SELECT 'gp', * FROM person")
        span = "DATE '2020-01-01', DATE '2030-01-01', 'gp'"
        connection.execute(f"INSERT INTO coverage SELECT range, {span} FROM range(20)")
    return made


def test_a_small_store_is_opened_for_reading_only(path: Path) -> None:
    with open_to_measure(path) as connection:
        assert connection.execute(READONLY).fetchone() == (True,)
        assert int(compute_all(connection, TWO, ("2024",), ())[1].denominator.sum()) == 20  # type: ignore[union-attr]


def test_a_large_store_keeps_what_was_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LEAST_KEPT", 10)
    with open_to_measure(path) as connection:
        assert connection.execute(READONLY).fetchone() == (False,)
        once = compute_all(connection, TWO, ("2024",), ("XA",))
        assert len(kept.tables(connection)) == 3  # conditions, costs and people
    with open_to_measure(path) as connection:
        for here, there in zip(compute_all(connection, TWO, ("2024",), ("XA",)), once, strict=True):
            same(here, there)


def test_beside_another_reader_a_large_store_is_read_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LEAST_KEPT", 10)
    holding = (
        "import sys, pathlib; from node.records.store import open_store;"
        "held = open_store(pathlib.Path(sys.argv[1]), True); print('held', flush=True); sys.stdin.read(); held.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with open_to_measure(path) as connection:
            assert connection.execute(READONLY).fetchone() == (True,)
            assert int(compute_all(connection, TWO, ("2024",), ())[0].denominator.sum()) == 20  # type: ignore[union-attr]
        other.communicate()


def test_a_store_of_an_earlier_version_is_counted_without_keeping() -> None:
    with store_of({}) as connection:
        assert not kept.is_possible(connection)
        assert [int(one.numerator.sum()) for one in compute_all(connection, TWO, ("2024",), ())] == [0, 0]


def test_a_code_is_a_value_whatever_it_says(path: Path) -> None:
    hostile = "T90'); DROP TABLE person; --"
    definition = TWO[0]
    assert definition.measure is not None
    assert definition.measure.of is not None
    of = msgspec.structs.replace(definition.measure.of, codes=(hostile,))
    asked = [TWO[1], msgspec.structs.replace(definition, measure=msgspec.structs.replace(definition.measure, of=of))]
    with open_store(path, read_only=False) as connection:
        connection.execute("INSERT INTO condition VALUES (3, 'icpc', ?, DATE '2024-01-02', NULL, 'gp')", [hostile])
        assert int(compute_all(connection, asked, ("2024",), ())[1].numerator.sum()) == 1
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (20,)


def test_what_cannot_be_counted_is_refused_and_nothing_is_left_behind(path: Path) -> None:
    with open_store(path, read_only=False) as connection:
        with pytest.raises(PeriodUnknown, match="'24'"):
            compute_all(connection, TWO, ("2024", "24"), ())
        with pytest.raises(AreaTwice):
            compute_all(connection, TWO, ("2024",), ("XA", "XA"))
        assert kept.tables(connection) == ()
        assert connection.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone() == (0,)
