"""Compiled SQL counts what a plain Python reading of the definition counts, on any small store."""

import datetime
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.indicators.compute import compute
from node.indicators.figures import ComputedIndicator
from schemas.catalogue import catalogue
from schemas.definition import Criterion, IndicatorDefinition
from tests.support.linked_store import store_of

DAY = datetime.timedelta(days=1)
AREAS = ("XA", "XB")
BOUNDS = {
    "2024": (datetime.date(2024, 1, 1), datetime.date(2024, 7, 1), datetime.date(2025, 1, 1)),
    "2023-Q1": (datetime.date(2023, 1, 1), datetime.date(2023, 2, 16), datetime.date(2023, 4, 1)),
    "2024-02": (datetime.date(2024, 2, 1), datetime.date(2024, 2, 16), datetime.date(2024, 3, 1)),
    "2023-12": (datetime.date(2023, 12, 1), datetime.date(2023, 12, 16), datetime.date(2024, 1, 1)),
}
dates = st.dates(datetime.date(2022, 11, 1), datetime.date(2025, 2, 1)) | st.sampled_from(
    [day + shift * DAY for days in BOUNDS.values() for day in days for shift in (-1, 0, 1)]
)
births = st.dates(datetime.date(1930, 1, 1), datetime.date(2024, 12, 31)) | st.builds(
    lambda age, place, shift: place.replace(year=place.year - age) + shift * DAY,
    st.sampled_from([0, 18, 45, 60, 65, 75]),
    st.sampled_from([days[1] for days in BOUNDS.values()] + [datetime.date(2024, 12, 31)]),
    st.integers(-1, 1),
)
OMOP = ("192671", "1118084")


def _store() -> st.SearchStrategy[dict[str, list[dict[str, Any]]]]:
    who = st.integers(1, 5)

    def rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
        return st.lists(st.fixed_dictionaries({"person_id": who, **columns}), max_size=10)

    person = st.fixed_dictionaries(
        {
            "person_id": who,
            "birth_date": births | st.none(),
            "sex": st.sampled_from(["f", "m", "unknown"]),
            "municipality": st.sampled_from(["XA", "XB", "XC", None]),
            "death_date": st.none() | dates,
        }
    )
    coded = {
        "code_system": st.sampled_from(["icpc", "atc", "local", "omop"]),
        "code": st.sampled_from(["T90", "T90.02", "T89", "J07BB", "J07BB02", "SRH", "PREM", "HBA1C", *OMOP]),
    }
    return st.fixed_dictionaries(
        {
            "person": st.lists(person, max_size=5, unique_by=lambda row: row["person_id"]),
            "coverage": rows(start_date=dates, end_date=dates | st.just(datetime.date(2026, 1, 1))),
            "condition": rows(start_date=dates, code_system=st.just("icpc"), code=st.sampled_from(["T90", "T89"]))
            | rows(start_date=dates, **coded),
            "encounter": rows(
                start_date=dates,
                encounter_type=st.sampled_from(["gp", "ed", "admission"]),
                urgency=st.sampled_from(["acute", "planned", None]),
            ),
            "measurement": rows(
                measured_on=dates,
                code_system=st.just("local"),
                code=st.sampled_from(["SRH", "PREM", "HBA1C"]),
                value=st.none() | st.decimals(Decimal(0), Decimal(12), places=2),
            ),
            "treatment": rows(start_date=dates, **coded),
            "cost": rows(
                start_date=dates, category=st.sampled_from(["gp", "hospital"]), amount_cents=st.integers(-500, 10**6)
            ),
        }
    )


def _matches(row: Mapping[str, Any], criterion: Criterion, period: str, reference: datetime.date) -> bool:
    start, _, end = BOUNDS[period]
    on = row["measured_on" if criterion.record == "measurement" else "start_date"]
    in_window = {"in_period": start <= on < end, "until_reference": on <= reference, "until_end": on < end}
    value = row.get("value")
    return (
        in_window[criterion.window]
        and criterion.system in (None, row.get("code_system"))
        and (not criterion.codes or row["code"] in criterion.codes)
        and (not criterion.types or row.get("encounter_type", row.get("category")) in criterion.types)
        and criterion.urgency in (None, row.get("urgency"))
        and (criterion.value_from is None or (value is not None and value >= criterion.value_from))
        and (criterion.value_below is None or (value is not None and value < criterion.value_below))
    )


def _age(birth: datetime.date, on: datetime.date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _oracle(
    rows: Mapping[str, list[dict[str, Any]]], definition: IndicatorDefinition, period: str, areas: tuple[str, ...]
) -> dict[tuple[str, ...], list[int]]:
    start, middle, end = BOUNDS[period]
    population, measure = definition.population, definition.measure
    assert population is not None
    assert measure is not None
    reference = middle if population.covered_on == "mid_period" else end - DAY
    cells: dict[tuple[str, ...], list[int]] = {}
    for person in rows["person"]:
        mine = {
            name: [row for row in entries if row["person_id"] == person["person_id"]] for name, entries in rows.items()
        }
        birth, death = person["birth_date"], person["death_date"]
        insured = [row for row in mine["coverage"] if row["start_date"] <= reference < row["end_date"]]
        if not insured or birth is None or birth > reference or (death is not None and death <= reference):
            continue
        if areas and person["municipality"] not in areas:
            continue
        age = _age(birth, reference)
        if age < (population.age_from or 0) or age >= (population.age_below or 999):
            continue
        if not all(any(_matches(row, c, period, reference) for row in mine[c.record]) for c in population.criteria):
            continue
        band = max(place for place, low in enumerate(definition.age_bands) if age >= low)
        lows = definition.age_bands
        label = f"{lows[band]}+" if band == len(lows) - 1 else f"{lows[band]}-{lows[band + 1] - 1}"
        leaf = (*((person["municipality"],) if areas else ()), label, person["sex"])
        of = measure.of
        found = [] if of is None else [row for row in mine[of.record] if _matches(row, of, period, reference)]
        has = int(of is None or bool(found))
        if measure.count == "persons":
            counted = has
        elif measure.count == "records":
            counted = len(found)
        elif measure.count == "amount_sum":
            counted = sum(row["amount_cents"] for row in found)
        else:
            scaled = [(row["value"] * measure.value_scale).quantize(Decimal(1), ROUND_HALF_UP) for row in found]
            counted = int(sum(scaled))
        days = (start + place * DAY for place in range((end - start).days))
        lived = sum(
            (death is None or day < death) and any(c["start_date"] <= day < c["end_date"] for c in mine["coverage"])
            for day in days
        )
        below = {"persons": (1, 1), "covered_days": (lived, 1), "records": (len(found), has), None: ()}
        numbers = [counted, has, *below[measure.denominator]]
        cells[leaf] = [sum(pair) for pair in zip(cells.get(leaf, [0] * len(numbers)), numbers, strict=True)]
    return cells


def _as_cells(computed: ComputedIndicator) -> dict[tuple[str, ...], list[int]]:
    arrays = [computed.numerator, computed.numerator_persons]
    if computed.denominator is not None and computed.denominator_persons is not None:
        arrays += [computed.denominator, computed.denominator_persons]
    cells = {
        tuple(axis.leaves[i] for axis, i in zip(computed.axes, place, strict=True)): [int(a[place]) for a in arrays]
        for place in np.ndindex(computed.numerator.shape)
    }
    return {leaf: numbers for leaf, numbers in cells.items() if any(numbers)}


COUNTED = sorted(name for name, definition in catalogue().items() if definition.measure is not None)


@pytest.mark.parametrize("indicator", COUNTED)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=_store(),
    period=st.sampled_from(sorted(BOUNDS)),
    areas=st.sampled_from([(), AREAS]),
    covered_on=st.sampled_from(["mid_period", "end_period"]),
)
def test_compiled_sql_counts_what_the_definition_says(
    indicator: str, rows: dict[str, list[dict[str, Any]]], period: str, areas: tuple[str, ...], covered_on: Any
) -> None:
    definition = catalogue()[indicator]
    assert definition.population is not None
    population = msgspec.structs.replace(definition.population, covered_on=covered_on)
    definition = msgspec.structs.replace(definition, population=population)
    with store_of(rows) as connection:
        computed = compute(connection, definition, period, areas)
    expected = {leaf: numbers for leaf, numbers in _oracle(rows, definition, period, areas).items() if any(numbers)}
    assert _as_cells(computed) == expected
    assert computed.numerator.dtype == "int64"
