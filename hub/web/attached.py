"""Files beside a lesson or item, as a page lists them: what each is, its kind in words, and its size."""

from collections.abc import Sequence
from typing import NamedTuple

from hub.serving.attachments import Attached
from hub.web import words
from schemas.codes import Language
from schemas.item_words import value_word

_KILO = 1000


class ListedFile(NamedTuple):
    """A file with what people call its kind and size."""

    one: Attached
    kind: str
    size: str


def listed(files: Sequence[Attached], lang: Language) -> list[ListedFile]:
    """Return files as a page lists them."""
    return [ListedFile(one, value_word(one.media_type).told(lang), _size(one.size, lang)) for one in files]


def _size(size: int, lang: Language) -> str:
    return f"{words.whole(-(-size // _KILO), lang)}\u00a0kB"
