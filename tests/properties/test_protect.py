"""What leaves through protect, on random regions: never a small count, always the truth within the range."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from node.indicators.figures import Axis, ComputedIndicator
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.guard import IndicatorUnprotectable
from node.release.protect import ProtectedIndicator, RevisionRevealsPersons, protect
from schemas.canonical import canonical_bytes
from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text
from schemas.values import Exact, Suppressed

POLICY = DisclosurePolicy()
AXES = (Axis("area", ("XG-A", "XG-B", "XG-C", "XG-D")), Axis("age", ("0-17", "18-64", "65+")))
quick = settings(max_examples=30, deadline=None)


def indicator(code: str, people: np.ndarray, patients: np.ndarray) -> ComputedIndicator:
    text = Text("t", "t")
    definition = IndicatorDefinition(
        id=code.lower(),
        version=1,
        axis="health",
        kind="proportion",
        title=text,
        description=text,
        unit=text,
        per=100,
        favourable="lower",
        reference="none",
        dimensions=("area", "age"),
        population=Population(),
        measure=Measure("persons", of=Criterion("condition", codes=(code,))),
    )
    return ComputedIndicator(definition, "2025", AXES, patients, patients, people, people, ("gp",))


@st.composite
def regions(draw: st.DrawFn) -> list[ComputedIndicator]:
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = (4, 3)
    people = random.poisson(draw(st.sampled_from([20, 120, 900])) * random.uniform(0.2, 2, shape))
    rates = draw(st.lists(st.sampled_from([0.02, 0.1, 0.5, 0.93]), min_size=1, max_size=2))
    return [indicator(f"T{number}", people, random.binomial(people, rate)) for number, rate in enumerate(rates)]


def release(computed: list[ComputedIndicator], earlier: Earlier | None = None) -> tuple[ProtectedIndicator, ...]:
    try:
        return protect(computed, (), earlier or Earlier(), POLICY, "demo", 2025)
    except IndicatorUnprotectable:
        assume(False)
        raise


def is_small(persons: int) -> bool:
    return 1 <= persons <= 9


@given(regions())
@quick
def test_no_payload_cell_tells_a_count_or_complement_of_one_to_nine_persons(computed: list[ComputedIndicator]) -> None:
    for one in release(computed):
        for cell in one.payload.cells:
            assert isinstance(cell.value, Exact | Suppressed)
            whole = cell.value.denominator
            assert whole is None or not is_small(whole)
            if isinstance(cell.value, Exact):
                assert whole is not None
                assert not is_small(cell.value.numerator)
                assert cell.value.numerator == 0 or not is_small(whole - cell.value.numerator)


@given(regions())
@quick
def test_every_figure_is_true_and_every_range_holds_the_truth(computed: list[ComputedIndicator]) -> None:
    for source, one in zip(computed, release(computed), strict=True):
        if one.facts.merged:
            continue
        places = [{leaf: [place] for place, leaf in enumerate(axis.leaves)} for axis in AXES]
        for place, axis in zip(places, AXES, strict=True):
            place["total"] = list(range(len(axis.leaves)))
        for cell in one.payload.cells:
            rows = np.ix_(*(place[node] for place, node in zip(places, cell.nodes, strict=True)))
            truth = int(source.numerator[rows].sum())
            if isinstance(cell.value, Exact):
                assert cell.value.numerator == truth
            else:
                assert isinstance(cell.value, Suppressed)
                assert cell.value.reason == "protected"
                assert cell.value.lo <= truth
                assert cell.value.hi is None or truth <= cell.value.hi


@given(regions())
@quick
def test_the_same_input_in_any_order_gives_the_same_bytes(computed: list[ComputedIndicator]) -> None:
    forwards = [canonical_bytes(one.payload) for one in release(computed)]
    backwards = [canonical_bytes(one.payload) for one in release(computed[::-1])]
    assert forwards == backwards[::-1]


@given(regions(), st.integers(0, 11))
@quick
def test_one_person_more_than_last_time_never_leaves(computed: list[ComputedIndicator], place: int) -> None:
    first = release(computed)
    earlier = {cell: value for one in first for cell, value in one.remembered.items()}
    people = computed[0].denominator
    assert people is not None
    more = people.copy()
    more.flat[place] += 1
    grown = [indicator(f"T{number}", more, one.numerator) for number, one in enumerate(computed)]
    assume(any(value is not None and key.nodes == ("total", "total") for key, value in earlier.items()))
    with pytest.raises(RevisionRevealsPersons, match="reveal fewer than 10 persons"):
        protect(grown, (), Earlier(earlier), POLICY, "demo", 2025)


@given(regions(), st.integers(0, 11), st.integers(1, 9))
@quick
def test_few_persons_more_change_no_byte_where_the_first_release_is_kept(
    computed: list[ComputedIndicator], place: int, persons: int
) -> None:
    first = release(computed)
    cells = {cell: value for one in first for cell, value in one.remembered.items()}
    earlier = Earlier(cells, tuple(vintage for one in first for vintage in one.vintages))
    people = computed[0].denominator
    assert people is not None
    more = people.copy()
    more.flat[place] += persons
    grown = [indicator(f"T{number}", more, one.numerator) for number, one in enumerate(computed)]
    again = release(grown, earlier)
    assert [canonical_bytes(one.payload) for one in again] == [canonical_bytes(one.payload) for one in first]
    assert all(one.facts.held for one in again)
