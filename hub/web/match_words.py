"""The words of the page of a region's open problems, in both languages."""

from typing import Final

MATCH_WORDS: Final[dict[str, tuple[str, str]]] = {
    "match": ("Wie loste dit op?", "Who solved this?"),
    "match_lead": (
        "De open vraagstukken van een regio, en wat andere regio’s daarover leerden, maten en beoordeelden. Van elk "
        "staat erbij waarom het er staat. Geen ranglijst: regio’s staan op naam.",
        "A region’s open problems, and what other regions learned, measured and judged of them. Each says why it is "
        "here. No league table: regions are listed by name.",
    ),
    "match_choose": ("Kies een regio", "Choose a region"),
    "match_none": ("Geen open vraagstuk gevonden", "No open problem found"),
    "match_none_told": (
        "In wat deze regio vrijgaf en u mag lezen, wijst geen oordeel een vraagstuk aan. Dat zegt niet dat er geen is.",
        "In what this region released and you may read, no verdict points out a problem. That does not say that there "
        "is none.",
    ),
    "match_looked_at": ("Waarnaar is gekeken", "What was looked at"),
    "match_own_rounds": (
        "Wat de regio niet vrijgaf, is hier niet bekend.",
        "What the region has not released is not known here.",
    ),
    "match_why": ("Waarom dit een vraagstuk is", "Why this is a problem"),
    "match_lessons": ("Lessen van andere regio’s", "Lessons of other regions"),
    "match_regions": ("Regio’s waar dit verbeterde", "Regions where this improved"),
    "match_evaluations": ("Evaluaties met een gunstig effect", "Evaluations with a favourable effect"),
    "match_nothing": ("Hier is nog niets over te vinden", "Nothing can be found on this yet"),
    "match_all_lessons": ("Alle lessen hierover", "All lessons about this"),
    "match_left_out": ("Meer vraagstukken", "More problems"),
    "match_all_problems": ("Alle vraagstukken van deze regio", "All problems of this region"),
    "strength_measured": ("gemeten", "measured"),
    "strength_named": ("genoemd", "named"),
    "strength_related": ("verwant", "related"),
    "strength_told": (
        "Gemeten: een oordeel over gepubliceerde cijfers. Genoemd: de schrijver of wie de les aanhaalt, zegt het. "
        "Verwant: alleen woorden of doel zijn hetzelfde.",
        "Measured: a verdict over published figures. Named: the writer, or who cites the lesson, says so. Related: "
        "words or aim alone are the same.",
    ),
}
