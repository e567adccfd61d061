"""Draw an assessment: a strip per lens and helix from 1 to 4, the median as a block, the middle half as a line.

No radar: its area depends on the order of the axes, it has no place for spread, and it reads a hidden score as zero.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from schemas.assessment import Band, Banded, LensScore, Protected, Score
from schemas.codes import Language
from schemas.questionnaires import POINTS

_PITCH: Final = 20.0
_GAP: Final = 14.0


class Strip(msgspec.Struct, frozen=True):
    """One score: where its block and line begin and end; None where nothing is told."""

    name: str
    y: float
    block: tuple[float, float] | None
    line: tuple[float, float] | None
    is_panel: bool
    is_hidden: bool


class LensStrips(msgspec.Struct, frozen=True):
    """One lens: its title above its strips."""

    title: str
    y: float
    strips: tuple[Strip, ...]


class Drawing(msgspec.Struct, frozen=True):
    """All lenses of an assessment; `ticks` are the places of the points 1 to 4."""

    width: int
    height: int
    start: float
    ticks: tuple[tuple[float, int], ...]
    lenses: tuple[LensStrips, ...]
    is_narrow: bool


def draw(lenses: Sequence[LensScore], names: Sequence[str], lang: Language, is_narrow: bool) -> Drawing:
    """Return the drawing; `names` are those of the panel and of the helices, in their order."""
    start, end, width = (96.0, 304.0, 320) if is_narrow else (180.0, 640.0, 680)

    def place(hundredths: int) -> float:
        first, last = 100 * POINTS[0], 100 * POINTS[-1]
        return round(start + (hundredths - first) / (last - first) * (end - start), 1)

    y, found = 36.0, []
    for lens in lenses:
        title_at, strips = y, []
        scores: list[Score] = [lens.panel, *(one.score for one in lens.by_helix)]
        for number, (name, score) in enumerate(zip(names, scores, strict=True)):
            y += _PITCH
            block = _ends(score.median, place) if isinstance(score, Banded) else None
            strips.append(Strip(name, y, block, _half(score, place), number == 0, isinstance(score, Protected)))
        found.append(LensStrips(lens.title.told(lang), title_at, tuple(strips)))
        y += _PITCH + _GAP
    ticks = tuple((place(100 * point), point) for point in POINTS)
    return Drawing(width, round(y - _PITCH), start, ticks, tuple(found), is_narrow)


def _ends(band: Band, place: Callable[[int], float]) -> tuple[float, float]:
    return place(band.low), place(band.high)


def _half(score: Score, place: Callable[[int], float]) -> tuple[float, float] | None:
    if not isinstance(score, Banded) or score.lower is None or score.upper is None:
        return None
    return place(score.lower.low), place(score.upper.high)
