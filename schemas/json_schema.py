"""JSON Schemas of everything that is signed or sent, made from the types themselves, and what of them is published.

A published schema never changes: readers hold stored events to it for ever. Other content is another version
(`nl.regiohelix.<noun>.<verbed>.v2`) with a step in `upcast` that reads the former.
"""

import copy
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

import msgspec

from .cloudevents import CloudEvent
from .codes import EventType
from .envelope import Envelope
from .heads import Heads
from .payloads import PAYLOADS
from .payloads_v1 import IndicatorCorrected, IndicatorPublished, LessonPublished, LessonRevised
from .receipt import Answer, Place, Receipt
from .standing import Standing

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SHARED: Final[Mapping[str, type]] = {
    "cloudevent": CloudEvent,
    "envelope": Envelope,
    "receipt.v2": Receipt,
    "answer.v2": Answer,
    "standing": Standing,
    "heads": Heads,
}
# What a side of protocol 1 reads: each receipt signed by itself, without a place in a batch.
_SIGNED_ALONE: Final = {"receipt": "receipt.v2", "answer": "answer.v2"}
_AS_PUBLISHED: Final[Mapping[EventType, type]] = {
    EventType.INDICATOR_PUBLISHED: IndicatorPublished,
    EventType.INDICATOR_CORRECTED: IndicatorCorrected,
    EventType.LESSON_PUBLISHED: LessonPublished,
    EventType.LESSON_REVISED: LessonRevised,
}
_TOLD: Final = ("description", "title")  # words for readers; they may be improved


class SchemaChanged(ValueError):
    """A published schema that is no longer what was published."""


class SchemaNotPublished(ValueError):
    """A type that travels and has no schema among the published ones."""


def schemas() -> dict[str, dict[str, Any]]:
    """Return every JSON Schema (2020-12) by name: event types, and the forms around them."""
    types: dict[str, type] = {**_SHARED, **{str(name): PAYLOADS[name] for name in EventType if name in PAYLOADS}}
    types |= {str(name): type_ for name, type_ in _AS_PUBLISHED.items()}
    found = {name: _schema(name, type_) for name, type_ in types.items()}
    found |= {name: _signed_alone(name, found[later]) for name, later in _SIGNED_ALONE.items()}
    return dict(sorted(found.items()))


def digest(schema: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a schema demands, its words for readers left out."""
    text = json.dumps(_demands(schema), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def published() -> dict[str, str]:
    """Return the digests of the published schemas by name, as they were when they were published."""
    text = files(__package__).joinpath("published.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def check_published(current: Mapping[str, Mapping[str, Any]], before: Mapping[str, str]) -> None:
    """Hold schemas to those that were published; raises SchemaChanged or SchemaNotPublished naming the first."""
    for name in sorted(before):
        if name not in current:
            raise SchemaChanged(f"The schema {name} was published and is gone; keep its type, stored events need it.")
        if digest(current[name]) != before[name]:
            raise SchemaChanged(
                f"The schema {name} was published and asks for something else now; "
                "give the change a new version and a step in schemas/upcast.py."
            )
    for name in sorted(set(current) - set(before)):
        raise SchemaNotPublished(
            f"The schema {name} is not among the published ones; add it with: python -m schemas publish"
        )


def _schema(name: str, type_: type) -> dict[str, Any]:
    (found,), definitions = msgspec.json.schema_components((type_,), ref_template="#/$defs/{name}")
    return {"$schema": _DIALECT, "$id": f"/schemas/{name}", **found, "$defs": definitions}


def _signed_alone(name: str, later: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of receipts, or of answers with one, as it was before receipts were signed together."""
    definitions = copy.deepcopy({title: part for title, part in later["$defs"].items() if title != Place.__name__})
    del definitions[Receipt.__name__]["properties"]["batch"]
    return {**later, "$id": f"/schemas/{name}", "$defs": definitions}


def _demands(part: Any) -> Any:
    if isinstance(part, Mapping):
        if part.get("title") == EventType.__name__:
            return "an event type"  # a list that may grow: each type has a schema of its own
        return {key: _demands(value) for key, value in part.items() if key not in _TOLD or not isinstance(value, str)}
    if isinstance(part, list):
        return [_demands(value) for value in part]
    return part
