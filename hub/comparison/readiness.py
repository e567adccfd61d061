"""What follows from the bands of a panel's scores: which lens is least integrated, how far helices are apart, change.

Nothing here orders regions, and nothing is averaged: a band stands for every score in it, and so does what follows.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

import msgspec

from schemas.assessment import Band, Banded, Helix, HelixScore, LensScore

_STEP: Final = Decimal("0.0001")


class Change(msgspec.Struct, frozen=True):
    """Between which two values the relative change (T1 - T0) / T0 of a median lies; plain decimals, rounded outward."""

    low: str
    high: str


class Apart(msgspec.Struct, frozen=True):
    """Two helices whose medians surely differ, by at least so many hundredths of a point."""

    higher: Helix
    lower: Helix
    at_least: int


class Spread(msgspec.Struct, frozen=True):
    """How far the ends of the middle half are apart, in hundredths of a point: at least and at most."""

    at_least: int
    at_most: int


def least_integrated(lenses: Iterable[LensScore]) -> tuple[str, ...]:
    """Return the lenses whose median may be the lowest, in their order; none where fewer than two are told.

    Several where their bands touch: then it is not known which of them is the lowest.
    """
    told = {one.lens: one.panel.median for one in lenses if isinstance(one.panel, Banded)}
    if len(told) < 2:
        return ()
    lowest = min(median.high for median in told.values())
    return tuple(lens for lens, median in told.items() if median.low <= lowest)


def apart(scores: Sequence[HelixScore]) -> Apart | None:
    """Return the two helices whose medians are furthest apart for sure; None where none surely differ."""
    told = [(one.helix, one.score.median) for one in scores if isinstance(one.score, Banded)]
    found = [
        Apart(high, low, above.low - below.high)
        for high, above in told
        for low, below in told
        if above.low > below.high
    ]
    return max(found, key=lambda one: one.at_least, default=None)


def spread(lens: LensScore) -> Spread | None:
    """Return how wide the middle half of a panel is; None where it is not told."""
    score = lens.panel
    if not isinstance(score, Banded) or score.lower is None or score.upper is None:
        return None
    return Spread(max(0, score.upper.low - score.lower.high), score.upper.high - score.lower.low)


def change(before: Band, after: Band) -> Change:
    """Return the bounds of (T1 - T0) / T0; formula of Valentijn et al. 2015, here of medians known by their band."""
    low = Decimal(after.low - before.high) / before.high
    high = Decimal(after.high - before.low) / before.low
    return Change(f"{low.quantize(_STEP, ROUND_FLOOR):f}", f"{high.quantize(_STEP, ROUND_CEILING):f}")


def lens_change(now: LensScore, before: LensScore | None) -> Change | None:
    """Return the change of a lens since an earlier round; None where either is not told or its items differ."""
    if before is None or before.items != now.items:
        return None
    if not (isinstance(now.panel, Banded) and isinstance(before.panel, Banded)):
        return None
    return change(before.panel.median, now.panel.median)
