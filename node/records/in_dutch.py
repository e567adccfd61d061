"""What the program and its readers say of rows and files, in Dutch: reasons for rejecting a row, and remarks.

Both are kept in English, as they are stored with the places of rejected rows; patterns stand for what varies in them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from schemas.codes import Language
from schemas.text import Text

_Patterns = Sequence[tuple[str, str]]
_OF_COLUMNS: Final[_Patterns] = (
    (r"is empty", "is leeg"),
    (r"is not one of the known codes", "is geen van de bekende codes"),
    (r"lies before the start", "ligt voor het begin"),
    (r"contradicts an earlier row of the same person", "spreekt een eerdere rij van dezelfde persoon tegen"),
    (r"has too few or too many columns", "heeft te weinig of te veel kolommen"),
    (r"is not an area code", "is geen gebiedscode"),
    (r"is not a text", "is geen tekst"),
    (r"is not a valid citizen service number \(11-test\)", "is geen geldig burgerservicenummer (elfproef)"),
    (r"is not a possible date, written (.+)", r"is geen bestaande datum, geschreven als \1"),
    (
        r"is a municipality that was divided over several; give the code in the division of (\d+)",
        r"is een gemeente die over meerdere verdeeld is; geef de code in de indeling van \1",
    ),
    (
        r"is not a number with a decimal (comma|point) and at most (\d) decimals, without signs between thousands",
        r"is geen getal met een decimale \1 en hoogstens \2 decimalen, zonder tekens tussen duizendtallen",
    ),
    (
        r"is not a number with a decimal (comma|point) and at most (\d) decimals, without signs between thousands"
        r" \(where the file writes commas, add (`.+`) to it in the mapping\)",
        r"is geen getal met een decimale \1 en hoogstens \2 decimalen, zonder tekens tussen duizendtallen"
        r" (schrijft het bestand komma's, zet er dan in de mapping \3 bij)",
    ),
)
_OF_READERS: Final[_Patterns] = (
    (r"is an error of the spreadsheet, such as #N/A", "is een fout van het rekenblad, zoals #N/B"),
    (r"is an extension that can turn the meaning round", "is een extensie die de betekenis kan omkeren"),
    (r"has no code of a known system", "heeft geen code van een bekend stelsel"),
    (r"is not in the currency of the mapping", "is niet in de munt van de mapping"),
    (r"is not the currency of the mapping", "is niet de munt van de mapping"),
    (r"points to an event that is not in the set", "verwijst naar een gebeurtenis die niet in de set is"),
    (r"names more than one person", "noemt meer dan één persoon"),
    (r"is not about a patient", "gaat niet over een patiënt"),
    (r"points to a patient that is not in the delivery", "verwijst naar een patiënt die niet in de levering is"),
    (
        r"is a patient within the resource, without the identifier",
        "is een patiënt binnen de resource, zonder het kenmerk",
    ),
    (r"is a search by something else than identifier", "zoekt op iets anders dan `identifier`"),
    (r"points to several patients who are called the same", "verwijst naar meerdere patiënten die gelijk heten"),
    (r"points to a patient without the identifier", "verwijst naar een patiënt zonder het kenmerk"),
)
_REMARKS: Final[_Patterns] = (
    (
        r"does not say the set's version; read as (.+) or (.+)",
        r"noemt de versie van de set niet; gelezen als \1 of \2",
    ),
    (r"not read; rows", "niet gelezen; rijen"),
    (r"not read; resources", "niet gelezen; resources"),
    (
        r"read for the codes of medicines only; resources",
        "alleen gelezen om de codes van geneesmiddelen; resources",
    ),
    (r"the manifest lists (\d+), and the delivery has", r"het manifest noemt er \1, en de levering heeft er"),
    (
        r"not in the delivery, so it brings no (.+); resources",
        r"niet in de levering, die dus geen <\1> brengt; resources",
    ),
    (r"hidden rows, read as the others are", "verborgen rijen, gelezen zoals de andere"),
    (
        r"hidden columns, read where the mapping names them",
        "verborgen kolommen, gelezen waar de mapping ze noemt",
    ),
    (
        r"merged cells below the headings, of which only the first row and column has the value",
        "samengevoegde cellen onder de koppen, waarvan alleen de eerste rij en kolom de waarde heeft",
    ),
    (r"hidden sheet, read since the mapping names it", "verborgen blad, gelezen omdat de mapping het noemt"),
    (
        r"other sheets that are hidden and not read; check that nothing is missed",
        "andere bladen, verborgen en niet gelezen; controleer of er niets gemist wordt",
    ),
    (
        r"has died on a day that is not given, and counts as alive",
        "is overleden op een dag die niet gegeven is, en telt als levend",
    ),
    (
        r"(.+) comes in several units \((.+)\), none of them converted",
        r"\1 komt in meerdere eenheden voor (\2), geen ervan omgerekend",
    ),
    (
        r"has no other code than one of (.+), which `fhir.code_systems` may name",
        r"heeft geen andere code dan een van \1, dat `fhir.code_systems` kan noemen",
    ),
    (
        r"(.+) gives only the (month|year), read as its (first|last) day",
        r"\1 geeft alleen <\2>, gelezen als de <\3> dag ervan",
    ),
    (
        r"has a value that is a bound \(< or >\), and counts without it",
        "heeft een waarde die een grens is (< of >), en telt zonder die waarde",
    ),
    (
        r"has a coded value without a number in `fhir.value_codes`, and counts without it",
        "heeft een gecodeerde waarde zonder getal in `fhir.value_codes`, en telt zonder die waarde",
    ),
    (r"is the log of an export, and is not read; files", "is het verslag van een export, niet gelezen; bestanden"),
    (
        r"has a next page; check that it is in the delivery too; bundles",
        "heeft een volgende bladzijde; controleer of die ook in de levering is; bundels",
    ),
    (r"entries without a resource", "onderdelen zonder resource"),
)
_DAYS: Final = {"%d": "dd", "%m": "mm", "%Y": "jjjj", "%y": "jj"}  # of a date's form, as people write it
_POINT: Final = re.compile(r"(?<=\d)\.(?=\d+\s?%)")
_WORDS: Final = {
    "decimale comma": "decimale komma", "decimale point": "decimale punt", "<month>": "de maand", "<year>": "het jaar",
    "<first>": "eerste", "<last>": "laatste", "<person>": "personen", "<coverage>": "inschrijvingen",
    "<residence>": "woonplaatsen", "<condition>": "aandoeningen", "<encounter>": "contacten",
    "<measurement>": "metingen", "<treatment>": "behandelingen", "<cost>": "kosten",
}  # fmt: skip
_PROGRESS: Final[_Patterns] = (
    (r"(.+): loaded", r"\1: geladen"),
    (r"(.+): linking", r"\1: koppelen"),
    (r"(.+): reading linkage fields", r"\1: koppelvelden lezen"),
    (r"comparing (\d+) persons", r"\1 personen vergelijken"),
)
_RULES: Final[_Patterns] = (
    (r"name, birth date and postcode", "naam, geboortedatum en postcode"),
    (r"name, birth date and insurer number", "naam, geboortedatum en polisnummer"),
    (r"name, birth date and personal number", "naam, geboortedatum en persoonsnummer"),
    (r"name, birth date and e-mail", "naam, geboortedatum en e-mailadres"),
    (r"model", "het model"),
)
LINKED_BY: Final[Mapping[str, Text]] = {
    "bsn": Text("op burgerservicenummer", "by citizen service number"),
    "pseudonym": Text("op gelijk pseudoniem", "by equal pseudonym"),
    "probabilistic": Text("door vergelijken", "by comparison"),
    "none": Text("niet gekoppeld", "not linked"),
}
"""How the persons of a source are found in others, by the code of its mapping."""
WHOLE_ROW: Final = "(whole row)"
"""What stands for a column where a whole row was rejected."""


def in_dutch(reason: str) -> str:
    """Return a reason for rejecting a row in Dutch; the state of a FHIR resource (`is cancelled`) stays as it is."""
    return _said((*_OF_COLUMNS, *_OF_READERS), reason)


def remark_in_dutch(remark: str) -> str:
    """Return what a reader remarks of a file in Dutch."""
    return _said(_REMARKS, remark)


def progress_in_dutch(text: str) -> str:
    """Return what long work says it is doing in Dutch."""
    return _said(_PROGRESS, text)


def rule_in_dutch(rule: str) -> str:
    """Return in Dutch by what two persons were taken for one."""
    return _said(_RULES, rule)


def percent_told(share: float, lang: Language) -> str:
    """Return a share as a percentage with one decimal, as a reader of the language writes it."""
    told = f"{share:.1%}"
    return told.replace(".", ",") if lang == "nl" else told


def in_dutch_decimals(text: str) -> str:
    """Return a text with its percentages as a reader of Dutch writes them: `5,0%`."""
    return _POINT.sub(",", text)


def column_in_dutch(column: str) -> str:
    """Return a column as a reader of Dutch is told it: by its name in the file, unless it stands for the whole row."""
    return "(hele rij)" if column == WHOLE_ROW else column


def _said(patterns: _Patterns, english: str) -> str:
    for pattern, dutch in patterns:
        if re.fullmatch(pattern, english):
            said = re.sub(rf"^{pattern}$", dutch, english)
            for sign, letters in _DAYS.items():
                said = said.replace(sign, letters)
            for word, right in _WORDS.items():
                said = said.replace(word, right)
            return said
    return english
