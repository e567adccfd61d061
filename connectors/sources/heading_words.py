"""What columns are called in Dutch and English extracts: synonyms of the canonical fields, kept as data."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from schemas.plain_yaml import read_yaml

_FILE: Final = Path(__file__).with_suffix(".yaml")
_SHORTEST_PART: Final = 5  # letters: a shorter word is found by chance within others
SAME: Final = 1.0
PART: Final = 0.6

Words = Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _words() -> tuple[Words, Words]:
    document = read_yaml(_FILE.read_text(encoding="utf-8"))
    fields, records = (
        {name: tuple(str(word) for word in words) for name, words in document[part].items()}
        for part in ("fields", "records")
    )
    return fields, records


def plain(text: str) -> str:
    """Return a heading in lower case, letters and digits only, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def likeness(heading: str, field: str) -> float:
    """Return how much a heading looks like a canonical field: 1 a known name, 0.6 one within it, else 0."""
    wanted, words = plain(heading), _words()[0].get(field, ())
    if wanted in words or wanted == plain(field):
        return SAME
    is_part = any(len(word) >= _SHORTEST_PART and word in wanted for word in words)
    return PART if is_part else 0.0


def field_of(heading: str) -> str | None:
    """Return the canonical field whose known names include this heading, or None."""
    wanted = plain(heading)
    return next((field for field, words in _words()[0].items() if wanted in words), None)


def record_hints(texts: Iterable[str]) -> Mapping[str, int]:
    """Count for every record the words of these texts (headings, a file's name) that point to it."""
    seen: set[str] = set()
    for text in texts:
        seen |= {plain(text), *(plain(part) for part in re.split(r"[\W_]+", text))}
    return {record: len(seen & set(words)) for record, words in _words()[1].items()}
