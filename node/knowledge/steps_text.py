"""The words of the guide: the titles of the six steps, and what to do next, each with the command that does it."""

from typing import Final

from schemas.definition import Text

TITLES: Final = (
    Text("Populatie bepalen", "Identify the population"),
    Text("Nulmeting op de Triple Aim", "Triple Aim baseline"),
    Text("Segmenteren en interventies onderbouwen", "Segment, and justify interventions"),
    Text("Portfolio uitvoeren", "Implement the portfolio"),
    Text("Evalueren", "Evaluate"),
    Text("Terugkoppelen naar alle eerdere stappen", "Feed back into all earlier steps"),
)

ADVICE: Final = {
    "load_persons": Text(
        "Laad een bron die personen beschrijft, meestal het bevolkings- of patiëntenregister: `source load MAPPING`.",
        "Load a source that describes persons, normally the population or patient register: `source load MAPPING`.",
    ),
    "load_coverage": Text(
        "Laad wie wanneer meetelt (verzekerd of ingeschreven), record `coverage`: `source load MAPPING`.",
        "Load who counts when (insured or registered), record `coverage`: `source load MAPPING`.",
    ),
    "baseline_health": Text(
        "Publiceer een eerste gezondheidsindicator: `measure`, dan `release prepare`.",
        "Publish a first health indicator: `measure`, then `release prepare`.",
    ),
    "baseline_quality": Text(
        "Publiceer een eerste kwaliteitsindicator (ervaring of proces): `measure`, dan `release prepare`.",
        "Publish a first indicator of quality (experience or process): `measure`, then `release prepare`.",
    ),
    "baseline_cost": Text(
        "Publiceer een eerste kostenindicator: `measure`, dan `release prepare`.",
        "Publish a first indicator of cost: `measure`, then `release prepare`.",
    ),
    "segment": Text(
        "Kies een segment waar de nulmeting een opgave toont; leg een interventie vast: `intervention record BESTAND`.",
        "Choose a segment in which the baseline shows a task, and record an intervention: `intervention record FILE`.",
    ),
    "intervention": Text(
        "Leg vast wat de regio doet, van preventie tot palliatieve zorg: `intervention record BESTAND`.",
        "Record what the region does, from prevention to palliative care: `intervention record FILE`.",
    ),
    "begin_intervention": Text(
        "Er is nog niets begonnen; pas `start` aan zodra dat verandert: `intervention record BESTAND`.",
        "Nothing has begun yet; change `start` once that differs: `intervention record FILE`.",
    ),
    "no_intervention": Text(
        "Zonder begonnen interventie valt er niets te evalueren.",
        "Without an intervention that has begun there is nothing to evaluate.",
    ),
    "both_sides": Text(
        "Publiceer de doelindicator over een periode vóór en een periode na de start: `release prepare --period`.",
        "Publish the goal's indicator for a period before and one after the start: `release prepare --period`.",
    ),
    "lesson": Text(
        "Schrijf op wat is geleerd: `lesson add BESTAND`, dan `release lesson`.",
        "Write down what was learnt: `lesson add FILE`, then `release lesson`.",
    ),
    "lesson_of_intervention": Text(
        "Noem in een les een indicator van een interventie, zodat lezers de cijfers vinden: `lesson add BESTAND`.",
        "Name an indicator of an intervention in a lesson, so that its readers find the figures: `lesson add FILE`.",
    ),
}
