"""What stands in a public table in place of a number, and beside one: each symbol keeps its own meaning.

Source of the preset: "Verklaring van tekens" of Statistics Netherlands (CBS), as under every StatLine table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from schemas.values import NotApplicable, NotAvailable, NotCollected, Rounded, Suppressed, TypedValue

MEANINGS: Final = ("not_available", "confidential", "nil", "below_half", "not_applicable", "not_collected")
CBS: Final[Mapping[str, str]] = {
    ".": "not_available",  # data are missing
    "x": "confidential",  # secret
    "-": "nil",
    "0": "below_half",  # less than half of the unit; CBS writes `-` for nil
    "": "not_applicable",  # the figure cannot exist
}
CBS_PROVISIONAL: Final = ("**", "*")  # `**` is a revised provisional figure


@dataclass(frozen=True)
class Symbols:
    """Texts with their meaning, one of MEANINGS, and the endings that mark a figure or period as provisional."""

    meanings: Mapping[str, str]
    provisional: tuple[str, ...] = ()

    def split(self, text: str) -> tuple[str, bool]:
        """Return a text without the mark of a provisional figure, and whether it had one."""
        for mark in sorted(self.provisional, key=len, reverse=True):
            if text.endswith(mark) and text != mark:
                return text.removesuffix(mark).rstrip(), True
        return text, False


def typed(meaning: str, step: str) -> TypedValue | str:
    """Return what a symbol says: "0" for nil, else a typed value; `step` is the unit that the table rounds to.

    A confidential figure is suppressed without a bound: its owner hid it, and no range of it was published.
    """
    match meaning:
        case "nil":
            return "0"
        case "below_half":
            return Rounded("0", step)
        case "confidential":
            return Suppressed(0, None)
        case "not_applicable":
            return NotApplicable()
        case "not_collected":
            return NotCollected()
    return NotAvailable()
