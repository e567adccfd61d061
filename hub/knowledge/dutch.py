"""Stem Dutch words as the Snowball algorithm does (snowballstem.org/algorithms/dutch, the one before 3.0).

PostgreSQL has it as `dutch_stem`, SQLite has none; the tests hold this one against PostgreSQL's. Words come in lower
case and without accents, so the vowel è of the original is an e here.
"""

import re
from typing import Final

_VOWELS: Final = "aeiouy"
_REGION: Final = re.compile(f"[{_VOWELS}][^{_VOWELS}]")
_STEP_1: Final = ("heden", "ene", "en", "se", "s")  # the longest first, as the algorithm asks
_STEP_3: Final = ("lijk", "baar", "end", "ing", "bar", "ig")
_LEAST_BEFORE_R1: Final = 3
_DOUBLED: Final = re.compile(f"([^{_VOWELS}])(aa|ee|oo|uu)([^{_VOWELS}I])$")


def stem(word: str) -> str:
    """Return the stem of one word."""
    word = _marked(word)
    r1, r2 = _regions(word)
    word = _step_1(word, r1)
    word, found_e = _without_e(word, r1)
    if word.endswith("heid") and len(word) - 4 >= r2 and not word.endswith("cheid"):
        word = word[:-4]
        if word.endswith("en"):
            word = _without_en(word, 2, r1)
    word = _step_3(word, r1, r2, found_e)
    if _DOUBLED.search(word):
        word = word[:-2] + word[-1]
    return word.lower()


def _marked(word: str) -> str:
    """Write y and i that stand for consonants as capitals: at the beginning, after a vowel, between two."""
    letters = list("Y" + word[1:] if word.startswith("y") else word)
    place = 0
    while place + 1 < len(letters):
        if letters[place] not in _VOWELS:
            place += 1
        elif letters[place + 1] == "i" and place + 2 < len(letters) and letters[place + 2] in _VOWELS:
            letters[place + 1] = "I"
            place += 3
        elif letters[place + 1] == "y":
            letters[place + 1] = "Y"
            place += 2
        else:
            place += 1
    return "".join(letters)


def _regions(word: str) -> tuple[int, int]:
    first = _REGION.search(word)
    if first is None:
        return len(word), len(word)
    second = _REGION.search(word, first.end())
    return max(first.end(), _LEAST_BEFORE_R1), len(word) if second is None else second.end()


def _step_1(word: str, r1: int) -> str:
    ending = next((one for one in _STEP_1 if word.endswith(one)), "")
    before = word[: len(word) - len(ending)]
    if not ending or len(before) < r1:
        return word
    if ending == "heden":
        return f"{before}heid"
    if ending in ("ene", "en"):
        return _without_en(word, len(ending), r1)
    return before if before[-1:] not in (*_VOWELS, "j", "") else word


def _without_en(word: str, letters: int, r1: int) -> str:
    before = word[:-letters]
    if len(before) < r1 or before[-1:] in (*_VOWELS, "") or before.endswith("gem"):
        return word
    return _undoubled(before)


def _without_e(word: str, r1: int) -> tuple[str, bool]:
    before = word[:-1]
    if not word.endswith("e") or len(before) < r1 or before[-1:] in (*_VOWELS, ""):
        return word, False
    return _undoubled(before), True


def _step_3(word: str, r1: int, r2: int, found_e: bool) -> str:
    ending = next((one for one in _STEP_3 if word.endswith(one)), "")
    before = word[: len(word) - len(ending)]
    if not ending or len(before) < r2:
        return word
    match ending:
        case "end" | "ing":
            is_ig = before.endswith("ig") and len(before) - 2 >= r2 and not before.endswith("eig")
            return before[:-2] if is_ig else _undoubled(before)
        case "ig":
            return word if before.endswith("e") else before
        case "lijk":
            return _without_e(before, r1)[0]
        case "bar":
            return before if found_e else word
    return before


def _undoubled(word: str) -> str:
    return word[:-1] if word.endswith(("kk", "dd", "tt")) else word
