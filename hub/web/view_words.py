"""The words of a comparison's views, of why regions may differ, and of looking back, in Dutch and English."""

from typing import Final

VIEW_WORDS: Final[dict[str, tuple[str, str]]] = {
    "views": ("Weergaven", "Views"),
    "view_both": ("Samen", "Together"),
    "view_intervals": ("Onzekerheid", "Uncertainty"),
    "view_map": ("Kaart", "Map"),
    "view_trend": ("Trend", "Trend"),
    "view_funnel": ("Trechter", "Funnel"),
    "view_control": ("Regelkaart", "Control chart"),
    "view_table": ("Tabel", "Table"),
    "no_map": (
        "Van deze regio’s zijn hier geen grenzen; er is geen kaart.",
        "The borders of these regions are not known here; there is no map.",
    ),
    "no_plot": (
        "Geen regio heeft hier een interval; de onzekerheid is niet te tekenen.",
        "No region has an interval here; the uncertainty cannot be drawn.",
    ),
    "funnel_none": (
        "Een trechter vraagt aantallen en een cijfer van de regio’s samen. Die zijn er hier niet.",
        "A funnel needs counts and a figure of the regions together. These are not here.",
    ),
    "funnel_told": (
        "Verder van de regio’s samen dan door toeval te verwachten is: {outside} van de {of} regio’s.",
        "Further from the regions together than chance would have it: {outside} of {of} regions.",
    ),
    "funnel_told_none": (
        "Geen van de {of} regio’s ligt verder van de regio’s samen dan door toeval te verwachten is.",
        "None of {of} regions lies further from the regions together than chance would have it.",
    ),
    "funnel_size": ("hoeveel er geteld zijn (noemer)", "how many were counted (denominator)"),
    "funnel_band": ("grenzen van 99,8 %", "limits of 99.8%"),
    "funnel_warning": ("grenzen van 95 %", "limits of 95%"),
    "funnel_place": ("In de trechter", "In the funnel"),
    "funnel_above_998": ("boven de grens van 99,8 %", "above the limit of 99.8%"),
    "funnel_above_95": ("boven de grens van 95 %", "above the limit of 95%"),
    "funnel_within": ("binnen de grenzen", "within the limits"),
    "funnel_below_95": ("onder de grens van 95 %", "below the limit of 95%"),
    "funnel_below_998": ("onder de grens van 99,8 %", "below the limit of 99.8%"),
    "limit_funnel": (
        "Buiten de trechter is een reden om te kijken, geen oordeel: een regio kan anders zijn door wie er wonen.",
        "Outside the funnel is a reason to look, not a verdict: a region can differ by who live there.",
    ),
    "trend_one": (
        "Eén meting ({period}). Voor een trend zijn er drie nodig.",
        "One measurement ({period}). A trend needs three.",
    ),
    "trend_told": (
        "Van {judged} regio’s met een oordeel stijgen er {rising} en dalen er {falling}; bij {no_trend} is geen trend "
        "aangetoond.",
        "Of {judged} regions with a verdict {rising} rise and {falling} fall; of {no_trend} no trend has been shown.",
    ),
    "trend_told_none": (
        "Voor geen van de {regions} regio’s is over een trend iets te zeggen.",
        "Of none of the {regions} regions can a trend be told.",
    ),
    "trend_crowd": (
        "Dit zijn te veel regio’s om elk te tekenen: kies er een bij ‘Naast regio’.",
        "These are too many regions to draw each: choose one at ‘Beside region’.",
    ),
    "trend": ("Trend", "Trend"),
    "trend_rising": ("stijgt", "rises"),
    "trend_falling": ("daalt", "falls"),
    "trend_no_trend": ("geen trend aangetoond", "no trend shown"),
    "no_trend_no_denominator": ("geen oordeel: geen aantallen", "no verdict: no counts"),
    "no_trend_too_short": ("geen oordeel: te weinig perioden", "no verdict: too few periods"),
    "no_trend_too_few_events": ("geen oordeel: te weinig gevallen", "no verdict: too few events"),
    "no_trend_suppressed": ("geen oordeel: er zijn cijfers verborgen", "no verdict: figures are hidden"),
    "no_trend_impossible": ("geen oordeel", "no verdict"),
    "trend_scattered": (
        "{verdict}; perioden verschillen meer dan door toeval",
        "{verdict}; periods differ by more than chance",
    ),
    "trend_many": (
        "Van twintig regio’s zonder trend stijgt of daalt er door toeval gemiddeld één (5 %).",
        "Of twenty regions without a trend one rises or falls by chance on average (5%).",
    ),
    "limit_trend": (
        "Een lijn door een verborgen cijfer is er niet: daar breekt zij af. Een trend zegt niet waardoor.",
        "There is no line through a hidden figure: it breaks off. A trend does not say what caused it.",
    ),
    "trend_others": ("de andere regio’s", "the other regions"),
    "control_choose": (
        "Een regelkaart is van één regio: kies er een bij ‘Naast regio’.",
        "A control chart is of one region: choose one at ‘Beside region’.",
    ),
    "control_none": (
        "Van deze regio is geen regelkaart te maken: er zijn geen aantallen, ze zijn verborgen, of geen twee perioden "
        "volgen op elkaar.",
        "No control chart can be made of this region: there are no counts, they are hidden, or no two periods follow "
        "one another.",
    ),
    "control_few": (
        "De kaart is getekend zonder oordeel: met minder dan twaalf perioden, of te weinig die op elkaar volgen, "
        "zeggen grenzen weinig.",
        "The chart is drawn without a verdict: with fewer than twelve periods, or too few that follow one another, "
        "limits say little.",
    ),
    "control_signals": (
        "Punten waarop {name} meer verandert dan haar gewone schommeling: {count}.",
        "Points at which {name} changes by more than its usual variation: {count}.",
    ),
    "control_no_signals": (
        "{name} verandert niet meer dan haar gewone schommeling.",
        "{name} changes by no more than its usual variation.",
    ),
    "control_limits": ("grenzen van gewone schommeling", "limits of usual variation"),
    "control_centre": ("midden van de reeks", "middle of the series"),
    "signal": ("signaal", "signal"),
    "signal_beyond_limit": ("buiten de grens", "beyond the limit"),
    "signal_shift": ("acht aan één kant", "eight on one side"),
    "signal_trend": ("zes op rij omhoog of omlaag", "six in a row up or down"),
    "signal_two_of_three": ("twee van drie dicht bij de grens", "two of three near the limit"),
    "limit_control": (
        "Een signaal zegt dat er iets veranderde, niet wat, en niet of het goed is.",
        "A signal says that something changed, not what, nor whether that is good.",
    ),
    "control_gap": (
        "Na een periode die niet getekend is beginnen de regels opnieuw: wat daar lag, is niet bekend. Verschillen "
        "daarover heen tellen niet mee in de grenzen.",
        "After a period that is not drawn the rules begin anew: what lay there is not known. Differences across it "
        "take no part in the limits.",
    ),
    "control_cut_low": (
        "Waar de onderste grens lager uitkwam, is zij {bound}: minder kan dit cijfer niet zijn. Onder die grens kan dan"
        " geen punt liggen.",
        "Where the lower limit came out lower, it is {bound}: this figure cannot be less. No point can then lie below "
        "it.",
    ),
    "control_cut_high": (
        "Waar de bovenste grens hoger uitkwam, is zij {bound}: meer kan dit cijfer niet zijn. Boven die grens kan dan "
        "geen punt liggen.",
        "Where the upper limit came out higher, it is {bound}: this figure cannot be more. No point can then lie "
        "above it.",
    ),
    "moments": ("Wanneer hier iets veranderde", "When something changed here"),
    "now": ("nu", "now"),
    "why_these_differ": ("Waarom verschillen deze?", "Why do these differ?"),
    "why_lead": (
        "Wat hier bekend is over verschillen in meten. De oorzaak zelf staat niet in de cijfers.",
        "What is known here of differences in measuring. The cause itself is not in the figures.",
    ),
    "why_care": ("let op", "take care"),
    "why_definition": ("Definitie", "Definition"),
    "why_definition_same": ("gelijk in alle regio’s (versie {version})", "the same in all regions (version {version})"),
    "why_definition_other": ("anders in {count} regio’s; die doen niet mee", "another in {count} regions, left out"),
    "why_definition_other_one": ("anders in 1 regio; die doet niet mee", "another in 1 region, left out"),
    "why_division": ("Gebiedsindeling", "Division"),
    "why_division_same": ("gelijk", "the same"),
    "why_division_other": ("anders in {count} regio’s; die doen niet mee", "another in {count} regions, left out"),
    "why_division_other_one": ("anders in 1 regio; die doet niet mee", "another in 1 region, left out"),
    "why_source": ("Bron", "Source"),
    "why_source_one": ("één soort bron", "one kind of source"),
    "why_source_many": (
        "{count} soorten bronnen of uitgaven; die kunnen anders tellen",
        "{count} kinds of sources or editions, which may count differently",
    ),
    "why_coverage": ("Volledigheid", "Coverage"),
    "why_coverage_whole": ("geen regio meldt een tekort", "no region reports a lack"),
    "why_coverage_partial": ("onvolledig in {count} regio’s; zonder oordeel", "partial in {count} regions, no verdict"),
    "why_coverage_partial_one": ("onvolledig in 1 regio; zonder oordeel", "partial in 1 region, no verdict"),
    "why_composition": ("Samenstelling", "Composition"),
    "why_composition_standard": ("gecorrigeerd voor leeftijd, voor niets anders", "corrected for age, nothing else"),
    "why_composition_can": (
        "niet gecorrigeerd; voor leeftijd kan het, bij ‘Leeftijd’ hierboven",
        "not corrected; for age it can be, at ‘Age’ above",
    ),
    "why_composition_not": (
        "niet gecorrigeerd voor leeftijd of opleiding",
        "not corrected for age or education",
    ),
    "why_certainty": ("Zekerheid", "Certainty"),
    "why_certainty_told": (
        "{apart} duidelijk anders dan de regio’s samen, {alike} niet te onderscheiden",
        "{apart} clearly different from the regions together, {alike} cannot be told apart",
    ),
    "why_certainty_none": ("niet bekend: elk verschil kan toeval zijn", "not known: any difference can be chance"),
    "why_hiding": ("Verborgen", "Hidden"),
    "why_hiding_some": (
        "{count} regio’s, niet nul; alleen hun bereik is bekend",
        "{count} regions, not zero; only their range is known",
    ),
    "why_hiding_some_one": (
        "1 regio, niet nul; alleen haar bereik is bekend",
        "1 region, not zero; only its range is known",
    ),
    "why_hiding_none": ("geen", "none"),
    "why_age": ("Ouderdom", "Age of the figures"),
    "why_age_told": ("{low} tot {high} dagen geleden ontvangen", "received {low} to {high} days ago"),
    "why_age_same": ("ontvangen: {age}", "received: {age}"),
    "why_age_none": ("geen cijfer", "no figure"),
    "lessons_of_figure": ("Lessen bij dit cijfer", "Lessons about this figure"),
    "drawing_svg": ("Tekening (SVG)", "Drawing (SVG)"),
    "drawing_png": ("Tekening (PNG)", "Drawing (PNG)"),
    "drawing_spec": ("Vega-Lite", "Vega-Lite"),
    "find_region": ("Zoek een regio", "Find a region"),
    "rows_told": (
        "Regio’s op deze pagina: {shown}; gevonden: {found} van {total}. De zin en de totalen gaan over alle regio’s.",
        "Regions on this page: {shown}; found: {found} of {total}. The sentence and totals are about all regions.",
    ),
}
