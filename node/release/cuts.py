"""Cut computed indicators more coarsely: fewer dimensions, wider age bands; every sum and person stays the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from node.indicators.figures import Axis, ByOrganisation, ComputedIndicator, Counts
from node.release.cube import Key, statistic_keys
from node.release.disclosure import Earlier
from node.release.disclosure.dominance import two_of_all
from node.release.join import band, is_age, span
from node.release.refusal import ReleaseRefused
from schemas.codes import AREA

Table = Callable[[Counts], Counts]


class CutUnfit(ReleaseRefused):
    """A coarser cut that an indicator cannot have; the message says which it can."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a region wants its tables: without some dimensions, and with these age bands instead of the finer ones.

    `ages` by indicator; under "" for all that have no bands of their own here.
    """

    without: tuple[str, ...] = ()
    ages: Mapping[str, tuple[str, ...]] | None = None

    def of(self, one: ComputedIndicator) -> tuple[str, ...]:
        """Return the bands wanted for an indicator, none to leave them as they are."""
        known = self.ages or {}
        return known.get(one.definition.id, known.get("", ()))


AS_DEFINED: Final = Cut()


def apply(computed: Sequence[ComputedIndicator], cut: Cut) -> tuple[tuple[ComputedIndicator, ...], tuple[str, ...]]:
    """Return the indicators cut as wanted, and a sentence for reviewers for each that changed; raises CutUnfit."""
    names = {axis.name for one in computed for axis in one.axes if axis.name != AREA and not _is_age(axis)}
    ids = {one.definition.id for one in computed}
    for name in cut.without:
        if name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise CutUnfit(
                f"No indicator here can go without '{name}'; dimensions that can be left out: {known}. Ages are merged"
                " instead, with --ages."
            )
    for name in cut.ages or {}:
        if name and name not in ids:
            raise CutUnfit(f"Age bands are given for {name}, which is not among the indicators computed here.")
    found = [_cut(one, cut) for one in computed]
    return tuple(one for one, _ in found), tuple(line for _, line in found if line)


def follow(computed: Sequence[ComputedIndicator], earlier: Earlier) -> tuple[ComputedIndicator, ...]:
    """Cut each indicator as its table was cut when it was released last, where that was coarser; else leave it."""
    cut = {(one.statistic.key, one.statistic.period): one.statistic.dimensions for one in earlier.vintages}
    found = []
    for one in computed:
        sides = cut.get((statistic_keys(one)[0], one.period))
        if sides is not None:
            kept = {side.name for side in sides}
            for axis in one.axes:
                if axis.name not in kept and not _is_age(axis):
                    one = dropped(one, axis.name)
            for side in sides:
                if is_age(side.name, side.leaves) and not side.groups:
                    one = _if_nested(one, side.leaves)
        found.append(one)
    return tuple(found)


def dropped(one: ComputedIndicator, name: str) -> ComputedIndicator:
    """Return the indicator added up over one of its dimensions; as it is where it has none by that name."""
    place = next((place for place, axis in enumerate(one.axes) if axis.name == name), None)
    if place is None or len(one.axes) == 1:
        return one
    whole = [np.arange(len(one.axes[place].leaves))]
    merged = _merged(one, place, whole)

    def without(table: Counts) -> Counts:
        return np.squeeze(table, axis=place)

    return _each(merged, without, without, (*one.axes[:place], *one.axes[place + 1 :]))


def banded(one: ComputedIndicator, bands: Sequence[str]) -> ComputedIndicator:
    """Return the indicator with these age bands, each made of whole bands that it has now; raises CutUnfit."""
    place = next((place for place, axis in enumerate(one.axes) if _is_age(axis)), None)
    if place is None:
        return one
    axis = one.axes[place]
    if not bands or not is_age(axis.name, bands):
        raise CutUnfit(f"'{','.join(bands)}' are no age bands; write them as 0-17,18-64,65+.")
    own, wanted = [span(leaf) for leaf in axis.leaves], [span(name) for name in bands]
    places = [
        np.array([at for at, inner in enumerate(own) if outer[0] <= inner[0] and inner[1] <= outer[1]], dtype=np.int64)
        for outer in wanted
    ]
    made = [(own[at[0]][0], own[at[-1]][1]) if len(at) else None for at in places]
    if made != wanted or np.concatenate(places).tolist() != list(range(len(own))):
        raise CutUnfit(
            f"Ages {','.join(bands)} do not fit {one.definition.id}: make each of whole bands of"
            f" {', '.join(axis.leaves)}, in order and without a gap."
        )
    return _merged(one, place, places, tuple(band(pair) for pair in wanted))


def two_by_two(one: ComputedIndicator) -> ComputedIndicator | None:
    """Return the indicator with neighbouring age bands merged in pairs; None where there are no two."""
    axis = next((axis for axis in one.axes if _is_age(axis) and len(axis.leaves) > 1), None)
    if axis is None:
        return None
    pairs = [axis.leaves[start : start + 2] for start in range(0, len(axis.leaves), 2)]
    return banded(one, [band((span(pair[0])[0], span(pair[-1])[1])) for pair in pairs])


def merge_ages(
    computed: Sequence[ComputedIndicator], keys: Sequence[Key]
) -> tuple[tuple[ComputedIndicator, ...], dict[int, str]] | None:
    """Merge neighbouring age bands, two by two, in the indicators that use a statistic.

    Of several statistics, the one with the fewest such indicators: what others share, they keep. Returns the
    indicators and, by position, a line on what was merged; None where there are no two bands to merge.
    """
    own = [{(name, one.period) for name in statistic_keys(one) if name is not None} for one in computed]
    users = ([place for place, found in enumerate(own) if key in found] for key in keys)
    for places in sorted(users, key=len):
        coarser = {place: found for place in places if (found := two_by_two(computed[place])) is not None}
        if coarser:
            merged = tuple(coarser.get(place, one) for place, one in enumerate(computed))
            return merged, {place: _line(computed[place], found) for place, found in coarser.items()}
    return None


def _cut(one: ComputedIndicator, cut: Cut) -> tuple[ComputedIndicator, str | None]:
    found = one
    for name in cut.without:
        found = dropped(found, name)
    if bands := cut.of(one):
        found = banded(found, bands)
    line = _line(one, found)
    return found, f"{one.definition.id} {one.period} is cut more coarsely, as chosen: {line}." if line else None


def _line(before: ComputedIndicator, after: ComputedIndicator) -> str:
    """Say what was left out or merged; nothing where nothing was."""
    kept = {axis.name: axis.leaves for axis in after.axes}
    gone = [f"without {axis.name}" for axis in before.axes if axis.name not in kept]
    merged = [
        f"{axis.name}: {len(axis.leaves)} bands merged into {len(bands)} ({', '.join(bands)})"
        for axis in before.axes
        if (bands := kept.get(axis.name, axis.leaves)) != axis.leaves
    ]
    return "; ".join((*gone, *merged))


def _is_age(axis: Axis) -> bool:
    return is_age(axis.name, axis.leaves)


def _if_nested(one: ComputedIndicator, bands: Sequence[str]) -> ComputedIndicator:
    try:
        return banded(one, bands)
    except CutUnfit:
        return one


def _merged(
    one: ComputedIndicator, place: int, groups: Sequence[NDArray[np.int64]], names: tuple[str, ...] = ("",)
) -> ComputedIndicator:
    """Add up the leaves of one axis in groups; of the two largest contributions to each, take the two largest."""

    def added(table: Counts) -> Counts:
        return np.concatenate([table.take(group, place).sum(axis=place, keepdims=True) for group in groups], axis=place)

    def largest(table: Counts) -> Counts:
        return np.concatenate([two_of_all(table.take(group, place), place) for group in groups], axis=place)

    axes = (*one.axes[:place], Axis(one.axes[place].name, names), *one.axes[place + 1 :])
    return _each(one, added, largest, axes)


def _each(one: ComputedIndicator, added: Table, largest: Table, axes: tuple[Axis, ...]) -> ComputedIndicator:
    paid = one.organisations
    return replace(
        one,
        axes=axes,
        numerator=added(one.numerator),
        numerator_persons=added(one.numerator_persons),
        denominator=None if one.denominator is None else added(one.denominator),
        denominator_persons=None if one.denominator_persons is None else added(one.denominator_persons),
        largest=None if one.largest is None else largest(one.largest),
        organisations=None if paid is None else ByOrganisation(paid.codes, added(paid.amounts)),
    )
