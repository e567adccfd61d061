"""Computed indicators as the tables that disclosure control joins: statistics by canonical name, and their links."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from node.indicators.figures import Axis, ComputedIndicator, Counts
from node.release.disclosure import Dimension, Statistic, SubsetLink
from node.release.refusal import ReleaseRefused
from schemas.codes import TOTAL
from schemas.definition import denominator_key, numerator_key

Key = tuple[str, str]  # canonical statistic, period
_BAND = re.compile(r"^(\d+)(?:-(\d+)|\+)$")


class DefinitionHasNoMeasure(ReleaseRefused):
    """A computed indicator whose definition does not say what is counted."""


class StatisticsDisagree(ReleaseRefused):
    """Two indicators use one statistic, but were computed with other figures."""


class AxesDisagree(ReleaseRefused):
    """Two indicators use one statistic, but cut it along other axes, so their margins cannot be joined."""


@dataclass(frozen=True)
class Cube:
    """All statistics of a release, their subset links, and what each is called in a sentence for people."""

    statistics: Mapping[Key, Statistic] = field(repr=False)
    links: tuple[SubsetLink, ...] = field(repr=False)
    labels: Mapping[str, str] = field(repr=False)

    def in_words(self, sentence: str) -> str:
        """Return the sentence with every canonical name replaced by what people call the statistic."""
        for key in sorted(self.labels, key=len, reverse=True):
            sentence = sentence.replace(key, self.labels[key])
        return sentence[:1].upper() + sentence[1:]


def cube(computed: Sequence[ComputedIndicator]) -> Cube:
    """Join the indicators' numerators and denominators into statistics that each occur once.

    Raises DefinitionHasNoMeasure, AxesDisagree, StatisticsDisagree, and what Statistic raises for misshapen tables.
    """
    statistics: dict[Key, Statistic] = {}
    links: set[SubsetLink] = set()
    labels: dict[str, str] = {}
    for one in computed:
        part, whole = statistic_keys(one)
        measure = one.definition.measure
        part_persons = measure is not None and measure.count == "persons"
        whole_persons = measure is not None and measure.denominator == "persons"
        numerator = _statistic(one, part, one.numerator, one.numerator_persons, part_persons)
        _add(statistics, labels, numerator, f"the numerator of {one.definition.id}")
        if whole is None or one.denominator is None or one.denominator_persons is None:
            continue
        denominator = _statistic(one, whole, one.denominator, one.denominator_persons, whole_persons)
        _add(statistics, labels, denominator, f"the denominator of {one.definition.id}")
        if part_persons and whole_persons and part != whole:
            links.add(SubsetLink(part, whole))
    return Cube(statistics, tuple(sorted(links)), labels)


def statistic_keys(one: ComputedIndicator) -> tuple[str, str | None]:
    """Return the canonical names of an indicator's two statistics; raises DefinitionHasNoMeasure."""
    part, whole = numerator_key(one.definition), denominator_key(one.definition)
    if part is None or (whole is None) != (one.denominator is None):
        raise DefinitionHasNoMeasure(
            f"Indicator {one.definition.id} was computed, but its definition does not say what its figures count;"
            " complete its measure."
        )
    return part, whole


def _statistic(one: ComputedIndicator, key: str, values: Counts, persons: Counts, is_persons: bool) -> Statistic:
    dimensions = tuple(Dimension(axis.name, axis.leaves, TOTAL) for axis in one.axes)
    kind, companions = ("persons", None) if is_persons else ("sum", persons)
    return Statistic(key, one.period, "persons" if kind == "persons" else "sum", dimensions, values, companions)


def _add(statistics: dict[Key, Statistic], labels: dict[str, str], new: Statistic, label: str) -> None:
    old = statistics.setdefault((new.key, new.period), new)
    known_as = labels.setdefault(new.key, label)
    if old.dimensions != new.dimensions:
        raise AxesDisagree(
            f"In {new.period}, {label} is the same statistic as {known_as} but is cut along other axes; give"
            " both indicators the same dimensions and age bands, or release one of them."
        )
    same = np.array_equal(old.values, new.values) and np.array_equal(old.contributors, new.contributors)
    if not same:
        raise StatisticsDisagree(
            f"In {new.period}, {label} is the same statistic as {known_as} but has other figures; compute both"
            " again from the same records."
        )


def merge_ages(
    computed: Sequence[ComputedIndicator], key: Key
) -> tuple[tuple[ComputedIndicator, ...], dict[int, str]] | None:
    """Merge neighbouring age bands, two by two, in every indicator that hangs together with a statistic.

    Returns the indicators and, by position, a line on what was merged; None where there are no two bands to merge.
    """
    together = _hanging_together(computed, key)
    merged, lines = list(computed), {}
    for place in sorted(together):
        coarser = _with_merged_ages(computed[place])
        if coarser is not None:
            merged[place], lines[place] = coarser
    return (tuple(merged), lines) if lines else None


def _hanging_together(computed: Sequence[ComputedIndicator], key: Key) -> set[int]:
    keys = [{(name, one.period) for name in statistic_keys(one) if name is not None} for one in computed]
    reached, places = {key}, set[int]()
    while True:
        found = {place for place, own in enumerate(keys) if own & reached}
        if found == places:
            return places
        places = found
        reached |= {name for place in places for name in keys[place]}


def _with_merged_ages(one: ComputedIndicator) -> tuple[ComputedIndicator, str] | None:
    number = next((place for place, axis in enumerate(one.axes) if _can_merge(axis)), None)
    if number is None:
        return None
    axis = one.axes[number]
    starts = np.arange(0, len(axis.leaves), 2)
    leaves = tuple(_joined(axis.leaves[start : start + 2]) for start in starts.tolist())
    axes = (*one.axes[:number], Axis(axis.name, leaves), *one.axes[number + 1 :])

    def merge(table: Counts) -> Counts:
        return np.add.reduceat(table, starts, axis=number)

    coarser = replace(
        one,
        axes=axes,
        numerator=merge(one.numerator),
        numerator_persons=merge(one.numerator_persons),
        denominator=None if one.denominator is None else merge(one.denominator),
        denominator_persons=None if one.denominator_persons is None else merge(one.denominator_persons),
    )
    return coarser, f"{axis.name}: {len(axis.leaves)} bands merged into {len(leaves)} ({', '.join(leaves)})"


def _can_merge(axis: Axis) -> bool:
    return axis.name.startswith("age") and len(axis.leaves) > 1 and all(map(_BAND.match, axis.leaves))


def _joined(bands: Sequence[str]) -> str:
    if len(bands) == 1:
        return bands[0]
    first, last = _BAND.match(bands[0]), _BAND.match(bands[-1])
    start = first.group(1) if first else bands[0]
    end = last.group(2) if last else None
    return f"{start}+" if end is None else f"{start}-{end}"
