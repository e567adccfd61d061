"""Hold a citation to what the tables keep, and to what its class asks for."""

import re
from typing import Final

from schemas.citation import CitationPublished, CitedExperience, CitedFigures, events_of
from schemas.codes import PERIOD, REGION_CODE

LONGEST_CONTEXT: Final = 4_000  # characters, of the words and of how an experience was documented
_HASH = re.compile(r"[0-9a-f]{64}")
_LONGEST_ID: Final = 100  # characters, as the columns
_MOST: Final = 100  # pieces of evidence


def wrong_with_citation(payload: CitationPublished) -> str | None:
    """Return what is wrong with a citation in one sentence that repeats no value; None where nothing is."""
    if not all(0 < len(one) <= _LONGEST_ID for one in (payload.citation, payload.classified_by)):
        return "The citation's id or classified_by is empty or over 100 characters; write it shorter."
    if not (_HASH.fullmatch(payload.lesson) and REGION_CODE.fullmatch(payload.lesson_region)):
        return "The citation's lesson is no event's id of 64 hexadecimal digits, or its lesson_region no region's code."
    if not (payload.context.strip() and len(payload.context) <= LONGEST_CONTEXT):
        return "The citation's context is empty or over 4,000 characters; say in which situation, and what was found."
    if payload.classified != "mentioning" and not payload.evidence:
        return "The citation is supporting or contrasting without evidence of the region's own; make it mentioning."
    return _wrong_evidence(payload)


def _wrong_evidence(payload: CitationPublished) -> str | None:
    named = events_of(payload)
    if len(payload.evidence) > _MOST or len(set(named)) != len(named):
        return "The citation lists more than 100 pieces of evidence, or an event twice; name each once."
    if not all(map(_HASH.fullmatch, named)):
        return "The citation names an event in another form; write 64 hexadecimal digits."
    for one in payload.evidence:
        if isinstance(one, CitedFigures) and not (
            0 < len(one.indicator) <= _LONGEST_ID and PERIOD.fullmatch(one.period) and one.period.isascii()
        ):
            return "Figures of the citation have no indicator, or a period of another form; write 2026 or 2026-Q1."
        if isinstance(one, CitedExperience) and not 0 < len(one.documented.strip()) <= LONGEST_CONTEXT:
            return "An experience of the citation does not say how it was documented, or in over 4,000 characters."
    return None
