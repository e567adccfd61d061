"""Sentences of the certificate that stand by themselves, in both languages."""

from typing import Final

from schemas.text import Text

from .disclosure.audit import ORGANISATION
from .payees import WHO_IS_PAID

KNOWS: Final = {
    "plain": (
        Text("Een buitenstaander", "An outsider"),
        Text(
            "alle gepubliceerde cijfers, hun sommen en alle eerdere vrijgaven",
            "every published figure, their sums and all earlier releases",
        ),
    ),
    "status": (
        Text("Wie de regels kent", "One who knows the rules"),
        Text("ook onze regels, en welke lege cellen klein zijn", "also our rules, and which blanks are small"),
    ),
    "contributor": (
        Text("Wie zelf meetelt", "One who is counted"),
        Text("ook dat hij zelf in de cel zit", "also that he is in the cell himself"),
    ),
    ORGANISATION: WHO_IS_PAID,
}
NO_OFFICER: Final = Text(
    "In deze regio is geen functionaris gegevensbescherming ingeschreven, dus niemand kon de bundel stilzetten.",
    "The region registered no data protection officer, so that nobody could hold the bundle.",
)
NOT_HELD: Final = Text(
    "De functionaris gegevensbescherming zette de bundel niet stil.",
    "The data protection officer did not hold the bundle.",
)
PANELS: Final = Text(
    "Van panels gaan medianen uit vanaf vijf antwoorden en de middelste helft vanaf tien, in banden van ten minste "
    "twee mogelijke scores. Wie alles weet wat is gedeeld en ook de antwoorden van alle anderen, weet van het laatste "
    "antwoord hoogstens de band. Dat volgt uit de regel zelf en hangt niet van de antwoorden af "
    "(docs/decisions/0018-panels.md).",
    "Of panels leave medians from five answers and the middle half from ten, in bands of at least two possible scores. "
    "One who knows all that is told, and the answers of all others too, knows of the last answer its band at most. "
    "That follows from the rule itself and does not depend on the answers (docs/decisions/0018-panels.md).",
)
PANELS_ALONE: Final = Text(
    "**Herleiden.** Er gaan geen rijen van personen uit, en van panels geen antwoord van iemand.",
    "**Singling out.** No rows of persons leave, and of panels nobody's answer.",
)


def other_items(count: int) -> Text:
    """Return how many items of knowledge and of the programme a bundle holds."""
    if count == 1:
        return Text("1 ander bericht in woorden", "1 other item in words")
    return Text(f"{count} andere berichten in woorden", f"{count} other items in words")
