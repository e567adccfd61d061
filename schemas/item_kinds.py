"""Which kinds of items there are, by noun, and the payloads of their events."""

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from .attachment import AttachmentPublished
from .codes import NOUNS, EventType
from .items import Item, ItemRevised, ItemWithdrawn
from .knowledge_items import (
    AnswerPublished,
    InstrumentPublished,
    MethodPublished,
    QuestionPublished,
    ReusePublished,
    TrainingPublished,
)
from .programme_items import (
    ActionPublished,
    CompositionPublished,
    GoalPublished,
    InterventionPublished,
    MilestonePublished,
    PhasePublished,
    ReflectionPublished,
    SelectionPublished,
)

KINDS: Final[Mapping[str, type[Item]]] = {
    one.noun: one
    for one in (
        *(MethodPublished, InstrumentPublished, TrainingPublished, QuestionPublished, AnswerPublished, ReusePublished),
        AttachmentPublished,
        *(CompositionPublished, SelectionPublished, PhasePublished, MilestonePublished, GoalPublished),
        *(InterventionPublished, ReflectionPublished, ActionPublished),
    )
}


def published_type(noun: str) -> EventType:
    """Return the type of the event that publishes an item of a kind."""
    return EventType(f"nl.regiohelix.{noun}.published.v1")


def revised_type(noun: str) -> EventType:
    """Return the type of the event that puts an item's new wording in the place of the former."""
    return EventType(f"nl.regiohelix.{noun}.revised.v1")


def withdrawn_type(noun: str) -> EventType:
    """Return the type of the event that takes an item of a kind back."""
    return EventType(f"nl.regiohelix.{noun}.withdrawn.v1")


def _revised(kind: type[Item]) -> type[ItemRevised]:
    """Return the revision whose item is of one kind."""
    name = kind.__name__.replace("Published", "Revised")
    made = msgspec.defstruct(
        name,
        [("item", kind)],
        bases=(ItemRevised,),
        module=__name__,
        namespace={"__doc__": f"A {kind.noun}'s new wording in the place of an earlier event's."},
        frozen=True,
        forbid_unknown_fields=True,
        kw_only=True,
    )
    return cast(type[ItemRevised], made)


REVISIONS: Final[Mapping[str, type[ItemRevised]]] = {noun: _revised(KINDS[noun]) for noun in NOUNS}
ITEM_PAYLOADS: Final[Mapping[EventType, type[Item | ItemRevised | ItemWithdrawn]]] = {
    **{published_type(noun): KINDS[noun] for noun in NOUNS},
    **{revised_type(noun): REVISIONS[noun] for noun in NOUNS},
    **{withdrawn_type(noun): ItemWithdrawn for noun in NOUNS},
}


def revision(revises: str, reason: str, item: Item) -> ItemRevised:
    """Return the payload that puts an item in the place of an earlier event of its kind."""
    return REVISIONS[item.noun](revises=revises, reason=reason, item=item)
