"""What a region could release instead: coarser cuts and rounded corrections, each through the same audit, and its loss.

Loss is measured as entropy, after De Waal and Willenborg (1999), Information loss through global recoding and local
suppression, Netherlands Official Statistics 14: of the persons counted, how uncertain is a reader in which of the
finest cells each of them is? Cells merged by a coarser cut and cells hidden beside each other are lost in the same
unit, so that both can be compared: loss = sum over lumps of sum over their cells of n ln(N / n), with n persons of a
cell and N of its lump.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from node.indicators.figures import Axis, ComputedIndicator
from node.release.cuts import Cut, apply, two_by_two
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.disclosure.rounding import Random
from node.release.join import is_age, span
from node.release.protect import ProtectedIndicator, protect_run
from node.release.refusal import ReleaseRefused
from schemas.codes import AREA, TOTAL
from schemas.definition import Text
from schemas.values import Exact, Rounded

Place = tuple[str, ...]
_DUTCH: Final = {"sex": "geslacht"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What readers get of one indicator: figures shown and hidden, and how much detail of the finest cut, 0 to 1."""

    shown: int
    hidden: int
    detail: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to release a run; `refused` says why it cannot be. It tells of hidden figures, so it stays inside."""

    words: Text
    cut: Cut
    rounded: bool
    kept: Mapping[str, Kept] = field(repr=False)
    refused: str | None = None
    left_out: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()


def alternatives(
    computed: Sequence[ComputedIndicator], earlier: Earlier, policy: DisclosurePolicy, random: Random
) -> Iterator[Alternative]:
    """Yield what was asked as it is defined, then each coarser or rounded way, all held against what left before."""
    for number, (words, cut) in enumerate(_cuts(computed)):
        found = _tried(computed, earlier, policy, words, cut, None)
        yield found
        if not number and found.waits and any(one.denominator is None for one in computed):
            words = Text("correcties afgerond op tientallen (--round)", "corrections rounded to tens (--round)")
            yield _tried(computed, earlier, policy, words, cut, random)


def best(tried: Sequence[Alternative], indicator: str) -> Alternative | None:
    """Return the way that keeps most detail of an indicator, of equals the one that hides least, if any."""
    able = [one for one in tried if indicator in one.kept]
    return max(able, key=lambda one: (one.kept[indicator].detail, -one.kept[indicator].hidden), default=None)


def detail_kept(finest: ComputedIndicator, axes: Sequence[Axis], shown: frozenset[Place]) -> float:
    """Return which part of the finest cells' detail is left by a cut into `axes` of which some cells are shown.

    It is 1 where every cell is shown as finely as it was counted, 0 where nothing but the total is.
    """
    lumps: dict[object, list[int]] = {}
    for place in itertools.product(*(range(len(axis.leaves)) for axis in finest.axes)):
        persons = int(finest.numerator_persons[place])
        if persons:
            names = {axis.name: axis.leaves[at] for axis, at in zip(finest.axes, place, strict=True)}
            lumps.setdefault(_lump(axes, names, shown), []).append(persons)
    together = [one for lump in lumps.values() for one in lump]
    most = _loss(together)
    return 1 - sum(map(_loss, lumps.values())) / most if most else 1.0


def _loss(persons: Sequence[int]) -> float:
    whole = sum(persons)
    return math.fsum(one * math.log(whole / one) for one in persons)


def _lump(axes: Sequence[Axis], names: Mapping[str, str], shown: frozenset[Place]) -> object:
    """Tell with what a cell is lumped: its own cut, else the other hidden cells in the smallest shown sum around it."""
    own = tuple(_leaf(axis.name, axis.leaves, names) for axis in axes)
    if own in shown:
        return own
    sizes = [len(axis.leaves) for axis in axes]
    sums = itertools.product(*((False, True) for _ in own))
    for summed in sorted(sums, key=lambda one: (math.prod(itertools.compress(sizes, one)), one)):
        around = tuple(TOTAL if is_sum else leaf for is_sum, leaf in zip(summed, own, strict=True))
        if around in shown:
            return "hidden in", around
    return "hidden"


def _leaf(name: str, leaves: Sequence[str], names: Mapping[str, str]) -> str:
    leaf = names[name]
    if leaf in leaves:
        return leaf
    inner = span(leaf)
    return next(one for one in leaves if span(one)[0] <= inner[0] and inner[1] <= span(one)[1])


def _cuts(computed: Sequence[ComputedIndicator]) -> Iterator[tuple[Text, Cut]]:
    """Yield the ways to cut that are tried: each dimension left out, ages merged once and twice, and both together."""
    yield Text("zoals gedefinieerd", "as defined"), Cut()
    twice = _ages(computed, 1)
    fourfold = _ages(computed, 2)
    if twice:
        yield Text("leeftijden twee aan twee", "ages two by two"), Cut((), twice)
    if fourfold not in ({}, twice):
        yield Text("leeftijden vier aan vier", "ages four by four"), Cut((), fourfold)
    names = {axis.name for one in computed for axis in one.axes if not is_age(axis.name, axis.leaves)} - {AREA}
    for name in sorted(names):
        dutch = _DUTCH.get(name, name)
        yield Text(f"zonder {dutch}", f"without {name}"), Cut((name,))
        if twice:
            both = Text(f"zonder {dutch}, leeftijden twee aan twee", f"without {name}, ages two by two")
            yield both, Cut((name,), twice)


def _ages(computed: Sequence[ComputedIndicator], times: int) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in computed:
        merged: ComputedIndicator | None = one
        for _ in range(times):
            merged = None if merged is None else two_by_two(merged)
        if merged is not None:
            found[one.definition.id] = next(axis.leaves for axis in merged.axes if is_age(axis.name, axis.leaves))
    return found


def _tried(
    computed: Sequence[ComputedIndicator],
    earlier: Earlier,
    policy: DisclosurePolicy,
    words: Text,
    cut: Cut,
    random: Random | None,
) -> Alternative:
    empty = Alternative(words, cut, random is not None, {})
    try:
        coarser, _ = apply(computed, cut)
        found = protect_run(coarser, (), earlier, policy, "", 0, random)
    except ReleaseRefused as refusal:
        return replace(empty, refused=str(refusal))
    own = {one.definition.id: one for one in computed}
    kept = {one.payload.indicator: _kept(own[one.payload.indicator], one) for one in found.items}
    waits = tuple(one.payload.indicator for one in found.items if one.facts.waits)
    return replace(empty, kept=kept, left_out=found.left_out, waits=waits)


def _kept(finest: ComputedIndicator, released: ProtectedIndicator) -> Kept:
    payload, cells = released.payload, released.payload.cells
    axes = [
        Axis(name, tuple(dict.fromkeys(cell.nodes[place] for cell in cells if cell.nodes[place] != TOTAL)))
        for place, name in enumerate(payload.dimensions)
    ]
    shown = frozenset(cell.nodes for cell in cells if isinstance(cell.value, Exact | Rounded))
    return Kept(len(shown), len(cells) - len(shown), detail_kept(finest, axes, shown))
