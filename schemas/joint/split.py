"""Split the model into parts that hang together, so that each can be solved alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .model import Hidden, Joint, Row


@dataclass(frozen=True, slots=True)
class Part:
    """What hangs together: the unknown figures, with their bounds, and the equations between them.

    The equations number the unknown figures from 0, as `hidden` does; known ones are worked into the right-hand sides.
    `told_by` names the events that speak here. `is_joint`: they are more than one, or a total speaks; else it is the
    business of the region that sent the event.
    """

    low: list[float] = field(repr=False)
    high: list[float] = field(repr=False)
    rows: list[Row] = field(repr=False)
    hidden: list[tuple[int, Hidden]] = field(repr=False)
    is_joint: bool
    told_by: frozenset[str] = frozenset()


def split(model: Joint) -> Iterator[Part]:
    """Yield every part that holds a hidden figure."""
    leader = list(range(len(model.low)))

    def led_by(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    for row in model.rows:
        unknown = [number for number in row.coefficients if not model.is_fixed(number)]
        for number in unknown[1:]:
            leader[led_by(number)] = led_by(unknown[0])
    rows: dict[int, list[Row]] = {}
    for row in model.rows:
        first = next((number for number in row.coefficients if not model.is_fixed(number)), None)
        if first is not None:
            rows.setdefault(led_by(first), []).append(row)
    members: dict[int, list[int]] = {}
    for number in range(len(model.low)):
        members.setdefault(led_by(number), []).append(number)
    hidden: dict[int, list[Hidden]] = {}
    for one in model.hidden:
        hidden.setdefault(led_by(one.variable), []).append(one)
    for head, found in hidden.items():
        yield _part(model, members[head], rows.get(head, []), found)


def _part(model: Joint, members: list[int], rows: list[Row], hidden: list[Hidden]) -> Part:
    at = {number: place for place, number in enumerate(members)}
    told_by = set().union(*(model.told_by[number] for number in members))
    within = []
    for row in rows:
        right = row.right
        inner = {}
        for number, coefficient in row.coefficients.items():
            told_by |= model.told_by[number]
            if number in at:
                inner[at[number]] = coefficient
            else:
                right -= coefficient * model.low[number]
        within.append(Row(inner, right, row.presumed, row.was_shown))
    return Part(
        [model.low[number] for number in members],
        [model.high[number] for number in members],
        within,
        [(at[one.variable], one) for one in hidden],
        is_joint=len(told_by) > 1 or any(row.was_shown for row in rows),
        told_by=frozenset(told_by),
    )
