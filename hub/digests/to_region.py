"""What was said to a reader's own region: answers to its questions, and questions about its lessons."""

from collections.abc import Collection, Sequence
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from hub.serving.items import AcceptedItem, live_items
from schemas.codes import Audience, Language

MOST: Final = 50  # in one mail; the others come in the next
_NOUNS: Final = ("answer", "question")


class ToRegion(msgspec.Struct, frozen=True):
    """An answer or a question of another region; `entry` is the first version that it goes back to."""

    kind: Literal["answer", "question"]
    event_id: str
    entry: str
    region_name: str
    language: Language
    title: str
    accepted_at: str


def said_to_region(
    connection: Connection, reader: Audience, regions: Collection[str], told: Collection[str], since: str
) -> tuple[ToRegion, ...]:
    """Return what other regions answered or asked some regions since a moment, oldest first, MOST at most.

    `told` are the entries that were told before: a new wording of them is no news.
    """
    if not regions:
        return ()
    others = [one for one in live_items(connection, reader, _NOUNS) if one.region not in regions]
    news = [one for one in others if one.accepted_at >= since and one.entry not in told]
    own = _own_lessons(connection, regions, [one.payload.lesson for one in news if one.noun == "question"])
    wanted = [one for one in news if _is_for(one, regions, own)]
    return tuple(_told(one) for one in sorted(wanted, key=lambda one: (one.accepted_at, one.event_id))[:MOST])


def _is_for(one: AcceptedItem, regions: Collection[str], own: Collection[str]) -> bool:
    said = one.payload
    return said.question_region in regions if one.noun == "answer" else said.lesson in own


def _own_lessons(connection: Connection, regions: Collection[str], named: Sequence[str | None]) -> frozenset[str]:
    event = tables.event.c
    asked = {one for one in named if one is not None}
    return frozenset(connection.scalars(select(event.id).where(event.id.in_(asked), event.region.in_(regions))))


def _told(one: AcceptedItem) -> ToRegion:
    kind: Literal["answer", "question"] = "answer" if one.noun == "answer" else "question"
    said = one.payload
    return ToRegion(kind, one.event_id, one.entry, one.region_name, said.language, said.title, one.accepted_at)
