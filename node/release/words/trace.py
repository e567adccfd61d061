"""A trace of a person in a text: its kind and its place, never the words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

BSN: Final = "a citizen service number (BSN)"
IBAN: Final = "a bank account number (IBAN)"
EMAIL: Final = "an e-mail address"
TELEPHONE: Final = "a telephone number"
BIRTH: Final = "a date of birth"
DATE: Final = "a full date"
POSTCODE: Final = "a postcode with house number"
ADDRESS: Final = "an address"
NAME: Final = "a name"
RECORD: Final = "a patient or record number"
PLACE: Final = "a place"

# Where two kinds claim the same signs, the first is told: some dates happen to pass the test of a BSN.
_ORDER: Final = (BIRTH, DATE, BSN, IBAN, EMAIL, TELEPHONE, POSTCODE, NAME, ADDRESS, RECORD, PLACE)


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Signs `start` to `end` (exclusive) of a text as `spelling.plain` returns it."""

    start: int
    end: int
    kind: str


def outermost(traces: Iterable[Trace]) -> tuple[Trace, ...]:
    """Return the traces that lie in no other, in the order of the text."""
    kept: list[Trace] = []
    for one in sorted(set(traces), key=lambda trace: (trace.start - trace.end, _ORDER.index(trace.kind), trace.start)):
        if not any(other.start <= one.start and one.end <= other.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept))
