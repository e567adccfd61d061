"""All verdicts over what hidden figures can be, worked out at once: the same as trying each of them."""

import random
from itertools import product
from typing import Literal

import pytest

from hub.comparison import trend
from hub.comparison.completions import verdicts


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize("seed", range(30))
def test_it_finds_what_trying_each_completion_finds(kind: Literal["proportion", "rate"], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # figures, not secrets
    moments = chance.randint(3, 8)
    bases = [chance.randint(20, 400) for _ in range(moments)]
    most = chance.choice((8, 2))  # of which part: up to a half they scatter far beyond chance
    lows = [chance.randint(0, base // most) for base in bases]
    widths = [chance.choice((1, 1, 1, 4, 9)) for _ in bases]
    ranges = [range(low, low + width) for low, width in zip(lows, widths, strict=True)]
    times = [float(place) for place in range(moments)]
    one_by_one = trend.of_proportions if kind == "proportion" else trend.of_events
    tried = {one_by_one(numerators, bases, times).verdict for numerators in product(*ranges)}
    assert verdicts(kind, ranges, bases, times) == tried


def test_the_seeds_above_hold_every_kind_of_answer() -> None:
    times = [0.0, 1.0, 2.0]
    assert verdicts("proportion", [range(50, 51), range(99, 102), range(150, 151)], [400] * 3, times) == {"rising"}
    assert verdicts("rate", [range(150, 151), range(99, 102), range(50, 51)], [400] * 3, times) == {"falling"}
    assert verdicts("rate", [range(3), range(3), range(3)], [400] * 3, times) == {"too_few_events"}
    assert verdicts("rate", [range(20, 21), range(300), range(20, 21)], [400] * 3, times) == {"no_trend"}
    assert verdicts("rate", [range(40, 41), range(20, 21), range(300)], [400] * 3, times) >= {"no_trend", "falling"}
    # z is 3.6 by chance alone, but the middle one lies far from a line through both others
    assert verdicts("rate", [range(20, 21), range(200, 203), range(70, 71)], [400] * 3, times) == {"no_trend"}
    # the middle one near that line, and not
    assert verdicts("proportion", [range(50, 51), range(30, 101), range(100, 101)], [400] * 3, times) == {
        "rising", "no_trend"
    }  # fmt: skip


def test_a_part_above_its_whole_is_impossible() -> None:
    assert verdicts("proportion", [range(5, 7), range(5, 7), range(5, 7)], [5, 5, 5], [0.0, 1.0, 2.0]) is None
