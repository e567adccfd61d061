"""Peers by distances worked out by hand, and every figure that a hidden one can be."""

from itertools import product
from math import inf, sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.comparison.known import Known, known
from hub.comparison.peers import Neighbour, PeersImpossible, nearest, spread
from schemas.catalogue import catalogue
from schemas.values import Exact, NotAvailable, Rounded, Suppressed

SHARE, COUNT, COST = catalogue()["h.dm_prev"], catalogue()["pop.persons"], catalogue()["c.zvw"]


def shown(value: float) -> Known:
    return Known(value, value, value)


def named(found: tuple[Neighbour, ...], certain: bool) -> set[str]:
    return {one.region for one in found if one.is_certain is certain}


def test_distances_are_those_of_a_sheet_of_paper() -> None:
    """Trait one: 0, 3, 6, 9 (deviation sqrt 15); trait two: 10, 10, 20, 30 (deviation sqrt 275/3)."""
    one = dict(zip("ABCD", map(shown, (0.0, 3.0, 6.0, 9.0)), strict=True))
    two = dict(zip("ABCD", map(shown, (10.0, 10.0, 20.0, 30.0)), strict=True))
    assert spread(one) == pytest.approx(sqrt(15))
    assert spread(two) == pytest.approx(sqrt(275 / 3))
    found = nearest("A", [one, two], 3)
    assert [row.region for row in found] == ["B", "C", "D"]
    wanted = [sqrt(9 / 15), sqrt(36 / 15 + 300 / 275), sqrt(81 / 15 + 1200 / 275)]
    assert [row.distance for row in found] == pytest.approx(wanted)
    assert all(row.is_certain for row in found)
    assert [row.region for row in nearest("A", [one, two], 1)] == ["B"]


def test_a_hidden_figure_makes_a_peer_possible_and_is_never_zero() -> None:
    figures = {
        "A": shown(5.0),
        "B": shown(6.0),
        "C": shown(9.0),
        "D": Known(None, 4.0, 8.0),
        "E": Known(None, 8.5, inf),
    }
    one = nearest("A", [figures], 1)
    assert (named(one, certain=True), named(one, certain=False)) == (set(), {"B", "D"})
    two = nearest("A", [figures], 2)
    assert (named(two, certain=True), named(two, certain=False)) == ({"B", "D"}, set())
    hidden = next(row for row in two if row.region == "D")
    scale = spread(figures)
    assert (hidden.distance, hidden.low, hidden.high) == (None, 0.0, pytest.approx(3 / scale))
    three = nearest("A", [figures], 3)
    assert (named(three, certain=True), named(three, certain=False)) == ({"B", "D"}, {"C", "E"})


def test_equally_near_regions_are_possible_and_none_of_them_certain() -> None:
    figures = {"A": shown(5.0), "B": shown(6.0), "C": shown(4.0), "D": shown(9.0)}
    found = nearest("A", [figures], 1)
    assert (named(found, certain=True), named(found, certain=False)) == (set(), {"B", "C"})


numbers = st.integers(0, 12)
figure = st.one_of(
    numbers.map(lambda one: (one, one)), st.tuples(numbers, st.integers(0, 2)).map(lambda one: (one[0], sum(one)))
)


@given(st.lists(figure, min_size=5, max_size=6), st.integers(1, 3))
def test_certain_and_possible_hold_for_every_completion(ends: list[tuple[int, int]], count: int) -> None:
    """All whole numbers that hidden figures can be are tried, distances being in one fixed deviation."""
    names = "ABCDEF"[: len(ends)]
    figures = {
        name: Known(float(low) if low == high else None, float(low), float(high))
        for name, (low, high) in zip(names, ends, strict=True)
    }
    try:
        found = nearest("A", [figures], count)
    except PeersImpossible:
        return
    possible, certain = {row.region for row in found}, named(found, certain=True)
    for values in product(*(range(low, high + 1) for low, high in ends)):
        gaps = {name: abs(value - values[0]) for name, value in zip(names[1:], values[1:], strict=True)}
        for name, gap in gaps.items():
            nearer = sum(other < gap for one, other in gaps.items() if one != name)
            as_near = sum(other <= gap for one, other in gaps.items() if one != name)
            assert name in possible or nearer >= count
            assert name not in certain or as_near < count


def test_a_trait_that_tells_nothing_is_refused() -> None:
    with pytest.raises(PeersImpossible, match="Fewer than 3"):
        nearest("A", [{"A": shown(1.0), "B": shown(2.0), "C": Known(None, 0.0, 9.0)}], 1)
    with pytest.raises(PeersImpossible, match="same figure"):
        nearest("A", [{"A": shown(1.0), "B": shown(1.0), "C": shown(1.0)}], 1)
    with pytest.raises(PeersImpossible, match="itself"):
        nearest("A", [{"B": shown(1.0), "C": shown(2.0), "D": shown(3.0)}], 1)


def test_a_region_without_one_of_the_traits_is_no_peer() -> None:
    one = dict(zip("ABCD", map(shown, (0.0, 3.0, 6.0, 9.0)), strict=True))
    two = dict(zip("ACD", map(shown, (10.0, 20.0, 30.0)), strict=True))
    assert [row.region for row in nearest("A", [one, two], 3)] == ["C", "D"]


@pytest.mark.parametrize(
    ("definition", "value", "wanted"),
    [
        (SHARE, Exact(1, 8), Known(12.5, 12.5, 12.5)),
        (SHARE, Exact(0, 0), None),
        (SHARE, Suppressed(1, 4, 40), Known(None, 2.5, 10.0)),
        (SHARE, Suppressed(10, None, 40), Known(None, 25.0, 100.0)),
        (SHARE, Suppressed(1, 9), Known(None, 0.0, 100.0)),
        (COST, Suppressed(1, 9), Known(None, 0.0, inf)),
        (COUNT, Suppressed(1, 9), Known(None, 1.0, 9.0)),
        (COUNT, Exact(7), Known(7.0, 7.0, 7.0)),
        (catalogue()["jv24.rookt_tabak_75"], Rounded("28.1", "0.1"), Known(28.1, 28.05, 28.15)),
        (SHARE, NotAvailable(), None),
    ],
)
def test_what_a_figure_can_be(definition: object, value: object, wanted: Known | None) -> None:
    assert known(definition, value) == wanted  # type: ignore[arg-type]


@example([2, 1, 3, 9], 1)
@example([102, 101, 103, 109], 1)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=7), st.integers(1, 3))
def test_the_machine_tells_no_equal_distances_apart(tenths: list[int], count: int) -> None:
    """Figures of one decimal, as public tables have them, laid out in whole tenths beside what binary fractions say."""
    if len(set(tenths)) == 1:
        return
    names = [f"R{place}" for place in range(len(tenths))]
    found = nearest("R0", [{name: shown(one / 10) for name, one in zip(names, tenths, strict=True)}], count)
    gaps = {name: abs(one - tenths[0]) for name, one in zip(names[1:], tenths[1:], strict=True)}
    nearer = {name: sum(other < gap for other in gaps.values()) for name, gap in gaps.items()}
    as_near = {name: sum(other <= gap for other in gaps.values()) - 1 for name, gap in gaps.items()}
    assert {one.region for one in found} == {name for name in gaps if nearer[name] < count}
    assert named(found, certain=True) == {name for name in gaps if as_near[name] < count}
