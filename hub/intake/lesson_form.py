"""Hold a lesson to what the tables keep and what the pages can show."""

import re
from typing import Final

from schemas.about import PRINCIPLES
from schemas.payloads import LessonPublished

_HASH = re.compile(r"[0-9a-f]{64}")
_LONGEST_ID: Final = 100  # characters, as the columns
_LONGEST_TITLE: Final = 300
_MOST_EVALUATIONS: Final = 100  # that a lesson rests on


def wrong_with_lesson(payload: LessonPublished) -> str | None:
    """Return what is wrong with a lesson in one sentence that repeats no value; None where nothing is."""
    if not (0 < len(payload.lesson) <= _LONGEST_ID and len(payload.title) <= _LONGEST_TITLE):
        return "The lesson's id is empty or over 100 characters, or its title over 300; write it shorter."
    about = payload.about
    if about is None:
        return None
    if not (set(about.principles) <= set(PRINCIPLES) and len(about.evidence) <= _MOST_EVALUATIONS):
        return "What the lesson is about names a principle that is none of 1 to 8, or over 100 evaluations; name fewer."
    if not all(map(_HASH.fullmatch, about.evidence)):
        return "The lesson's evidence is no list of events; write ids of 64 hexadecimal digits."
    return None
