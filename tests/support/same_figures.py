"""Whether two ways of counting came to the same figures, to the last digit and cell."""

import numpy as np

from node.indicators.figures import ComputedIndicator

FIGURES = ("numerator", "numerator_persons", "denominator", "denominator_persons", "largest")
WHOM = ("XA-1", "XA-2", "XA-3", None)
"""The organisations that invented costs are paid to, and None for those that do not say."""


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


def as_cells(computed: ComputedIndicator) -> dict[tuple[str, ...], list[int]]:
    """Return the figures of every cell that has any; of money also what each of `WHOM` was paid."""
    arrays = [computed.numerator, computed.numerator_persons]
    if computed.denominator is not None and computed.denominator_persons is not None:
        arrays += [computed.denominator, computed.denominator_persons]
    if computed.largest is not None:
        arrays += [computed.largest[..., 0], computed.largest[..., 1]]
        assert computed.organisations is not None
        of = dict(zip(computed.organisations.codes, np.moveaxis(computed.organisations.amounts, -1, 0), strict=True))
        said = [of.get(whom, np.zeros_like(computed.numerator)) for whom in WHOM if whom is not None]
        arrays += [*said, computed.numerator - sum(said)]
    cells = {
        tuple(axis.leaves[i] for axis, i in zip(computed.axes, place, strict=True)): [int(a[place]) for a in arrays]
        for place in np.ndindex(computed.numerator.shape)
    }
    return {leaf: numbers for leaf, numbers in cells.items() if any(numbers)}
