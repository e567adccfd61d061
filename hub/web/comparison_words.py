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
    "limit_standard": (
        "Gestandaardiseerd: zoals het zou zijn als elke regio de leeftijden van de standaardbevolking had. Zo’n cijfer "
        "is er om te vergelijken, niet om personen mee te tellen.",
        "Standardised: as it would be if every region had the ages of the standard population. Such a figure is there "
        "to be compared, not to count persons with.",
    ),
    "limit_indirect": (
        "Indirect gestandaardiseerd: elke regio staat naast de regio’s samen; twee regio’s zijn er niet mee te"
        " vergelijken, want elk weegt haar eigen leeftijden. Ze staan daarom op naam.",
        "Indirectly standardised: each region stands beside the regions together; two regions cannot be compared by it,"
        " since each weighs its own ages. Hence they are by name.",
    ),
    "standard_of": ("Standaardbevolking", "Standard population"),
    "too_few_events": ("minder dan tien gevallen: geen interval", "fewer than ten events: no interval"),
    "stratum_missing": ("niet in deze leeftijdsgroepen gegeven", "not given by these age groups"),
    "stratum_empty": ("een leeftijdsgroep zonder inwoners", "an age group without inhabitants"),
    "nothing_expected": ("geen gevallen te verwachten", "no cases to be expected"),
    "rebased": ("omgerekend uit de gemeenten van", "laid on from the municipalities of"),
    "limit_rebased": (
        "Omgerekend: geteld in een oudere gemeentelijke indeling; wie sindsdien bij een andere regio hoort, is eraf"
        " gehaald. Niet in ‘regio’s samen’.",
        "Laid on: counted in an older division of municipalities; those that are another region’s since were taken off."
        " Not in ‘regions together’.",
    ),
    "not_comparable_definition": (
        "niet te vergelijken: andere definitie",
        "not comparable: another definition",
    ),
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
        "Rangen zijn een bereik: alle rangen die bij de onzekerheid en bij de verborgen cijfers passen.",
        "Ranks are a range: every rank that fits the uncertainty and the hidden figures.",
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
