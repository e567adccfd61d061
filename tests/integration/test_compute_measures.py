"""What definitions can ask beyond one record, on a handful of people whose answers are worked out by hand."""

from typing import Any

import msgspec

from node.indicators.compute import compute
from node.indicators.figures import ComputedIndicator
from node.indicators.requirements import unfed
from schemas.catalogue import catalogue
from schemas.definition import Again, Criterion, IndicatorDefinition, Measure, Population
from tests.support.linked_store import Rows, store_of

ALWAYS = ("1990-01-01", "9999-12-31")


def _everyone(*persons: dict[str, Any], **records: list[dict[str, Any]]) -> Rows:
    """Number the persons from 1, covered always unless they say otherwise."""
    people = [
        {"person_id": number, "birth_date": "1950-01-01", "sex": "f", "municipality": "XA", **one}
        for number, one in enumerate(persons, start=1)
    ]
    covered = [
        {"person_id": one["person_id"], "start_date": start, "end_date": end}
        for one in people
        for start, end in one.get("covered", [ALWAYS])
    ]
    return {"person": people, "coverage": covered, **records}


def _counted(rows: Rows, definition: IndicatorDefinition, period: str = "2024") -> tuple[int, int | None]:
    plain = msgspec.structs.replace(definition, dimensions=(), age_bands=())
    with store_of(rows) as store:
        found: ComputedIndicator = compute(store, plain, period, ())
    return int(found.numerator[()]), None if found.denominator is None else int(found.denominator[()])


def _share(of: Criterion, population: Population | None = None) -> IndicatorDefinition:
    measure = Measure("persons", of=of)
    return msgspec.structs.replace(catalogue()["h.copd"], population=population or Population(), measure=measure)


def _codes(person: int, system: str, *codes: str, day: str = "2024-02-01") -> list[dict[str, Any]]:
    return [{"person_id": person, "code_system": system, "code": code, "start_date": day} for code in codes]


def _stay(person: int, start: str, end: str | None, urgency: str = "acute", kind: str = "admission") -> dict[str, Any]:
    return {
        "person_id": person, "encounter_type": kind, "start_date": start, "end_date": end, "urgency": urgency,
    }  # fmt: skip


def test_sub_codes_of_one_condition_are_one_condition() -> None:
    rows = _everyone(
        {}, {}, {}, condition=[*_codes(1, "icpc", "T90", "T90.02"), *_codes(2, "icpc", "T90.01", "K86"),
                               *_codes(3, "icpc", "T90", "A01")],
    )  # fmt: skip
    assert _counted(rows, catalogue()["h.multimorbid"]) == (1, 3)
    assert _counted(rows, catalogue()["h.chronic"]) == (3, 3)


def test_a_prefix_is_the_beginning_of_a_code_and_no_pattern() -> None:
    rows = _everyone({}, {}, {}, condition=[*_codes(1, "icpc", "R95.1"), *_codes(2, "icpc", "XR95"),
                                            *_codes(3, "local", "R95")])  # fmt: skip
    assert _counted(rows, catalogue()["h.copd"]) == (1, 3)
    odd = Criterion("condition", window="until_reference", system="icpc", prefixes=("R.5", "R_", "%"))
    assert _counted(rows, _share(odd)) == (0, 3)


def test_five_medicines_are_five_different_ones_without_vaccines() -> None:
    five = ("A10BA02", "C07AB02", "N02BE01", "B01AC06", "R03AC02")
    rows = _everyone(
        {}, {}, {}, {"birth_date": "2000-01-01"},
        treatment=[*_codes(1, "atc", *five), *_codes(2, "atc", *five[:4], "J07BB02"),
                   *_codes(3, "atc", *five[:4], "A10BA03"), *_codes(4, "atc", *five)],
    )  # fmt: skip
    population = catalogue()["q.polypharm"].population
    assert population is not None
    assert population.age_from == 65
    assert _counted(rows, catalogue()["q.polypharm"]) == (1, 3)


def test_a_return_is_acute_and_begins_on_day_1_to_30_after_a_discharge_in_the_period() -> None:
    rows = _everyone(
        *[{}] * 9,
        encounter=[
            _stay(1, "2024-03-01", "2024-03-05", "planned"), _stay(1, "2024-04-04", "2024-04-09"),  # day 30
            _stay(2, "2024-03-01", "2024-03-05"), _stay(2, "2024-04-05", None),  # day 31
            _stay(3, "2024-03-01", "2024-03-05"), _stay(3, "2024-03-05", "2024-03-09"),  # a transfer
            _stay(4, "2024-03-01", "2024-03-05"), _stay(4, "2024-03-20", "2024-03-21", "planned"),
            _stay(5, "2024-03-01", "2024-03-05"), _stay(5, "2024-03-20", "2024-03-20", kind="ed"),
            _stay(6, "2024-12-20", "2024-12-31"), _stay(6, "2025-01-10", None),  # discharged in it, back after it
            _stay(7, "2023-12-20", "2024-01-01"), _stay(7, "2024-01-02", None),  # admitted before it
            _stay(8, "2024-03-01", None), _stay(8, "2024-03-20", None),  # nobody knows when he left
            _stay(9, "2023-12-01", "2023-12-31"), _stay(9, "2024-01-02", None),  # discharged before it
        ],
    )  # fmt: skip
    assert _counted(rows, catalogue()["q.readmit30"]) == (3, 7)
    any_return = Criterion("encounter", types=("admission",), window="ended_in_period", again=Again(30))
    assert _counted(rows, _share(any_return)) == (4, 9)


def test_whoever_is_born_or_dies_in_the_period_lives_some_days_of_it() -> None:
    rows = _everyone(
        {"death_date": "2024-01-11"},  # ten days
        {"birth_date": "2024-12-30"},  # covered from birth: two days
        {"death_date": "2024-01-01"},  # a death in the period, none of its days
        {"death_date": "2023-12-31"},
        {"birth_date": "2025-01-01"},
        {"covered": [("2023-01-01", "2024-01-01")]},
        {"covered": [("2024-06-01", "2024-06-02")]},
        {"birth_date": "1949-12-31", "death_date": "2024-05-01"},  # 75 on the last day
    )
    for one in rows["coverage"]:
        one["start_date"] = max(one["start_date"], "2024-12-30") if one["person_id"] == 2 else one["start_date"]  # type: ignore[index]
    assert _counted(rows, catalogue()["h.mort_prem"]) == (2, 10 + 2 + 1)


def test_the_last_band_below_an_age_is_named_by_its_last_age() -> None:
    with store_of(_everyone({"birth_date": "1955-06-01", "death_date": "2024-08-01"})) as store:
        found = compute(store, catalogue()["h.mort_prem"], "2024", ("XA",))
    assert found.axes[1].leaves == ("0-17", "18-44", "45-64", "65-74")
    assert found.numerator[0].sum(axis=1).tolist() == [0, 0, 0, 1]


def test_who_meets_an_exclusion_is_in_neither_numerator_nor_denominator() -> None:
    rows = _everyone(
        {}, {}, {}, condition=[*_codes(1, "icpc", "R95"), *_codes(2, "icpc", "R95", "P70"), *_codes(3, "icpc", "P70.1")]
    )
    barred = Population(exclude=(Criterion("condition", window="until_reference", system="icpc", prefixes=("P70",)),))
    of = Criterion("condition", window="until_reference", system="icpc", prefixes=("R95",))
    assert _counted(rows, _share(of, barred)) == (1, 1)


def test_the_last_phase_of_life_is_365_days_after_the_reference_date() -> None:
    rows = _everyone(
        {"death_date": "2024-07-01"}, {"death_date": "2024-07-02"}, {"death_date": "2025-07-01"},
        {"death_date": "2025-07-02"}, {},
    )  # fmt: skip
    assert _counted(rows, catalogue()["pop.last_phase"]) == (2, 4)


def test_a_segment_narrows_numerator_and_denominator() -> None:
    rows = _everyone(
        {}, {}, {}, condition=[*_codes(1, "icpc", "T90"), *_codes(2, "icpc", "K86")],
        encounter=[_stay(1, "2024-03-01", None, kind="ed"), _stay(3, "2024-03-01", None, kind="ed")],
    )  # fmt: skip
    assert _counted(rows, catalogue()["c.ed_patients"]) == (2, 3)
    assert _counted(rows, catalogue()["c.ed_patients_chronic"]) == (1, 2)


def test_a_death_counts_where_days_do_of_one_covered_until_then() -> None:
    until = [("2024-01-01", "2024-03-01")]
    rows = _everyone(
        {"covered": until, "death_date": "2024-07-01"},  # after coverage ended: sixty days, no death
        {"covered": until, "death_date": "2024-03-01"},  # coverage that ends by death ends on its day
        {"covered": until, "death_date": "2024-03-02"},
        {"covered": until, "death_date": "2024-01-01"},  # no day
        {"covered": [*until, ("2024-07-01", "2024-07-01")], "death_date": "2024-07-01"},  # an interval without a day
    )
    assert _counted(rows, catalogue()["h.mort_prem"]) == (2, 4 * 60)


def test_whoever_left_and_died_elsewhere_is_no_death_here_but_in_the_last_phase_of_life() -> None:
    rows = _everyone({"death_date": "2024-10-01"}, {"death_date": "2024-10-01"}, {"death_date": "2024-09-01"}, {})
    rows["lived_in"] = [
        {"person_id": who, "municipality": town, "start_date": first, "end_date": last}
        for who in (2, 3)
        for town, first, last in (("XA", "2020-01-01", "2024-09-01"), ("XZ", "2024-09-01", "2025-01-01"))
    ]
    with store_of(rows) as store:
        told = compute(store, catalogue()["h.mort_prem"], "2024", ("XA",))
        last = compute(store, catalogue()["pop.last_phase"], "2024", ("XA",))
    assert (told.numerator.sum(), told.denominator.sum()) == (2, 274 + 244 + 244 + 366)  # type: ignore[union-attr]
    assert (last.numerator.sum(), last.denominator.sum()) == (3, 4)  # type: ignore[union-attr]


def test_a_zero_that_no_source_can_feed_is_told_from_a_zero_that_was_counted() -> None:
    rows = _everyone({}, {}, condition=_codes(1, "icpc", "K77"), encounter=[_stay(1, "2023-01-01", "2023-01-03")])
    asked = [catalogue()[name] for name in ("h.heart_failure", "h.copd", "q.acute_adm", "h.celecoxib")]
    with store_of(rows) as store:
        said = unfed(store, [compute(store, one, "2024", ()) for one in asked])
    assert said == (
        "h.copd over 2024 reads 0, which may mean not recorded: None of the codes was ever seen; needed is condition"
        " (icpc: R95...).",
        "h.celecoxib over 2024 reads 0, which may mean not recorded: No treatment is loaded; needed is treatment"
        " (omop: 1118084).",
    )


def test_a_rate_counts_events_on_the_days_it_counts_and_on_the_day_of_death() -> None:
    rows = _everyone(
        {},
        {"covered": [("2024-03-01", "2024-10-01")]},
        {"death_date": "2024-09-01"},
        {"covered": [ALWAYS, ("2024-01-01", "2024-12-01")]},  # covered twice, counted once
        encounter=[
            _stay(who, day, None)
            for who in (1, 2, 3, 4)
            for day in ("2024-02-29", "2024-03-01", "2024-09-01", "2024-09-30", "2024-10-01")
        ],
    )
    # of the second all days but the first and the last; of the third until the day of death
    assert _counted(rows, catalogue()["q.acute_adm"]) == (5 + 3 + 3 + 5, 366 + 214 + 244 + 366)
    rows["lived_in"] = [  # the first came on 1 March and left on 1 September
        {"person_id": 1, "municipality": "XA", "start_date": "2024-03-01", "end_date": "2024-09-01"},
        {"person_id": 1, "municipality": "XZ", "start_date": "2024-09-01", "end_date": "2025-01-01"},
    ]
    with store_of(rows) as store:
        found = compute(store, catalogue()["q.acute_adm"], "2024", ("XA",))
    assert (found.numerator.sum(), found.denominator.sum()) == (1 + 3 + 3 + 5, 184 + 214 + 244 + 366)  # type: ignore[union-attr]


def test_a_measurement_without_a_value_is_no_result() -> None:
    rows = _everyone(
        {}, {}, {}, {}, condition=[one for who in (1, 2, 3, 4) for one in _codes(who, "icpc", "T90")],
        measurement=[
            {"person_id": who, "code_system": "local", "code": "HBA1C", "measured_on": "2024-03-01", "value": value}
            for who, value in ((1, 48), (2, 60), (3, None), (3, 2000))
        ],
    )  # fmt: skip
    assert _counted(rows, catalogue()["q.hba1c_good"]) == (1, 2)
    assert _counted(rows, catalogue()["q.hba1c"]) == (3, 4)  # measured, whatever came of it
