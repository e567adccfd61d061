"""What an evaluation's event says: what an intervention did, by which figures, under which assumptions and doubts."""

from typing import Literal

import msgspec

from .text import Text

EvaluationLevel = Literal["intervention", "population"]
EvaluationMethod = Literal["did", "its"]
EvaluationVerdict = Literal["passed", "failed", "imprecise", "not_possible"]
EvaluationOutcome = Literal["fits_effect", "not_shown", "doubted", "no_effect_to_read"]


class EvaluationEstimate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One estimate with its 95% limits in the payload's `unit`, and its p-value; all are plain decimals."""

    name: Text
    value: str
    low: str
    high: str
    p: str


class EvaluationCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One look at whether the outcome may be read as an effect."""

    id: Literal["pre_trend", "placebo", "autocorrelation", "shown"]
    verdict: EvaluationVerdict
    words: Text


class EvaluationFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Published figures that an evaluation rests on: the event that holds them, and their period."""

    event_id: str
    period: str


class EvaluationPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an intervention did to one indicator, estimated from published figures and nothing else.

    `level` keeps apart what it did to those who took part (`intervention`) and to everyone whom the indicator covers in
    its areas, reached or not (`population`). `estimates[0]` is the one that `reading` is about.
    """

    evaluation: str  # stable id within the region: intervention, indicator, method and level
    intervention: str  # its id within the region
    title: Text  # of the intervention
    start: str  # its first day
    level: EvaluationLevel
    indicator: str
    version: int
    definition_hash: str
    unit: Text
    method: EvaluationMethod
    method_version: int  # of the program's estimation: rises when the same figures could give another outcome
    how: Text
    assumptions: tuple[Text, ...]
    areas: tuple[str, ...]  # with the intervention
    compared: tuple[str, ...]  # without it; none for a series by itself
    clusters: int  # units whose errors count as independent: areas, or one series
    before: tuple[str, ...]  # periods
    after: tuple[str, ...]
    left_out: tuple[str, ...]
    estimates: tuple[EvaluationEstimate, ...]
    checks: tuple[EvaluationCheck, ...]
    reading: Text
    figures: tuple[EvaluationFigures, ...]
    made_by: str  # a role, never a name


class EvaluationRevised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An evaluation made anew, in the place of an earlier event's."""

    revises: str
    reason: str
    evaluation: EvaluationPublished


class EvaluationWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An evaluation taken back."""

    withdraws: str
    reason: str


def outcome_of(payload: EvaluationPublished) -> EvaluationOutcome:
    """Return how the first estimate is to be read, as its `reading` says in words.

    A check that failed leaves no effect to read, one that is too imprecise a doubt; else the interval tells.
    """
    verdicts = {one.verdict for one in payload.checks}
    if "failed" in verdicts:
        return "no_effect_to_read"
    if "imprecise" in verdicts:
        return "doubted"
    first = payload.estimates[0]
    return "fits_effect" if float(first.low) > 0 or float(first.high) < 0 else "not_shown"
