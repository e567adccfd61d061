"""What is said of interventions and evaluations that cannot be, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

EVALUATIONS: Final[Mapping[str, str]] = {
    "{}: '{}' is no indicator of the catalogue; write the id of one, see docs/indicators.md.":
        "{}: '{}' is geen indicator uit de catalogus; kies er een uit de lijst.",
    "{}: field `id`: write lower-case letters, digits and hyphens, at most 64.":
        "{}: schrijf de korte naam met kleine letters, cijfers en streepjes, hoogstens 64.",
    "{}: field `end`: the first day without the intervention lies after `start`; correct one of them.":
        "{}: de eerste dag zonder de interventie ligt na de eerste dag; verbeter een van beide.",
    "{}: field `goal.by`: a goal is for a day after `start`; correct one of them.":
        "{}: een doel is voor een dag na de eerste dag; verbeter een van beide.",
    "{}: field `goal.value`: this is no number; write one such as 90 or 12.5.":
        "{}: de waarde van het doel is geen getal; schrijf er een als 90 of 12,5.",
    "There is no intervention '{}' here; `python -m node intervention list` names them.":
        "Er is hier geen interventie '{}'; onder 'Interventies' staan ze.",
    "'{}' is not judged by {} but by {}; choose one of these, or record the intervention anew with that outcome.":
        "'{}' wordt niet beoordeeld op {} maar op {}; kies een daarvan, of leg de interventie opnieuw vast met die "
        "uitkomst.",
    "{} counts all residents of an area and not those who took part; leave --level at population, or choose an outcome "
    "that is counted among them.":
        "{} telt alle inwoners van een gebied en niet alleen wie meededen; zeg dat dit over iedereen gaat, of kies een "
        "uitkomst die onder hen is geteld.",
    "Nobody says who made the evaluation; write a role with --role, not a name.":
        "Niemand zegt wie de evaluatie maakte; schrijf een rol, geen naam.",
    "No figures of {} by area, as it is defined now, stand for {} to {}; publish them, or leave out --published.":
        "Van {} staan er per gebied, zoals het nu is gedefinieerd, geen cijfers over {} tot en met {}; publiceer ze, "
        "of evalueer met de records.",
    "{} is a count without a denominator, so that areas of different size cannot be compared; choose an outcome that "
    "is a share, a rate, a mean or a cost per person.":
        "{} is een telling zonder noemer, dus gebieden van verschillende grootte zijn niet te vergelijken; kies een "
        "uitkomst die een aandeel, een cijfer per persoon, een gemiddelde of kosten per persoon is.",
    "Periods {} and {} make no series; write two years, quarters or months, the earlier first.":
        "Perioden {} en {} vormen geen reeks; schrijf twee jaren, kwartalen of maanden, de vroegste eerst.",
    "{} to {} are more than {} periods; choose longer or fewer ones.":
        "{} tot en met {} zijn meer dan {} perioden; kies langere of minder perioden.",
    "The period {} is unknown; write a year 2024, a quarter 2024-Q3 or a month 2024-07.":
        "De periode {} bestaat niet; schrijf een jaar 2024, een kwartaal 2024-Q3 of een maand 2024-07.",
    "Period {} ends on {} and today is {}: its figures would not be those of the whole period; choose one that has "
    "ended.":
        "Periode {} eindigt op {} en het is nu {}: de cijfers zouden niet die van de hele periode zijn; kies een "
        "periode die voorbij is.",
    "{} over {} looks until {} and today is {}: what is still to come would count as not happening; leave it out until "
    "then, or choose an earlier period.":
        "{} over {} kijkt tot {} en het is nu {}: wat nog komt zou tellen als niet gebeurd; laat het tot dan weg, of "
        "kies een eerdere periode.",
    "{} is no area of these figures; write one such as {}.":
        "{} is geen gebied van deze cijfers; schrijf er een zoals {}.",
    "{} has the intervention, so it cannot be compared with; leave it out of --compare.":
        "{} heeft de interventie, dus daarmee valt niet te vergelijken; haal het weg bij de gebieden om mee te "
        "vergelijken.",
    "Too few figures lie before the start to hold the two groups of areas beside each other; begin with an earlier "
    "period.":
        "Er liggen te weinig cijfers voor de start om de twee groepen gebieden naast elkaar te leggen; begin met een "
        "eerdere periode.",
    "The figures do not vary beyond areas and periods, so chance cannot be judged; use finer ones.":
        "De cijfers verschillen alleen tussen gebieden en perioden, dus toeval is niet te beoordelen; neem fijnere "
        "cijfers.",
    "The figures lie on the line that is fitted, so chance cannot be judged; use finer ones.":
        "De cijfers liggen precies op de getrokken lijn, dus toeval is niet te beoordelen; neem fijnere cijfers.",
    "Too few areas have figures that vary for chance to be judged; add areas or periods.":
        "Te weinig gebieden hebben cijfers die verschillen, dus toeval is niet te beoordelen; neem er gebieden of "
        "perioden bij.",
    "{} areas with the intervention and {} to compare with have figures before and after its start; at least {} of "
    "each and {} together are needed: add areas with --compare, or use --method its.":
        "{} gebieden met de interventie en {} om mee te vergelijken hebben cijfers van voor en na de start; van elk "
        "zijn er ten minste {} nodig en samen {}: neem er gebieden bij, of kies de reeks zelf als methode.",
    "Periods before the start: {}, after it: {}; at least {} before and {} after are needed: choose more or shorter "
    "periods.":
        "Perioden voor de start: {}, erna: {}; ten minste {} ervoor en {} erna zijn nodig: kies meer of kortere "
        "perioden.",
    "Periods before the start: {}, after it: {}; at least {} on each side and {} together are needed: choose more or "
    "shorter periods.":
        "Perioden voor de start: {}, erna: {}; ten minste {} aan elke kant en {} samen zijn nodig: kies meer of "
        "kortere perioden.",
    "A month or quarter of the season has no figure at all; use --season fourier or none.":
        "Een maand of kwartaal van het seizoen heeft geen enkel cijfer; kies als seizoen een golf van een jaar, of "
        "geen.",
    "A season can be told from a trend over two years or more; add periods or use --season none.":
        "Een seizoen is pas over twee jaar of langer van een trend te onderscheiden; neem er perioden bij, of kies "
        "geen seizoen.",
    "In no period do figures of areas with and without the intervention lie beside each other; add areas or periods.":
        "In geen enkele periode liggen cijfers van gebieden met en zonder de interventie naast elkaar; neem er "
        "gebieden of perioden bij.",
    "Too few areas have figures in the same periods, so that the outcome hangs on one of them and chance cannot be "
    "judged; add areas or periods.":
        "Te weinig gebieden hebben cijfers in dezelfde perioden, dus de uitkomst hangt aan één ervan en toeval is niet "
        "te beoordelen; neem er gebieden of perioden bij.",
    "The evaluation of '{}' comes out otherwise than it was shown, since figures or the intervention changed; look at "
    "it again.":
        "De evaluatie van '{}' komt anders uit dan zij is getoond, omdat cijfers of de interventie zijn veranderd; "
        "kijk opnieuw.",
    "The title or id of an intervention, or the role of who made its evaluation, may name a person (looks like {}); "
    "reword it with `python -m node intervention record`, or --role.":
        "De titel of naam van de interventie, of de rol van wie de evaluatie maakte, noemt misschien een persoon; zeg "
        "het anders, de titel onder 'Interventies'.",
    "The evaluation of '{}' names no published figure; {}.":
        "De evaluatie van '{}' noemt geen gepubliceerd cijfer; {}.",
    "The figures of {} {} were corrected or withdrawn after the evaluation of '{}' was made; make it anew.":
        "De cijfers van {} {} zijn verbeterd of ingetrokken nadat de evaluatie van '{}' is gemaakt; maak haar opnieuw.",
    "The figures of {} {} are for {}, so an evaluation made of them cannot be for {}; choose --audience {}.":
        "De cijfers van {} {} zijn voor {}, dus een evaluatie daarvan kan niet voor {} zijn; kies {}.",
    "No exact figure of {} in {} was published; {}.":
        "Van {} in {} is geen exact cijfer gepubliceerd; {}.",
    "The evaluation of '{}' names figures of periods that it does not use; make it anew.":
        "De evaluatie van '{}' noemt cijfers van perioden die zij niet gebruikt; maak haar opnieuw.",
    "The evaluation of '{}' rests on figures of {} that this region did not publish (event {}); {}.":
        "De evaluatie van '{}' rust op cijfers van {} die deze regio niet publiceerde (gebeurtenis {}); {}.",
    "Event {} does not hold {} of {} as the evaluation of '{}' counts it; {}.":
        "Gebeurtenis {} houdt {} van {} niet in zoals de evaluatie van '{}' het telt; {}.",
    "publish the figures first (`release prepare`), or evaluate over the periods that are published":
        "publiceer eerst die cijfers, of evalueer over perioden die gepubliceerd zijn",
}  # fmt: skip
