import re
from collections.abc import Mapping
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from node.indicators.figures import Axis, ByOrganisation, ComputedIndicator, PublishedTable
from node.release.cube import DefinitionHasNoMeasure, statistic_keys
from node.release.cuts import merge_ages
from node.release.disclosure import CellKey, DisclosurePolicy, Earlier
from node.release.guard import IndicatorUnprotectable
from node.release.join import StatisticsDisagree
from node.release.overlap import SecondTable
from node.release.protect import (
    MadeElsewhere,
    ProtectedIndicator,
    RevisionRevealsPersons,
    protect,
    protect_run,
)
from node.release.refusal import ReleaseRefused
from schemas.canonical import canonical_bytes
from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text, numerator_key
from schemas.payloads import Cell, Computed, TakenOver
from schemas.values import Exact, Rounded, Suppressed, TypedValue

POLICY = DisclosurePolicy()
AREAS = Axis("area", ("XG-A", "XG-B", "XG-C"))
SEXES = Axis("sex", ("f", "m"))
DIABETES = Criterion("condition", window="until_end", system="icpc", codes=("T90",))
PEOPLE = np.array([[400, 380], [250, 260], [300, 310]])
PATIENTS = np.array([[40, 35], [4, 26], [30, 33]])


def definition(identifier: str, measure: Measure | None, **changes: object) -> IndicatorDefinition:
    text = Text("titel", "title")
    base = IndicatorDefinition(
        id=identifier,
        version=1,
        axis="health",
        kind="proportion",
        title=text,
        description=text,
        unit=text,
        per=100,
        favourable="lower",
        reference="none",
        dimensions=("area", "sex"),
        population=None if measure is None else Population(),
        measure=measure,
    )
    return msgspec.structs.replace(base, **changes)


def proportion(
    patients: np.ndarray = PATIENTS,
    people: np.ndarray = PEOPLE,
    axes: tuple[Axis, ...] = (AREAS, SEXES),
    identifier: str = "diabetes",
) -> ComputedIndicator:
    what = definition(identifier, Measure("persons", of=DIABETES))
    return ComputedIndicator(what, "2025", axes, patients, patients, people, people, ("gp",))


def guard(*computed: ComputedIndicator, earlier: Earlier | None = None) -> tuple[ProtectedIndicator, ...]:
    return protect(computed, (), earlier or Earlier(), POLICY, "demo", 2025)


def cells(one: ProtectedIndicator) -> Mapping[tuple[str, ...], TypedValue]:
    return {cell.nodes: cell.value for cell in one.payload.cells}


def test_publishes_every_node_combination_with_its_denominator() -> None:
    (one,) = guard(proportion())
    found = cells(one)
    assert len(found) == 4 * 3
    assert found["total", "total"] == Exact(168, 1900)
    assert found["XG-A", "f"] == Exact(40, 400)


def test_hides_a_small_cell_and_others_beside_it_for_one_and_the_same_reason() -> None:
    (one,) = guard(proportion())
    hidden = {nodes: value for nodes, value in cells(one).items() if isinstance(value, Suppressed)}
    assert ("XG-B", "f") in hidden
    assert len(hidden) >= 4
    assert {value.reason for value in hidden.values()} == {"protected"}
    small = hidden["XG-B", "f"]
    assert small.denominator == 250
    assert small.lo <= 4 <= (small.hi or 4)


def test_the_origin_names_sources_attackers_and_the_public_hash_only() -> None:
    (one,) = guard(proportion())
    assert one.audit is not None
    assert one.payload.origin == Computed(("gp",), "plain, status, contributor; width 3", one.audit.public_hash)
    assert one.audit.model_hash.encode() not in canonical_bytes(one.payload)


def test_remembers_published_figures_and_marks_hidden_ones() -> None:
    indicator = proportion()
    (one,) = guard(indicator)
    key = numerator_key(indicator.definition)
    assert key is not None
    assert one.remembered[CellKey(key, "2025", ("XG-A", "f"))] == 40
    assert one.remembered[CellKey(key, "2025", ("XG-B", "f"))] is None
    assert one.remembered[CellKey(key, "2025", ("total", "total"))] == 168


def test_the_same_figures_again_give_the_same_bytes_beside_the_earlier_release() -> None:
    (first,) = guard(proportion())
    (again,) = guard(proportion(), earlier=Earlier(first.remembered))
    assert canonical_bytes(again.payload) == canonical_bytes(first.payload)


def test_one_person_added_is_refused_with_the_differencing_explanation() -> None:
    (first,) = guard(proportion())
    more = PATIENTS.copy()
    more[0, 0] += 1
    with pytest.raises(RevisionRevealsPersons, match="the difference would reveal fewer than 10 persons") as caught:
        guard(proportion(more), earlier=Earlier(first.remembered))
    assert "numerator of diabetes" in str(caught.value)
    assert "{" not in str(caught.value)


def test_one_statistic_of_two_indicators_is_one_statistic() -> None:
    first, second = guard(proportion(), proportion(identifier="diabetes_again"))
    assert first.audit is not None
    assert first.audit.cells == 2 * 4 * 3
    assert first.payload.cells == second.payload.cells


def test_a_shared_denominator_with_other_figures_is_refused() -> None:
    other = ComputedIndicator(
        definition("asthma", Measure("persons", of=Criterion("condition", codes=("R96",)))),
        "2025",
        (AREAS, SEXES),
        PATIENTS,
        PATIENTS,
        PEOPLE + 1,
        PEOPLE + 1,
    )
    with pytest.raises(StatisticsDisagree, match="denominator of asthma"):
        guard(proportion(), other)


def test_a_shared_denominator_along_other_axes_is_refused() -> None:
    other = ComputedIndicator(
        definition("asthma", Measure("persons", of=Criterion("condition", codes=("R96",)))),
        "2025",
        (AREAS,),
        PATIENTS.sum(axis=1),
        PATIENTS.sum(axis=1),
        PEOPLE.sum(axis=1),
        PEOPLE.sum(axis=1),
    )
    with pytest.raises(SecondTable, match=r"cross them in one table \(area, sex\)"):
        guard(proportion(), other)


def evenly(cents: np.ndarray, among: int = 5) -> ByOrganisation:
    """Pay every sum to so many organisations in equal parts, the first the rest."""
    part = cents // among
    amounts = np.stack([cents - part * (among - 1), *[part] * (among - 1)], axis=-1)
    return ByOrganisation(tuple(f"XA-{number}" for number in range(among)), amounts)


def test_a_sum_to_which_few_persons_contribute_is_hidden() -> None:
    what = definition("cost", Measure("amount_sum", of=Criterion("cost")), kind="cost_per_person", per=1)
    cents = PATIENTS * 120_000
    even = np.stack([np.minimum(cents, 120_000), np.where(PATIENTS > 1, 120_000, 0)], axis=-1)
    indicator = ComputedIndicator(
        what, "2025", (AREAS, SEXES), cents, PATIENTS, PEOPLE, PEOPLE, ("insurer",), even, evenly(cents)
    )
    (one,) = guard(indicator)
    found = cells(one)
    assert isinstance(found["XG-B", "f"], Suppressed)
    assert found["total", "total"] == Exact(168 * 120_000, 1900)
    with pytest.raises(DefinitionHasNoMeasure, match="measure again"):
        guard(replace(indicator, largest=None))
    with pytest.raises(DefinitionHasNoMeasure, match="measure again"):
        guard(replace(indicator, organisations=None))


def test_a_sum_of_which_two_persons_make_nearly_all_is_hidden_however_many_persons_have_costs() -> None:
    what = definition("cost", Measure("amount_sum", of=Criterion("cost")), kind="cost_per_person", per=1)
    persons = np.full(PEOPLE.shape, 60)
    cents = persons * 10_000
    even = np.full((*PEOPLE.shape, 2), 10_000)
    dear = even.copy()
    dear[0, 0] = (9_000_000, 500_000)
    for largest, hidden in ((even, False), (dear, True)):
        sums = cents + (largest - even).sum(axis=-1)
        indicator = ComputedIndicator(
            what, "2025", (AREAS, SEXES), sums, persons, PEOPLE, PEOPLE, (), largest, evenly(sums)
        )
        (one,) = guard(indicator)
        first = cells(one)[AREAS.leaves[0], SEXES.leaves[0]]
        assert isinstance(first, Suppressed) is hidden
        assert all(isinstance(value, Exact) for value in cells(one).values()) is not hidden


def test_reviewers_read_how_many_figures_are_hidden_for_others_and_how_few_that_could_be() -> None:
    found = protect_run([proportion()], [], Earlier(), POLICY, "invented", 2025)
    (sentence,) = found.besides
    hidden, least = (int(word) for word in re.findall(r"\d+", sentence))
    assert hidden >= least >= 1
    blanks = sum(isinstance(value, Suppressed) for value in cells(found.items[0]).values())
    assert hidden == blanks - 1  # one small cell is hidden by rule
    open_ = np.full(PATIENTS.shape, 40)
    assert protect_run([proportion(open_)], [], Earlier(), POLICY, "invented", 2025).besides == ()


def test_a_count_has_no_denominator() -> None:
    what = definition("people", Measure("persons", denominator=None), kind="count", per=1)
    indicator = ComputedIndicator(what, "2025", (AREAS, SEXES), PEOPLE, PEOPLE, None, None, ("gp",))
    (one,) = guard(indicator)
    assert cells(one)["total", "total"] == Exact(1900, None)


def test_age_bands_are_merged_where_the_table_is_too_fine() -> None:
    bands = Axis("age", (*(f"{start}-{start + 9}" for start in range(0, 70, 10)), "70+"))
    patients = np.array([[1, 1, 1, 1, 1, 1, 1, 1], [60, 60, 60, 60, 60, 60, 60, 60]])
    people = np.full((2, 8), 500)
    indicator = proportion(patients, people, (Axis("area", ("XG-A", "XG-B")), bands))
    (one,) = guard(indicator)
    nodes = {cell.nodes[1] for cell in one.payload.cells}
    assert nodes == {"0-19", "20-39", "40-59", "60+", "total"}
    assert any("8 bands merged into 4" in line for line in one.summary)
    (again,) = guard(indicator, earlier=Earlier(one.remembered))
    assert canonical_bytes(again.payload) == canonical_bytes(one.payload)


def test_merged_age_bands_of_a_sum_of_money_keep_its_largest_contributions() -> None:
    bands = Axis("age", (*(f"{start}-{start + 9}" for start in range(0, 70, 10)), "70+"))
    what = definition("cost", Measure("amount_sum", of=Criterion("cost")), kind="cost_per_person", per=1)
    persons = np.array([[1] * 8, [60] * 8])
    cents, people = persons * 10_000, np.full((2, 8), 500)
    largest = np.stack([np.full((2, 8), 10_000), np.where(persons > 1, 10_000, 0)], axis=-1)
    axes = (Axis("area", ("XG-A", "XG-B")), bands)
    one = ComputedIndicator(what, "2025", axes, cents, persons, people, people, (), largest, evenly(cents))
    found = merge_ages([one], [(statistic_keys(one)[0], "2025")])
    assert found is not None
    (merged,), lines = found
    assert merged.largest is not None
    assert merged.largest[:, 0].tolist() == [[10_000, 10_000], [10_000, 10_000]]
    assert lines[0].startswith("age: 8 bands merged into 4")
    assert merged.organisations is not None
    assert merged.organisations.amounts.sum(axis=-1).tolist() == merged.numerator.tolist()
    assert merged.organisations.amounts[1, 0].tolist() == [240_000] * 5


def test_what_cannot_be_coarsened_is_refused_in_one_sentence() -> None:
    areas = Axis("area", tuple(f"XG-{letter}" for letter in "ABCDEFGH"))
    patients = np.ones(8, np.int64)
    with pytest.raises(IndicatorUnprotectable, match="coarsen dimension area") as caught:
        guard(proportion(patients, patients * 500, (areas,)))
    assert isinstance(caught.value, ReleaseRefused)
    assert "numerator of diabetes" in str(caught.value)


def test_a_public_table_is_taken_over_unchanged_and_unaudited() -> None:
    origin = TakenOver("RIVM", "GM", "https://example.org", "CC BY 4.0", "2026-01-02", "0" * 64)
    rows = (Cell(("XG-A",), Rounded("8.1", "0.1")), Cell(("XG-B",), Exact(3, None)))
    what = definition("loneliness", None, kind="percentage", dimensions=("area",))
    table = PublishedTable(what, "2024", 2024, ("area",), rows, origin)
    (one,) = protect((), (table,), Earlier(), POLICY, "ggd", 2025)
    assert one.payload.cells == rows
    assert (one.payload.origin, one.payload.division_year, one.payload.region_set) == (origin, 2024, "ggd")
    assert one.audit is None
    assert one.remembered == {}
    assert any("taken over, not protected here" in line for line in one.summary)
    assert not any("Promised" in line for line in one.summary)


def test_nobody_else_can_make_a_protected_indicator() -> None:
    (one,) = guard(proportion())
    with pytest.raises(MadeElsewhere):
        ProtectedIndicator(one.payload, {}, one.audit, one.facts, object())


def test_no_hidden_figure_shows_in_the_representation() -> None:
    assert "array" not in repr(proportion())
    (one,) = guard(proportion())
    assert "CellKey" not in repr(one)
