"""What the minimum passes at a glance it would pass on a long look, and it finds every lone blank of every sum."""

from itertools import product
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake import minimum
from hub.intake.strict_types import strict
from schemas.codes import TOTAL
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue

PLACES: Final = list(product(("young", "old", TOTAL), ("f", "m", TOTAL)))
calm = settings(deadline=None, max_examples=100)


def test_no_figure_that_tells_too_much_is_passed_at_a_glance() -> None:
    """Every numerator to 120 over every denominator to 150, of both classes that a payload is read as."""
    for denominator in (None, *range(150)):
        for numerator in range(120):
            tells = any(
                minimum._told(numerator, denominator, counts, is_share)
                for counts, is_share in product((False, True), repeat=2)
            )
            # A denominator of 1 to 9 under a larger numerator is no share; it is looked at all the same.
            for class_ in (Exact, strict(Exact)):
                value = class_(numerator, denominator)
                assert not tells or minimum._doubted([Cell((), value)]) == [value], (numerator, denominator)


def test_whatever_is_not_exact_is_looked_at() -> None:
    others: list[TypedValue] = [Suppressed(0, 30, 100), NotAvailable()]
    cells = [Cell((), value) for value in (Exact(500, 20_000), *others)]
    assert minimum._doubted(cells) == others


def table(inner: dict[tuple[str, str], tuple[int, int]], hidden: set[tuple[str, str]]) -> IndicatorPublished:
    cells = []
    for place in PLACES:
        parts = [inner[one] for one in inner if all(at in (TOTAL, node) for at, node in zip(place, one, strict=True))]
        numerator, denominator = (sum(side) for side in zip(*parts, strict=True))
        value: TypedValue = Exact(numerator, denominator)
        cells.append(Cell(place, Suppressed(0, 30, denominator) if place in hidden else value))
    return IndicatorPublished(
        indicator="diabetes-prevalence",
        version=1,
        definition_hash="a" * 64,
        period="2025",
        region_set="invented",
        division_year=2025,
        indicator_kind="proportion",
        dimensions=("age", "sex"),
        cells=tuple(cells),
        origin=Computed(("gp",), "plain; width 3", "b" * 64),
    )


@calm
@given(
    st.fixed_dictionaries(
        {place: st.tuples(st.integers(1, 30), st.integers(200, 400)) for place in PLACES if TOTAL not in place}
    ),
    st.sets(st.sampled_from(PLACES), max_size=4),
)
def test_a_small_figure_that_is_alone_hidden_in_a_sum_is_found_and_no_other(
    inner: dict[tuple[str, str], tuple[int, int]], hidden: set[tuple[str, str]]
) -> None:
    """Held against the plain statement: two of three in a line are shown and the third is small."""
    shown = {cell.nodes: cell.value for cell in table(inner, set()).cells}
    small = {place for place, one in shown.items() if isinstance(one, Exact) and one.numerator < minimum.MINIMUM}
    lines = [
        {place for place in PLACES if place[at] == PLACES[number * (1 if at else 3)][at]}
        for at in (0, 1)
        for number in range(3)
    ]
    follows = {place for line in lines for place in line & hidden if len(line & hidden) == 1}
    breaks = bool(small - hidden) or bool(small & follows)
    assert (minimum.shortfall(table(inner, hidden)) is not None) == breaks
