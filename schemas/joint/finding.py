"""What an audit of the model finds, and what several regions' figures are as one side hands them to another."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from schemas.codes import Audience

from .model import Hidden, Publication

_SLACK = 1e-6  # of a solver's ends


@dataclass(frozen=True, slots=True)
class Finding:
    """A hidden figure that has less room than was promised, and the ends that remain."""

    hidden: Hidden
    low: float = field(repr=False)
    high: float = field(repr=False)

    def is_narrower_than(self, other: "Finding | None") -> bool:
        """Tell whether less room remains than in another finding; None had all that was promised."""
        return other is None or self.high - self.low < other.high - other.low - _SLACK

    @property
    def about(self) -> tuple[str, object]:
        """Which figure it is about, whatever its number in a model."""
        return self.hidden.region, self.hidden.key


@dataclass(frozen=True, slots=True)
class Reopened:
    """Hidden figures of one event that this audience can work out from what regions published together."""

    indicator: str
    period: str
    audience: Audience
    event_id: str
    region: str
    figures: int
    found_at: str  # UTC


def taken(after: Sequence[Finding], before: Sequence[Finding]) -> list[Finding]:
    """Return the figures that have less room after than before."""
    known = {one.about: one for one in before}
    return [one for one in after if one.is_narrower_than(known.get(one.about))]


def in_pairs(publications: Sequence[Publication]) -> Iterator[tuple[Publication, ...]]:
    """Yield what every two regions published, then every two events: where all contradict each other, some still fit.

    Regions may count other persons in one area, by other sources; then nobody can join those two.
    """
    regions = sorted({one.region for one in publications})
    for number, first in enumerate(regions):
        for second in regions[number:]:
            yield tuple(one for one in publications if one.region in (first, second))
    events = Counter(one.region for one in publications)
    for number, one in enumerate(publications):
        if events[one.region] > 1:
            yield (one,)
        for other in publications[number + 1 :]:
            if events[one.region] > 1 or events[other.region] > 1:  # else they were yielded as two regions
                yield one, other


def narrowest(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding per figure, the one that leaves it the least room."""
    kept: dict[object, Finding] = {}
    for one in findings:
        if one.is_narrower_than(kept.get(one.about)):
            kept[one.about] = one
    return list(kept.values())


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """All that the hub shows one region of an indicator and period, and the regions of every set."""

    publications: tuple[Publication, ...]
    sets: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NeighbourhoodPage:
    """A part of a neighbourhood; `next` names where the next part begins, None at the end.

    `scope` changes whenever anything in the whole does: parts of different scopes are not put together.
    """

    publications: tuple[Publication, ...]
    sets: dict[str, tuple[str, ...]]
    scope: str
    next: str | None


NeighbourhoodOf = Callable[[str, str], Neighbourhood]  # of an indicator and a period
