"""Spelling: undo what a word processor does to digits and blanks, and show words in their surroundings."""

import unicodedata
from typing import Final

_AROUND: Final = 32  # signs shown on either side


def plain(text: str) -> str:
    """Return a text with look-alikes as plain signs, dashes as '-', and without invisible signs."""
    folded = unicodedata.normalize("NFKC", text)
    shown = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    return "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in shown)


def around(text: str, start: int, end: int) -> str:
    """Return signs `start` to `end` of a plain text between brackets, with the words around them, on one line."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    left = "" if start <= _AROUND else "…"
    right = "" if end + _AROUND >= len(text) else "…"
    return " ".join(f"{left}{before}[{text[start:end]}]{after}{right}".split())
