"""Typed values: what a figure can be. A hidden figure is never 0, never None, and never left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final

from .errors import AnswerNotUnderstood


@dataclass(frozen=True, slots=True)
class Exact:
    """A figure known to the last unit: `numerator / denominator`, or a plain count without a denominator."""

    kind: ClassVar[str] = "exact"
    numerator: int
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class Rounded:
    """A figure that was published rounded, and the unit it was rounded to."""

    kind: ClassVar[str] = "rounded"
    value: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A hidden numerator: it lies within lo..hi, both included; `hi` None is no upper bound, never 0."""

    kind: ClassVar[str] = "suppressed"
    lo: int
    hi: int | None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class NotAvailable:
    """No figure, cause unknown."""

    kind: ClassVar[str] = "not_available"


@dataclass(frozen=True, slots=True)
class NotCollected:
    """No figure, because nobody collected it."""

    kind: ClassVar[str] = "not_collected"


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """No figure can exist here."""

    kind: ClassVar[str] = "not_applicable"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A figure that was published and taken back."""

    kind: ClassVar[str] = "withdrawn"


Value = Exact | Rounded | Suppressed | NotAvailable | NotCollected | NotApplicable | Withdrawn

_READ: Final[Mapping[str, Callable[[Mapping[str, Any]], Value]]] = {
    "exact": lambda told: Exact(told["numerator"], told.get("denominator")),
    "rounded": lambda told: Rounded(Decimal(told["value"]), Decimal(told["step"])),
    "suppressed": lambda told: Suppressed(told["lo"], told["hi"], told.get("denominator")),
    "not_available": lambda _: NotAvailable(),
    "not_collected": lambda _: NotCollected(),
    "not_applicable": lambda _: NotApplicable(),
    "withdrawn": lambda _: Withdrawn(),
}


def read_value(told: Mapping[str, Any]) -> Value:
    """Return a value as a hub writes it in JSON; raises AnswerNotUnderstood for a kind that is not known here."""
    read = _READ.get(str(told.get("kind")))
    if read is None:
        raise AnswerNotUnderstood(
            f"The hub gives a value of kind {told.get('kind')}, which this client does not know; update the client."
        )
    return read(told)
