"""Peers: the regions that are nearest to one on stated traits. A hidden figure counts as all that it can be."""

import math
from collections.abc import Mapping, Sequence
from statistics import stdev
from typing import Final, NamedTuple

from schemas.definition import Text

from .known import Known

_ALIKE: Final = 1e-9  # of two distances, what the machine's rounding can make of one: 10.2 - 10.1 is not 10.3 - 10.2
FEWEST_SHOWN: Final = 3  # regions that show a trait; of two the deviation is their difference, whatever that is


class PeersImpossible(ValueError):
    """A trait that tells no regions apart, or that the region itself has no figure of; `text` says which."""

    def __init__(self, text: Text) -> None:
        """Take the reason, which begins a sentence, in both languages."""
        super().__init__(text.en)
        self.text = text


class Neighbour(NamedTuple):
    """A region that can be among the nearest; distances in standard deviations, `high` infinite without an upper end.

    `is_certain`: it is among them whatever the hidden figures are, and however the rounded ones were rounded.
    `distance` is that of the figures as shown, None where one is hidden.
    """

    region: str
    distance: float | None
    low: float
    high: float
    is_certain: bool


def spread(figures: Mapping[str, Known]) -> float:
    """Return the standard deviation (over n - 1) of a trait's shown figures, by which its differences are divided.

    Hidden ones take no part in it: what they can be is told in the distances. Raises PeersImpossible below three
    shown figures, or where all are equal.
    """
    shown = [one.value for one in figures.values() if one.value is not None]
    if len(shown) < FEWEST_SHOWN:
        raise PeersImpossible(
            Text(
                f"Minder dan {FEWEST_SHOWN} regio’s tonen het, zodat niet te zeggen is wat een groot verschil is",
                f"Fewer than {FEWEST_SHOWN} regions show it, so that nothing says what is a large gap",
            )
        )
    found = stdev(shown)
    if found == 0:
        raise PeersImpossible(
            Text(
                "Alle regio’s die het tonen hebben hetzelfde cijfer, zodat het geen onderscheid maakt",
                "All regions that show it have the same figure, so that it tells none apart",
            )
        )
    return found


def nearest(region: str, traits: Sequence[Mapping[str, Known]], count: int) -> tuple[Neighbour, ...]:
    """Return the regions that can be among the `count` nearest to one, the nearest first, of those with every trait.

    Each trait is divided by its standard deviation, and the distance is Euclidean: the square root of the sum of the
    squared differences. CIPFA, Nearest Neighbours model; Office for National Statistics, Clustering similar local
    authorities and statistical nearest neighbours in the UK, methodology (2025). A region is possible where fewer than
    `count` others are surely nearer, certain where fewer than `count` others can be as near. Each distance is bounded
    by itself: where the region's own figure is hidden, more is called possible than could be all at once, never less.
    Raises PeersImpossible.
    """
    if not traits or any(region not in one for one in traits):
        raise PeersImpossible(Text("De regio zelf heeft er geen cijfer van", "The region itself has no figure of it"))
    scales = [spread(one) for one in traits]
    others = sorted(set.intersection(*(set(one) for one in traits)) - {region})
    found = [_distance(region, other, traits, scales) for other in others]
    near = []
    for place, one in enumerate(found):
        rest = found[:place] + found[place + 1 :]
        if sum(other.high < one.low * (1 - _ALIKE) for other in rest) < count:
            can_be_as_near = sum(other.low <= one.high * (1 + _ALIKE) for other in rest)
            near.append(one._replace(is_certain=can_be_as_near < count))
    return tuple(sorted(near, key=lambda one: (one.low if one.distance is None else one.distance, one.region)))


def _distance(region: str, other: str, traits: Sequence[Mapping[str, Known]], scales: Sequence[float]) -> Neighbour:
    gaps = [_gap(one[region], one[other]) for one in traits]
    values = [gap.value for gap in gaps]
    shown = [value for value in values if value is not None]
    return Neighbour(
        other,
        _length(shown, scales) if len(shown) == len(values) else None,
        _length([gap.low for gap in gaps], scales),
        _length([gap.high for gap in gaps], scales),
        is_certain=False,
    )


def _gap(one: Known, other: Known) -> Known:
    value = None if one.value is None or other.value is None else abs(one.value - other.value)
    return Known(
        value,
        max(0.0, one.low - other.high, other.low - one.high),
        max(one.high - other.low, other.high - one.low),
    )


def _length(gaps: Sequence[float], scales: Sequence[float]) -> float:
    return math.hypot(*(gap / scale for gap, scale in zip(gaps, scales, strict=True)))
