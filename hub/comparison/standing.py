"""Where a region stands against a reference: by its interval, or not at all."""

from decimal import Decimal
from typing import Literal

Standing = Literal["higher", "lower", "indistinguishable", "no_verdict"]
Favour = Literal["favourable", "unfavourable"]
Direction = Literal["higher", "lower", "neither"]


def standing(low: Decimal | None, high: Decimal | None, reference: Decimal | None) -> Standing:
    """Return whether an interval lies wholly above or below the reference; `no_verdict` without interval or reference.

    An interval that just touches the reference does not tell them apart.
    """
    if low is None or high is None or reference is None:
        return "no_verdict"
    if low > reference:
        return "higher"
    return "lower" if high < reference else "indistinguishable"


def favour(found: Standing, direction: Direction) -> Favour | None:
    """Return what a standing means in the definition's direction; None where it has none or nothing is told apart."""
    if direction == "neither" or found not in ("higher", "lower"):
        return None
    return "favourable" if found == direction else "unfavourable"
