"""The words of evaluations, in both languages."""

from typing import Final

EVALUATION_WORDS: Final[dict[str, tuple[str, str]]] = {
    "evaluations": ("Werkte het?", "Did it work?"),
    "evaluations_none": (
        "Deze regio deelde nog geen evaluatie van een interventie.",
        "This region has not shared an evaluation of an intervention yet.",
    ),
    "evaluations_lead": (
        "Evaluaties van interventies, gemaakt van gepubliceerde cijfers en door de regio zelf vrijgegeven.",
        "Evaluations of interventions, made of published figures and released by the region itself.",
    ),
    "evaluations_more": (
        "Hier staan de nieuwste; alle staan in de JSON.",
        "These are the newest; all are in the JSON.",
    ),
    "fits_effect": ("past bij een effect", "fits an effect"),
    "not_shown": ("geen effect aangetoond", "no effect shown"),
    "doubted": ("nog niet als effect te lezen", "not yet to be read as an effect"),
    "no_effect_to_read": ("niet als effect te lezen", "not to be read as an effect"),
    "level_intervention": (
        "Interventieniveau: alleen wie meededen",
        "Intervention level: those who took part alone",
    ),
    "level_population": (
        "Populatieniveau: iedereen in de gebieden, bereikt of niet",
        "Population level: everyone in the areas, reached or not",
    ),
    "evidence_changed": (
        "Cijfers waarop deze evaluatie berust, zijn sindsdien veranderd; zij is daarop niet herzien.",
        "Figures on which this evaluation rests have changed since; it was not revised for that.",
    ),
    "evidence_not_held": (
        "Cijfers waarop deze evaluatie berust, heeft de hub niet (meer) of nog niet:",
        "Figures on which this evaluation rests are not, or not yet, with the hub:",
    ),
    "does_not_fit": ("zeggen iets anders dan de evaluatie", "say something else than the evaluation"),
    "outcome_of": ("Uitkomst", "Outcome"),
    "estimated": ("Schatting", "Estimate"),
    "no_change": ("geen verschil", "no change"),
    "to": ("tot", "to"),
    "made_of": ("Gemaakt van", "Made of"),
    "areas_with": ("gebieden met de interventie", "areas with the intervention"),
    "areas_beside": ("om mee te vergelijken", "to compare with"),
    "periods_before": ("perioden ervoor", "periods before"),
    "periods_after": ("erna", "after"),
    "compared_with": ("Vergeleken met", "Compared with"),
    "with_intervention": ("Met de interventie", "With the intervention"),
    "how_made": ("Methode", "Method"),
    "checks": ("Controles", "Checks"),
    "assumptions": ("Aannames, die cijfers niet kunnen bewijzen", "Assumptions, which no figures can prove"),
    "passed": ("in orde", "all right"),
    "failed": ("let op", "beware"),
    "imprecise": ("te onnauwkeurig om uit te sluiten", "too imprecise to exclude"),
    "not_possible": ("niet mogelijk", "not possible"),
    "intervention": ("Interventie", "Intervention"),
    "elsewhere": (
        "Andere regio’s met dezelfde uitkomstmaat, methode en hetzelfde niveau",
        "Other regions with the same outcome, method and level",
    ),
    "elsewhere_changed": ("cijfers zijn sindsdien veranderd", "figures have changed since"),
    "elsewhere_limit": (
        "Het zijn andere gebieden en vaak andere aanpakken, en regio’s kiezen zelf welke evaluatie zij delen: tel ze"
        " niet op en middel ze niet.",
        "These are other areas and often other approaches, and regions choose which evaluations they share: do not add"
        " or average them.",
    ),
    "made_by": ("Gemaakt door", "Made by"),
}
