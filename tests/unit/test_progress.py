"""A series beside its first period and a goal: told only where it is the same for all that a hidden figure can be."""

from decimal import Decimal
from itertools import product

import msgspec
import pytest

from hub.comparison.progress import Passed, passed
from schemas.catalogue import catalogue
from schemas.values import Exact, Suppressed

SHARE = catalogue()["h.dm_prev"]  # lower is favourable
RATE = catalogue()["q.acute_adm"]


@pytest.mark.parametrize(("low", "high"), [(120, 150), (150, 190), (150, 260), (300, 310)])
def test_a_hidden_figure_is_told_only_if_every_completion_agrees(low: int, high: int) -> None:
    goal = Decimal("17.0")
    (_, found) = passed(SHARE, [Exact(200, 1000), Suppressed(low, high, 1000)], goal)
    every = {passed(SHARE, [Exact(200, 1000), Exact(one, 1000)], goal)[1] for one in range(low, high + 1)}
    since, to_goal = {one.since_first for one in every}, {one.to_goal for one in every}
    assert found.since_first == (since.pop() if len(since) == 1 else "cannot_be_ordered")
    assert found.to_goal == (to_goal.pop() if len(to_goal) == 1 else "indistinguishable")


def test_two_hidden_figures_that_overlap_are_not_ordered() -> None:
    hidden = [Suppressed(100, 200, 1000), Suppressed(150, 250, 1000)]
    every = {
        passed(SHARE, [Exact(one, 1000), Exact(other, 1000)], None)[1].since_first
        for one, other in product(range(100, 201, 20), range(150, 251, 20))
    }
    assert len(every) > 1
    assert passed(SHARE, hidden, None)[1] == Passed("cannot_be_ordered", None)


def test_an_open_end_and_a_figure_that_takes_no_part() -> None:
    days = 36_525_000
    found = passed(RATE, [Exact(2000, days), Suppressed(9000, None, days), None], Decimal("50.0"))
    assert [one.since_first for one in found] == [None, "worse", "cannot_be_ordered"]
    assert [one.to_goal for one in found] == ["lower", "higher", "no_verdict"]
    neither = msgspec.structs.replace(SHARE, favourable="neither")
    assert passed(neither, [Exact(100, 1000), Exact(300, 1000)], None)[1] == Passed("higher", None)
