"""Whether a sentence with a number in it agrees with that number: `1 regions`, `1 van 3 rijen worden`."""

import re
from typing import Final

# What the sentences of this project count, in the plural.
_PLURALS: Final = """
    rijen regio’s regio's personen mensen berichten gebeurtenissen cellen onderdelen lessen dagen perioden maanden
    kwartalen jaren gebieden gemeenten cijfers bestanden paren tekens definities sleutels antwoorden bronnen kolommen
    plaatsen acties reacties lezers organisaties indicatoren pogingen webhooks tokens reflecties tabellen evaluaties
    bladen bevindingen concepten akkoorden soorten lessons regions rows persons events cells items days periods months
    years areas figures files pairs characters definitions keys answers sources columns seats actions replies readers
    organisations indicators attempts times reflections tables evaluations findings drafts approvals people kinds
"""
_VERBS: Final = "zijn worden staan hebben gelden wachten are have were occur hold wait"
_NOUN: Final = re.compile(rf"(?<![\d.,/–-])1 (?:(?!door|by|van|of\b)\w+ )?({'|'.join(_PLURALS.split())})\b")
_VERB: Final = re.compile(rf"(?<![\d.,/–-])1 (?:van|of) (?:de |the )?\d+ \w+ ({'|'.join(_VERBS.split())})\b")
_RATIO: Final = re.compile(r"1 (?:van|of)\b")


def disagreements(text: str) -> list[str]:
    """Return the parts of a text in which something single is counted as several."""
    found = [one[0] for one in _NOUN.finditer(text) if not _RATIO.match(one[0])]
    return found + [one[0] for one in _VERB.finditer(text)]
