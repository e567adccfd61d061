"""Reasons: short, said, and without a trace of a person."""

from typing import Final

from .refusal import ReleaseRefused
from .scan import traces

LONGEST: Final = 1000  # characters; readers see it beside the figure


class ReasonUnfit(ReleaseRefused):
    """A reason that is empty, too long, or in which the scan found traces of a person."""


def check_reason(reason: str) -> None:
    """Raise ReasonUnfit unless a reason can be kept and shown as it is."""
    if not reason.strip() or len(reason) > LONGEST:
        raise ReasonUnfit(f"A reason of 1 to {LONGEST} characters is needed; say what happened.")
    if found := traces(reason):
        raise ReasonUnfit(f"The reason may name a person ({', '.join(found)}); say it without naming anyone.")
