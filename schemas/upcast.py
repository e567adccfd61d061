"""Read payloads of every version that was ever published: each step turns one version into the next.

Stored bytes are never rewritten, since they are what was signed; a payload is brought to the current version each time
it is read. A step takes and returns builtin values (what JSON holds) and says what it fills in for what was not asked.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from .payloads import PAYLOADS, Payload, unknown_to

Step = Callable[[dict[str, Any]], dict[str, Any]]
_VERSION = re.compile(r"(?P<stem>nl\.regiohelix\.[a-z]+\.[a-z]+)\.v(?P<number>[1-9]\d{0,3})")
_UNKNOWN: Final = "The event's type is none that this version knows; see /schemas for those it reads."


class EventTypeUnknown(ValueError):
    """An event type that this version cannot read: not one of ours, or newer than this side."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The types of the current versions, and per older version the step to its next one."""

    types: Mapping[str, Any]
    steps: Mapping[str, Step]

    def check_readable(self, type_: str) -> None:
        """Raise EventTypeUnknown where a type is not ours, or is of a version that only a newer side can read."""
        if type_ in self.types or type_ in self.steps:
            return
        stem, _ = _parts(type_)
        newest = max((_parts(name)[1] for name in self.types if _parts(name)[0] == stem), default=None)
        if newest is None:
            raise EventTypeUnknown(_UNKNOWN)
        raise EventTypeUnknown(
            f"The event is of type {type_} and this side reads up to {stem}.v{newest}; "
            "update this side, then replay the event."
        )

    def read(self, type_: str, payload: bytes) -> Any:
        """Return a payload as the current type.

        Raises EventTypeUnknown, and msgspec.DecodeError or msgspec.ValidationError for bytes that do not fit.
        """
        self.check_readable(type_)
        if type_ not in self.steps:
            return msgspec.json.decode(payload, type=self.types[type_])
        value: Any = msgspec.json.decode(payload, type=dict[str, Any])
        while type_ in self.steps:
            value, type_ = self.steps[type_](value), _next(type_)
        return msgspec.convert(value, self.types[type_])


VERSIONS: Final = Versions({str(type_): shape for type_, shape in PAYLOADS.items()}, {})


def check_readable(type_: str) -> None:
    """Raise EventTypeUnknown where this side cannot read a type, naming the newest version that it reads."""
    VERSIONS.check_readable(type_)


def read_payload(type_: str, payload: bytes) -> Payload:
    """Return a payload of any published version as the current type; raises as `Versions.read` does."""
    found: Payload = VERSIONS.read(type_, payload)
    if (field := unknown_to(type_, found)) is not None:
        raise msgspec.ValidationError(f"Object contains unknown field `{field}`")
    return found


def _next(type_: str) -> str:
    stem, number = _parts(type_)
    return f"{stem}.v{number + 1}"


def _parts(type_: str) -> tuple[str, int]:
    parts = _VERSION.fullmatch(type_)
    if parts is None:
        raise EventTypeUnknown(_UNKNOWN)
    return parts["stem"], int(parts["number"])
