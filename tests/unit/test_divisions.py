"""Codes of an older municipal division read as those of a later one, and the table agrees with the lists of both."""

import csv
from pathlib import Path

import pytest

from schemas.divisions import came_after, division, founded, reclassified


def test_a_code_becomes_that_of_its_only_successor_in_the_year_that_is_asked_for() -> None:
    assert division(2020).renewed == {}
    assert "GM0457" not in division(2022).renewed  # Weesp was still there on 1 January 2022
    assert division(2023).renewed["GM0457"] == "GM0363"
    assert division(2023).renewed["GM0003"] == division(2021).renewed["GM0003"] == "GM1979"
    assert "GM1684" not in division(2021).renewed


def test_a_municipality_that_was_divided_has_no_only_successor() -> None:
    assert division(2020).divided == {}
    assert division(2025).divided == {"GM0788": ("GM0757", "GM0824", "GM0855", "GM0865")}


@pytest.mark.parametrize(("year", "left"), [(2021, 352), (2022, 345), (2023, 342)])
def test_as_many_municipalities_are_left_as_each_year_had(year: int, left: int) -> None:
    gone = {one.code for one in reclassified() if one.gone_by <= year}
    fresh = {code for one in reclassified() if one.gone_by <= year for code in one.into} & NEW
    assert 355 - len(gone) + len(fresh) == left


NEW = {one.code for one in founded()}


def test_codes_that_came_later_are_known_and_every_other_successor_was_there_before() -> None:
    assert came_after(2020) == {"GM1979", "GM1980", "GM1982", "GM1991", "GM1992"}
    assert came_after(2022) == {"GM1992"}
    assert came_after(2023) == frozenset()
    successors = {code: one.gone_by for one in reclassified() for code in one.into}
    assert {one.code: one.since for one in founded()}.items() <= successors.items()


@pytest.mark.shared_data
def test_what_ceased_and_what_came_is_the_difference_of_the_lists_of_2020_and_2023(shared_data: Path) -> None:
    listed = shared_data / "c_nl_population_kerncijfers_2019" / "CBS-aantal_inwoners_per_gemeente_2020-01-01.csv"
    with listed.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    before = {f"GM{int(row['Municipality_code']):04d}" for row in rows if row["Municipality_code"].strip().isdigit()}
    with (shared_data / "c_nl_regions_geo" / "gm_region_map_2023.csv").open(encoding="utf-8", newline="") as file:
        after = {row["gmcode"] for row in csv.DictReader(file)}
    assert (len(before), len(after)) == (355, 342)
    assert before - after == {one.code for one in reclassified()}
    assert after - before == NEW
    with (shared_data / "c_nl_regions_geo" / "gm_reclassified_2021_2023.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        known = {row["gm_old"]: row["gm_new"] for row in csv.DictReader(file)}
    assert {code: new for code, new in division(2023).renewed.items() if code in known} == known
    assert len(known) == 14
