"""What the fields of forms are called where one came empty; where that one is hidden, its page is to be opened anew."""

from collections.abc import Mapping
from typing import Final

from schemas.text import Text

_PAGE: Final = Text("Open de pagina opnieuw en probeer het weer.", "Open the page again and try once more.")
HIDDEN: Final = frozenset({"finding", "hash", "lesson", "mark", "pair", "sample"})
"""Fields that nobody fills in."""
FIELDS: Final[Mapping[str, Text]] = {
    "alternative": Text("Wat is erin te zien of te lezen?", "What does it show or say?"),
    "at": Text("Wanneer", "When"),
    "author_role": Text("Rol van de auteur", "Author's role"),
    "confirmed": Text("Naam van de bron", "The source's name"),
    "first": Text("Eerste periode", "First period"),
    "indicator": Text("Indicator", "Indicator"),
    "instrument": Text("Vragenlijst", "Questionnaire"),
    "intervention": Text("Interventie", "Intervention"),
    "kind": Text("Wat het is", "What it is"),
    "language": Text("Taal", "Language"),
    "last": Text("Laatste periode", "Last period"),
    "lens": Text("Onderdeel", "Lens"),
    "licence": Text("Licentie", "Licence"),
    "mapping": Text("Mapping (YAML)", "Mapping (YAML)"),
    "method": Text("Methode", "Method"),
    "name": Text("Korte naam", "Short name"),
    "number": Text("Nummer van de gebeurtenis", "Number of the event"),
    "of": Text("Waar staat het bij?", "What does it stand beside?"),
    "period": Text("Periode", "Period"),
    "reason": Text("Reden", "Reason"),
    "reply": Text("Korte naam van de reactie", "The reply's short name"),
    "role": Text("Namens wie", "On whose behalf"),
    "round": Text("Korte naam", "Short name"),
    "source": Text("Bron", "Source"),
    "text": Text("Woorden", "Words"),
    "title": Text("Titel", "Title"),
    "unit": Text("Telkens over", "Each time over"),
    "url": Text("Adres waar de vragenlijst staat", "Where the questionnaire is served"),
    "verdict": Text("Antwoord", "Answer"),
}


def empty(name: str) -> Text:
    """Return what is said where a field that is needed came empty."""
    if (label := FIELDS.get(name)) is None:
        return _PAGE
    return Text(f"Het veld ‘{label.nl}’ is leeg; vul het in.", f"The field ‘{label.en}’ is empty; fill it in.")
