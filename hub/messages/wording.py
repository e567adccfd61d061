"""Look through a message for what points at a person, before it is sent: by rules, which find less than people do.

It is the hub's own small scan: a region scans what it releases with more (`node/release/words`), and what a reader
writes here is seen by that region alone. A find warns and never tells the words.
"""

import re
from typing import Final, Literal

Trace = Literal["email", "telephone", "bsn", "number", "date", "postcode"]
_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}\.[A-Za-z]{2,}")
_TELEPHONE: Final = re.compile(r"(?<![\d.,])(?:\+31|0031|0)[ -]?[1-9](?:[ -]?\d){8}(?!\d)")
_LONG_NUMBER: Final = re.compile(r"(?<![\d.,])\d(?:[ .-]?\d){6,14}(?![\d,])")
_MONTHS: Final = (
    "jan(?:uari|uary)?|feb(?:ruari|ruary)?|maart|march|mrt|mar|apr(?:il)?|mei|may|juni?|june?|juli?|july?|"
    "aug(?:ustus|ust)?|sep(?:tember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d|"
    rf"\d{{1,2}} (?:{_MONTHS})\.? (?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_POSTCODE: Final = re.compile(r"(?<![\w])[1-9]\d{3} ?[A-Za-z]{2}(?![\w])")


def traces(text: str) -> tuple[Trace, ...]:
    """Return what kinds of traces of a person a text seems to hold, each once."""
    found: dict[Trace, bool] = {
        "email": _EMAIL.search(text) is not None,
        "telephone": _TELEPHONE.search(text) is not None,
        "date": _DATE.search(text) is not None,
        "postcode": _POSTCODE.search(text) is not None,
    }
    left = _TELEPHONE.sub(" ", _DATE.sub(" ", text))
    for match in _LONG_NUMBER.finditer(left):
        found["bsn" if _is_bsn(re.sub(r"\D", "", match[0])) else "number"] = True
    return tuple(kind for kind, is_there in found.items() if is_there)


def _is_bsn(digits: str) -> bool:
    """Tell whether digits are a valid citizen service number (the "elfproef")."""
    if len(digits) not in (8, 9) or not int(digits):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, digits.zfill(9), strict=True)) % 11 == 0
