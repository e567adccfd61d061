"""Dates: of birth by the words beside them, and every full date, which may be one."""

import calendar
import re
from collections.abc import Iterator
from typing import Final

from .trace import BIRTH, DATE, Trace

_BIRTH: Final = re.compile(
    r"(?i)\b(?:geboren|geb\.?|born|geboortedatum|geboortedag|geboortejaar|geb\.?\s?(?:dat|datum)\.?|gebdat|"
    r"date of birth|d\.?o\.?b\.?|verjaart|jarig)[\s:]+(?:(?:op|on|in|is|was)\s+)?"
    r"[`']?\d[\d./'-]*(?:\s(?:\d{1,4}\b|[a-z]{3,9}(?:\s\d{4})?))?"
)
_BIRTH_SIGN: Final = re.compile(r"(?i)(?:°|\*)\s?\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari february feb", "maart march mrt mar", "april apr", "mei may",
            "juni june jun", "juli july jul", "augustus august aug", "september sept sep", "oktober october okt oct",
            "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_WORD: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SHORT: Final = r"[`'´]\d{2}"
_YEAR: Final = r"(?:19|20)\d{2}"
_NUMERIC: Final = (
    re.compile(
        rf"(?<![\d.,/-])(?P<d>\d{{1,2}})(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<y>{_YEAR}|{_SHORT}|\d{{2}})(?!\d|[-/.,]\d)"
    ),
    re.compile(rf"(?<![\d.,/-])(?P<d>\d{{1,2}}) (?P<m>\d{{1,2}}) (?P<y>{_YEAR})(?![\d%]|[-/.,]\d)"),
    re.compile(
        rf"(?<![\d.,/-])(?P<y>{_YEAR}|{_SHORT})(?P<s>[-/. ])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?![\d%]|[-/.,]\d)"
    ),
)
_WRITTEN: Final = (
    re.compile(
        rf"(?<![\d.,/-])(?P<d>\d{{1,2}})(?:e|ste|de|st|nd|rd|th)?[\s./-]{{1,2}}(?:of\s)?(?P<m>{_WORD})\b[\s.,/-]{{1,3}}"
        rf"(?P<y>{_YEAR}|{_SHORT}|\d{{2}})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<m>{_WORD})\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>{_YEAR})(?!\d)", re.IGNORECASE),
    re.compile(
        rf"(?<![\d.,/-])(?P<y>{_YEAR}|{_SHORT})[\s./-]{{1,3}}(?P<m>{_WORD})\b[\s./-]{{1,2}}(?P<d>\d{{1,2}})(?!\d|[.,]\d)",
        re.IGNORECASE,
    ),
)
_LONGEST_MONTH: Final = 2024  # a leap year, so that 29 February counts whatever the year


def births(text: str) -> Iterator[Trace]:
    """Yield what a word or sign beside it calls a birth."""
    for pattern in (_BIRTH, _BIRTH_SIGN):
        for match in pattern.finditer(text):
            yield Trace(*match.span(), BIRTH)


def full_dates(text: str) -> Iterator[Trace]:
    """Yield every day that there can be, from 1900 to 2099, written in digits or with the month's name."""
    for pattern in (*_NUMERIC, *_WRITTEN):
        for match in pattern.finditer(text):
            month = _MONTHS.get(match["m"].lower()) or int(match["m"] if match["m"].isdigit() else 0)
            if 1 <= month <= len(calendar.month_name) - 1 and _is_day(int(match["d"]), month):
                yield Trace(*match.span(), DATE)


def _is_day(day: int, month: int) -> bool:
    return 1 <= day <= calendar.monthrange(_LONGEST_MONTH, month)[1]
