"""Looks at whether an outcome may be read as an effect, each with its verdict and its words, Dutch and English."""

from dataclasses import dataclass
from typing import Final, Literal

from schemas.definition import Text

from .estimated import Estimate, comma, estimate, limits_en, limits_nl, told_en, told_nl

Verdict = Literal["passed", "failed", "imprecise", "not_possible"]

MOST_HIDDEN: Final = 0.05  # our choice: small figures are hidden first, so that what is left is no random part
_STRONG: Final = 0.6  # autocorrelation beyond which intervals of short series are too narrow, see docs/evaluation.md


@dataclass(frozen=True, slots=True)
class Check:
    """One look at whether the outcome may be read as an effect."""

    id: Literal["pre_trend", "placebo", "autocorrelation", "shown"]
    verdict: Verdict
    words: Text


def trend_check(found: Estimate, effect: Estimate, reach: float) -> Check:
    """Say whether both groups of areas moved alike before the start, or whether that cannot be told.

    `found` is the difference in trend per period, `reach` the effect that a difference of 1 per period would seem to
    be. A trend that does not show proves little: with few periods the test hardly ever finds one that explains all of
    the effect. Roth (2022), American Economic Review: Insights 4:305-322.
    """
    if found.is_clear:
        words = Text(
            f"De groepen liepen vóór de start al uiteen (verschil in trend {told_nl(found)} per periode).",
            f"The groups moved apart before the start already (difference in trend {told_en(found)} per period).",
        )
        return Check("pre_trend", "failed", words)
    value, low, high = (float(one) * reach for one in (found.value, found.low, found.high))
    carried = estimate(found.name, value, low, high, float(found.p))
    if effect.is_clear and carried.low <= effect.value <= carried.high:
        words = Text(
            f"Vóór de start is geen verschil in trend aangetoond ({told_nl(found)} per periode), maar loopt het door, "
            f"dan lijkt dat een effect van {limits_nl(carried)}, en het gevonden effect ligt daarin.",
            f"No difference in trend shows before the start ({told_en(found)} per period), but if it goes on it looks "
            f"like an effect of {limits_en(carried)}, and the effect found lies within that.",
        )
        return Check("pre_trend", "imprecise", words)
    words = Text(
        f"Vóór de start is geen verschil in trend aangetoond ({told_nl(found)} per periode); bewijs is dat niet.",
        f"No difference in trend shows before the start ({told_en(found)} per period); that is no proof.",
    )
    return Check("pre_trend", "passed", words)


def placebo_check(found: Estimate | None) -> Check:
    """Say whether a start halfway the time before it would seem to have an effect."""
    if found is None:
        words = Text(
            "Te weinig perioden vóór de start om daarbinnen een schijnstart te proberen.",
            "Too few periods lie before the start to try a placebo start among them.",
        )
        return Check("placebo", "not_possible", words)
    if found.is_clear:
        words = Text(
            f"Een schijnstart halverwege de tijd ervoor lijkt ook iets te doen ({told_nl(found)}).",
            f"A placebo start halfway the time before seems to do something too ({told_en(found)}).",
        )
        return Check("placebo", "failed", words)
    words = Text(
        f"Een schijnstart halverwege de tijd ervoor doet niets aantoonbaars ({told_nl(found)}).",
        f"A placebo start halfway the time before does nothing that shows ({told_en(found)}).",
    )
    return Check("placebo", "passed", words)


def autocorrelation_check(correlation: float, lags: int) -> Check:
    """Say how errors follow one another, and whether so strongly that drift may pass for a change."""
    words = Text(
        f"Samenhang van opeenvolgende afwijkingen {comma(f'{correlation:.2f}')}, {lags} vertragingen meegenomen"
        + ("; zo sterk dat langzaam afdrijven op een effect kan lijken." if correlation > _STRONG else "."),
        f"Autocorrelation of successive deviations {correlation:.2f}, {lags} lags taken in"
        + ("; so strong that slow drift may look like an effect." if correlation > _STRONG else "."),
    )
    return Check("autocorrelation", "failed" if correlation > _STRONG else "passed", words)


def shown_check(hidden: int, cells: int, is_together: bool = False) -> Check:
    """Say how many published figures take no part, and whether so many that what is left may be a selection.

    `is_together`: areas are added up, so that one hidden figure takes out all of its period.
    """
    one = hidden == 1
    words = Text(
        f"{hidden} van {cells} cijfers {'is' if one else 'zijn'} niet exact gepubliceerd en "
        f"{'telt' if one else 'tellen'} niet mee.",
        f"{hidden} of {cells} figures {'is' if one else 'are'} not published exactly and "
        f"{'takes' if one else 'take'} no part.",
    )
    if is_together:
        words = Text(
            f"{hidden} van {cells} cijfers {'telt' if one else 'tellen'} niet mee: in die periode is minstens één "
            "gebied niet exact gepubliceerd.",
            f"{hidden} of {cells} figures {'takes' if one else 'take'} no part: in {'its' if one else 'their'} period "
            "at least one area is not published exactly.",
        )
    return Check("shown", "failed" if hidden > MOST_HIDDEN * cells else "passed", words)
