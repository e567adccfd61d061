"""What a test for trend takes for granted of an indicator: that each period counts other persons, who differ by chance.

Of a share of residents it is not so. Where the same persons are counted again, chance between two periods is smaller
than was reckoned with (McNemar 1947, Psychometrika 12:153-157), while over many periods what lasts in people, such as a
disease that stays, can look like a trend that is none (Hamed and Rao 1998, Journal of Hydrology 204:182-196).
Regions publish no persons, so by how much is not known: it is said in words.
"""

from typing import Final, Literal

from schemas.definition import IndicatorDefinition, Text

Persons = Literal["largely_the_same", "not_known"]

_COUNTS: Final[dict[Persons, Text]] = {
    "largely_the_same": Text(
        "De toets neemt aan dat elke periode andere personen telt, los van elkaar. Hier zijn het grotendeels dezelfde:"
        " toeval kan kleiner of groter zijn dan berekend. Kijk naast het oordeel hoe groot de verandering is.",
        "The test takes each period to count other persons, independent of each other. Here they are largely the same:"
        " chance can be smaller or larger than was reckoned with. Beside the verdict, look at how large the change is.",
    ),
    "not_known": Text(
        "De toets neemt aan dat elke periode andere personen telt, los van elkaar. Of dat zo is, is niet bekend: toeval"
        " kan kleiner of groter zijn dan berekend. Kijk naast het oordeel hoe groot de verandering is.",
        "The test takes each period to count other persons, independent of each other. Whether they are is not known:"
        " chance can be smaller or larger than was reckoned with. Beside the verdict, look at how large the change is.",
    ),
}
_ORDERS: Final = Text(
    "De toets neemt aan dat perioden los van elkaar staan. Volgt een cijfer dat van de periode ervoor, zoals bij kosten"
    " van dezelfde personen, dan wordt eerder een trend gevonden dan zou moeten.",
    "The test takes periods to be independent. Where a figure follows that of the period before, as costs of the same"
    " persons do, a trend is found sooner than it should be.",
)


def persons(definition: IndicatorDefinition) -> Persons:
    """Return whether an indicator's periods count largely the same persons: who lives here, or has had a disease since.

    Not known of public tables, and of persons or records that are chosen by what happened in the period itself.
    """
    population, measure = definition.population, definition.measure
    if population is None or measure is None or measure.denominator == "records":
        return "not_known"
    chosen = (*population.criteria, *population.exclude)
    lasting = all(one.record == "condition" and one.window.startswith("until_") for one in chosen)
    return "largely_the_same" if lasting else "not_known"


def assumed(definition: IndicatorDefinition) -> Text | None:
    """Return what the test of an indicator's trend takes for granted; None of kinds that are not tested."""
    if definition.kind == "proportion" or definition.kind == "rate":
        return _COUNTS[persons(definition)]
    return _ORDERS if definition.kind in ("mean", "cost_per_person") else None
