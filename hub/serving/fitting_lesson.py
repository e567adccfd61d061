"""One lesson of another region that fits what a region struggles with, by a rule that can be told in a sentence.

It is the newest lesson of another region that is about the region's least integrated lens of the Five Lenses (its last
round), or about a prerequisite that its present phase calls open or met in part. Which tags of a lesson speak of which
prerequisite stands in `PREREQUISITES`, and is this project's choice: no source gives one.
"""

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection

from hub.serving.assessments import latest_of_each
from hub.serving.lessons import AcceptedLesson, every_lesson
from hub.serving.programme import Programme
from schemas.codes import Audience

INSTRUMENT: Final = "five-lenses"
PREREQUISITES: Final[Mapping[str, tuple[str, str]]] = {  # a facet of lessons, and its value
    "urgency": ("lenses", "ambition"),
    "community_involvement": ("helix_voices", "citizens"),
    "governance": ("changes", "organise"),
    "health_gain": ("aims", "health"),
    "savings": ("changes", "finance"),
    "payment_models": ("changes", "finance"),
}
_MOST: Final = 2000  # lessons looked through


class Fitting(msgspec.Struct, frozen=True):
    """A lesson, and by what it fits: a lens or a prerequisite, by code."""

    lesson: AcceptedLesson
    by: Literal["lens", "prerequisite"]
    code: str


def fitting_lesson(connection: Connection, reader: Audience, found: Programme) -> Fitting | None:
    """Return the lesson that fits; None where nothing is open, or no lesson that this reader may see is about it."""
    rounds = latest_of_each(connection, reader, INSTRUMENT)
    lenses = [lens for one in rounds if one.region == found.region for lens in one.least_integrated]
    open_ones = [one.name for phase in found.present for one in phase.item.payload.prerequisites if one.state != "met"]
    if not lenses and not open_ones:
        return None
    for lesson in islice(every_lesson(connection, reader), _MOST):
        if lesson.region == found.region:
            continue
        for lens in lenses:
            if lens in _said(lesson.payload, "lenses"):
                return Fitting(lesson, "lens", lens)
        for name in open_ones:
            facet, value = PREREQUISITES[name]
            if value in _said(lesson.payload, facet):
                return Fitting(lesson, "prerequisite", name)
    return None


def _said(lesson: Any, facet: str) -> Collection[str]:
    place = lesson if facet == "helix_voices" else lesson.about
    found: Collection[str] = () if place is None else getattr(place, facet)
    return found
