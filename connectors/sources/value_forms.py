"""What the texts of a column look like: dates and in which format, numbers, codes, identifiers; never the texts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stdnum.nl import bsn

DATE_FORMATS: Final = (
    "%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d.%m.%Y", "%d-%m-%y", "%Y/%m/%d",
    "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ",
)  # fmt: skip
SEX_CODES: Final[Mapping[str, str]] = {  # texts that a Dutch or English source writes for a person's sex
    "m": "m", "man": "m", "male": "m", "mannelijk": "m", "v": "f", "vrouw": "f", "vrouwelijk": "f", "f": "f",
    "female": "f", "o": "unknown", "onbekend": "unknown", "u": "unknown", "unknown": "unknown",
}  # fmt: skip
_UNIQUE: Final = 0.95  # of the texts differ: an extract repeats a few rows
_KNOWN: Final = 0.9  # of the texts are codes of a list, so that a few faults do not hide it
_YEARS: Final = range(1880, 2100)
_LONGEST: Final = 60  # characters of a text that is looked at

_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "whole": re.compile(r"-?\d{1,15}"),
    "comma": re.compile(r"-?\d{1,13},\d{1,4}"),
    "point": re.compile(r"-?\d{1,13}\.\d{1,4}"),
    "gm": re.compile(r"GM\d{4}"),
    "gm_number": re.compile(r"\d{1,4}"),
    "icpc": re.compile(r"[ABDFHKLNPRSTUWXYZ]\d{2}(\.\d{2})?"),
    "atc": re.compile(r"[A-DGHJL-NPRSV]\d{2}[A-Z]{2}\d{2}"),
    "icd10": re.compile(r"[A-Z]\d{2}(\.\d{1,2})?"),
    "loinc": re.compile(r"\d{1,5}-\d"),
    "hex": re.compile(r"[0-9a-fA-F]{32,128}"),
}


@dataclass(frozen=True)
class Forms:
    """The share of a column's filled texts that has each form, how many were looked at, and how many were empty."""

    shares: Mapping[str, float]
    filled: int
    empty: int
    distinct: int
    date_format: str | None
    sex_codes: tuple[str, ...]  # of SEX_CODES as written: m or M

    def share(self, *names: str) -> float:
        """Return the largest share among these forms."""
        return max((self.shares.get(name, 0.0) for name in names), default=0.0)

    @property
    def number_share(self) -> float:
        """Return the share that is a number, whatever its decimal sign."""
        return min(1.0, sum(self.shares.get(name, 0.0) for name in ("whole", "comma", "point")))

    @property
    def is_unique(self) -> bool:
        """Tell whether hardly any text occurs twice, as with a record's number."""
        return self.filled > 1 and self.distinct >= _UNIQUE * self.filled


def forms_of(texts: Sequence[str]) -> Forms:
    """Look at a sample of a column."""
    filled = [text.strip()[:_LONGEST] for text in texts if text.strip()]
    found = {name: _share(filled, pattern.fullmatch) for name, pattern in _PATTERNS.items()}
    found["bsn"] = _share(filled, lambda text: 7 < len(text) < 10 and bsn.is_valid(text))
    dates = {form: _share(filled, lambda text, form=form: is_date(text, form)) for form in DATE_FORMATS}  # type: ignore[misc]
    best = max(DATE_FORMATS, key=lambda form: dates[form])
    found["date"] = dates[best]
    found["sex"] = _share(filled, lambda text: text.casefold() in SEX_CODES)
    codes = tuple(sorted({text for text in filled if text.casefold() in SEX_CODES})) if found["sex"] > _KNOWN else ()
    return Forms(
        shares=found, filled=len(filled), empty=len(texts) - len(filled), distinct=len(set(filled)),
        date_format=best if dates[best] > 0 else None, sex_codes=codes,
    )  # fmt: skip


def is_date(text: str, form: str) -> bool:
    """Tell whether a text is a possible day in a format."""
    try:
        return datetime.strptime(text, form).year in _YEARS
    except ValueError:
        return False


def _share(texts: Sequence[str], has: Callable[[str], object]) -> float:
    return sum(bool(has(text)) for text in texts) / len(texts) if texts else 0.0
