"""One region's series against itself: its first period, and a goal."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from schemas.definition import IndicatorDefinition
from schemas.values import TypedValue

from .ranks import Order, order, span_of
from .standing import Standing, standing


class Passed(NamedTuple):
    """What a period says beside the first, None for the first itself, and beside the goal, None without one."""

    since_first: Order | None
    to_goal: Standing | None


def passed(
    definition: IndicatorDefinition, values: Sequence[TypedValue | None], goal: Decimal | None
) -> tuple[Passed, ...]:
    """Lay every period's figure beside the first one's and beside a goal; None: a figure that takes no part.

    Two periods are told apart where the 95% interval of their difference leaves out 0, as two regions are (`ranks`);
    a period and a goal where its own interval does. What depends on a hidden figure is told only if it is the same for
    all that it can be.
    """
    spans = [None if value is None else span_of(definition, value) for value in values]
    found = []
    for place, span in enumerate(spans):
        since = None if place == 0 else order(span, spans[0], definition.favourable)
        beside: Standing | None = None if goal is None else "no_verdict"
        if goal is not None and span is not None:
            high = None if math.isinf(span[1].high) else Decimal(span[1].high)
            low = Decimal(span[0].low)
            beside = "higher" if low > goal else standing(low, high, goal)
        found.append(Passed(since, beside))
    return tuple(found)
