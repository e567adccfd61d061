"""Order and ranks: a published difference, every completion of hidden figures, and never a rank that is not sure."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.comparison import compare
from hub.comparison.ranks import Point, Ranks, order, rank_confidence, ranked, spans_of
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue
from tests.unit.test_compare import COST, PROPORTION, RATE, figures

import msgspec  # isort: skip

HIGH = msgspec.structs.replace(PROPORTION, favourable="higher")
NEITHER = msgspec.structs.replace(PROPORTION, favourable="neither")


def test_newcombes_example_is_told_apart_by_its_interval_for_the_difference() -> None:
    """Newcombe (1998), Stat. Med. 17:873-890, table II, method 10: 56/70 - 48/80 gives 0.0524 to 0.3339."""
    (one, _), (other, _) = spans_of(
        compare(PROPORTION, [figures("A", Exact(56, 70)), figures("B", Exact(48, 80))])
    ).values()
    low = one.value - other.value - ((one.value - one.low) ** 2 + (other.high - other.value) ** 2) ** 0.5
    high = one.value - other.value + ((one.high - one.value) ** 2 + (other.value - other.low) ** 2) ** 0.5
    assert (low, high) == pytest.approx((5.24, 33.39), abs=0.005)
    assert order((one, one), (other, other), "higher") == "better"
    assert order((other, other), (one, one), "higher") == "worse"
    assert order((one, one), (other, other), "lower") == "worse"
    assert order((one, one), (other, other), "neither") == "higher"
    assert order((one, one), (one, one), "lower") == "similar"


def test_without_interval_or_beyond_what_is_known_there_is_no_order() -> None:
    none = compare(COST, [figures("A", Exact(500, 10), COST), figures("B", Exact(900, 10), COST)])
    assert spans_of(none) == {}
    assert order(None, (Point(1, 0, 2), Point(1, 0, 2)), "higher") == "cannot_be_ordered"
    spans = spans_of(
        compare(RATE, [figures("A", Suppressed(5, None, 36_525), RATE), figures("B", NotAvailable(), RATE)])
    )
    assert list(spans) == ["XR-A"]
    known = spans_of(compare(RATE, [figures("A", Exact(2, 3_652_500), RATE)]))["XR-A"]
    assert order(spans["XR-A"], known, "lower") == "worse"  # at least 5 of 100 years, and known is 2 of 10,000
    near = spans_of(compare(RATE, [figures("A", Exact(5, 36_525), RATE)]))["XR-A"]
    assert order(spans["XR-A"], near, "lower") == "cannot_be_ordered"


VALUES = st.tuples(st.integers(0, 60), st.integers(0, 12), st.sampled_from([60, 100, 400, 4000])).map(
    lambda one: Suppressed(one[0], min(one[0] + one[1], one[2]), one[2])
)


@settings(max_examples=25, deadline=None)
@given(VALUES, VALUES, st.sampled_from([PROPORTION, RATE, HIGH, NEITHER]))
def test_an_order_holds_for_every_figure_that_is_hidden(one: Suppressed, other: Suppressed, definition: object) -> None:
    assert one.hi is not None
    assert other.hi is not None

    def of(first: TypedValue, second: TypedValue) -> str:
        rows = [figures("A", first, definition), figures("B", second, definition)]  # type: ignore[arg-type]
        spans = spans_of(compare(definition, rows))  # type: ignore[arg-type]
        return order(spans["XR-A"], spans["XR-B"], definition.favourable)  # type: ignore[attr-defined]

    every = {
        of(Exact(first, one.denominator), Exact(second, other.denominator))
        for first, second in itertools.product(sorted({one.lo, (one.lo + one.hi) // 2, one.hi}), (other.lo, other.hi))
    }
    assert of(one, other) == (every.pop() if len(every) == 1 else "cannot_be_ordered")


def test_ranks_are_ranges_that_grow_with_doubt_and_reach_the_truth() -> None:
    sure = [figures(f"R{place}", Exact(1000 * place, 100_000)) for place in range(1, 6)]
    wide = rank_confidence(5)
    assert wide == pytest.approx(0.9875)
    spans = spans_of(compare(PROPORTION, sure), wide)
    assert ranked(spans, "lower") == {f"XR-R{place}": Ranks(place, place, 5) for place in range(1, 6)}
    assert ranked(spans, "higher")["XR-R5"] == ranked(spans, "neither")["XR-R5"] == Ranks(1, 1, 5)
    hidden = [*sure[:4], figures("R5", Suppressed(500, 3500, 100_000))]
    found = ranked(spans_of(compare(PROPORTION, hidden), wide), "lower")
    assert found["XR-R5"] == Ranks(1, 4, 5)
    assert found["XR-R1"] == Ranks(1, 2, 5)
    assert found["XR-R4"] == Ranks(5, 5, 5)
    small = [figures(f"R{place}", Exact(place, 40)) for place in range(1, 6)]
    found = ranked(spans_of(compare(PROPORTION, small), wide), "lower")
    assert {(one.first, one.last) for one in found.values()} == {(1, 5)}
    assert ranked({"XR-R1": spans["XR-R1"]}, "lower") == {}
