"""From numbers per finest cell to each indicator's own cells: whatever a plan counts is additive over persons."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.definition import IndicatorDefinition

from .compile import band_labels, is_money
from .figures import Axis, ComputedIndicator, Counts
from .fuse import Counted, Frame, Plan
from .gather_people import SEXES, Number

_SEX_LEAVES = ("f", "m", "unknown")


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
    plan: Plan, counted: Counted, period: str, cubes: Mapping[Number, Counts], sources: tuple[str, ...]
) -> ComputedIndicator:
    """Return an indicator's figures over one period, cell by cell those of the statement that counts it alone."""
    definition = counted.definition
    population, measure = definition.population, definition.measure
    if population is None or measure is None:
        raise ValueError(f"Indicator {definition.id} has no measure, so it has no place in a plan.")
    frame = plan.frames.index(Frame(period, population.covered_on))
    bands = bands_of(plan, definition)
    everyone = Number("persons", counted.needs)
    has_unknown = bool(cubes[everyone][frame, :, bands >= 0, 2].any())
    axes, keep = _axes(plan, definition, has_unknown)

    def told(number: Number) -> Counts:
        return summed(cubes[number][frame], definition, bands, keep, has_unknown)

    persons = told(everyone)
    numerator = numerator_persons = persons
    if counted.pattern is not None:
        numerator_persons = told(Number("persons", counted.needs, counted.pattern))
        numerator = numerator_persons
    if counted.amount is not None:
        numerator = told(Number("amount", counted.needs, counted.amount.pattern, counted.amount))
    denominator = denominator_persons = None
    if measure.denominator == "persons":
        denominator = denominator_persons = persons
    elif measure.denominator == "covered_days":
        denominator, denominator_persons = told(Number("days", counted.needs)), persons
        if _may_have_no_day(definition):
            denominator_persons = told(Number("present", counted.needs))
    elif counted.records is not None:
        denominator = told(Number("amount", counted.needs, counted.pattern, counted.records))
        denominator_persons = numerator_persons
    largest = None
    if is_money(definition):
        pairs = cubes[Number("largest", counted.needs, counted.pattern, counted.amount)][frame]
        largest = _two_largest(pairs, definition, bands, keep, has_unknown)
    return ComputedIndicator(
        definition, period, axes, numerator.copy(), numerator_persons.copy(), _own(denominator),
        _own(denominator_persons), sources, largest,
    )  # fmt: skip


def _may_have_no_day(definition: IndicatorDefinition) -> bool:
    """Tell whether somebody of the population may have no covered day in life; who is judged on one day has that."""
    return definition.population is not None and definition.population.covered_on == "any_day"


def _own(figures: Counts | None) -> Counts | None:
    return None if figures is None else figures.copy()


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


def _axes(plan: Plan, definition: IndicatorDefinition, has_unknown: bool) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    sexes = _SEX_LEAVES if has_unknown else _SEX_LEAVES[:2]
    below = None if definition.population is None else definition.population.age_below
    leaves = {"area": plan.areas, "age_band": band_labels(definition.age_bands, below), "sex": sexes}
    keep = tuple(name for name in definition.dimensions if name != "area" or plan.areas)
    return tuple(Axis(name, leaves[name]) for name in keep), keep


def summed(
    finest: Counts, definition: IndicatorDefinition, bands: NDArray[np.int64], keep: Sequence[str], has_unknown: bool
) -> Counts:
    """Return a number per cell of an indicator with the dimensions `keep`, from its finest cells."""
    per_band = np.zeros((finest.shape[0], max(len(definition.age_bands), 1), SEXES), dtype=np.int64)
    for place, band in enumerate(bands):
        if band >= 0:
            per_band[:, band] += finest[:, place]
    present = per_band if has_unknown or "sex" not in keep else per_band[:, :, :2]
    gone = tuple(place for place, name in enumerate(("area", "age_band", "sex")) if name not in keep)
    order = [name for name in ("area", "age_band", "sex") if name in keep]
    summed: Counts = np.asarray(present.sum(axis=gone))
    return np.array(summed.transpose([order.index(name) for name in keep]))


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
