"""Scan the words of a lesson for traces of persons before anyone approves them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import msgspec
from stdnum.nl import bsn

from schemas.payloads import LessonPublished

# Lookaheads, so that numbers next to each other are each tried: a BSN may be followed by a year.
_DIGITS: Final = tuple(re.compile(rf"(?<!\d)(?=(\d(?:[^0-9A-Za-z]{{0,2}}\d){{{more}}})(?!\d))") for more in (7, 8))
_PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "a telephone number": re.compile(
        r"(?<!\d)\(?(?:(?:\+31|0031)[\s()/.-]{0,3}(?:0[\s()/.-]{0,2})?|0)[\s()/.-]{0,2}[1-9](?:[\s()/.-]{0,3}\d){8}(?!\d)"
    ),
    "a postcode with house number": re.compile(r"(?i)\b[1-9]\d{3}\s?[a-z]{2}\s?,?\s?\d{1,4}(?!\d)"),
    "a date of birth": re.compile(
        r"(?i)\b(?:geboren|geb\.|born|geboortedatum|geboortejaar|date of birth)[\s:]+(?:(?:op|on|in)\s+)?\d"
    ),
}


@dataclass(frozen=True, slots=True)
class ScannedLesson:
    """A lesson with what the scan found: the field and the kind of trace, never the text itself."""

    payload: LessonPublished
    findings: tuple[str, ...]


def scan(lesson: LessonPublished) -> ScannedLesson:
    """Look through every text of a lesson for citizen service numbers, addresses, numbers and dates of birth."""
    findings: list[str] = []
    for name, value in msgspec.to_builtins(lesson).items():
        texts = value if isinstance(value, list | tuple) else [value]
        for text in texts:
            if isinstance(text, str):
                findings += [f"{name}: {found}" for found in traces(text)]
    return ScannedLesson(lesson, tuple(dict.fromkeys(findings)))


def traces(text: str) -> tuple[str, ...]:
    """Return what a text may say about a person, in words that do not repeat it."""
    return tuple(f"looks like {kind}" for kind in _kinds(_plain(text)))


def _plain(text: str) -> str:
    """Undo what a word processor does to digits and blanks: look-alikes become plain, invisible signs go."""
    folded = unicodedata.normalize("NFKC", text)
    shown = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    return "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in shown)


def _kinds(text: str) -> list[str]:
    kinds = [kind for kind, pattern in _PATTERNS.items() if pattern.search(text)]
    found = [match[1] for pattern in _DIGITS for match in pattern.finditer(text)]
    if any(bsn.is_valid(re.sub(r"\D", "", digits).zfill(9)) for digits in found):
        kinds.append("a citizen service number (BSN)")
    return kinds
