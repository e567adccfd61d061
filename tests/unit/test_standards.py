"""Standard populations: whose they are, and how age bands are laid on them."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from hub.comparison.standards import (
    STANDARDS,
    StandardUnfit,
    StandardUnknown,
    covering,
    standard_named,
    strata,
)

ESP, NL = STANDARDS["esp2013"], STANDARDS["nl2019"]
BANDS = ("65-74", "0-17", "18-44", "75+", "45-64")


@pytest.mark.shared_data
def test_the_european_standard_is_eurostats_and_the_dutch_one_the_sum_of_municipalities(shared_data: Path) -> None:
    with (shared_data / "known_answers" / "esp2013_19bands.csv").open(encoding="utf-8") as file:
        known = [(int(row["ageband"].split("-")[0].rstrip("+")), int(row["esp2013"])) for row in csv.DictReader(file)]
    assert list(ESP.groups) == known
    assert sum(people for _, people in ESP.groups) == 100_000
    names = ("a_00_14", "a_15_24", "a_25_44", "a_45_64", "a_65_oo")
    file_ = shared_data / "c_nl_population_kerncijfers_2019" / "Gemeenten_kerncijfers_2019.csv"
    with file_.open(encoding="latin-1") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [people for _, people in NL.groups] == [sum(int(row[name]) for row in rows) for name in names]


def test_bands_get_the_people_of_their_ages_and_groups_are_split_evenly() -> None:
    found = strata(BANDS, ESP)
    assert [one.nodes for one in found] == [("0-17",), ("18-44",), ("45-64",), ("65-74",), ("75+",)]
    assert [one.people for one in found] == [19_300, 34_700, 26_500, 10_500, 9_000]  # 15-19 is split 3 to 2
    assert sum(one.people for one in found) == 100_000


def test_bands_that_the_standard_does_not_tell_apart_are_taken_together() -> None:
    found = strata(BANDS, NL)
    assert [one.nodes for one in found] == [("0-17",), ("18-44",), ("45-64",), ("65-74", "75+")]
    assert found[-1].people == 3_314_004
    assert found[0].people == 2_739_819 + Fraction(3 * 2_131_944, 10)
    assert sum(one.people for one in found) == 17_282_163


@pytest.mark.parametrize(
    ("wanted", "own", "found"),
    [
        (("65-74",), ("0-64", "65-69", "70-74", "75+"), ("65-69", "70-74")),
        (("65-74", "75+"), ("0-64", "65+"), ("65+",)),
        (("75+",), ("0-74", "75-84", "85+"), ("75-84", "85+")),
        (("0-17",), ("0-44", "45+"), ()),
        (("65-74",), ("0-64", "65-71", "72+"), ()),
        (("75+",), ("0-74", "75-84"), ()),
        (("0-17",), ("18+",), ()),
        (("0-17",), ("0-17", "18+", "unknown"), ()),  # who is of which age is not known
        (("0-17",), (), ()),
    ],
)
def test_bands_make_others_up_only_where_they_are_the_same_ages(
    wanted: tuple[str, ...], own: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert covering(own, wanted) == found


def test_ages_that_nobody_is_counted_of_have_no_weight() -> None:
    assert [one.people for one in strata(("60-64", "65-74", "75+"), ESP)] == [6_000, 10_500, 9_000]
    assert [one.people for one in strata(("0-17", "18-44", "45-64", "65-74"), ESP)] == [19_300, 34_700, 26_500, 10_500]


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        (("0-17", "18-44", "45-64", "65-74"), "tells no ages apart"),
        (("60+",), "only one age band"),
        (("0-64", "65+", "unknown"), "unknown age"),
        (("0-17", "19+"), "leave ages out"),
        (("0-20", "18+"), "overlap"),
        ((), "no figures by age"),
        (("70-79", "80+"), "tells no ages apart"),
    ],
)
def test_bands_that_do_not_fit_are_refused_with_the_reason(nodes: tuple[str, ...], why: str) -> None:
    with pytest.raises(StandardUnfit, match=why):
        strata(nodes, NL)


def test_a_standard_that_nobody_knows_is_refused() -> None:
    with pytest.raises(StandardUnknown):
        standard_named("who2000")
