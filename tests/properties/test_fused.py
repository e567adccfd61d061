"""Random definitions over random small stores: the plan for all of them, each of their own statements, plain Python."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, NullPool, create_engine, text

from node.indicators.compile import compile
from node.indicators.compute import attributed, compute
from node.indicators.fused import compute_fused
from node.indicators.fusible import COUNTS, DENOMINATORS, FIGURES, is_fusible
from node.indicators.warehouse import OnDuckDB, OnPostgreSQL, statement_for_duckdb
from schemas.catalogue import catalogue
from schemas.definition import Again, Criterion, IndicatorDefinition, Measure, Population
from tests.properties.test_compiled_sql import AREAS, BOUNDS, COUNTED, OMOP, _oracle, _store
from tests.support.linked_store import Rows, columns, create_statements, store_of
from tests.support.same_figures import WHOM, as_cells, same

_CODES = {
    "condition": {"icpc": ("T90", "T90.02", "T89"), "omop": (OMOP[0], "1")},
    "measurement": {"local": ("SRH", "PREM", "HBA1C")},
    "treatment": {"atc": ("J07BB", "J07BB02", "J07CA"), "omop": (OMOP[1],)},
}
_STARTS = {
    "icpc": ("T", "T90", "K", "K7", "R9", "P70"),
    "atc": ("A", "J07", "C07AB", "N02B"),
    "icd10": ("J44", "I", "E1"),
}
_TYPES = {"encounter": ("gp", "ed", "admission"), "cost": ("gp", "hospital")}
_RATIOS = {
    "count": (("persons", "records"), (None,)),
    "proportion": (("persons",), ("persons",)),
    "rate": (("persons", "records"), ("covered_days", "persons")),
    "mean": (("value_sum",), ("records",)),
    "cost_per_person": (("amount_sum",), ("persons", "covered_days")),
}


@st.composite
def criteria(draw: st.DrawFn, record: str | None = None, has_values: bool = False) -> Criterion:
    record = record or draw(st.sampled_from(["condition", "encounter", "measurement", "treatment", "cost", "death"]))
    windows = ["in_period", "until_reference", "until_end", "year_after_reference"]
    windows += ["while_covered"] * 2 if record != "death" else []
    windows += ["ended_in_period"] if record == "encounter" else []
    wanted: dict[str, Any] = {"record": record, "window": draw(st.sampled_from(windows))}
    if record in ("condition", "treatment", "encounter") and draw(st.booleans()):
        wanted |= draw(_beginnings(record))
    elif record in _CODES and draw(st.booleans()):
        system = draw(st.sampled_from(sorted(_CODES[record])))
        wanted |= {
            "system": system,
            "codes": tuple(draw(st.lists(st.sampled_from(_CODES[record][system]), max_size=3))),
        }
    if record in _TYPES:
        wanted["types"] = tuple(draw(st.lists(st.sampled_from(_TYPES[record]), max_size=2)))
    if record == "encounter":
        wanted["urgency"] = draw(st.sampled_from([None, "acute", "planned"]))
        if wanted["types"] and wanted["window"] != "while_covered" and draw(st.booleans()):
            wanted["again"] = Again(draw(st.sampled_from([1, 3, 30])), draw(st.sampled_from([None, "acute"])))
    if record == "measurement" and (has_values or draw(st.booleans())):
        low = draw(st.integers(-1, 7))
        wanted |= {"value_from": low, "value_below": draw(st.integers(low + 1, 12))}
    return Criterion(**wanted)


@st.composite
def _beginnings(draw: st.DrawFn, record: str) -> dict[str, Any]:
    """Draw beginnings of codes, sometimes beside whole codes, and sometimes of several distinct codes."""
    system = {"condition": "icpc", "treatment": "atc", "encounter": "icd10"}[record]
    wanted: dict[str, Any] = {
        "system": system,
        "prefixes": tuple(draw(st.lists(st.sampled_from(_STARTS[system]), min_size=1, max_size=3))),
        "codes": tuple(draw(st.lists(st.sampled_from(_CODES.get(record, {}).get(system, ("J4",))), max_size=1))),
    }
    if draw(st.booleans()):
        wanted |= {"at_least": draw(st.integers(2, 3)), "code_length": draw(st.sampled_from([None, 1, 3, 5]))}
    return wanted


_DEAREST = slice(-2 - len(WHOM), -len(WHOM))
"""Where among the numbers of a cell the two dearest persons' amounts stand: before what each was paid."""


@st.composite
def definitions(draw: st.DrawFn) -> IndicatorDefinition:
    kind = draw(st.sampled_from(sorted(_RATIOS)))
    count, denominator = (draw(st.sampled_from(some)) for some in _RATIOS[kind])
    record = {"value_sum": "measurement", "amount_sum": "cost"}.get(count)
    of = draw(criteria(record, has_values=count == "value_sum"))
    if count == "persons" and draw(st.integers(0, 5)) == 0:
        of = None
    scale = draw(st.sampled_from([1, 10, 100])) if count == "value_sum" else 1
    age_from = draw(st.sampled_from([None, 0, 18, 60]))
    age_below = draw(st.sampled_from([None, 65, 75]))
    bands = draw(st.sampled_from([(0, 18, 45, 65, 75), (0, 45), (age_from or 0, 70)]))
    dimensions = draw(st.permutations(["area", "age_band", "sex"]))[: draw(st.integers(0, 3))]
    days = ["any_day"] if denominator == "covered_days" else []
    population = Population(
        draw(st.sampled_from(["mid_period", "end_period", *days])), age_from, age_below,
        tuple(draw(st.lists(criteria(), max_size=2))), tuple(draw(st.lists(criteria(), max_size=1))),
    )  # fmt: skip
    return msgspec.structs.replace(
        catalogue()["h.dm_prev"], kind=kind, dimensions=tuple(dimensions),
        age_bands=bands if "age_band" in dimensions else (), population=population,
        measure=Measure(count, of, denominator, scale),
    )  # fmt: skip


def counted_plainly(
    rows: Rows, definition: IndicatorDefinition, period: str, areas: tuple[str, ...]
) -> dict[tuple[str, ...], list[int]]:
    """Fold the oracle's cells of area, age band and sex to the definition's dimensions."""
    assert definition.population is not None
    bands = definition.age_bands or (definition.population.age_from or 0,)
    whole = msgspec.structs.replace(definition, dimensions=("area", "age_band", "sex"), age_bands=bands)
    names = [name for name in whole.dimensions if name != "area" or areas]
    keep = [names.index(name) for name in definition.dimensions if name in names]
    is_money = definition.measure is not None and definition.measure.count == "amount_sum"
    folded: dict[tuple[str, ...], list[int]] = {}
    for leaf, numbers in _oracle(rows, whole, period, areas).items():  # type: ignore[arg-type]
        here = folded.setdefault(tuple(leaf[place] for place in keep), [0] * len(numbers))
        added = [one + other for one, other in zip(here, numbers, strict=True)]
        if is_money:
            added[_DEAREST] = sorted([*here[_DEAREST], *numbers[_DEAREST]], reverse=True)[:2]
        here[:] = added
    return {leaf: numbers for leaf, numbers in folded.items() if any(numbers)}


def _agree(
    rows: Rows, asked: list[IndicatorDefinition], periods: tuple[str, ...], areas: tuple[str, ...],
    server: Connection | None = None,
) -> None:  # fmt: skip
    assert all(is_fusible(one) for one in asked)
    with store_of(rows) as store:
        fused = compute_fused(OnDuckDB(store), asked, periods, areas)
        pairs = [(period, one) for period in periods for one in asked]
        for (period, one), together in zip(pairs, fused, strict=True):
            same(together, compute(store, one, period, areas))
            assert as_cells(attributed(store, together, areas)) == counted_plainly(rows, one, period, areas)
        if server is not None:
            _fill(server, rows)
            for here, there in zip(fused, compute_fused(OnPostgreSQL(server), asked, periods, areas), strict=True):
                same(here, there)
            for period, one in pairs:
                statement = compile(one, period, areas)
                alone = sorted(tuple(row) for row in server.execute(statement))
                assert alone == sorted(store.execute(*statement_for_duckdb(statement)).fetchall())


def _fill(server: Connection, rows: Rows) -> None:
    for name, entries in rows.items():
        server.execute(text(f"TRUNCATE {name}"))
        names = list(columns(name))
        insert = text(f"INSERT INTO {name} VALUES ({', '.join(f':{one}' for one in names)})")
        values = [{one: ({"source": "gp"} | dict(entry)).get(one) for one in names} for entry in entries]
        if values:
            server.execute(insert, values)


_ASKED = st.lists(definitions(), min_size=1, max_size=6)
_PERIODS = st.lists(st.sampled_from(sorted(BOUNDS)), min_size=1, max_size=3, unique=True).map(tuple)
_SEEDS = st.integers(0, 2**32 - 1)
_SETTINGS = {
    "phases": [Phase.explicit, Phase.generate], "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}  # fmt: skip


@settings(max_examples=6, derandomize=True, **_SETTINGS)
@given(asked=_ASKED, periods=_PERIODS, areas=st.sampled_from([(), AREAS]), seed=_SEEDS)
def test_a_plan_counts_what_each_definition_says(
    asked: list[IndicatorDefinition], periods: tuple[str, ...], areas: tuple[str, ...], seed: int
) -> None:
    _agree(_store(seed, periods[0]), asked, periods, areas)


def test_all_of_the_catalogue_that_fits_one_plan_over_overlapping_periods() -> None:
    asked = [catalogue()[name] for name in COUNTED if is_fusible(catalogue()[name])]
    assert len(asked) == len(COUNTED)
    assert any(one.population and one.population.age_below for one in asked)
    _agree(_store(11, "2024"), asked, tuple(BOUNDS), AREAS)


@pytest.fixture(scope="module")
def server(postgres_server: str) -> Iterator[Connection]:
    engine = create_engine(
        postgres_server.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool,
        connect_args={"options": "-c search_path=warehouse"},
    )  # fmt: skip
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA warehouse"))
        for statement in create_statements():
            connection.execute(text(statement))
        yield connection
        connection.rollback()


@pytest.mark.real_postgres
@settings(max_examples=4, derandomize=True, **_SETTINGS)
@given(asked=_ASKED, periods=_PERIODS, areas=st.sampled_from([(), AREAS]), seed=_SEEDS)
def test_three_engines_agree(
    server: Connection, asked: list[IndicatorDefinition], periods: tuple[str, ...], areas: tuple[str, ...], seed: int
) -> None:
    _agree(_store(seed, periods[0]), asked, periods, areas, server)


@pytest.mark.nightly
@pytest.mark.real_postgres
@settings(max_examples=500, **_SETTINGS)
@given(asked=_ASKED, periods=_PERIODS, areas=st.sampled_from([(), AREAS]), seed=_SEEDS)
def test_three_engines_agree_five_hundred_times(
    server: Connection, asked: list[IndicatorDefinition], periods: tuple[str, ...], areas: tuple[str, ...], seed: int
) -> None:
    _agree(_store(seed, periods[0]), asked, periods, areas, server)


def test_what_a_plan_does_not_know_is_counted_alone() -> None:
    class Later(Measure, frozen=True):
        rounded: bool = False

    definition = catalogue()["h.dm_prev"]
    assert is_fusible(definition)
    assert not any(is_fusible(one) for one in catalogue().values() if one.measure is None)
    assert definition.measure is not None
    said = {name: getattr(definition.measure, name) for name in Measure.__struct_fields__}
    assert not is_fusible(msgspec.structs.replace(definition, measure=Later(**said, rounded=True)))


@pytest.mark.parametrize("count", COUNTS)
def test_no_statement_of_a_fusible_measure_has_a_figure_that_a_plan_has_not(count: str) -> None:
    record = {"value_sum": "measurement", "amount_sum": "cost"}.get(count, "condition")
    for denominator in DENOMINATORS:
        for covered_on in ("mid_period", "any_day"):
            asked = msgspec.structs.replace(
                catalogue()["h.dm_prev"],
                population=Population(covered_on),
                measure=Measure(count, Criterion(record), denominator),  # type: ignore[arg-type]
            )
            assert is_fusible(asked)
            told = {one.name for one in compile(asked, "2024", AREAS).selected_columns}
            assert {"numerator", "numerator_persons"} < told <= FIGURES


def test_more_criteria_and_populations_than_one_pass_holds() -> None:
    definition = catalogue()["h.dm_prev"]
    codes = [*_CODES["condition"]["icpc"], *(f"L{number:02d}" for number in range(67))]

    def known(code: str, window: Any) -> Criterion:
        return Criterion("condition", window, system="icpc", codes=(code,))

    asked = [
        msgspec.structs.replace(
            definition,
            population=Population(criteria=(known(codes[place - 1], "until_end"), known("T90", "until_end"))),
            measure=Measure("records", known(code, "until_end"), None),
        )
        for place, code in enumerate(codes)
    ]
    rows = _store(5, "2024")
    rows["condition"] = [
        {"person_id": who, "code_system": "icpc", "code": code, "start_date": BOUNDS["2023-12"][0]}
        for who in range(25)
        for place, code in enumerate(codes)
        if (who + place) % 4
    ]
    with store_of(rows) as store:
        together = compute_fused(OnDuckDB(store), asked, ("2024",), AREAS)
        for one, fused in zip(asked, together, strict=True):
            same(fused, compute(store, one, "2024", AREAS))
        assert sum(int(one.numerator.sum()) for one in together) > 0
