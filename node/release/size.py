"""Whether a run is small enough to be protected at once, asked before anything is counted, and what to leave out.

How many figures hang together follows from what is asked and how it is cut, not from anybody's records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from node.indicators.figures import ComputedIndicator
from node.release.absent import Absent
from node.release.cube import cube
from node.release.disclosure import Earlier, Organisations, TableTooLarge, Vintage
from node.release.disclosure.model import LARGEST_COMPONENT, check_size
from node.release.overlap import require_one_table
from node.release.refusal import ReleaseRefused


class ReleaseTooLarge(ReleaseRefused):
    """More figures hang together than can be protected and audited in reasonable time."""


@dataclass(frozen=True)
class Choice:
    """Which indicators of a run fit one release together, and which are left over; by id, in the order asked."""

    kept: tuple[str, ...]
    over: tuple[str, ...]
    figures: int

    def sentence(self) -> str:
        """Say what to leave out, and what that leaves."""
        keep = " ".join(f"--indicator {name}" for name in self.kept)
        rest = f" These fit together: {keep}." if keep else ""
        return (
            f"{self.figures} figures of these indicators hang together, more than the {LARGEST_COMPONENT} that can be"
            f" protected at once: leave out {', '.join(self.over)}, or cut them more coarsely (`release prepare"
            " --without sex`, `--ages`; `release alternatives` says what that loses). Another release of the"
            f" same period does not help: it is held together with the earlier ones.{rest}"
        )


def choice(planned: Sequence[ComputedIndicator], earlier: Earlier) -> Choice | None:
    """Choose what of a run to keep, the smallest tables first, so that most stay; None where all of it fits.

    `planned` may have zeros in every cell: only the axes count. Raises a refusal of node.release.cube.
    """
    size = _too_large(planned, earlier)
    if size is None:
        return None
    order = sorted(range(len(planned)), key=lambda one: planned[one].numerator.size)
    fitting, over = 0, len(order)
    while over - fitting > 1:  # halving: each look at a whole run costs as much as joining its tables
        half = (fitting + over) // 2
        if _fits([planned[one] for one in sorted(order[:half])], earlier):
            fitting = half
        else:
            over = half
    kept = set(order[:fitting])
    names: Mapping[bool, tuple[str, ...]] = {
        is_kept: tuple(dict.fromkeys(one.definition.id for at, one in enumerate(planned) if (at in kept) is is_kept))
        for is_kept in (True, False)
    }
    return Choice(names[True], names[False], size)


def require_size(planned: Sequence[ComputedIndicator], earlier: Earlier) -> None:
    """Refuse a run that cannot become a release, whatever is counted: too large, or cut otherwise than before.

    Raises ReleaseTooLarge naming what to leave out, or a refusal of node.release.overlap or node.release.cube.
    """
    require_one_table(planned, earlier)
    if (found := choice(planned, earlier)) is not None:
        raise ReleaseTooLarge(found.sentence())


def _fits(planned: Sequence[ComputedIndicator], earlier: Earlier) -> bool:
    """Tell whether these could be one release; two that only a third one joins cannot without it."""
    try:
        return _too_large(planned, earlier) is None
    except ReleaseRefused:
        return False


def _too_large(planned: Sequence[ComputedIndicator], earlier: Earlier) -> int | None:
    """Return how many figures hang together where these are too many, else None."""
    joined = cube(planned)
    absent = Absent.of(joined, Earlier(earlier.cells, tuple(map(_empty, earlier.vintages))))
    try:
        check_size((*absent.run, *absent.statistics), (*joined.links, *absent.links))
    except TableTooLarge as error:
        return error.figures
    return None


def _empty(vintage: Vintage) -> Vintage:
    """Return a vintage with zeros as figures, as planned tables have: what is left of one beside them means nothing."""
    one = vintage.statistic
    paid = one.organisations
    return replace(
        vintage,
        statistic=replace(
            one,
            values=np.zeros_like(one.values),
            persons=None if one.persons is None else np.zeros_like(one.persons),
            largest=None if one.largest is None else np.zeros_like(one.largest),
            organisations=None if paid is None else Organisations(paid.codes, np.zeros_like(paid.amounts)),
        ),
    )
