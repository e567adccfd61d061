"""Why a comparison holds no figure, in words: the same sentence on the page and in JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from hub.comparison import ComparedRegion
from schemas.definition import Text

_WHY: Final[Mapping[str, Text]] = {
    "withdrawn": Text("trok het cijfer terug", "withdrew the figure"),
    "cell_missing": Text("is niet in deze groep ingedeeld", "is not cut into this group"),
    "not_available": Text("heeft geen cijfer, oorzaak onbekend", "has no figure, cause unknown"),
    "not_collected": Text("verzamelde het niet", "did not collect it"),
    "not_applicable": Text("kan dit cijfer niet hebben", "cannot have this figure"),
    "definition": Text("heeft een andere definitie", "has another definition"),
    "period": Text("heeft een andere periode", "has another period"),
    "region_set": Text("hoort bij een andere indeling", "is of another set of regions"),
    "division_year": Text("heeft een andere gemeentelijke indeling", "has another division of municipalities"),
    "stratum_missing": Text("gaf het niet in deze leeftijdsgroepen", "did not give it by these age groups"),
    "stratum_empty": Text("heeft een leeftijdsgroep zonder inwoners", "has an age group without inhabitants"),
    "partial": Text("dekt te weinig personen", "covers too few persons"),
    "rounded": Text("gaf het alleen afgerond", "gave it rounded only"),
    "no_denominator": Text("heeft niets om door te delen", "has nothing to divide by"),
    "no_reference": Text(
        "heeft geen verwacht aantal, want er zijn geen regio’s samen",
        "has no expected number, since there are no regions together",
    ),
    "reference_withheld": Text(
        "heeft geen verwacht aantal, want regio’s samen wordt (nog) niet getoond",
        "has no expected number, since regions together is not shown (yet)",
    ),
    "nothing_expected": Text("heeft geen gevallen te verwachten", "has no cases to expect"),
    "suppressed": Text("verborg het, met een onbekend bereik", "hid it, within an unknown range"),
}


def empty_because(rows: Sequence[ComparedRegion]) -> Text | None:
    """Return how many regions have no figure for which reason, the most first.

    None where any has a figure or a range, or where no reason is known in words.
    """
    if any(row.estimate is not None or row.range_low is not None for row in rows):
        return None
    counted = Counter(row.reason for row in rows if row.reason in _WHY)
    listed = sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))
    told = [(number, _WHY[reason]) for reason, number in listed if reason is not None]
    if not told:
        return None
    return Text(
        f"Leeg, want: {'; '.join(f'{number}× {why.nl}' for number, why in told)}.",
        f"Empty, because: {'; '.join(f'{number}× {why.en}' for number, why in told)}.",
    )
