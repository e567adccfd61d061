"""What was proven of one indicator, in numbers that tell nothing of its hidden cells: for reviewers and the DPIA."""

import math
import re
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from schemas.catalogue import catalogue
from schemas.payloads import Computed, IndicatorPublished
from schemas.values import Suppressed

from .disclosure import DisclosurePolicy
from .hidden_by import HiddenBy
from .protect import ProtectedIndicator

_WIDTH: Final = re.compile(r"\bwidth (\d+)\b")


@dataclass(frozen=True, slots=True)
class Proof:
    """How much room an attacker is left with in each protected figure of one indicator.

    `room`: whole persons between the smallest and the largest value that one who knows the rules can give it, proven by
    the audit; `share` the same for sums, in whole percents of the value. `outsider`: at least so many values are left
    to who knows the published figures alone. None where nothing is hidden; `room` and `outsider` are of persons,
    `share` is of sums. `not_recorded`: sources whose costs do not say who was paid, with the reason that was recorded.
    `rules` say which rule hid which cells; none of an older store.
    """

    cells: int
    hidden: int
    taken_over: bool = False
    room: int | None = None
    share: int | None = None
    outsider: int | None = None
    merged: tuple[str, ...] = ()
    not_recorded: tuple[tuple[str, str], ...] = ()
    rules: HiddenBy = ()

    @property
    def status_values(self) -> int | None:
        """Return about how many values are left to who knows the rules and which blanks are small."""
        return None if self.room is None else self.room + 1


def proof_of(one: ProtectedIndicator) -> Proof:
    """Return what protect's audit established of an indicator."""
    worst = None if one.audit is None else one.audit.worst_width
    found = _proof(one.payload, 1.0 if worst is None else worst, one.facts.merged)
    return replace(found, not_recorded=one.facts.not_recorded, rules=one.facts.rules)


def promised(payload: IndicatorPublished) -> Proof:
    """Return what is promised of figures whose audit is not kept here: those of an older store, or put back."""
    return _proof(payload, 1.0, ())


def dumped(proof: Proof) -> str:
    """Return a proof as it is stored."""
    return msgspec.json.encode(proof).decode()


def loaded(text: str) -> Proof:
    """Read a stored proof."""
    return msgspec.json.decode(text, type=Proof)


def _proof(payload: IndicatorPublished, worst: float, merged: tuple[str, ...]) -> Proof:
    blanks = [cell.value for cell in payload.cells if isinstance(cell.value, Suppressed)]
    if not isinstance(payload.origin, Computed):
        return Proof(len(payload.cells), len(blanks), taken_over=True)
    policy = DisclosurePolicy()
    if not blanks:
        return Proof(len(payload.cells), 0, merged=merged)
    if not counts_persons(payload.indicator):
        share = math.floor(float(policy.magnitude_width_share) * worst * 100 + 1e-6)
        return Proof(len(payload.cells), len(blanks), share=share, merged=merged)
    stated = _WIDTH.search(payload.origin.protection)
    width = policy.width if stated is None else max(policy.width, int(stated[1]))
    room = math.floor(width * worst + 1e-6)
    return Proof(len(payload.cells), len(blanks), room=room, outsider=_outsider(blanks, room), merged=merged)


def _outsider(blanks: list[Suppressed], room: int) -> int:
    """Return how many values every protected cell leaves an outsider at least.

    Which blanks are protected is not in the payload; but a protected one has at least the proven room, so that any
    narrower blank is a complementary one, of which nothing is promised. (Whole numbers within a range of `room` may be
    one fewer than in most ranges: where its ends are fractions.)
    """
    counted = (blank.hi - blank.lo + 1 for blank in blanks if blank.hi is not None)
    return min((number for number in counted if number >= room), default=room + 1)


def counts_persons(indicator: str) -> bool:
    """Tell whether an indicator's numerator counts persons, not events or sums."""
    definition = catalogue().get(indicator)
    return definition is None or definition.measure is None or definition.measure.count == "persons"
