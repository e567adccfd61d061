"""The figure of a set of regions together, and who says whether a reader may see it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

FEWEST_REGIONS: Final = 2  # one region against itself is no comparison


@dataclass(frozen=True, slots=True)
class Reference:
    """The set's own figure: published numerators over published denominators of the regions that have both exactly.

    `regions` of `out_of` regions take part, each of them also in the rows; `parts` names them.
    """

    value: Decimal
    numerator: int
    denominator: int
    regions: int
    out_of: int
    parts: tuple[str, ...] = ()


# Why a reference is not shown: it would narrow a hidden figure; a figure in it was destroyed since; nothing is proven;
# the proof would take more work than a hub does for one place; the proof is under way; of that moment none was kept.
Withheld = Literal[
    "would_narrow_hidden_figure",
    "made_of_destroyed_figure",
    "not_proven",
    "beyond_budget",
    "being_proven",
    "not_kept",
]
# Says of the reference that follows from the rows what may be shown: it, the one that was kept before, or why none.
Permit = Callable[[Reference], "Reference | Withheld"]
