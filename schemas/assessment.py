"""What an assessment's event says: a region's readiness by lens, from a panel, focus groups and experts, kept apart.

A panel's score is never told to the point. The scale is cut into bands that each hold at least two of the scores that
one respondent can have, and everything told of a panel depends on the bands of its answers alone. So whoever knows
everything that is told, and the answers of all other respondents, cannot tell which score of its band the last has.
"""

from itertools import pairwise
from typing import Final, Literal, get_args

import msgspec

from .codes import Language
from .questionnaires import POINTS, Provenance
from .text import Text

Helix = Literal["government", "practice", "knowledge", "citizens"]
HELICES: Final[tuple[Helix, ...]] = get_args(Helix)
FEWEST_FOR_MEDIAN: Final = 5  # answers
FEWEST_FOR_QUARTILES: Final = 10
PANEL_RULE: Final = 1  # rises when the same answers could be told otherwise
_FINE: Final = 4  # items; from there on half a point holds at least two scores


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lowest and highest score that a statistic can have, in hundredths of a point (100 to 400)."""

    low: int
    high: int


class Banded(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="banded"):
    """The score of at least five respondents: their median and, from ten, the middle half around it."""

    answers: int
    median: Band
    lower: Band | None = None
    upper: Band | None = None


class Protected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="suppressed"):
    """A score that is not told: of too few respondents, or it would tell of too few others beside it."""


class NobodyAnswered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="not_collected"):
    """No score, since nobody answered."""


Score = Banded | Protected | NobodyAnswered


class HelixScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The score of the respondents of one helix."""

    helix: Helix
    score: Score


class LensScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One lens: the panel's score and that of each helix; `items` is how many statements it is the mean of."""

    lens: str
    title: Text
    items: int
    provenance: Provenance
    panel: Score
    by_helix: tuple[HelixScore, ...]


class FocusGroupFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a focus group found of one lens, in words."""

    lens: str
    language: Language
    text: str


class ExpertVerdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An expert team's judgement of one lens, with its reason."""

    lens: str
    satisfactory: bool
    language: Language
    reason: str


class AssessmentPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One round of an assessment: respondents' scores, focus groups' findings and experts' verdicts, never averaged."""

    assessment: str  # stable id of the round within the region
    instrument: str
    instrument_version: int
    instrument_hash: str
    title: Text  # of the instrument
    period: str
    closed_on: str  # the day on which the round was closed
    invited: int
    answered: int
    rule: int  # the version of the rule by which scores are told
    lenses: tuple[LensScore, ...]
    findings: tuple[FocusGroupFinding, ...]
    verdicts: tuple[ExpertVerdict, ...]
    made_by: str  # a role, never a name


class AssessmentRevised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An assessment with other words or verdicts, in the place of an earlier event's; its scores stay as they were."""

    revises: str
    reason: str
    assessment: AssessmentPublished


class AssessmentWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An assessment taken back."""

    withdraws: str
    reason: str


def bands(items: int) -> tuple[range, ...]:
    """Return the bands of a lens of so many items, each as the sums over its items that lie in it.

    Half points from four items on, whole points for two or three, the scale's two halves for one: each band holds at
    least two sums. Together they hold every sum once.
    """
    lowest, highest = POINTS[0], POINTS[-1]
    if items == 1:
        cuts = [2 * lowest, 2 * lowest + 4, 2 * highest + 1]
    else:
        step = 1 if items >= _FINE else 2
        cuts = [*range(2 * lowest, 2 * highest, step), 2 * highest + 1]
    # a cut counts half points; a sum lies below it where sum / items < cut / 2
    edges = [-(-cut * items // 2) for cut in cuts[:-1]] + [highest * items + 1]
    return tuple(range(low, high) for low, high in pairwise(edges))


def hundredths(total: int, items: int) -> int:
    """Return the score of a sum over so many items in hundredths of a point, rounded to the nearest."""
    return (200 * total + items) // (2 * items)
