"""From numbers per finest cell to each indicator's own cells: whatever a plan counts is additive over persons."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from schemas.definition import IndicatorDefinition

from .compile import band_labels, is_money
from .figures import Axis, ComputedIndicator, Counts
from .fuse import Counted, Frame, Plan
from .gather_people import SEXES, Number

_SEX_LEAVES: Final = ("f", "m", "unknown")
_FIGURES: Final = ("numerator", "numerator_persons", "denominator", "denominator_persons")


def numbers_of(counted: Counted) -> tuple[Number, ...]:
    """Return the numbers that an indicator's figures are made of: first everyone in its population."""
    needs, measure = counted.needs, counted.definition.measure
    numbers = [Number("persons", needs)]
    if counted.pattern is not None:
        numbers.append(Number("persons", needs, counted.pattern))
    numbers += [
        Number("amount", needs, one.pattern, one) for one in (counted.amount, counted.records) if one is not None
    ]
    if is_money(counted.definition) and counted.amount is not None:
        numbers.append(Number("largest", needs, counted.pattern, counted.amount))
    if measure is not None and measure.denominator == "covered_days":
        numbers.append(Number("days", needs))
        if _may_have_no_day(counted.definition):
            numbers.append(Number("present", needs))
    return tuple(dict.fromkeys(numbers))


def cube(plan: Plan, rows: Sequence[Sequence[Any]], place: int, is_pair: bool) -> Counts:
    """Lay one number of some rows, whose first entry is the cell, out by frame, area, age and sex.

    A pair is the two largest amounts, in a last axis, 0 where there is none.
    """
    shape = (len(plan.frames), max(len(plan.areas), 1), len(plan.ages), SEXES)
    laid = np.zeros((int(np.prod(shape)), 2) if is_pair else int(np.prod(shape)), dtype=np.int64)
    for row in rows:
        if is_pair:
            for rank, amount in enumerate(row[place] or ()):
                laid[row[0], rank] = max(amount or 0, 0)
        else:
            laid[row[0]] = row[place]
    return laid.reshape((*shape, 2) if is_pair else shape)


def rolled_up(
    plan: Plan, counted: Counted, periods: Sequence[str], cubes: Mapping[Number, Counts], sources: tuple[str, ...]
) -> list[ComputedIndicator]:
    """Return an indicator's figures over each period, cell by cell those of the statement that counts it alone."""
    definition = counted.definition
    if definition.population is None:
        raise ValueError(f"Indicator {definition.id} has no population, so it has no place in a plan.")
    frames = [plan.frames.index(Frame(period, definition.population.covered_on)) for period in periods]
    bands = bands_of(plan, definition)
    keep = tuple(name for name in definition.dimensions if name != "area" or plan.areas)

    def told(number: Number) -> Counts:  # of all periods at once, and with whoever is of neither sex
        return summed(cubes[number][frames], definition, bands, keep, has_unknown=True)

    figures = dict(zip(_FIGURES, _figures(counted, told), strict=True))
    found = []
    for place, (frame, period) in enumerate(zip(frames, periods, strict=True)):
        has_unknown = bool(cubes[Number("persons", counted.needs)][frame, :, bands >= 0, 2].any())
        here = tuple(slice(2) if name == "sex" and not has_unknown else slice(None) for name in keep)
        own: dict[str, Any] = {
            name: None if of_all is None else of_all[place][here].copy() for name, of_all in figures.items()
        }
        largest = None
        if is_money(definition):
            pairs = cubes[Number("largest", counted.needs, counted.pattern, counted.amount)][frame]
            largest = _two_largest(pairs, definition, bands, keep, has_unknown)
        axes = _axes(plan, definition, keep, has_unknown)
        found.append(ComputedIndicator(definition, period, axes, **own, sources=sources, largest=largest))
    return found


def _figures(counted: Counted, told: Callable[[Number], Counts]) -> tuple[Counts, Counts, Counts | None, Counts | None]:
    """Return numerator and denominator, each with the persons behind it, of the numbers that a plan tells."""
    measure = counted.definition.measure
    persons = told(Number("persons", counted.needs))
    numerator = with_record = persons
    if counted.pattern is not None:
        numerator = with_record = told(Number("persons", counted.needs, counted.pattern))
    if counted.amount is not None:
        numerator = told(Number("amount", counted.needs, counted.amount.pattern, counted.amount))
    if measure is not None and measure.denominator == "persons":
        return numerator, with_record, persons, persons
    if measure is not None and measure.denominator == "covered_days":
        present = told(Number("present", counted.needs)) if _may_have_no_day(counted.definition) else persons
        return numerator, with_record, told(Number("days", counted.needs)), present
    if counted.records is not None:
        return (
            numerator,
            with_record,
            told(Number("amount", counted.needs, counted.pattern, counted.records)),
            with_record,
        )
    return numerator, with_record, None, None


def _may_have_no_day(definition: IndicatorDefinition) -> bool:
    """Tell whether somebody of the population may have no covered day in life; who is judged on one day has that."""
    return definition.population is not None and definition.population.covered_on == "any_day"


def bands_of(plan: Plan, definition: IndicatorDefinition) -> NDArray[np.int64]:
    """Return per finest age the definition's band, 0 for all without bands, and -1 outside its population."""
    population = definition.population
    lowest = max(population.age_from or 0 if population else 0, *definition.age_bands[:1], 0)
    below = population.age_below if population else None
    bands = np.full(len(plan.ages), -1, dtype=np.int64)
    for place, age in enumerate(plan.ages):
        if age >= lowest and (below is None or age < below):
            bands[place] = max(sum(age >= low for low in definition.age_bands) - 1, 0)
    return bands


def _axes(plan: Plan, definition: IndicatorDefinition, keep: Sequence[str], has_unknown: bool) -> tuple[Axis, ...]:
    sexes = _SEX_LEAVES if has_unknown else _SEX_LEAVES[:2]
    below = None if definition.population is None else definition.population.age_below
    leaves = {"area": plan.areas, "age_band": band_labels(definition.age_bands, below), "sex": sexes}
    return tuple(Axis(name, leaves[name]) for name in keep)


def summed(
    finest: Counts, definition: IndicatorDefinition, bands: NDArray[np.int64], keep: Sequence[str], has_unknown: bool
) -> Counts:
    """Return numbers per cell of an indicator with the dimensions `keep`, from finest cells.

    The last axes of `finest` are area, age and sex; what is before them stays as it is.
    """
    # Ages of one band lie side by side, so that a band is a sum over neighbours.
    starts = np.flatnonzero(np.diff(bands, prepend=-2))
    is_counted = bands[starts] >= 0
    per_band = np.zeros((*finest.shape[:-2], max(len(definition.age_bands), 1), SEXES), dtype=np.int64)
    per_band[..., bands[starts[is_counted]], :] = np.add.reduceat(finest, starts, axis=-2)[..., is_counted, :]
    present = per_band if has_unknown or "sex" not in keep else per_band[..., :2]
    names = ("area", "age_band", "sex")
    added: Counts = np.asarray(present.sum(axis=tuple(names.index(name) - 3 for name in names if name not in keep)))
    order = [name for name in names if name in keep]
    before = finest.ndim - 3
    return np.array(added.transpose([*range(before), *(before + order.index(name) for name in keep)]))


def _two_largest(
    finest: Counts, definition: IndicatorDefinition, bands: NDArray[np.int64], keep: Sequence[str], has_unknown: bool
) -> Counts:
    """Return the two largest of each cell: they are among the two largest of the finest cells that make it up."""
    present = finest if has_unknown or "sex" not in keep else finest[:, :, :2]
    together = [bands == band for band in range(len(definition.age_bands))] if "age_band" in keep else [bands >= 0]
    gone = [place for place, name in ((0, "area"), (2, "sex")) if name not in keep]
    order = [name for name in ("area", "sex") if name in keep]
    per_band = []
    for ages in together:
        # What is not told apart goes to the end, and of that the two largest stay.
        ends = np.moveaxis(present[:, ages], [1, *gone], [-2 - len(gone), *range(-1 - len(gone), -1)])
        flat = np.sort(ends.reshape((*ends.shape[: len(order)], -1)), axis=-1)[..., ::-1]
        per_band.append(np.concatenate([flat, np.zeros((*flat.shape[:-1], 2), dtype=np.int64)], axis=-1)[..., :2])
    if "age_band" not in keep:
        laid, names = per_band[0], order
    else:
        laid, names = np.stack(per_band), ["age_band", *order]
    return np.array(laid.transpose([*(names.index(name) for name in keep), len(names)]))
