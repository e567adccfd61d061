"""Worked examples of `compute` on the linked store as the records stage makes it."""

import datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from node.indicators.compute import AreaTwice, compute, outside
from node.indicators.figures import Axis, ComputedIndicator
from node.records.store import open_store
from schemas.catalogue import catalogue
from schemas.definition import IndicatorDefinition
from tests.support.linked_store import TABLES, columns, store_of


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _person(number: int, birth: str = "1950-01-01", **other: Any) -> dict[str, Any]:
    return {"person_id": number, "birth_date": _day(birth), "sex": "f", "municipality": "XA"} | other


def _covered(number: int, start: str = "2024-01-01", end: str = "2025-01-01") -> dict[str, Any]:
    return {"person_id": number, "start_date": _day(start), "end_date": _day(end)}


def _whole(indicator: str) -> IndicatorDefinition:
    return msgspec.structs.replace(catalogue()[indicator], dimensions=(), age_bands=())


def _numbers(computed: ComputedIndicator) -> tuple[int, ...]:
    arrays = (computed.numerator, computed.numerator_persons, computed.denominator, computed.denominator_persons)
    return tuple(int(array.sum()) for array in arrays if array is not None)


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ?", [table]
    ).fetchall()
    return dict(rows)


def test_the_tables_of_these_tests_are_those_of_the_linked_store(tmp_path: Path) -> None:
    with open_store(tmp_path / "records.duckdb", False) as real, store_of({}) as ours:
        for table in TABLES:
            assert _columns(real, table) == _columns(ours, table)
            assert set(_columns(real, table)) == set(columns(table))


@pytest.mark.parametrize("indicator", sorted(name for name, d in catalogue().items() if d.measure is not None))
def test_an_empty_store_gives_zero_in_every_cell(tmp_path: Path, indicator: str) -> None:
    definition = catalogue()[indicator]
    with open_store(tmp_path / "records.duckdb", False) as store:
        computed = compute(store, definition, "2024", ("XB", "XA"))
    assert computed.axes[0] == Axis("area", ("XB", "XA"))
    assert computed.axes[2] == Axis("sex", ("f", "m"))
    assert computed.numerator.shape == (2, len(definition.age_bands), 2)
    assert set(_numbers(computed)) == {0}
    assert (computed.denominator is None) == (definition.kind == "count")
    assert computed.sources == ()


def test_overlapping_coverage_counts_each_day_once_and_no_day_from_death_on() -> None:
    rows = {
        "person": [_person(1, death_date=_day("2024-12-02"))],
        "coverage": [
            _covered(1, "2023-05-01", "2024-02-01"),  # 31 days of 2024
            _covered(1, "2024-01-15", "2024-02-11"),  # ten more
            _covered(1, "2024-01-20", "2024-01-25"),  # within the others
            _covered(1, "2024-06-01", "2026-01-01"),  # 1 June up to and including 1 December: 184
        ],
        "encounter": [
            {"person_id": 1, "encounter_type": "ed", "start_date": _day(day)}
            for day in (
                "2024-02-10",
                "2024-12-02",
                "2024-02-11",
                "2024-03-01",
                "2024-12-03",
                "2024-12-31",
                "2025-01-01",
            )
        ],  # on the last covered day, on that of death, and not while covered and alive in the year
    }
    with store_of(rows) as store:
        assert _numbers(compute(store, _whole("c.ed"), "2024", ())) == (2, 1, 31 + 10 + 184, 1)


def test_costs_stay_integer_cents_and_scores_become_whole_tenths() -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "person": [_person(1), _person(2)],
        "coverage": [_covered(1), _covered(2)],
        "cost": [
            {"person_id": 1, "category": "gp", "start_date": _day("2024-01-01"), "amount_cents": 9_007_199_254_740_993},
            {"person_id": 1, "category": "gp", "start_date": _day("2024-12-31"), "amount_cents": -1},
        ],
        "measurement": [
            {"person_id": 2, "code_system": "local", "code": "PREM", "measured_on": _day("2024-05-01"), "value": value}
            for value in ("7.35", "8.05", "10", None)
        ],
    }
    with store_of(rows) as store:
        assert _numbers(compute(store, _whole("c.zvw"), "2024", ())) == (9_007_199_254_740_992, 1, 2, 2)
        assert _numbers(compute(store, _whole("q.gp_experience"), "2024", ())) == (74 + 81 + 100, 1, 3, 1)


def test_costs_are_told_apart_by_who_was_paid_and_sources_that_do_not_say_so_are_named() -> None:
    def cost(
        person: int, cents: int, to: str | None, source: str = "insurer", on: str = "2024-03-01"
    ) -> dict[str, Any]:
        paid = {"category": "gp", "start_date": _day(on), "amount_cents": cents}
        return {"person_id": person, "organisation": to, "source": source} | paid

    rows: dict[str, list[dict[str, Any]]] = {
        "person": [_person(1, municipality="XA"), _person(2, municipality="XB"), _person(3, municipality="XA")],
        "coverage": [_covered(1), _covered(2), _covered(3)],
        "cost": [
            cost(1, 700, "XA-2"),
            cost(1, 50, "XA-1"),
            cost(3, -20, "XA-1"),
            cost(2, 11, "XA-1"),
            cost(2, 5, None, "clinic"),
            cost(1, 3, None, "ward"),
            cost(1, 999, None, "never", "2023-12-31"),
        ],
    }
    definition = msgspec.structs.replace(_whole("c.zvw"), dimensions=("area",))
    with store_of(rows) as store:
        store.execute("INSERT INTO source VALUES ('ward', 'The ward cannot say'), ('insurer', 'Not needed')")
        found = compute(store, definition, "2024", ("XA", "XB"))
    assert found.organisations is not None
    assert found.organisations.codes == ("XA-1", "XA-2")
    assert found.organisations.amounts.tolist() == [[30, 700], [11, 0]]
    assert found.numerator.tolist() == [733, 16]
    assert found.not_recorded == (("ward", "The ward cannot say"),)
    assert found.unattributed == ("clinic",)
    assert "XA-1" not in repr(found)
    assert compute(store_of(rows), catalogue()["pop.persons"], "2024", ()).organisations is None


def test_a_person_counts_in_the_band_of_the_completed_years_on_the_first_of_july() -> None:
    rows = {
        "person": [
            _person(1, "2006-07-01"),
            _person(2, "2006-07-02"),
            _person(3, "2024-07-01", sex="unknown"),
            _person(4, "2024-07-02"),
            _person(5, municipality="XC"),
            _person(6, municipality=None),
        ],
        "coverage": [_covered(number) for number in range(1, 7)],
    }
    with store_of(rows) as store:
        computed = compute(store, catalogue()["pop.persons"], "2024", ("XA", "XB"))
        everyone = compute(store, catalogue()["pop.persons"], "2024", ())
    assert computed.axes[2].leaves == ("f", "m", "unknown")
    assert computed.numerator[0, :, 0].tolist() == [1, 1, 0, 0, 0]
    assert computed.numerator[0, :, 2].tolist() == [1, 0, 0, 0, 0]
    assert computed.numerator.sum() == 3
    assert [axis.name for axis in everyone.axes] == ["age_band", "sex"]
    assert everyone.numerator.sum() == 5


def test_a_computed_indicator_names_the_sources_that_it_drew_on() -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "person": [_person(1)],
        "coverage": [_covered(1) | {"source": "insurer"}],
        "condition": [
            {"person_id": 1, "code_system": "icpc", "code": "T90", "start_date": _day("2020-01-01"), "source": "gp"}
        ],
        "encounter": [{"person_id": 1, "encounter_type": "ed", "start_date": _day("2024-01-01"), "source": "hospital"}],
    }
    with store_of(rows) as store:
        assert compute(store, catalogue()["h.dm_prev"], "2024", ()).sources == ("gp", "insurer")
    with store_of({"coverage": [_covered(1), _covered(2)]}) as store:
        assert compute(store, catalogue()["pop.persons"], "2024", ()).sources == ("gp",)


def test_figures_before_protection_do_not_appear_in_a_representation() -> None:
    with store_of({"person": [_person(1)], "coverage": [_covered(1)]}) as store:
        assert "numerator" not in repr(compute(store, catalogue()["pop.persons"], "2024", ()))


def test_an_area_that_is_named_twice_is_refused() -> None:
    with store_of({}) as store, pytest.raises(AreaTwice, match="list every area once"):
        compute(store, catalogue()["pop.persons"], "2024", ("XA", "XA"))


def test_who_lives_in_none_of_the_areas_is_told_of_by_municipality() -> None:
    people = [_person(n) for n in range(3)] + [_person(n, municipality="XB") for n in range(10, 25)]
    people += [_person(n, municipality=None) for n in range(30, 33)]
    with store_of({"person": people}) as store:
        assert outside(store, ()) == ()
        assert outside(store, ("XA", "XC")) == (
            "15 persons live in XB, which is no area of this node (XA, XC); they are counted nowhere.",
            "Fewer than ten persons have no municipality; they are counted nowhere.",
        )
    with store_of({"person": [_person(n, municipality=f"X{n}") for n in range(8)]}) as store:
        assert outside(store, ("XA",))[5:] == ("So it is with 3 other municipalities.",)
