"""Which rule hid which cell: for the reviewers; whoever knew it outside the region could narrow a figure down."""

from collections.abc import Sequence
from typing import Final, Literal

from node.release.disclosure import CellKey, Status
from node.release.guard import Guarded
from schemas.definition import Text
from schemas.payloads import Cell
from schemas.values import Suppressed

Rule = Literal["few", "group", "sum", "beside", "whole"]
HiddenBy = tuple[tuple[Rule, tuple[int, ...]], ...]
"""For each rule the places of the cells, in the payload's order, that it hid."""

RULES: Final[dict[Rule, Text]] = {
    "few": Text("het zijn 1 tot en met 9 personen", "it is 1 to 9 persons"),
    "group": Text(
        "het verraadt een hele groep, of de weinigen die overblijven",
        "it tells of a whole group, or of the few who are left over",
    ),
    "sum": Text(
        "de som gaat over weinig personen of organisaties, of een van hen overheerst",
        "the sum is of few persons or organisations, or one of them dominates",
    ),
    "beside": Text(
        "meebeschermd: anders terug te rekenen uit andere cijfers",
        "also protected: other figures would give it away",
    ),
    "whole": Text("de noemer is verborgen, de teller niet", "its denominator is hidden, its numerator is not"),
}


def hidden_by(
    guarded: Guarded, part: str, period: str, places: Sequence[tuple[str, ...]], cells: Sequence[Cell]
) -> HiddenBy:
    """Return by which rule each hidden cell of an indicator was hidden.

    `part` is the key of the numerator, `places` where each cell lies in the joint model.
    """
    found: dict[Rule, list[int]] = {}
    for number, (place, cell) in enumerate(zip(places, cells, strict=True)):
        if isinstance(cell.value, Suppressed):
            found.setdefault(_rule(guarded, CellKey(part, period, place)), []).append(number)
    return tuple((rule, tuple(found[rule])) for rule in RULES if rule in found)


def _rule(guarded: Guarded, cell: CellKey) -> Rule:
    status = guarded.statuses[cell]
    if status is Status.PUBLISHED:
        return "whole"
    if status is Status.COMPLEMENTARY:
        return "beside"
    if guarded.released[cell.statistic, cell.period].kind == "sum":
        return "sum"
    return "few" if 0 < guarded.values[cell] < guarded.policy.minimum_persons else "group"
