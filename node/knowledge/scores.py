"""A round's figures as the region itself sees them: means, spread and change per lens, of five answers or more.

A respondent's score of a lens is the mean of its items and counts where all of them are answered. The mean and sample
standard deviation over respondents, and the relative change (T1 - T0) / T0 between rounds, are those of Valentijn et
al. 2015 (doi 10.1186/s12913-014-0634-x). They stay in the node: the network gets medians in bands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt

from schemas.assessment import FEWEST_FOR_MEDIAN, HELICES, Helix
from schemas.panel_rule import told_helices
from schemas.questionnaires import Lens, Questionnaire

from .answers import Answer


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and sample standard deviation of respondents' scores, in points from 1 to 4; `answers` is how many."""

    answers: int
    mean: Fraction
    sd: float


@dataclass(frozen=True, slots=True)
class LensFigures:
    """One lens of one round; `panel` None where fewer than five answered, `by_helix` only whom the panel rule tells.

    `change` is relative to the earlier round, None without one that asked the same; `is_below` says whether the mean is
    below the region's own threshold, which no source gives.
    """

    lens: Lens
    panel: Spread | None
    by_helix: Mapping[Helix, Spread]
    change: Fraction | None
    is_below: bool | None


def figures(
    asked: Questionnaire,
    answers: Sequence[Answer],
    threshold: Decimal,
    before: tuple[Questionnaire, Sequence[Answer]] | None = None,
) -> tuple[LensFigures, ...]:
    """Return the figures of every lens; `before` is an earlier round of the same instrument."""
    found = []
    for lens in asked.lenses:
        scores = scores_of(asked, lens, answers)
        panel = _spread([one for _, one in scores])
        told = told_helices({helix: sum(one == helix for one, _ in scores) for helix in HELICES})
        split = {helix: _spread([one for of, one in scores if of == helix]) for helix in HELICES if helix in told}
        earlier = None if before is None else _earlier(lens, *before)
        found.append(
            LensFigures(
                lens,
                panel,
                {helix: one for helix, one in split.items() if one is not None},
                relative_change(earlier.mean, panel.mean) if earlier is not None and panel is not None else None,
                None if panel is None else panel.mean < Fraction(threshold),
            )
        )
    return tuple(found)


def scores_of(asked: Questionnaire, lens: Lens, answers: Sequence[Answer]) -> list[tuple[Helix, Fraction]]:
    """Return the score of everyone who answered every item of a lens, with their helix."""
    start = 0
    for one in asked.lenses:
        if one.id == lens.id:
            break
        start += len(one.items)
    found = []
    for answer in answers:
        points = [point for point in answer.points[start : start + len(lens.items)] if point is not None]
        if len(points) == len(lens.items):
            found.append((answer.helix, Fraction(sum(points), len(points))))
    return found


def relative_change(before: Fraction, after: Fraction) -> Fraction:
    """Return (T1 - T0) / T0, in which T0 is at least 1."""
    return (after - before) / before


def _earlier(lens: Lens, asked: Questionnaire, answers: Sequence[Answer]) -> Spread | None:
    """Return the same lens of an earlier round, where it asked the same items."""
    same = next((one for one in asked.lenses if one.id == lens.id), None)
    if same is None or [one.id for one in same.items] != [one.id for one in lens.items]:
        return None
    return _spread([one for _, one in scores_of(asked, same, answers)])


def _spread(scores: Sequence[Fraction]) -> Spread | None:
    if len(scores) < FEWEST_FOR_MEDIAN:
        return None
    mean = sum(scores, Fraction(0)) / len(scores)
    return Spread(len(scores), mean, sqrt(sum((one - mean) ** 2 for one in scores) / (len(scores) - 1)))
