"""Typed values: what a cell of a published table can be. Never blank, never a bare number.

Numerators and denominators are integers (persons, events, person-days, cents); whoever shows a figure divides once.
"""

from typing import Literal

import msgspec


class Exact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="exact"):
    """A figure known to the last unit: `numerator / denominator`, or a plain count where there is no denominator."""

    numerator: int
    denominator: int | None = None


class Rounded(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="rounded"):
    """A figure that was published rounded: `value` as a decimal string, `step` the unit it was rounded to."""

    value: str
    step: str


class Suppressed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="suppressed"):
    """A hidden numerator: the range [lo, hi] that anyone can derive from published rows (`hi` None = no bound).

    The reason is one text for primary and complementary cells alike.
    """

    lo: int
    hi: int | None
    denominator: int | None = None
    reason: Literal["protected"] = "protected"


class NotAvailable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="not_available"):
    """No figure, cause unknown (for instance too few answers, or not asked)."""


class NotCollected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="not_collected"):
    """No figure, because nobody collected it."""


class NotApplicable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="not_applicable"):
    """No figure can exist for this cell (for instance prostate cancer among women)."""


class Withdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="withdrawn"):
    """A figure that was published and taken back."""


TypedValue = Exact | Rounded | Suppressed | NotAvailable | NotCollected | NotApplicable | Withdrawn
