"""Show where in a text the words of a question stand: a piece of it, cut at words, with those words apart."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hub.knowledge.words import Term, composed, cut, stem
from schemas.codes import Language

_LENGTH: Final = 240  # characters, about
_BEFORE: Final = 60  # of them ahead of the first word that is found
_CUT: Final = "…"


class Piece(msgspec.Struct, frozen=True):
    """A part of a text; `is_hit` where it is one of the words that were asked for."""

    text: str
    is_hit: bool


def snippet(text: str, lang: Language, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """Return a piece of a text around the first word that was asked for, else its beginning."""
    text = " ".join(composed(text).split())
    words = [(start, end, _is_hit(folded, lang, terms)) for start, end, folded in cut(text)]
    hits = [start for start, _, is_hit in words if is_hit]
    first = max(0, hits[0] - _BEFORE) if hits else 0
    begin = min((start for start, _, _ in words if start >= first), default=0) if first else 0
    end = max((stop for _, stop, _ in words if stop <= begin + _LENGTH), default=len(text))
    end = len(text) if len(text) - end <= 1 else max(end, begin + 1)
    pieces: list[Piece] = [Piece(_CUT, is_hit=False)] if begin else []
    place = begin
    for start, stop, is_hit in words:
        if is_hit and begin <= start and stop <= end:
            pieces += [Piece(text[place:start], is_hit=False), Piece(text[start:stop], is_hit=True)]
            place = stop
    pieces.append(Piece(text[place:end], is_hit=False))
    pieces += [Piece(_CUT, is_hit=False)] if end < len(text) else []
    return tuple(one for one in pieces if one.text)


def _is_hit(folded: str, lang: Language, terms: Sequence[Term]) -> bool:
    found = stem(lang, folded)
    return any(one.fits(lang, found) for one in terms)
