"""Whether two ways of counting came to the same figures, to the last digit and cell."""

import numpy as np

from node.indicators.figures import ComputedIndicator

FIGURES = ("numerator", "numerator_persons", "denominator", "denominator_persons", "largest")


def same(one: ComputedIndicator, other: ComputedIndicator) -> None:
    """Fail with the indicator's id and the kind of figure that differs, never with a figure."""
    name = f"{one.definition.id} over {one.period}"
    assert (one.definition, one.period) == (other.definition, other.period)
    assert one.axes == other.axes, f"{name}: axes"
    assert one.sources == other.sources, f"{name}: sources"
    for figure in FIGURES:
        here, there = getattr(one, figure), getattr(other, figure)
        assert (here is None) == (there is None), f"{name}: {figure}"
        if here is not None:
            assert here.dtype == there.dtype == np.int64, f"{name}: {figure}"
            assert here.shape == there.shape, f"{name}: {figure}"
            assert (here == there).all(), f"{name}: {figure}"
