"""What an evaluation says in words, Dutch and English: how it was made, assumptions, and how to read the outcome."""

from collections.abc import Sequence
from typing import Final, Literal

from schemas.definition import IndicatorDefinition, Text

from .checks import Check
from .difference import FEW_CLUSTERS, FEWEST_FOR_BOOTSTRAP, Difference, Inference
from .estimated import Estimate, comma, limits_en, limits_nl

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


def how_of(found: Difference) -> Text:
    """Return how a difference and its limits were found, with both standard errors."""
    cr2, cr1, how = f"{found.effect.error:.3g}", f"{found.cr1_error:.3g}", HOW[found.inference]
    return Text(
        f"{how.nl}; standaardfout {comma(cr2)} (CR2), {comma(cr1)} (CR1)",
        f"{how.en}; standard error {cr2} (CR2), {cr1} (CR1)",
    )


def assumptions_of(found: Difference) -> tuple[Text, ...]:
    """Return what is assumed of a difference: of the areas too, of which too few were refused before."""
    areas = Text(
        f"Geen van de {found.treated} gebieden met en {found.compared} zonder interventie veranderde om eigen redenen "
        "heel anders dan de rest; hoe minder gebieden aan een kant, hoe meer zo'n gebied telt.",
        f"None of the {found.treated} areas with and {found.compared} without the intervention changed very "
        "differently from the rest for reasons of its own; the fewer areas on a side, the more such an area counts.",
    )
    return (*DID_ASSUMPTIONS, areas)


def reading(
    definition: IndicatorDefinition, title: Text, found: Estimate, checks: Sequence[Check], is_did: bool
) -> Text:
    """Return the outcome in plain words: what changed, whether that was hoped for, and what doubts there are."""
    told = _change(definition, title, found, is_did) if found.is_clear else _no_change(definition, title, found)
    failed = [one for one in checks if one.verdict == "failed"]
    is_imprecise = any(one.verdict == "imprecise" for one in checks)
    if failed:
        doubt = Text(
            "Lees dit niet als effect van de interventie: " + " ".join(_small(one.words.nl) for one in failed),
            "Do not read this as an effect of the intervention: " + " ".join(_small(one.words.en) for one in failed),
        )
        if is_imprecise:
            doubt = Text(
                f"{doubt.nl} Ook een verschil in trend tussen de groepen gebieden kan het verklaren.",
                f"{doubt.en} A difference in trend between the groups of areas could explain it too.",
            )
    elif is_imprecise:
        doubt = Text(
            "Lees dit nog niet als effect van de interventie: een verschil in trend tussen de groepen gebieden kan het "
            "even goed verklaren, en de perioden vóór de start zijn te weinig of te grillig om dat uit te sluiten.",
            "Do not read this as an effect of the intervention yet: a difference in trend between the groups of areas "
            "could explain it as well, and the periods before the start are too few or too erratic to exclude that.",
        )
    elif found.is_clear:
        doubt = Text(
            "Dat past bij een effect van de interventie, als de aannames kloppen.",
            "That fits an effect of the intervention, if the assumptions hold.",
        )
    else:
        doubt = Text(
            "Dat bewijst niet dat de interventie niets doet.", "That does not prove that the intervention does nothing."
        )
    return Text(f"{told.nl} {doubt.nl}", f"{told.en} {doubt.en}")


def _change(definition: IndicatorDefinition, title: Text, found: Estimate, is_did: bool) -> Text:
    is_up = found.value > 0
    unit = unit_of_change(definition)
    size, en_size = f"{comma(str(abs(found.value)))} {unit.nl}", f"{abs(found.value)} {unit.en}"
    if is_did:  # a change beside a change
        moved = (
            Text("meer gestegen (of minder gedaald)", "more (or fell by less)")
            if is_up
            else Text("minder gestegen (of meer gedaald)", "less (or fell by more)")
        )
        is_so = Text(
            f"is '{definition.title.nl}' {size} {moved.nl} dan in de vergelijkingsgebieden",
            f"'{definition.title.en}' rose by {en_size} {moved.en} than in the areas compared with",
        )
    else:
        lies = Text("hoger", "higher") if is_up else Text("lager", "lower")
        is_so = Text(
            f"ligt '{definition.title.nl}' {size} {lies.nl} dan de lijn van ervoor doet verwachten",
            f"'{definition.title.en}' is {en_size} {lies.en} than the line from before leads one to expect",
        )
    nl = f"Na de start van '{title.nl}' {is_so.nl} (95%-interval {limits_nl(found)})."
    en = f"After the start of '{title.en}', {is_so.en} (95% interval {limits_en(found)})."
    if definition.favourable != "neither":
        is_good = is_up == (definition.favourable == "higher")
        nl += " Dat is de gewenste kant op." if is_good else " Dat is de ongewenste kant op."
        en += " That is in the direction hoped for." if is_good else " That is against what was hoped for."
    return Text(nl, en)


def _no_change(definition: IndicatorDefinition, title: Text, found: Estimate) -> Text:
    unit = unit_of_change(definition)
    return Text(
        f"Een effect van '{title.nl}' op '{definition.title.nl}' is niet aangetoond: met de cijfers is alles te rijmen "
        f"van {limits_nl(found)} {unit.nl} (95%-interval).",
        f"No effect of '{title.en}' on '{definition.title.en}' is shown: the figures agree with anything from "
        f"{limits_en(found)} {unit.en} (95% interval).",
    )


def unit_of_change(definition: IndicatorDefinition) -> Text:
    """Return the unit of a difference between two figures of an indicator."""
    is_share = definition.unit.en == "%"
    return Text("procentpunt", "percentage points") if is_share else definition.unit


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
