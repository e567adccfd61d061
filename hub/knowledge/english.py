"""Stem English words as the Snowball algorithm Porter2 does (snowballstem.org/algorithms/english).

PostgreSQL has it as `english_stem`; the tests hold this one against PostgreSQL's. Words come in lower case and without
apostrophes.
"""

import re
from collections.abc import Iterable
from typing import Final

_VOWELS: Final = "aeiouy"
_REGION: Final = re.compile(f"[{_VOWELS}][^{_VOWELS}]")
_EARLY: Final = ("gener", "commun", "arsen")  # what comes after is the first region
_SHORT: Final = re.compile(f"(^[{_VOWELS}][^{_VOWELS}]|[^{_VOWELS}][{_VOWELS}][^{_VOWELS}wxY])$")
_DOUBLES: Final = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")
_SHORTEST: Final = 3
_WHOLE: Final = {
    "skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "idly": "idl", "gently": "gentl",
    "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl", "sky": "sky", "news": "news", "howe": "howe",
    "atlas": "atlas", "cosmos": "cosmos", "bias": "bias", "andes": "andes",
}  # fmt: skip
_AS_THEY_ARE: Final = frozenset(
    ("inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed")
)  # once a plural s is gone
_STEP_2: Final = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "abli": "able", "entli": "ent", "izer": "ize",
    "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al", "aliti": "al", "alli": "al", "fulness": "ful",
    "ousli": "ous", "ousness": "ous", "iveness": "ive", "iviti": "ive", "biliti": "ble", "bli": "ble", "fulli": "ful",
    "lessli": "less", "ogi": "og", "li": "",
}  # fmt: skip
_STEP_3: Final = {
    "ational": "ate", "tional": "tion", "alize": "al", "icate": "ic", "iciti": "ic", "ical": "ic", "ful": "",
    "ness": "", "ative": "",
}  # fmt: skip
_STEP_4: Final = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism", "ate", "iti", "ous", "ive",
    "ize", "ion",
)  # fmt: skip


def stem(word: str) -> str:
    """Return the stem of one word."""
    if len(word) < _SHORTEST:
        return word
    if word in _WHOLE:
        return _WHOLE[word]
    word = re.sub(r"^y|(?<=[aeiouy])y", "Y", word)
    r1, r2 = _regions(word)
    word = _step_1a(word)
    if word in _AS_THEY_ARE:
        return word
    word = _step_1b(word, r1)
    if word[-1:] in ("y", "Y") and len(word) >= _SHORTEST and word[-2] not in _VOWELS:
        word = f"{word[:-1]}i"
    word = _step_4(_step_3(_step_2(word, r1), r1, r2), r2)
    return _step_5(word, r1, r2).lower()


def _regions(word: str) -> tuple[int, int]:
    early = next((one for one in _EARLY if word.startswith(one)), None)
    first = _REGION.search(word)
    if early is None and first is None:
        return len(word), len(word)
    r1 = len(early) if early is not None else first.end() if first else len(word)
    second = _REGION.search(word, r1)
    return r1, len(word) if second is None else second.end()


def _step_1a(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > len("ties") else word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")) and _has_vowel(word[:-2]):
        return word[:-1]
    return word


def _step_1b(word: str, r1: int) -> str:
    ending = next((one for one in ("eedly", "ingly", "edly", "eed", "ing", "ed") if word.endswith(one)), "")
    before = word[: len(word) - len(ending)]
    if ending in ("eed", "eedly"):
        return f"{before}ee" if len(before) >= r1 else word
    if not ending or not _has_vowel(before):
        return word
    if before.endswith(("at", "bl", "iz")):
        return f"{before}e"
    if before.endswith(_DOUBLES):
        return before[:-1]
    return f"{before}e" if len(before) <= r1 and _SHORT.search(before) else before


def _step_2(word: str, r1: int) -> str:
    ending = _longest(word, _STEP_2)
    before = word[: len(word) - len(ending)]
    if not ending or len(before) < r1:
        return word
    if ending == "ogi" and not before.endswith("l"):
        return word
    if ending == "li" and before[-1:] not in (*"cdeghkmnrt",):
        return word
    return before + _STEP_2[ending]


def _step_3(word: str, r1: int, r2: int) -> str:
    ending = _longest(word, _STEP_3)
    before = word[: len(word) - len(ending)]
    if not ending or len(before) < (r2 if ending == "ative" else r1):
        return word
    return before + _STEP_3[ending]


def _step_4(word: str, r2: int) -> str:
    ending = _longest(word, _STEP_4)
    before = word[: len(word) - len(ending)]
    if not ending or len(before) < r2 or (ending == "ion" and before[-1:] not in ("s", "t")):
        return word
    return before


def _step_5(word: str, r1: int, r2: int) -> str:
    before = word[:-1]
    if word.endswith("e") and (len(before) >= r2 or (len(before) >= r1 and not _SHORT.search(before))):
        return before
    return before if word.endswith("ll") and len(before) >= r2 else word


def _longest(word: str, endings: Iterable[str]) -> str:
    return max((one for one in endings if word.endswith(one)), key=len, default="")


def _has_vowel(part: str) -> bool:
    return any(letter in _VOWELS for letter in part)
