"""Cut texts into words and bring each to its stem, alike for what is kept and for what is asked, on every database.

A kept word begins with the letter of its language, so that a Dutch stem is never taken for an English one. The stems
are those of PostgreSQL's `dutch` and `english`; being made here, they are the same on SQLite.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from hub.knowledge import dutch, english
from schemas.codes import Language

LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
MOST_ASKED: Final = 12  # words of a question; the others are left out
_WORD: Final = re.compile(r"[^\W_]+")
_LONGEST: Final = 60  # characters of a word that are kept
_LEAST_FOR_BEGINNING: Final = 4  # letters of a stem by whose beginning longer words are found
_REMEMBERED: Final = 50_000
_STEMS: Final = {"nl": dutch.stem, "en": english.stem}
# Words that say nothing of what a text is about; a question of such words alone is taken as it is.
_EMPTY: Final = frozenset(
    word
    for line in (
        "aan al als bij dat de die dit door een en er geen had heb hebben heeft het hij hoe iets ik in is je kan",
        "kunnen maar me meer met mijn na naar niet nog nu of om omdat ons onze ook op over te tegen toch toen tot u",
        "uit van veel voor was wat we wel werd wij wie wordt zal ze zich zij zijn zo zonder zou",
        "a about an and any are as at be been by can did do for from had has have how i if it its more my no not or",
        "our so than that the their them then there these they this to us was what when which who will with you",
    )
    for word in line.split()
)


class Term(NamedTuple):
    """A word that is asked for: its stem in each language, and whether longer words that begin so are meant too."""

    stems: tuple[tuple[Language, str], ...]

    @property
    def alternatives(self) -> tuple[tuple[str, bool], ...]:
        """The kept words that it stands for, each with whether it is only the beginning of one."""
        found = [(kept(lang, stem), False) for lang, stem in self.stems]
        found += [(kept(lang, stem), True) for lang, stem in self.stems if len(stem) >= _LEAST_FOR_BEGINNING]
        return tuple(found)

    def fits(self, lang: Language, stem: str) -> bool:
        """Tell whether a word of a text, given by its stem, is found by this one."""
        wanted = dict(self.stems)[lang]
        return stem == wanted or (len(wanted) >= _LEAST_FOR_BEGINNING and stem.startswith(wanted))


def kept(lang: Language, stem: str) -> str:
    """Return a stem as it is kept in an index."""
    return f"{lang[0]}{stem}"


def asked(question: str) -> tuple[Term, ...]:
    """Return what a question asks for: every word once, without those that say nothing unless there are no others."""
    words = list(dict.fromkeys(folded for _, _, folded in cut(question)))
    telling = [one for one in words if one not in _EMPTY and (len(one) > 1 or one.isdigit())]
    return tuple(Term(tuple((lang, stem(lang, one)) for lang in LANGUAGES)) for one in (telling or words)[:MOST_ASKED])


def stems(lang: Language, texts: Iterable[str]) -> Iterator[str]:
    """Yield the words of texts in one language as they are kept, in their order."""
    for text in texts:
        for _, _, folded in cut(text):
            yield kept(lang, stem(lang, folded))


def cut(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the words of a text in NFC: where each begins and ends, and how it is written without case and accents."""
    for found in _WORD.finditer(text):
        folded = _folded(found.group()[:_LONGEST])
        if folded:
            yield found.start(), found.end(), folded


def composed(text: str) -> str:
    """Return the text in NFC, in which an accent is no letter of its own."""
    return unicodedata.normalize("NFC", text)


@lru_cache(_REMEMBERED)
def stem(lang: Language, folded: str) -> str:
    """Return the stem of a word that is written without case and accents."""
    return _STEMS[lang](folded)


@lru_cache(_REMEMBERED)
def _folded(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", word.casefold()) if letter.isalnum())
