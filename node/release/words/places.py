"""Addresses: a postcode, with a house number before or after it or without, a street with its number, a PO box."""

import re
from collections.abc import Iterator
from typing import Final

from .trace import ADDRESS, POSTCODE, Trace

_NUMBER: Final = r"\d{1,5}(?:\s?[A-Za-z]\b|\s?-\s?\d{1,4})?"
# Two letters that are a word or a unit make a year or a dose of four digits, unless they are joined in capitals.
_WORDS: Final = (
    r"(?:aa?n|al|an|as|at|be|by|cc|cl|cm|de|dl|do|en|er|eu|ft|ga|go|he|ie|if|ik|in|is|it|ja|je|kg|kj|km|me|mg|ml|mm|my|na|"
    r"no|nu|of|om|on|op|or|pm|so|st|te|to|ug|up|us|uw|we|wg|ze|zo)"
)
# SA, SD and SS are never given out.
_LETTERS: Final = r"(?!sa|sd|ss)[a-z]{2}"
_AFTER: Final = re.compile(
    rf"\b[1-9]\d{{3}}(?:\s(?!(?-i:{_WORDS})\b)|(?!\s)){_LETTERS}\b\s?,?\s?\d{{1,5}}(?:\s?[a-z]\b)?(?![\d%])",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    rf"\b\d{{1,5}}(?:\s?[a-z]|-\d{{1,4}})?,?\s{{1,3}}(?:te\s)?[1-9]\d{{3}}\s?(?!{_WORDS}\b){_LETTERS}\b", re.IGNORECASE
)
_UNITS: Final = r"(?!(?:mg|ml|mm|km|kg|cm|ug|ie|mm|kj|cc|pm|am|st)\b)"
_ALONE: Final = (
    re.compile(r"\b[1-9]\d{3}\s(?!SA|SD|SS|MG|ML|MM|KM|KG|CM|IE|EU)[A-Z]{2}\b"),
    re.compile(rf"\b[1-9]\d{{3}}{_UNITS}{_LETTERS}\b", re.IGNORECASE),
)
_KINDS_OF_STREET: Final = (
    r"(?:straat|str|laan|ln|weg|wg|dijk|dreef|kade|plein|pln|plantsoen|plnts|singel|sngl|steeg|baan|bolwerk|gracht|pad|"
    r"oever|wal|boulevard|allee|strjitte|kamp|veld|werf|erf|hofje|laantje|straatje|prk|street|road|avenue)"
)
# What many a town's name ends in counts as a street only where the number cannot be a year.
_TOWNLIKE: Final = r"(?:dam|hof|park|markt|haven|berg|brug|poort|ring|burg)"
_TITLE: Final = (
    r"(?:(?:[Pp]rof(?:essor|\.)|[Dd](?:octo)?r\.?|[Bb]urg(?:emeester|\.)|[A-Z][\w.'-]{0,40}|van|de|der|den|'t)\s)"
)
_STREETS: Final = (
    re.compile(rf"\b{_TITLE}{{0,4}}[A-Z][\w.'-]{{0,40}}{_KINDS_OF_STREET}\s{_NUMBER}(?![\w%]|[.,]\d)"),
    re.compile(rf"\b{_TITLE}{{0,4}}[A-Z][\w.'-]{{0,40}}{_TOWNLIKE}\s(?!(?:19|20)\d\d\b){_NUMBER}(?![\w%]|[.,]\d)"),
    re.compile(
        rf"\b[A-Z][\w'-]{{1,40}}\s(?:[Ss]traat|[Ll]aan|[Ww]eg|[Pp]lein|[Kk]ade|[Ss]treet|[Rr]oad)\s{_NUMBER}(?![\w%]|[.,]\d)"
    ),
    re.compile(r"\b(?i:postbus|p\.?o\.? box)\s\d{1,5}"),
)


def places(text: str) -> Iterator[Trace]:
    """Yield every postcode and every street with a number in a plain text."""
    for pattern in (_AFTER, _BEFORE):
        for match in pattern.finditer(text):
            yield Trace(*match.span(), POSTCODE)
    for pattern in (*_ALONE, *_STREETS):
        for match in pattern.finditer(text):
            yield Trace(*match.span(), ADDRESS)
