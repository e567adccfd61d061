"""The words of a comparison's ranks, order and bounds, in both languages."""

from typing import Final

COMPARISON_WORDS: Final[dict[str, tuple[str, str]]] = {
    "ranks": ("Mogelijke rangen", "Possible ranks"),
    "ranks_of": ("van", "of"),
    "ranks_to": ("t/m", "to"),
    "no_ranks": ("geen rang", "no rank"),
    "beside": ("Naast regio", "Beside region"),
    "beside_none": ("geen", "none"),
    "itself": ("deze regio", "this region"),
    "better": ("beter", "better"),
    "worse": ("slechter", "worse"),
    "similar": ("niet aantoonbaar anders", "not shown to differ"),
    "cannot_be_ordered": ("niet te ordenen", "cannot be ordered"),
    "sort": ("Volgorde", "Order"),
    "sort_name": ("op naam", "by name"),
    "sort_value": ("op waarde", "by value"),
    "standardise": ("Leeftijd", "Age"),
    "standard_none": ("zoals geteld", "as counted"),
    "esp2013": ("Europese standaard 2013", "European standard 2013"),
    "nl2019": ("Nederland 2019", "Netherlands 2019"),
    "indirect": ("indirect, regio’s samen = 100", "indirect, regions together = 100"),
    "limit_mean": (
        "Het interval van dit gemiddelde is het breedste dat de schaal toelaat, want de spreiding tussen de scores is"
        " niet gepubliceerd: een verschil kan er zijn zonder hier te blijken.",
        "The interval of this mean is the widest that its scale allows, since the spread between scores is not"
        " published: a difference can be there without showing here.",
    ),
    "limit_standard": (
        "Gestandaardiseerd: zoals het zou zijn als elke regio de leeftijden van de standaardbevolking had. Zo’n cijfer "
        "is er om te vergelijken, niet om personen mee te tellen.",
        "Standardised: as it would be if every region had the ages of the standard population. Such a figure is there "
        "to be compared, not to count persons with.",
    ),
    "limit_indirect": (
        "Indirect gestandaardiseerd: elke regio staat naast de regio’s samen; twee regio’s zijn er niet mee te"
        " vergelijken, want elk weegt haar eigen leeftijden. Ze staan daarom op naam. De cijfers per leeftijd komen"
        " van de regio’s die die leeftijd tonen.",
        "Indirectly standardised: each region stands beside the regions together; two regions cannot be compared by it,"
        " since each weighs its own ages. Hence they are by name. The rates by age come from the regions that show that"
        " age.",
    ),
    "standardisation": ("Standaardisatie", "Standardisation"),
    "standard_of": ("Standaardbevolking", "Standard population"),
    "too_few_events": ("minder dan tien gevallen: geen interval", "fewer than ten events: no interval"),
    "stratum_missing": ("niet in deze leeftijdsgroepen gegeven", "not given by these age groups"),
    "stratum_empty": ("een leeftijdsgroep zonder inwoners", "an age group without inhabitants"),
    "nothing_expected": ("geen gevallen te verwachten", "no cases to be expected"),
    "rebased": ("omgerekend uit de gemeenten van", "converted from the municipalities of"),
    "limit_rebased": (
        "Omgerekend: geteld in een oudere gemeentelijke indeling; wie sindsdien bij een andere regio hoort, is eraf"
        " gehaald. Niet in ‘regio’s samen’.",
        "Converted: counted in an older division of municipalities; those that are another region’s since were taken"
        " off. Not in ‘regions together’.",
    ),
    "not_comparable_definition": (
        "niet te vergelijken: andere definitie",
        "not comparable: another definition",
    ),
    "by_version": ("geteld volgens versie", "counted by version"),
    "here_version": ("hier is het versie", "here it is version"),
    "not_comparable_period": ("niet te vergelijken: andere periode", "not comparable: another period"),
    "not_comparable_region_set": ("niet te vergelijken: andere indeling", "not comparable: another set of regions"),
    "not_comparable_division_year": (
        "niet te vergelijken: andere gemeenten",
        "not comparable: another division of municipalities",
    ),
    "dark": ("Nog geen cijfer van deze periode", "No figure of this period yet"),
    "dark_lead": (
        "Deze regio’s gaven eerder wel een cijfer. Het laatste staat hier met zijn ouderdom; het doet niet mee in de"
        " vergelijking.",
        "These regions gave a figure before. The last one stands here with its age; it takes no part in the"
        " comparison.",
    ),
    "limit_ranks": (
        "Rangen zijn een bereik: alle rangen die bij de onzekerheid en bij de verborgen cijfers passen, met 95%"
        " zekerheid voor elke regio apart.",
        "Ranks are a range: every rank that fits the uncertainty and the hidden figures, with 95% confidence for each"
        " region by itself.",
    ),
    "limit_ranks_standard": (
        "Rangen zijn een bereik: alle rangen die bij de onzekerheid passen, met 95% zekerheid voor elke regio apart."
        " Regio’s met een verborgen leeftijdsgroep hebben hier geen rang en tellen er niet in mee.",
        "Ranks are a range: every rank that fits the uncertainty, with 95% confidence for each region by itself."
        " Regions with a hidden age group have no rank here and do not count in it.",
    ),
    "limit_rank_best": ("Rang 1 is de gunstigste.", "Rank 1 is the most favourable."),
    "limit_rank_highest": (
        "Rang 1 is de hoogste: hier is hoger noch lager gunstig.",
        "Rank 1 is the highest: here neither higher nor lower is favourable.",
    ),
    "limit_chance_value": (
        "Een verschil dat binnen de onzekerheid valt, is niet aangetoond.",
        "A difference within the uncertainty has not been shown.",
    ),
    "limit_why_standard": (
        "Zegt niet waarom regio’s verschillen: gecorrigeerd is alleen voor leeftijd, niet voor opleiding of iets anders"
        " tenzij de definitie dat noemt.",
        "Does not say why regions differ: corrected for age only, not for education or anything else unless the"
        " definition says so.",
    ),
    "limit_value_order": (
        "Op waarde gezet omdat u daarom vroeg: de volgorde zelf zegt niet dat regio’s verschillen.",
        "Ordered by value because you asked for it: the order itself does not say that regions differ.",
    ),
    "together_bounds": (
        "Regio’s samen, ook die met een verborgen cijfer ({regions} van {out_of}, {hidden} verborgen): {span}.",
        "Regions together, also those that hid their figure ({regions} of {out_of}, {hidden} hidden): {span}.",
    ),
}
