"""What a refusal says on a page: in the reader's language where it has words for that, else in English, marked so."""

from collections.abc import Mapping
from typing import Final

from node.knowledge.citations import CitationUnfit
from schemas.delivery import TransportRefused, TransportUnavailable

from .markup import Child
from .page import english
from .refusals import sentence_of
from .visit import FormUnfit, NotTheirs, Visit

# Whoever speaks to the hub words these in many ways, and readers can do one thing about each.
_BY_KIND: Final[Mapping[type[Exception], str]] = {
    TransportUnavailable: "De hub antwoordt nu niet; er is niets verloren, probeer het later opnieuw.",
    TransportRefused: "De hub weigert deze node (rechten of versie); vraag het landelijk team waarom.",
}


def told(visit: Visit, error: Exception) -> Child | None:
    """Return what a refusal says; None of a fault of this program, whose text could hold a value."""
    if isinstance(error, FormUnfit | NotTheirs):
        return str(error)  # made in the reader's language
    if isinstance(error, CitationUnfit):
        said = visit.told(error.wrong)
        return f"{said[:1].upper()}{said[1:]}."
    dutch = _BY_KIND.get(type(error)) if visit.lang == "nl" else None
    sentence = dutch or sentence_of(error)
    return sentence if sentence is None or dutch else english(visit, sentence)
