"""Compiled SQL counts what a plain Python reading of the definition counts, on any small store."""

import datetime
import random
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations
from typing import Any, Final

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from node.indicators.compute import compute
from schemas.catalogue import catalogue
from schemas.definition import Criterion, IndicatorDefinition, denominator_key, numerator_key
from schemas.inclusion import is_part
from tests.support.linked_store import store_of
from tests.support.same_figures import WHOM, as_cells
from tests.support.stays import age_on, days_lived, home_on, is_here_until, last_lived, stays

DAY = datetime.timedelta(days=1)
AREAS = ("XA", "XB")
BOUNDS = {
    "2024": (datetime.date(2024, 1, 1), datetime.date(2024, 7, 1), datetime.date(2025, 1, 1)),
    "2023-Q1": (datetime.date(2023, 1, 1), datetime.date(2023, 2, 16), datetime.date(2023, 4, 1)),
    "2024-02": (datetime.date(2024, 2, 1), datetime.date(2024, 2, 16), datetime.date(2024, 3, 1)),
    "2023-12": (datetime.date(2023, 12, 1), datetime.date(2023, 12, 16), datetime.date(2024, 1, 1)),
}
PERSONS = 25
SCORES = [None, *map(Decimal, ("0", "1", "2.99", "3", "5", "6", "7.25", "7.35", "10", "10.99", "11"))]
OMOP: Final = ("192671", "1118084")
ICPC: Final = ("T90", "T90.02", "T89", "K86", "K77", "K75", "K90", "L90", "P70", "P76", "R95", "R96.01")
ICD10: Final = ("J44.1", "I50", "E11.9", "S72", "J4")
ATC: Final = ("J07BB", "J07BB02", "J07CA", "A10BA02", "A10BA03", "C07AB02", "N02BE01", "B01AC06", "R03AC02", "M01AE01")


def _store(seed: int, period: str) -> dict[str, list[dict[str, Any]]]:
    """Make persons and records whose days and ages crowd around the borders of the period and of the age bands."""
    chance = random.Random(seed)  # noqa: S311 - invented rows, not a secret
    start, middle, end = BOUNDS[period]
    borders = [day + shift * DAY for day in (start, middle, end - DAY, end) for shift in (-1, 0, 1)]

    def day() -> datetime.date:
        if chance.random() < 0.8:
            return chance.choice(borders)
        return start + chance.randrange(-400, 500) * DAY

    def birth() -> datetime.date | None:
        reference = chance.choice([middle, end - DAY])
        years = chance.choice([0, 17, 18, 44, 45, 59, 60, 64, 65, 74, 75, 80])
        born = datetime.date(reference.year - years, reference.month, min(reference.day, 28))
        return chance.choice([born + chance.randrange(-1, 4) * DAY] * 9 + [None])

    def coverage() -> tuple[datetime.date, datetime.date]:
        if chance.random() < 0.4:
            return start - 30 * DAY, end + 30 * DAY
        first, last = sorted((day(), day()))
        return first, last

    def records(often: int, **columns: Any) -> list[dict[str, Any]]:
        return [
            {"person_id": chance.randrange(PERSONS)} | {name: make() for name, make in columns.items()}
            for _ in range(often * PERSONS)
        ]

    def one_of(*values: Any) -> Any:
        return lambda: chance.choice(values)

    def stay() -> dict[str, Any]:
        first = day()
        return {
            "person_id": chance.randrange(PERSONS), "start_date": first,
            "end_date": chance.choice([None, first, first + DAY, first + 3 * DAY]),
            "encounter_type": chance.choice(["gp", "ed", "admission", "admission"]),
            "urgency": chance.choice(["acute", "acute", "planned", None]),
            "code_system": "icd10", "code": chance.choice(ICD10),
        }  # fmt: skip

    spans = [(number, *coverage()) for number in list(range(PERSONS)) * 2 if chance.random() < 0.9]
    return {
        "person": [
            {
                "person_id": number,
                "birth_date": birth(),
                "sex": chance.choice(["f", "m", "f", "m", "unknown"]),
                "municipality": chance.choice(["XA", "XB", "XA", "XB", "XC", None]),
                "death_date": day() if chance.random() < 0.4 else None,
            }
            for number in range(PERSONS)
        ],
        "lived_in": [stay for number in range(PERSONS) for stay in stays(chance, number, day, AREAS, end)],
        "coverage": [{"person_id": who, "start_date": first, "end_date": last} for who, first, last in spans],
        "condition": [
            *records(2, start_date=day, code_system=one_of("icpc", "icpc", "icpc", "local"), code=one_of(*ICPC)),
            *records(1, start_date=day, code_system=one_of("omop"), code=one_of(OMOP[0], "1")),
        ],
        "encounter": [stay() for _ in range(4 * PERSONS)],
        "measurement": records(
            4,
            measured_on=day,
            code_system=one_of("local"),
            code=one_of("SRH", "PREM", "PREM", "HBA1C", "BMI", "SMOKING"),
            value=lambda: chance.choice(SCORES),
        ),
        "treatment": [
            *records(5, start_date=day, code_system=one_of("atc"), code=one_of(*ATC)),
            *records(1, start_date=day, code_system=one_of("omop"), code=one_of(OMOP[1], "1")),
        ],
        "cost": records(
            2,
            start_date=day,
            category=one_of("gp", "wijkverpleging", "ggz", "ziekenhuiszorg"),
            amount_cents=lambda: chance.randrange(-500, 10**6),
            organisation=one_of("XA-1", "XA-1", "XA-2", "XA-3", None),
            source=one_of("insurer", "other"),
        ),
    }


def _matches(row: Mapping[str, Any], criterion: Criterion, period: str, reference: datetime.date) -> bool:
    start, _, end = BOUNDS[period]
    on = row["measured_on" if criterion.record == "measurement" else "start_date"]
    ended = row.get("end_date")
    in_window = {
        "in_period": start <= on < end,
        "while_covered": True,  # `_found` looks at the person's days
        "until_reference": on <= reference,
        "until_end": on < end,
        "ended_in_period": ended is not None and start <= ended < end,
        "year_after_reference": reference < on <= reference + 365 * DAY,
    }
    value, code = row.get("value"), row.get("code") or ""
    return (
        in_window[criterion.window]
        and criterion.system in (None, row.get("code_system"))
        and (
            not (criterion.codes or criterion.prefixes)
            or code in criterion.codes
            or any(code[: len(prefix)] == prefix for prefix in criterion.prefixes)
        )
        and (not criterion.types or row.get("encounter_type", row.get("category")) in criterion.types)
        and criterion.urgency in (None, row.get("urgency"))
        and (criterion.value_from is None or (value is not None and value >= criterion.value_from))
        and (criterion.value_below is None or (value is not None and value < criterion.value_below))
    )


def _found(
    mine: Mapping[str, list[dict[str, Any]]], criterion: Criterion, period: str, reference: datetime.date
) -> list[dict[str, Any]]:
    """Return a person's records that meet a criterion; none where they bear too few distinct codes."""
    here = criterion.record == "death" and criterion.window != "year_after_reference"
    found = mine["death here" if here else criterion.record]
    found = [row for row in found if _matches(row, criterion, period, reference)]
    if criterion.window == "while_covered":
        on = "measured_on" if criterion.record == "measurement" else "start_date"
        observed = {row["day"] for row in mine["observed"]}
        found = [row for row in found if row[on] in observed]
    again = criterion.again
    if again is not None:
        found = [
            row
            for row in found
            if row["end_date"] is not None
            and any(
                DAY <= later["start_date"] - row["end_date"] <= again.within_days * DAY
                and later["encounter_type"] in criterion.types
                and again.urgency in (None, later["urgency"])
                for later in mine["encounter"]
            )
        ]
    if criterion.at_least == 1:
        return found
    distinct = {row["code"][: criterion.code_length] for row in found}
    return found if len(distinct) >= criterion.at_least else []


def _oracle(
    rows: Mapping[str, list[dict[str, Any]]], definition: IndicatorDefinition, period: str, areas: tuple[str, ...]
) -> dict[tuple[str, ...], list[int]]:
    start, middle, end = BOUNDS[period]
    population, measure = definition.population, definition.measure
    assert population is not None
    assert measure is not None
    reference = middle if population.covered_on == "mid_period" else end - DAY
    any_day = population.covered_on == "any_day"
    cells: dict[tuple[str, ...], list[int]] = {}
    amounts: dict[tuple[str, ...], list[int]] = {}  # of each person with costs
    paid: dict[tuple[str, ...], dict[str | None, int]] = {}
    for person in rows["person"]:
        mine = {
            name: [row for row in entries if row["person_id"] == person["person_id"]] for name, entries in rows.items()
        }
        birth, death = person["birth_date"], person["death_date"]
        mine["death"] = [] if death is None else [{"start_date": death}]
        told = mine["coverage"], mine.get("lived_in", [])
        mine["death here"] = [one for one in mine["death"] if is_here_until(one["start_date"], person, *told, areas)]
        days = [start + place * DAY for place in range((end - start).days)]
        at_home = {day: home_on(person, mine.get("lived_in", []), day) for day in [start - DAY, *days]}
        here = {day for day in days if not areas or at_home[day] in areas}
        if birth is None or birth > reference:
            continue
        lived_days = days_lived(person, mine["coverage"], sorted(here))
        died_in = [one["start_date"] for one in mine["death here"] if start <= one["start_date"] < end]
        mine["observed"] = [{"day": day} for day in (*lived_days, *died_in)]
        if any_day:
            observed = lived_days + [last_lived(day, person) for day in died_in if day >= birth]
            if not observed:
                continue
            place = at_home[max(observed)]
        else:
            place = at_home[reference]
            insured = any(row["start_date"] <= reference < row["end_date"] for row in mine["coverage"])
            if not insured or (death is not None and death <= reference):
                continue
        if areas and place not in areas:
            continue
        age = age_on(birth, reference)
        if age < (population.age_from or 0) or age >= (population.age_below or 999):
            continue
        if not all(_found(mine, c, period, reference) for c in population.criteria):
            continue
        if any(_found(mine, c, period, reference) for c in population.exclude):
            continue
        band = max(place for place, low in enumerate(definition.age_bands) if age >= low)
        edges = (*definition.age_bands, *([] if population.age_below is None else [population.age_below]))
        label = f"{edges[band]}+" if band == len(edges) - 1 else f"{edges[band]}-{edges[band + 1] - 1}"
        leaf = (*((place,) if areas else ()), label, person["sex"])
        of = measure.of
        found = [] if of is None else _found(mine, of, period, reference)
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
        lived = len(lived_days)
        if measure.count == "amount_sum" and found:
            amounts.setdefault(leaf, []).append(counted)
            for row in found:
                whom = paid.setdefault(leaf, {})
                whom[row["organisation"]] = whom.get(row["organisation"], 0) + row["amount_cents"]
        below = {"persons": (1, 1), "covered_days": (lived, int(lived > 0)), "records": (len(found), has), None: ()}
        numbers = [counted, has, *below[measure.denominator]]
        cells[leaf] = [sum(pair) for pair in zip(cells.get(leaf, [0] * len(numbers)), numbers, strict=True)]
    if measure.count == "amount_sum":
        for leaf, numbers in cells.items():
            numbers += sorted([*(max(one, 0) for one in amounts.get(leaf, [])), 0, 0], reverse=True)[:2]
            numbers += [paid.get(leaf, {}).get(whom, 0) for whom in WHOM]
    return cells


COUNTED = sorted(name for name, definition in catalogue().items() if definition.measure is not None)
BARRED = Criterion("condition", window="until_reference", system="icpc", prefixes=("R9",), at_least=2, code_length=3)


@pytest.mark.parametrize("period", sorted(BOUNDS))
@settings(phases=[Phase.explicit, Phase.generate], max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_compiled_sql_counts_what_the_definition_says(period: str, seed: int) -> None:
    rows, chance = _store(seed, period), random.Random(seed)  # noqa: S311 - a choice of cases, not a secret
    with store_of(rows) as connection:
        for indicator in COUNTED:
            definition, areas = catalogue()[indicator], chance.choice([(), AREAS])
            assert definition.population is not None
            population = msgspec.structs.replace(
                definition.population,
                covered_on=chance.choice(["mid_period", "end_period", "any_day"]),
                exclude=(BARRED,) if chance.random() < 0.2 else (),
            )
            definition = msgspec.structs.replace(definition, population=population)
            computed = compute(connection, definition, period, areas)
            expected = _oracle(rows, definition, period, areas)
            assert as_cells(computed) == {leaf: numbers for leaf, numbers in expected.items() if any(numbers)}
            assert computed.numerator.dtype == "int64"


def test_what_is_part_of_another_statistic_counts_no_more_in_any_cell() -> None:
    rows, cells, pairs = _store(20_24, "2024"), {}, 0
    with store_of(rows) as connection:
        for indicator in COUNTED:
            definition = catalogue()[indicator]
            found = as_cells(compute(connection, definition, "2024", AREAS))
            for name, place in ((numerator_key(definition), 0), (denominator_key(definition), 2)):
                if name is not None:
                    cells[name] = {leaf: numbers[place] for leaf, numbers in found.items()}
    for part, whole in permutations(cells, 2):
        if is_part(part, whole):
            pairs += 1
            bands = {leaf[1] for leaf in cells[whole]}
            assert all(number <= cells[whole].get(leaf, 0) for leaf, number in cells[part].items() if leaf[1] in bands)
    assert pairs > 30
