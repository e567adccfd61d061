"""Numbers that point at one person: BSN, bank account, telephone, e-mail, patient and record numbers."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban
from stdnum.nl import bsn

from .trace import BSN, EMAIL, IBAN, RECORD, TELEPHONE, Trace

# Lookaheads, so that numbers next to each other are each tried: a BSN may be followed by a year.
_DIGITS: Final = tuple(re.compile(rf"(?<!\d)(?=(\d(?:[^0-9A-Za-z]{{0,2}}\d){{{more}}})(?!\d))") for more in (7, 8))
# RFC 5321 bounds each part; without bounds a long run of letters would be tried from each of its signs to its end.
_EMAIL: Final = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|[\[(](?:at|apenstaartje)[\])])\s?[\w-]{1,63}\.[\w.]{0,190}\w", re.IGNORECASE
)
_GAP: Final = r"[\s()/.-]{0,3}"
_TELEPHONES: Final = (
    # One digit too many is a slip of the pen, and still somebody's number.
    re.compile(
        rf"(?<!\d)\(?(?:(?:\+31|0031){_GAP}(?:0[\s()/.-]{{0,2}})?|0)[\s()/.-]{{0,2}}[1-9](?:{_GAP}\d){{8,9}}(?!\d)"
    ),
    re.compile(rf"\+[1-9]\d{{0,2}}(?:{_GAP}\d){{7,12}}(?!\d)"),
    re.compile(
        rf"\b(?:tel|telefoon|telefoonnummer|telnr|mobiel|fax|phone)\b[.:\s]{{0,3}}(\d(?:{_GAP}\d){{5,11}})(?!\d)", re.I
    ),
)
_IBAN: Final = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_SHORTEST_IBAN: Final = 15  # Norway's; ISO 13616 allows up to 34 signs

_CUE: Final = (
    r"(?:(?:pati[eë]nt|pat|cli[eë]nt|dossier|record|zorg|polis|relatie|studie|episode|mrn|zis|sap|epd|deelnemer|"
    r"verzekerden|burgerservice|patient\s?record)[\s.-]{0,2}(?:nummers?|nr|id|number|no|code)|mrn|bsn|patnr|zisnr)"
)
_CUED: Final = re.compile(rf"\b{_CUE}\b[\s.:=#]{{0,4}}((?:[A-Z]{{1,4}}[-.]?)?\d[\dA-Z.-]{{1,19}}\d)", re.IGNORECASE)
_CUED_AFTER: Final = re.compile(rf"(?<![\d.,])(\d{{3,15}})[\s:=(]{{1,3}}{_CUE}\b", re.IGNORECASE)
# Amounts and counts of seven digits are written with dots; a run without them is more often a record's number.
_BARE: Final = re.compile(r"(?<![\d.,])(?<!\d-)\d{7,15}(?![\d]|[.,]\d)")


def numbers(text: str) -> Iterator[Trace]:
    """Yield every number in a plain text that points at one person, but for bare ones."""
    for pattern in _DIGITS:
        for match in pattern.finditer(text):
            if bsn.is_valid(re.sub(r"\D", "", match[1]).zfill(9)):
                yield Trace(*match.span(1), BSN)
    for match in _EMAIL.finditer(text):
        yield Trace(*match.span(), EMAIL)
    for pattern in _TELEPHONES:
        for match in pattern.finditer(text):
            yield Trace(*match.span(), TELEPHONE)
    for match in _IBAN.finditer(text):
        if (end := _iban_end(match[0])) is not None:
            yield Trace(match.start(), match.start() + end, IBAN)
    for pattern in (_CUED, _CUED_AFTER):
        for match in pattern.finditer(text):
            yield Trace(*match.span(1), RECORD)


def bare_numbers(text: str) -> Iterator[Trace]:
    """Yield runs of 7 to 15 digits, which may be a record's number without a word that says so."""
    for match in _BARE.finditer(text):
        yield Trace(*match.span(), RECORD)


def _iban_end(signs: str) -> int | None:
    """Return where a valid account number (ISO 13616, mod 97) that begins these signs ends."""
    places = [place for place, sign in enumerate(signs) if sign.isalnum()]
    for length in range(len(places), _SHORTEST_IBAN - 1, -1):
        end = places[length - 1] + 1
        if iban.is_valid(re.sub(r"[ .-]", "", signs[:end])):
            return end
    return None
