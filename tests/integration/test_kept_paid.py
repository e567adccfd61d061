"""Who was paid what, as it is kept beside the cells: what each sum's own statement says, through every change."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import msgspec
import pytest

from node.indicators.compute import compute
from node.indicators.measured import compute_all
from node.indicators.state import Kept
from node.records import kept
from node.records.store import delete_source, delete_unknown_persons, open_store
from schemas.catalogue import catalogue
from schemas.definition import Criterion, IndicatorDefinition
from tests.support.same_figures import same

PERIODS = ("2023", "2024", "2024-Q2")
SPLIT = msgspec.structs.replace(catalogue()["c.zvw"], dimensions=("sex", "area", "age_band"), age_bands=(0, 18, 65))
PEOPLE = 60


def _asked() -> list[IndicatorDefinition]:
    assert SPLIT.population is not None
    assert SPLIT.measure is not None
    assert SPLIT.measure.of is not None
    who = msgspec.structs.replace
    young = who(SPLIT.population, age_from=18, age_below=65)
    sick = who(SPLIT.population, criteria=(Criterion("condition", "until_end", system="icpc", codes=("T90",)),))
    at_the_end = who(SPLIT.population, covered_on="end_period")
    hospital = who(SPLIT.measure, of=who(SPLIT.measure.of, types=("hospital",)))
    until = who(SPLIT.measure, of=who(SPLIT.measure.of, window="until_reference"))
    return [
        SPLIT, catalogue()["pop.persons"],
        who(SPLIT, dimensions=(), age_bands=()),
        who(SPLIT, population=young, age_bands=(18, 40)),
        who(SPLIT, population=sick),
        who(SPLIT, population=at_the_end, dimensions=("age_band",)),
        who(SPLIT, measure=hospital, dimensions=("area",), age_bands=()),
        who(SPLIT, measure=until),
    ]  # fmt: skip


def _fill(store: duckdb.DuckDBPyConnection, chance: random.Random) -> None:
    for who in range(PEOPLE):
        born, sex = date(1940 + chance.randrange(75), 3, 1), chance.choice(["f", "m", "m", "unknown"][: 3 + who % 2])
        person = (who, born, sex, chance.choice(["XA", "XB", "XC"]), None)
        store.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?)", person)
        store.execute("INSERT INTO source_person VALUES ('gp', ?, ?, ?, ?, ?)", person)
        store.execute(
            "INSERT INTO coverage VALUES (?, '2022-01-01', ?, 'gp')", [who, chance.choice(["2030-01-01", "2024-06-30"])]
        )
        if chance.random() < 0.4:
            store.execute("INSERT INTO condition VALUES (?, 'icpc', 'T90', '2023-02-01', NULL, 'gp')", [who])
    for source in ("payer", "town"):
        _bring(store, source, chance)


def _bring(store: duckdb.DuckDBPyConnection, source: str, chance: random.Random) -> None:
    """Bring costs of a source, of which some do not say who was paid."""
    for _ in range(90):
        day = date(2023, 1, 1) + timedelta(days=chance.randrange(730))
        row = [chance.randrange(PEOPLE), chance.choice(["gp", "hospital"]), day, chance.randrange(1, 90_000), source]
        store.execute(
            "INSERT INTO cost (person_id, category, start_date, amount_cents, source, organisation)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [*row, chance.choice([None, "P1", "P2", "P3"])],
        )


def _check(store: duckdb.DuckDBPyConnection, areas: tuple[str, ...]) -> None:
    asked = _asked()
    together = compute_all(store, asked, PERIODS, areas)
    alone = [compute(store, one, period, areas) for period in PERIODS for one in asked]
    for here, there in zip(together, alone, strict=True):
        same(here, there)
        assert (here.not_recorded, here.unattributed) == (there.not_recorded, there.unattributed)
        assert (here.organisations is None) == (there.organisations is None)
        if here.organisations is not None and there.organisations is not None:
            assert here.organisations.codes == there.organisations.codes
            assert here.organisations.amounts.dtype == there.organisations.amounts.dtype
            assert here.organisations.amounts.tolist() == there.organisations.amounts.tolist()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_store(tmp_path / "records.duckdb", read_only=False) as connection:
        yield connection


@pytest.mark.parametrize(("seed", "areas"), [(1, ("XA", "XB")), (2, ())])
def test_what_is_kept_follows_every_change(store: duckdb.DuckDBPyConnection, seed: int, areas: tuple[str, ...]) -> None:
    chance = random.Random(seed)  # noqa: S311 - invented rows, not a secret
    _check(store, areas)  # nobody at all
    kept.drop_all(store)
    _fill(store, chance)
    for change in (
        "SELECT 1",
        "UPDATE cost SET organisation = 'P9' WHERE source = 'payer' AND organisation = 'P1' AND person_id < 30",
        "UPDATE cost SET organisation = 'P2' WHERE source = 'payer' AND person_id = 7",
        "DELETE FROM cost WHERE source = 'payer' AND organisation IS NULL",
    ):
        wanted = kept.note_before(store, "payer")
        store.execute(change)
        kept.note_after(store, "payer", wanted)
        kept.note_basis(store)
        _check(store, areas)
    _bring(store, "another", chance)  # past the hooks
    _check(store, areas)
    delete_source(store, "town")
    _check(store, areas)


def test_only_sums_whose_population_takes_other_records_ask_the_records(store: duckdb.DuckDBPyConnection) -> None:
    _fill(store, random.Random(3))  # noqa: S311 - invented rows, not a secret
    asked = _asked()
    state = Kept(store)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("node.indicators.measured.Kept", lambda _: state)
        found = compute_all(store, asked, ("2024",), ("XA", "XB"))
    assert [state.paid(one) is not None for one in found] == [True, False, True, True, False, True, True, True]


def test_no_cells_outlive_a_deleted_source_or_a_person_whom_nobody_describes(store: duckdb.DuckDBPyConnection) -> None:
    def cells() -> int:
        ((number,),) = store.execute("SELECT count(*) FROM kept_cells").fetchall()
        return int(number)

    compute_all(store, _asked(), PERIODS, ("XA", "XB"))  # nobody at all
    _fill(store, random.Random(4))  # noqa: S311 - invented rows, not a secret
    compute_all(store, _asked(), PERIODS, ("XA", "XB"))
    assert cells() > 0
    delete_source(store, "payer")
    assert cells() == 0
    compute_all(store, _asked(), PERIODS, ("XA", "XB"))
    assert cells() > 0
    store.execute("DELETE FROM source_person WHERE person_id = 3")
    delete_unknown_persons(store)
    assert cells() == 0
