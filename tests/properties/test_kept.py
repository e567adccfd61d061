"""What is kept per person follows every load, correction, objection and deletion, and counts what a full run counts."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from node.indicators.compute import compute
from node.indicators.measured import compute_all
from node.indicators.state import Kept
from node.records import kept
from node.records.store import open_store, records_path
from schemas.catalogue import catalogue
from tests.support.changing_extracts import Extracts
from tests.support.same_figures import same

PERIODS = ("2024", "2024-Q2")
ASKED = ("pop.persons", "h.mort_prem", "q.hba1c", "q.gp_experience", "q.acute_adm", "c.zvw")
AREAS = ("GM0363", "GM0310")
STEPS = ("register", "practice", "payer", "objection", "expiry", "again", "nothing")


def _asked() -> list[Any]:
    asked = [catalogue()[name] for name in ASKED]
    last = catalogue()["c.zvw"]
    assert last.population is not None
    ending = msgspec.structs.replace(last.population, covered_on="end_period")
    return [*asked, msgspec.structs.replace(last, population=ending)]


@contextmanager
def _opened(home: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_store(records_path(home), read_only)
    try:
        yield connection
    finally:
        connection.close()


def _check(home: Path) -> None:
    """Count with what is kept, then each indicator alone from the records; then once more without writing."""
    asked = _asked()
    with _opened(home) as store:
        alone = [compute(store, one, period, AREAS) for period in PERIODS for one in asked]
        for here, there in zip(compute_all(store, asked, PERIODS, AREAS), alone, strict=True):
            same(here, there)
        assert store.execute("SELECT count(*) FROM kept_stale").fetchone() == (0,)
    with _opened(home, read_only=True) as store:
        for here, there in zip(compute_all(store, asked, PERIODS, AREAS), alone, strict=True):
            same(here, there)


def _step(extracts: Extracts, step: str) -> None:
    if step == "objection":
        extracts.object()
        extracts.load("practice")
    elif step == "expiry":
        extracts.expire()
    elif step == "again":
        extracts.load("practice")
    elif step != "nothing":
        extracts.change(step)
        extracts.load(step)


def _story(seed: int, steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        extracts = Extracts(Path(folder) / "home", random.Random(seed))  # noqa: S311 - invented rows, not a secret
        for name in ("register", "practice", "payer"):
            extracts.load(name)
        _check(extracts.home)
        for step in steps:
            _step(extracts, step)
            _check(extracts.home)


_STEPS = st.lists(st.sampled_from(STEPS), min_size=1, max_size=4)


def test_every_kind_of_change_in_a_row() -> None:
    _story(3, list(STEPS))


@pytest.mark.nightly
@settings(phases=[Phase.explicit, Phase.generate], max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), steps=_STEPS)
def test_what_is_kept_counts_what_a_full_run_counts(seed: int, steps: list[str]) -> None:
    _story(seed, steps)


@pytest.fixture
def extracts(tmp_path: Path) -> Extracts:
    made = Extracts(tmp_path / "home", random.Random(7))  # noqa: S311 - invented rows, not a secret
    for name in ("register", "practice", "payer"):
        made.load(name)
    _check(made.home)
    return made


def _single(home: Path, query: str) -> Any:
    with _opened(home, read_only=True) as store:
        (found,) = store.execute(query).fetchone() or (None,)
        return found


def test_a_corrected_row_lets_only_its_person_be_counted_again(extracts: Extracts) -> None:
    who, *rest = extracts.rows["costs"][0].split(";")
    extracts.rows["costs"][0] = ";".join((who, *rest[:2], "123,45"))
    extracts.load("payer")
    stale = "SELECT count(DISTINCT person_id) * 100 + count(DISTINCT source) FROM kept_stale"
    assert _single(extracts.home, stale) == 101
    _check(extracts.home)


def test_of_a_source_of_which_nothing_is_kept_nobody_waits_by_name(extracts: Extracts) -> None:
    extracts.expire()
    _check(extracts.home)
    extracts.load("payer")
    assert _single(extracts.home, "SELECT list(DISTINCT person_id) FROM kept_stale WHERE source = 'payer'") == [
        kept.WHOLE
    ]
    _check(extracts.home)


def test_the_same_extract_again_touches_nobody(extracts: Extracts) -> None:
    parts = "SELECT list(name || part || revision ORDER BY name, part) FROM kept_part"
    before = _single(extracts.home, parts)
    for name in ("register", "practice", "payer"):
        extracts.load(name)
    assert _single(extracts.home, "SELECT count(*) FROM kept_stale") == 0
    assert _single(extracts.home, parts) == before


def test_nothing_that_was_counted_outlives_its_rows(extracts: Extracts) -> None:
    gone = extracts.numbers[:6]
    for name, rows in extracts.rows.items():
        extracts.rows[name] = [row for row in rows if row.split(";")[0] not in gone]
    extracts.load("register")
    extracts.expire()
    with _opened(extracts.home, read_only=True) as store:
        for name in kept.tables(store):
            query = (
                f"SELECT count(*) FROM {name} WHERE person_id NOT IN (SELECT person_id FROM person) OR source = 'payer'"
            )
            assert store.execute(query).fetchone() == (0,)


def test_rows_changed_past_the_loader_are_noticed(extracts: Extracts) -> None:
    with _opened(extracts.home) as store:
        store.execute("DELETE FROM encounter WHERE person_id = (SELECT min(person_id) FROM encounter)")
        assert not kept.is_as_noted(store)
    _check(extracts.home)


def test_a_failed_run_keeps_what_was(extracts: Extracts, monkeypatch: pytest.MonkeyPatch) -> None:
    extracts.change("practice")
    extracts.load("practice")
    stale = _single(extracts.home, "SELECT count(*) FROM kept_stale")

    def fail(*_: object) -> None:
        raise InterruptedError

    with monkeypatch.context() as patched, _opened(extracts.home) as store:
        patched.setattr("node.indicators.state._let_go", fail)
        with pytest.raises(InterruptedError):
            compute_all(store, _asked(), PERIODS, AREAS)
    assert stale > 0
    assert _single(extracts.home, "SELECT count(*) FROM kept_stale") == stale
    _check(extracts.home)


def test_of_many_tables_the_longest_unused_go(extracts: Extracts, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _asked()[:2]
    with _opened(extracts.home) as store:
        before = set(kept.tables(store))
        monkeypatch.setattr("node.indicators.state.MOST_KEPT", 4)
        compute_all(store, asked, ("2022",), AREAS)
        after = set(kept.tables(store))
        assert len(after) <= 4
        assert after - before
        assert Kept(store).sources() is None
    _check(extracts.home)
