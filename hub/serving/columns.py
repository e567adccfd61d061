"""The columns of a comparison as a table: what each is called, in which form its values are, and what they mean."""

from typing import Final, Literal, NamedTuple

from schemas.definition import Text

Form = Literal["text", "whole", "decimal", "truth"]


class Column(NamedTuple):
    """One column: its name, the form of its values, and what they mean."""

    name: str
    form: Form
    meaning: Text


COLUMNS: Final = (
    Column("indicator", "text", Text("indicator", "indicator")),
    Column("version", "whole", Text("versie van de definitie", "version of the definition")),
    Column("definition_hash", "text", Text("SHA-256 van de definitie", "SHA-256 of the definition")),
    Column("period", "text", Text("periode", "period")),
    Column("region_set", "text", Text("regio-indeling", "set of regions")),
    Column("by", "text", Text("groep; leeg is het totaal", "cut; empty is the total")),
    Column("region", "text", Text("code van de regio", "code of the region")),
    Column("name", "text", Text("naam van de regio", "name of the region")),
    Column(
        "kind",
        "text",
        Text(
            "soort waarde: exact, rounded, suppressed (verborgen, niet nul), not_available, not_collected, "
            "not_applicable, withdrawn",
            "kind of value: exact, rounded, suppressed (hidden, not zero), not_available, not_collected, "
            "not_applicable, withdrawn",
        ),
    ),
    Column(
        "shown",
        "decimal",
        Text(
            "waarde in de eenheid van de indicator; met standard indirect een index, verwacht is 100",
            "value in the indicator's unit; with standard indirect an index, expected is 100",
        ),
    ),
    Column("numerator", "whole", Text("teller van een exacte waarde", "numerator of an exact value")),
    Column("denominator", "whole", Text("noemer, ook van een verborgen waarde", "denominator, also of a hidden value")),
    Column("bounds", "text", Text("wat low en high zijn: interval of range", "what low and high are")),
    Column("low", "decimal", Text("ondergrens, in de eenheid van shown", "lower end, in the unit of shown")),
    Column("high", "decimal", Text("bovengrens, in de eenheid van shown", "upper end, in the unit of shown")),
    Column("standing", "text", Text("ten opzichte van de regio’s samen", "against the regions together")),
    Column(
        "why_not",
        "text",
        Text(
            "waarom geen oordeel: no_figure_yet (nog geen cijfer van deze periode), held_for_replies (er is een cijfer,"
            " de regio’s kunnen nog reageren) en andere; onder een standaard ook: stratum_missing, stratum_empty,"
            " nothing_expected, too_few_events (minder dan tien gevallen: geen interval)",
            "why there is no verdict: no_figure_yet (no figure of this period yet), held_for_replies (there is a"
            " figure, the regions may still reply) and others; under a standard also: stratum_missing, stratum_empty,"
            " nothing_expected, too_few_events (fewer than ten events: no interval)",
        ),
    ),
    Column("taken_over", "truth", Text("overgenomen openbaar cijfer", "taken over from a public table")),
    Column("accepted_at", "text", Text("aangenomen door de hub, UTC", "accepted by the hub, UTC")),
    Column("as_known_on", "text", Text("zoals bekend op, UTC", "as known on, UTC")),
    Column("corrected_at", "text", Text("laatste correctie, UTC", "last correction, UTC")),
    Column("correction", "text", Text("soort van de laatste correctie", "kind of the last correction")),
    Column("earlier_event", "text", Text("gebeurtenis die gecorrigeerd werd", "event that was corrected")),
    Column("reason", "text", Text("reden van de laatste correctie", "reason of the last correction")),
    Column(
        "reference", "decimal", Text("regio’s samen, in de eenheid van shown", "regions together, in the unit of shown")
    ),
    Column("reference_withheld", "text", Text("waarom regio’s samen ontbreekt", "why regions together is withheld")),
    Column(
        "lo",
        "whole",
        Text("laagste teller van een verborgen waarde", "lowest numerator of a hidden value"),
    ),
    Column(
        "hi",
        "whole",
        Text(
            "hoogste teller van een verborgen waarde; ontbreekt: geen bovengrens",
            "highest numerator of a hidden value; missing: no upper bound",
        ),
    ),
    Column("rounded_value", "text", Text("afgeronde waarde zoals gepubliceerd", "rounded value as published")),
    Column("rounded_step", "text", Text("eenheid waarop is afgerond", "unit that it was rounded to")),
    Column("funnel_place", "text", Text("plaats in de trechter", "place in the funnel")),
    Column("warning_low", "decimal", Text("trechter, 95%, ondergrens", "funnel, 95%, lower limit")),
    Column("warning_high", "decimal", Text("trechter, 95%, bovengrens", "funnel, 95%, upper limit")),
    Column("control_low", "decimal", Text("trechter, 99,8%, ondergrens", "funnel, 99.8%, lower limit")),
    Column("control_high", "decimal", Text("trechter, 99,8%, bovengrens", "funnel, 99.8%, upper limit")),
    Column(
        "reference_proving_since",
        "text",
        Text("sinds wanneer regio’s samen wordt bewezen, UTC", "since when regions together is being proven, UTC"),
    ),
    Column("reference_why_nl", "text", Text("in woorden, Nederlands", "in words, in Dutch")),
    Column("reference_why_en", "text", Text("in woorden, Engels", "in words, in English")),
    Column("coverage_unit", "text", Text("waarvan een deel gedekt is", "of what a share is covered")),
    Column("coverage_percent", "whole", Text("gedekt deel in procenten", "share covered, in percents")),
    Column("partial", "truth", Text("te weinig gedekt voor een oordeel", "too little covered for a verdict")),
    Column("linkage_methods", "text", Text("hoe gekoppeld is", "how records were linked")),
    Column("linkage_precision", "whole", Text("juiste koppelingen per duizend", "correct links per thousand")),
    Column("linkage_recall", "whole", Text("gevonden koppelingen per duizend", "links found per thousand")),
    Column("linkage_judged_by", "text", Text("volgens wie: clerk of model", "by whom: clerk or model")),
    Column(
        "standard",
        "text",
        Text(
            "waarnaar shown, low, high en reference zijn gestandaardiseerd: een standaardbevolking, of indirect (naar"
            " de cijfers per leeftijd van de regio’s die deze tonen); leeg is zoals geteld",
            "to what shown, low, high and reference are standardised: a standard population, or indirect (by the"
            " figures by age of the regions that show them); empty is as counted",
        ),
    ),
    Column(
        "rebased_from",
        "whole",
        Text("oudere gemeentelijke indeling van de telling", "older division of municipalities that was counted in"),
    ),
    Column("last_period", "text", Text("laatste periode met een cijfer", "last period with a figure")),
    Column(
        "last_shown", "decimal", Text("cijfer van die periode, in de eenheid", "figure of that period, in the unit")
    ),
    Column("last_accepted_at", "text", Text("toen aangenomen door de hub, UTC", "accepted by the hub then, UTC")),
    Column(
        "rank_first",
        "whole",
        Text(
            "eerste rang die mogelijk is, met 95% zekerheid per regio; 1 is de gunstigste, of de hoogste waar hoger"
            " noch lager gunstig is",
            "first rank that is possible, with 95% confidence per region; 1 is the most favourable, or the highest"
            " where neither higher nor lower is favourable",
        ),
    ),
    Column("rank_last", "whole", Text("laatste rang die mogelijk is", "last rank that is possible")),
    Column("rank_of", "whole", Text("aantal regio’s met een rang", "number of regions with a rank")),
    Column("beside", "text", Text("regio waarnaast order geldt", "region that order is told against")),
    Column(
        "order",
        "text",
        Text(
            "naast die regio: better, worse, higher, lower, similar, cannot_be_ordered",
            "beside that region: better, worse, higher, lower, similar, cannot_be_ordered",
        ),
    ),
    Column(
        "together_low",
        "decimal",
        Text("regio’s samen met de verborgene, ondergrens", "regions together with hidden ones, lower end"),
    ),
    Column(
        "together_high",
        "decimal",
        Text("regio’s samen met de verborgene, bovengrens", "regions together with hidden ones, upper end"),
    ),
    Column(
        "visible_from",
        "text",
        Text(
            "een nieuw cijfer dat anderen dan het netwerk uiterlijk dan zien: de regio’s kunnen nog reageren, UTC",
            "a new figure that others than the network see then at the latest: the regions may still reply, UTC",
        ),
    ),
    Column("reply_nl", "text", Text("reactie van de regio, Nederlands", "reply of the region, in Dutch")),
    Column("reply_en", "text", Text("reactie van de regio, Engels", "reply of the region, in English")),
    Column(
        "reply_known_on",
        "text",
        Text(
            "de vergelijking waarop zij reageert, zoals bekend op, UTC",
            "the comparison that it replies to, as known on, UTC",
        ),
    ),
    Column(
        "reference_of",
        "text",
        Text("regio’s waarvan regio’s samen is gemaakt", "regions that regions together are made of"),
    ),
    Column(
        "peers",
        "text",
        Text(
            "gelijken waartoe de rijen beperkt zijn; leeg: alle regio’s",
            "peers to which the rows were narrowed; empty: all regions",
        ),
    ),
    Column("licence", "text", Text("licentie van een overgenomen cijfer", "licence of a figure taken over")),
)
