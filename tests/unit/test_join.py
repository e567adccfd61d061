"""Two indicators over one population with other age edges are one table: neither tells what the other hides."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from node.indicators.figures import Axis, ComputedIndicator
from node.release.disclosure import CellKey, DisclosurePolicy, Earlier
from node.release.join import AxesDisagree, StatisticsDisagree
from node.release.protect import ProtectedIndicator, protect
from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text
from schemas.values import Exact, Suppressed, TypedValue

T = Text("t", "t")
AREAS = Axis("area", ("XG-A", "XG-B", "XG-C"))
SEXES = Axis("sex", ("f", "m"))
# people by area, age 0-17, 18-44, 45-59, 60-64, 65-74, 75+, and sex; few of 45-59 in one cell
PEOPLE = np.random.default_rng(5).integers(150, 400, (3, 6, 2))
PEOPLE[0, 2, 0] = 4
WIDE = ("0-17", "18-44", "45-64", "65-74", "75+")
OLD = ("60-64", "65-74", "75+")


def indicator(
    code: str, bands: tuple[str, ...], people: np.ndarray, sexes: Axis = SEXES, age_from: int | None = None
) -> ComputedIndicator:
    definition = IndicatorDefinition(
        id=code,
        version=1,
        axis="health",
        kind="proportion",
        title=T,
        description=T,
        unit=T,
        per=100,
        favourable="lower",
        reference="none",
        dimensions=("area", "age_band", "sex"),
        population=Population(age_from=age_from),
        measure=Measure("persons", of=Criterion("condition", codes=(code,))),
    )
    axes = (AREAS, Axis("age_band", bands), sexes)
    return ComputedIndicator(definition, "2025", axes, people // 3, people // 3, people, people, ("gp",))


def wide(people: np.ndarray = PEOPLE) -> ComputedIndicator:
    return indicator("all", WIDE, np.add.reduceat(people, [0, 1, 2, 4, 5], axis=1))


def old(people: np.ndarray = PEOPLE) -> ComputedIndicator:
    return indicator("old", OLD, people[:, 3:], age_from=60)


def guard(*computed: ComputedIndicator) -> tuple[ProtectedIndicator, ...]:
    return protect(computed, (), Earlier(), DisclosurePolicy(), "demo", 2025)


def wholes(one: ProtectedIndicator) -> Mapping[tuple[str, ...], int | None]:
    return {cell.nodes: denominator(cell.value) for cell in one.payload.cells}


def denominator(value: TypedValue) -> int | None:
    assert isinstance(value, Exact | Suppressed)
    return value.denominator


def test_alone_either_table_shows_everything() -> None:
    for one in (wide(), old()):
        assert None not in wholes(guard(one)[0]).values()


def test_together_they_do_not_tell_the_few_between_their_edges() -> None:
    first, second = (wholes(one) for one in guard(wide(), old()))
    area = ("XG-A", "f")
    pair = first[area[0], "45-64", area[1]], second[area[0], "60-64", area[1]]
    assert None in pair


def test_a_figure_of_both_tables_is_shown_or_hidden_in_both() -> None:
    first, second = (wholes(one) for one in guard(wide(), old()))
    shared = [nodes for nodes in first if nodes[1] in ("65-74", "75+")]
    assert len(shared) == 2 * 4 * 3
    assert [first[nodes] for nodes in shared] == [second[nodes] for nodes in shared]


def test_totals_are_of_the_ages_each_table_covers() -> None:
    first, second = guard(wide(), old())
    assert wholes(first)["total", "total", "total"] in (int(PEOPLE.sum()), None)
    assert wholes(second)["total", "total", "total"] in (int(PEOPLE[:, 3:].sum()), None)
    assert {cell.nodes[1] for cell in second.payload.cells} == {*OLD, "total"}
    assert any(isinstance(key, CellKey) and "60+" in key.nodes for key in second.remembered)


def test_the_same_two_tables_again_are_no_revision() -> None:
    first = guard(wide(), old())
    earlier = Earlier({cell: value for one in first for cell, value in one.remembered.items()})
    again = protect((wide(), old()), (), earlier, DisclosurePolicy(), "demo", 2025)
    assert [one.payload for one in again] == [one.payload for one in first]


def test_a_sex_that_occurs_in_one_table_only_counts_nobody_in_the_other() -> None:
    three = np.concatenate([PEOPLE, np.zeros((3, 6, 1), np.int64)], axis=2)
    three[:, 0, 2] = 40
    sexes = Axis("sex", ("f", "m", "unknown"))
    everyone = indicator("all", WIDE, np.add.reduceat(three, [0, 1, 2, 4, 5], axis=1), sexes)
    first, second = (wholes(one) for one in guard(everyone, old()))
    assert first["total", "65-74", "total"] == second["total", "65-74", "total"]


def test_bands_that_count_other_people_are_refused() -> None:
    other = PEOPLE.copy()
    other[1, 4, 1] += 1
    with pytest.raises(StatisticsDisagree, match="the denominator of all and the denominator of old"):
        guard(wide(), old(other))


def test_edges_that_cross_are_joined_over_the_bands_they_make() -> None:
    crossing = indicator("cross", ("0-44", "45+"), np.stack([PEOPLE[:, :2].sum(axis=1), PEOPLE[:, 2:].sum(axis=1)], 1))
    first, second = (wholes(one) for one in guard(wide(), crossing))
    assert first["total", "total", "total"] == second["total", "total", "total"] == int(PEOPLE.sum())


def test_ages_that_no_table_spans_are_refused() -> None:
    with pytest.raises(AxesDisagree, match="same dimensions"):
        guard(indicator("young", ("0-17", "18-44"), PEOPLE[:, :2]), old())


def test_bounds_of_age_still_part_populations_without_age_bands() -> None:
    tables = []
    for code, people, age_from in (("all", PEOPLE, None), ("old", PEOPLE[:, 3:], 60)):
        definition = msgspec.structs.replace(wide().definition, id=code, population=Population(age_from=age_from))
        counts = people.sum(axis=1)
        tables.append(
            ComputedIndicator(definition, "2025", (AREAS, SEXES), counts // 3, counts // 3, counts, counts, ("gp",))
        )
    first, second = (wholes(one) for one in guard(*tables))
    assert first["total", "total"] == int(PEOPLE.sum())
    assert second["total", "total"] == int(PEOPLE[:, 3:].sum())


def test_what_is_too_fine_is_coarsened_alone_and_the_same_again_follows_it() -> None:
    bands = ("0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70+")
    sparse, people = np.full((3, 8, 2), 60), np.full((3, 8, 2), 900)
    sparse[0, :, 0] = 1  # eight small cells under a small total: too many to hide
    common = indicator("common", bands, people)
    rare = replace(indicator("rare", bands, people), numerator=sparse, numerator_persons=sparse)
    first, second = guard(common, rare)
    assert {cell.nodes[1] for cell in first.payload.cells} == {*bands, "total"}
    assert {cell.nodes[1] for cell in second.payload.cells} == {"0-19", "20-39", "40-59", "60+", "total"}
    assert wholes(second)["total", "0-19", "total"] == 3 * 2 * 2 * 900
    earlier = Earlier({cell: value for one in (first, second) for cell, value in one.remembered.items()})
    again = protect((common, rare), (), earlier, DisclosurePolicy(), "demo", 2025)
    assert [one.payload for one in again] == [first.payload, second.payload]
