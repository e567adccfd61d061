"""What is said of evaluations, interventions and the figures that they rest on, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

_REPAIR: Final = "kies meer of kortere perioden."
_PUBLISH: Final = "publiceer eerst de cijfers, of evalueer over de perioden die gepubliceerd zijn."
_PUBLISH_EN: Final = "publish the figures first (`release prepare`), or evaluate over the periods that are published."

EVALUATIONS: Final[Mapping[str, str]] = {
    # what is asked
    "There is no intervention '{}' here; `python -m node intervention list` names them.":
        "Er is hier geen interventie '{}'; onder 'Evaluatie' staan ze.",
    "'{}' is not judged by {} but by {}; choose one of these, or record the intervention anew with that outcome.":
        "'{}' wordt niet beoordeeld op {}, maar op {}; kies daaruit, of leg de interventie opnieuw vast met die "
        "uitkomst.",
    "Nobody says who made the evaluation; write a role with --role, not a name.":
        "Er staat niet wie de evaluatie maakte; schrijf een rol, geen naam.",
    "{} counts all residents of an area and not those who took part; leave --level at population, or choose an outcome "
    "that is counted among them.":
        "{} telt alle inwoners van een gebied en niet wie meededen; laat het niveau op de hele bevolking, of kies een "
        "uitkomst die onder de deelnemers wordt geteld.",
    "{} has the intervention, so it cannot be compared with; leave it out of --compare.":
        "{} heeft de interventie en kan dus niet het gebied zijn waarmee wordt vergeleken; laat het daar weg.",
    "{} is no area of these figures; write one such as {}.":
        "{} is geen gebied van deze cijfers; schrijf er een zoals {}.",
    "Periods {} and {} make no series; write two years, quarters or months, the earlier first.":
        "De perioden {} en {} vormen geen reeks; schrijf twee jaren, kwartalen of maanden, de vroegste eerst.",
    "{} to {} are more than {} periods; choose longer or fewer ones.":
        "Van {} tot en met {} zijn er meer dan {} perioden; kies langere of minder perioden.",
    "{} is a count without a denominator, so that areas of different size cannot be compared; choose an outcome that "
    "is "
    "a share, a rate, a mean or a cost per person.":
        "{} is een aantal zonder noemer, zodat gebieden van verschillende grootte niet te vergelijken zijn; kies een "
        "uitkomst die een aandeel, een aantal per persoonsjaar, een gemiddelde of een bedrag per persoon is.",
    # figures that do not do
    "{} areas with the intervention and {} to compare with have figures before and after its start; at least {} of "
    "each "
    "and {} together are needed: add areas with --compare, or use --method its.":
        "{} gebieden met de interventie en {} om mee te vergelijken hebben cijfers van vóór en na het begin; van ieder "
        "zijn er ten minste {} nodig en samen {}: vergelijk met meer gebieden, of kies de reeks zelf als methode.",
    "Periods before the start: {}, after it: {}; at least {} before and 1 after are needed: choose more or shorter "
    "periods.":
        f"Perioden vóór het begin: {{}}, erna: {{}}; ten minste {{}} ervoor en 1 erna zijn nodig: {_REPAIR}",
    "Periods before the start: {}, after it: {}; at least {} on each side and {} together are needed: choose more or "
    "shorter periods.":
        f"Perioden vóór het begin: {{}}, erna: {{}}; ten minste {{}} aan elke kant en samen {{}} zijn nodig: {_REPAIR}",
    "Too few figures lie before the start to hold the two groups of areas beside each other; begin with an earlier "
    "period.":
        "Er zijn te weinig cijfers van vóór het begin om de twee groepen gebieden naast elkaar te leggen; begin met "
        "een "
        "vroegere periode.",
    "A month or quarter of the season has no figure at all; use --season fourier or none.":
        "Een maand of kwartaal van het seizoen heeft geen enkel cijfer; kies bij seizoen 'golf van een jaar' of "
        "'geen'.",
    "A season can be told from a trend over two years or more; add periods or use --season none.":
        "Een seizoen is pas over twee jaar of meer van een trend te onderscheiden; voeg perioden toe, of kies bij "
        "seizoen 'geen'.",
    "The figures do not vary beyond areas and periods, so chance cannot be judged; use finer ones.":
        "De cijfers verschillen niet verder dan naar gebied en periode, zodat over toeval niets te zeggen is; neem "
        "fijnere.",
    "The figures lie on the line that is fitted, so chance cannot be judged; use finer ones.":
        "De cijfers liggen precies op de lijn, zodat over toeval niets te zeggen is; neem fijnere.",
    "Too few areas have figures that vary for chance to be judged; add areas or periods.":
        "Te weinig gebieden hebben cijfers die verschillen om iets over toeval te zeggen; voeg gebieden of perioden "
        "toe.",
    "In no period do figures of areas with and without the intervention lie beside each other; add areas or periods.":
        "In geen enkele periode staan er cijfers van gebieden met en zonder de interventie naast elkaar; voeg gebieden "
        "of perioden toe.",
    "Too few areas have figures in the same periods, so that the outcome hangs on one of them and chance cannot be "
    "judged; add areas or periods.":
        "Te weinig gebieden hebben cijfers over dezelfde perioden: de uitkomst hangt dan aan één gebied, en over "
        "toeval "
        "is niets te zeggen; voeg gebieden of perioden toe.",
    # figures that were published
    "No figures of {} by area, as it is defined now, stand for {} to {}; publish them, or leave out --published.":
        "Er zijn geen cijfers van {} naar gebied, zoals nu gedefinieerd, over {} tot en met {} uitgebracht; publiceer "
        "ze, of evalueer op de eigen records.",
    f"The evaluation of '{{}}' names no published figure; {_PUBLISH_EN}":
        f"De evaluatie van '{{}}' noemt geen enkel gepubliceerd cijfer; {_PUBLISH}",
    f"No exact figure of {{}} in {{}} was published; {_PUBLISH_EN}":
        f"Van {{}} is over {{}} geen exact cijfer gepubliceerd; {_PUBLISH}",
    "The evaluation of '{}' names figures of periods that it does not use; make it anew.":
        "De evaluatie van '{}' noemt cijfers van perioden die zij niet gebruikt; maak haar opnieuw.",
    f"Event {{}} does not hold {{}} of {{}} as the evaluation of '{{}}' counts it; {_PUBLISH_EN}":
        f"Gebeurtenis {{}} houdt {{}} over {{}} niet zo in als de evaluatie van '{{}}' het telt; {_PUBLISH}",
    f"The evaluation of '{{}}' rests on figures of {{}} that this region did not publish (event {{}}); {_PUBLISH_EN}":
        f"De evaluatie van '{{}}' rust op cijfers van {{}} die deze regio niet publiceerde (gebeurtenis {{}}); "
        f"{_PUBLISH}",
    "The title or id of an intervention, or the role of who made its evaluation, may name a person (looks like {}); "
    "reword it with `python -m node intervention record`, or --role.":
        "De titel of de korte naam van de interventie, of de rol van wie de evaluatie maakte, wijst misschien op een "
        "persoon; zeg het anders.",
    "The figures of {} {} were corrected or withdrawn after the evaluation of '{}' was made; make it anew.":
        "De cijfers van {} over {} zijn gecorrigeerd of ingetrokken nadat de evaluatie van '{}' was gemaakt; maak haar "
        "opnieuw.",
    "The figures of {} {} are for {}, so an evaluation made of them cannot be for {}; choose --audience {}.":
        "De cijfers van {} over {} zijn voor minder lezers (`{}`) dan de evaluatie ervan (`{}`); kies `{}`.",
}  # fmt: skip
