"""What an evaluation says in words, Dutch and English: estimates, assumptions, checks, and how to read the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10
from typing import Final, Literal

from schemas.definition import IndicatorDefinition, Text

from .difference import FEW_CLUSTERS, FEWEST_FOR_BOOTSTRAP, Difference, Inference

Verdict = Literal["passed", "failed", "not_possible"]

MOST_HIDDEN: Final = 0.05  # our choice: small figures are hidden first, so that what is left is no random part
_STRONG: Final = 0.6  # autocorrelation beyond which intervals of short series are too narrow, see docs/evaluation.md

_DID: Final = Text(
    "verschil-in-verschillen (vaste effecten per gebied en periode)",
    "difference-in-differences (fixed effects of area and period)",
)
HOW: Final[dict[Inference | Literal["its"], Text]] = {
    "cr2": Text(
        f"{_DID.nl}; fouten per gebied geclusterd (CR2, vrijheidsgraden van Satterthwaite)",
        f"{_DID.en}; errors clustered by area (CR2, Satterthwaite's degrees of freedom)",
    ),
    "wild": Text(
        f"{_DID.nl}; minder dan {FEW_CLUSTERS} gebieden, dus wilde clusterbootstrap",
        f"{_DID.en}; fewer than {FEW_CLUSTERS} areas, hence the wild cluster bootstrap",
    ),
    "wider": Text(
        f"{_DID.nl}; minder dan {FEWEST_FOR_BOOTSTRAP} gebieden aan een kant, dus de wijdste grenzen "
        "van wilde clusterbootstrap en CR2",
        f"{_DID.en}; fewer than {FEWEST_FOR_BOOTSTRAP} areas on a side, hence the farther limits of "
        "wild cluster bootstrap and CR2",
    ),
    "its": Text(
        "onderbroken tijdreeks (gesegmenteerde regressie); fouten volgens Newey-West, gecorrigeerd voor korte reeksen",
        "interrupted time series (segmented regression); Newey-West errors, corrected for short series",
    ),
}
DID_ASSUMPTIONS: Final = (
    Text(
        "Zonder de interventie was de uitkomst in beide groepen gebieden evenveel veranderd.",
        "Without the intervention the outcome would have changed by the same in both groups of areas.",
    ),
    Text(
        "Niets anders begon rond de start in maar één van beide groepen.",
        "Nothing else began around the start in only one of the groups.",
    ),
    Text(
        "De interventie werkte niet door in de vergelijkingsgebieden, en niemand liep op de start vooruit.",
        "The intervention did not spill over into the areas compared with, and nobody acted ahead of the start.",
    ),
    Text(
        "Elk gebied telt even zwaar, hoe groot het ook is, en gebieden veranderen onafhankelijk van elkaar.",
        "Every area weighs the same, whatever its size, and areas change independently of one another.",
    ),
)
ITS_ASSUMPTIONS: Final = (
    Text(
        "Zonder de interventie was de rechte lijn van vóór de start doorgelopen.",
        "Without the intervention the straight line from before the start would have gone on.",
    ),
    Text(
        "Niets anders begon rond de start: er is geen vergelijkingsgroep die dat zou tonen.",
        "Nothing else began around the start: there is no comparison group to show it.",
    ),
    Text(
        "Het seizoen keert elk jaar eender terug, en wat wordt geteld en wie meetelt bleven gelijk.",
        "The season returns alike every year, and what is counted and who counts stayed the same.",
    ),
    Text(
        "Het effect begon bij de start en verliep daarna langs een rechte lijn.",
        "The effect began at the start and followed a straight line from there.",
    ),
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate in the indicator's unit (percentage points for a share), with its 95% limits and p-value."""

    name: Text
    value: Decimal
    low: Decimal
    high: Decimal
    p: Decimal

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Check:
    """One look at whether the outcome may be read as an effect."""

    id: Literal["pre_trend", "placebo", "clusters", "autocorrelation", "shown"]
    verdict: Verdict
    words: Text


def estimate(name: Text, value: float, low: float, high: float, p: float) -> Estimate:
    """Return an estimate rounded to three digits of its interval's width; p to four decimals."""
    width = high - low
    decimals = min(max(2 - floor(log10(width)), 0), 6) if width > 0 else 6
    shown, least, most = (_rounded(one, decimals) for one in (value, low, high))
    return Estimate(name, shown, least, most, _rounded(p, 4))


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(f"{value:.{decimals}f}") + 0  # + 0 makes of -0.00 a plain 0.00


def trend_check(found: Estimate) -> Check:
    """Say whether both groups of areas moved alike before the start."""
    if found.is_clear:
        words = Text(
            f"De groepen liepen vóór de start al uiteen (verschil in trend {_nl(found)} per periode).",
            f"The groups moved apart before the start already (difference in trend {_en(found)} per period).",
        )
        return Check("pre_trend", "failed", words)
    words = Text(
        f"Vóór de start is geen verschil in trend aangetoond ({_nl(found)} per periode); bewijs is dat niet.",
        f"No difference in trend shows before the start ({_en(found)} per period); that is no proof.",
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
            f"Een schijnstart halverwege de tijd ervoor lijkt ook iets te doen ({_nl(found)}).",
            f"A placebo start halfway the time before seems to do something too ({_en(found)}).",
        )
        return Check("placebo", "failed", words)
    words = Text(
        f"Een schijnstart halverwege de tijd ervoor doet niets aantoonbaars ({_nl(found)}).",
        f"A placebo start halfway the time before does nothing that shows ({_en(found)}).",
    )
    return Check("placebo", "passed", words)


def clusters_check(found: Difference) -> Check:
    """Say how many areas there are on each side, and how exact that makes it; too few were refused before."""
    cr2, cr1 = f"{found.effect.error:.3g}", f"{found.cr1_error:.3g}"
    words = Text(
        f"{found.treated} gebieden met en {found.compared} zonder interventie; standaardfout {_comma(cr2)} (CR2) en "
        f"{_comma(cr1)} (CR1).",
        f"{found.treated} areas with and {found.compared} without the intervention; standard error {cr2} (CR2) and "
        f"{cr1} (CR1).",
    )
    return Check("clusters", "passed", words)


def autocorrelation_check(correlation: float, lags: int) -> Check:
    """Say how errors follow one another, and whether so strongly that drift may pass for a change."""
    words = Text(
        f"Samenhang van opeenvolgende afwijkingen {_comma(f'{correlation:.2f}')}, {lags} vertragingen meegenomen"
        + ("; zo sterk dat langzaam afdrijven op een effect kan lijken." if correlation > _STRONG else "."),
        f"Autocorrelation of successive deviations {correlation:.2f}, {lags} lags taken in"
        + ("; so strong that slow drift may look like an effect." if correlation > _STRONG else "."),
    )
    return Check("autocorrelation", "failed" if correlation > _STRONG else "passed", words)


def shown_check(hidden: int, cells: int) -> Check:
    """Say how many published figures are hidden, and whether so many that what is left may be a selection."""
    words = Text(
        f"{hidden} van {cells} cijfers zijn niet exact gepubliceerd en tellen niet mee.",
        f"{hidden} of {cells} figures are not published exactly and take no part.",
    )
    return Check("shown", "failed" if hidden > MOST_HIDDEN * cells else "passed", words)


def reading(
    definition: IndicatorDefinition, title: Text, found: Estimate, checks: Sequence[Check], is_did: bool
) -> Text:
    """Return the outcome in plain words: what changed, whether that was hoped for, and what doubts there are."""
    told = _change(definition, title, found, is_did) if found.is_clear else _no_change(definition, title, found)
    failed = [one for one in checks if one.verdict == "failed"]
    if failed:
        doubt = Text(
            "Lees dit niet als effect van de interventie: " + " ".join(_small(one.words.nl) for one in failed),
            "Do not read this as an effect of the intervention: " + " ".join(_small(one.words.en) for one in failed),
        )
    elif found.is_clear:
        doubt = Text(
            "Dat past bij een effect van de interventie, als de aannames hierboven kloppen.",
            "That fits an effect of the intervention, if the assumptions above hold.",
        )
    else:
        doubt = Text(
            "Dat bewijst niet dat de interventie niets doet.", "That does not prove that the intervention does nothing."
        )
    return Text(f"{told.nl} {doubt.nl}", f"{told.en} {doubt.en}")


def _change(definition: IndicatorDefinition, title: Text, found: Estimate, is_did: bool) -> Text:
    is_up = found.value > 0
    unit = unit_of_change(definition)
    beside = (
        Text("dan de verandering in de vergelijkingsgebieden", "than the change in the areas compared with")
        if is_did
        else Text("dan de lijn van ervoor doet verwachten", "than the line from before leads one to expect")
    )
    size, up = str(abs(found.value)), Text("hoger", "higher") if is_up else Text("lager", "lower")
    nl = (
        f"Na de start van '{title.nl}' ligt '{definition.title.nl}' {_comma(size)} {unit.nl} {up.nl} {beside.nl} "
        f"(95%-interval {_limits_nl(found)})."
    )
    en = (
        f"After the start of '{title.en}', '{definition.title.en}' is {size} {unit.en} {up.en} {beside.en} "
        f"(95% interval {_limits_en(found)})."
    )
    if definition.favourable != "neither":
        is_good = is_up == (definition.favourable == "higher")
        nl += " Dat is de gewenste kant op." if is_good else " Dat is de ongewenste kant op."
        en += " That is in the direction hoped for." if is_good else " That is against what was hoped for."
    return Text(nl, en)


def _no_change(definition: IndicatorDefinition, title: Text, found: Estimate) -> Text:
    unit = unit_of_change(definition)
    return Text(
        f"Een effect van '{title.nl}' op '{definition.title.nl}' is niet aangetoond: met de cijfers is alles te rijmen "
        f"van {_limits_nl(found)} {unit.nl} (95%-interval).",
        f"No effect of '{title.en}' on '{definition.title.en}' is shown: the figures agree with anything from "
        f"{_limits_en(found)} {unit.en} (95% interval).",
    )


def unit_of_change(definition: IndicatorDefinition) -> Text:
    """Return the unit of a difference between two figures of an indicator."""
    is_share = definition.unit.en == "%"
    return Text("procentpunt", "percentage points") if is_share else definition.unit


def _nl(found: Estimate) -> str:
    return f"{_comma(_signed(found.value))}; 95%-interval {_limits_nl(found)}"


def _en(found: Estimate) -> str:
    return f"{_signed(found.value)}; 95% interval {_limits_en(found)}"


def _limits_nl(found: Estimate) -> str:
    return f"{_comma(_signed(found.low))} tot {_comma(_signed(found.high))}"


def _limits_en(found: Estimate) -> str:
    return f"{_signed(found.low)} to {_signed(found.high)}"


def _signed(value: Decimal) -> str:
    return f"{value:+f}".replace("-", "−") if value else f"{value:f}"


def number_words(value: Decimal) -> Text:
    """Return a number as people write it."""
    return Text(_comma(f"{value:f}".replace("-", "−")), f"{value:f}".replace("-", "−"))


def _comma(text: str) -> str:
    return text.replace(".", ",")


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
