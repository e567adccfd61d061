"""Attackers of a panel: they know all that is told, the rule and the others' answers, and enumerate what remains.

The strongest knows every answer but one. Whoever knows less has more panels to choose from, so what the strongest
cannot tell nobody can.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, product

import pytest

from node.release.panel import lens_scores, score
from schemas.assessment import HELICES, Banded, Helix, LensScore, Protected, bands
from schemas.panel_rule import told_helices
from tests.support.panels import one_lens

Panel = tuple[int, ...]  # the sums of all respondents over a lens's items, ascending
Told = Callable[[Panel], Hashable]


def panels(size: int, items: int) -> Iterator[Panel]:
    return combinations_with_replacement(range(items, 4 * items + 1), size)


def without_one(panel: Panel) -> Iterator[tuple[Panel, int]]:
    for place in range(len(panel)):
        yield panel[:place] + panel[place + 1 :], panel[place]


def pinned(told: Told, every: Iterable[Panel]) -> int:
    """Count what an attacker who knows all answers but one can conclude with certainty."""
    left: dict[Hashable, set[int]] = defaultdict(set)
    for panel in every:
        said = told(panel)
        for known, last in without_one(panel):
            left[said, known].add(last)
    return sum(len(one) < 2 for one in left.values())


@pytest.mark.parametrize(("size", "items"), [(4, 1), (4, 4), (5, 1), (5, 3), (6, 1), (6, 2), (11, 1)])
def test_whoever_knows_all_answers_but_one_cannot_tell_the_last(size: int, items: int) -> None:
    assert pinned(lambda panel: score(panel, items), panels(size, items)) == 0


@pytest.mark.nightly
@pytest.mark.parametrize(("size", "items"), [(6, 4), (6, 5), (11, 2), (10, 2), (12, 2)])
def test_nor_in_larger_panels_and_finer_scores(size: int, items: int) -> None:
    assert pinned(lambda panel: score(panel, items), panels(size, items)) == 0


def test_the_attacker_finds_an_exact_median_out() -> None:
    assert pinned(lambda panel: panel[2], panels(5, 1)) > 0
    assert pinned(lambda panel: (panel[2], panel[8]), panels(11, 1)) > 0


def test_a_panel_of_four_shows_nothing_at_all() -> None:
    assert {score(panel, 4) for panel in panels(4, 4)} == {Protected()}


@pytest.mark.parametrize("size", [5, 6, 9, 10, 11])
def test_one_respondent_learns_of_no_other_even_the_band(size: int) -> None:
    """One who knows no answer but their own; a band stands for the scores in it, so one of each is enough."""
    firsts = [band[0] for band in bands(4)]
    left: dict[Hashable, set[int]] = defaultdict(set)
    for panel in combinations_with_replacement(firsts, size):
        said = score(panel, 4)
        for place, own in enumerate(panel):
            left[said, own].update(panel[:place] + panel[place + 1 :])
    assert left
    assert min(map(len, left.values())) >= 2


@pytest.mark.parametrize("size", [5, 6, 7, 10, 11, 12, 15])
def test_one_respondent_never_knows_that_nine_in_ten_others_are_in_one_band(size: int) -> None:
    """Group disclosure as for patients: binds at 90% (two bands are the worst case: what is not in it is elsewhere)."""
    least: dict[Hashable, int] = {}
    for panel in combinations_with_replacement((4, 16), size):
        said = score(panel, 4)
        for own in set(panel):
            others = panel.count(16) - (own == 16)
            key = (said, own)
            least[key] = min(least.get(key, size), others)
    assert max(Fraction(others, size - 1) for others in least.values()) < Fraction(9, 10)


def split(sizes: Sequence[int], items: int = 1) -> Iterator[tuple[Panel, ...]]:
    yield from product(*(tuple(panels(size, items)) for size in sizes))


def told_of(parts: Sequence[Panel]) -> tuple[LensScore, ...]:
    rows: list[tuple[Helix, tuple[int]]] = []
    for helix, part in zip(HELICES, parts, strict=False):
        rows += [(helix, (total,)) for total in part]
    return lens_scores(one_lens(1), rows)


@pytest.mark.parametrize("sizes", [(4,), (3, 3), (5, 1), (5, 6), (6, 2, 2)])
def test_helices_and_the_rest_give_no_answer_away(sizes: tuple[int, ...]) -> None:
    left: dict[Hashable, set[int]] = defaultdict(set)
    for parts in split(sizes):
        said = told_of(parts)
        for helix, part in enumerate(parts):
            for known, last in without_one(part):
                left[said, helix, known, parts[:helix], parts[helix + 1 :]].add(last)
    assert left
    assert min(map(len, left.values())) >= 2


def test_whoever_joined_between_two_rounds_keeps_their_answer() -> None:
    left: dict[Hashable, set[int]] = defaultdict(set)
    for panel in panels(10, 1):
        before = score(panel, 1)
        for joined in range(1, 5):
            after = score((*panel, joined), 1)
            left[panel, before, after].add(joined)
    assert min(map(len, left.values())) >= 2


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((4, 0, 0, 0), ()),
        ((5, 0, 0, 0), ("government",)),
        ((5, 4, 0, 0), ()),  # four would be left over
        ((5, 6, 3, 0), ("practice",)),
        ((6, 6, 3, 0), ("practice",)),  # of equals the first of the list goes
        ((9, 8, 2, 3), ("government", "practice")),  # five are left over
        ((5, 5, 5, 5), HELICES),
        ((20, 1, 1, 1), ()),
    ],
)
def test_what_is_left_over_is_nobody_or_five(answers: tuple[int, ...], told: tuple[Helix, ...]) -> None:
    assert told_helices(dict(zip(HELICES, answers, strict=True))) == frozenset(told)


def test_median_from_five_and_the_middle_half_from_ten() -> None:
    assert score([12] * 4, 4) == Protected()
    five = score([4, 8, 12, 16, 16], 4)
    assert isinstance(five, Banded)
    assert (five.answers, five.median.low, five.median.high, five.lower) == (5, 300, 325, None)
    ten = score([4, 4, 6, 8, 10, 12, 14, 14, 16, 16], 4)
    assert isinstance(ten, Banded)
    assert ten.lower is not None
    assert ten.upper is not None
    # the two middle answers are in different bands, so the median spans both; third and eighth are the half's ends
    assert (ten.median.low, ten.median.high) == (250, 325)
    assert (ten.lower.low, ten.lower.high, ten.upper.low, ten.upper.high) == (150, 175, 350, 400)
