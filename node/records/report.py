"""The account of a load, fit to print in Dutch and English: counts, columns and reasons, never a value."""

import re
from dataclasses import dataclass
from typing import Final

from connectors.sources.batch import Remark
from schemas.codes import Language
from schemas.definition import Text

from .link import LinkedPerson
from .look import Look

# Reasons are kept in English, as they are stored with the places of rejected rows; patterns stand for what varies.
_REASONS: Final = (
    (r"is empty", "is leeg"),
    (r"is not one of the known codes", "is geen van de bekende codes"),
    (r"lies before the start", "ligt voor het begin"),
    (r"contradicts an earlier row of the same person", "spreekt een eerdere rij van dezelfde persoon tegen"),
    (r"has too few or too many columns", "heeft te weinig of te veel kolommen"),
    (r"is not an area code", "is geen gebiedscode"),
    (r"is not a text", "is geen tekst"),
    (r"is not a valid citizen service number \(11-test\)", "is geen geldig burgerservicenummer (elfproef)"),
    (r"is not a possible date, written (.+)", r"is geen bestaande datum, geschreven als \1"),
    (
        r"is a municipality that was divided over several; give the code in the division of (\d+)",
        r"is een gemeente die over meerdere verdeeld is; geef de code in de indeling van \1",
    ),
    (
        r"is not a number with a decimal (comma|point) and at most (\d) decimals, without signs between thousands"
        r"(?: \(where .+\))?",
        r"is geen getal met een decimale \1 en hoogstens \2 decimalen, zonder tekens tussen duizendtallen",
    ),
)
_DUTCH_SIGNS: Final = {"decimale comma": "decimale komma", "decimale point": "decimale punt"}


@dataclass(frozen=True)
class FileCount:
    """What became of one file's rows: `read` is the sum of the five others."""

    file: str
    record: str
    read: int
    loaded: int
    rejected: int
    duplicates: int
    objected: int
    outside: int

    def told(self) -> Text:
        """Return the sum in words."""
        return Text(
            f"{self.file}: {self.read} rijen gelezen = {self.loaded} geladen + {self.rejected} afgekeurd"
            f" + {self.duplicates} dubbel + {self.objected} bezwaar + {self.outside} buiten de populatie",
            f"{self.file}: {self.read} rows read = {self.loaded} loaded + {self.rejected} rejected"
            f" + {self.duplicates} duplicates + {self.objected} objected + {self.outside} outside the population",
        )


@dataclass(frozen=True)
class Reject:
    """How many rows of a file were rejected for one reason, and the first row where it happened; never a value."""

    file: str
    column: str
    reason: str
    rows: int
    first_row: int

    def told(self) -> Text:
        """Return it in words."""
        return Text(
            f"{self.file}: kolom `{self.column}` {in_dutch(self.reason)}: {self.rows} rijen, het eerst in rij"
            f" {self.first_row}",
            f"{self.file}: column `{self.column}` {self.reason}: {self.rows} rows, first in row {self.first_row}",
        )


@dataclass(frozen=True)
class LoadReport:
    """The account of one load, fit to print: counts only."""

    source: str
    files: tuple[FileCount, ...]
    rejects: tuple[Reject, ...]
    linked: LinkedPerson
    look: Look
    remarks: tuple[Remark, ...] = ()
    persons_objected: int = 0

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines for a terminal."""
        return (*self.account(), *(f"{self.source}: {line}" for line in self.look.lines()))

    def account(self, lang: Language = "en") -> tuple[str, ...]:
        """Return what became of the rows and who they are of, as lines for a terminal.

        What a reader remarks of a file is English in either language.
        """
        if not self.files:
            stays = Text(
                "de grondslag is vastgelegd; de rijen blijven in het warehouse en worden daar geteld",
                "its legal ground is recorded; its rows stay in the warehouse and are counted there",
            )
            return (f"{self.source}: {stays.told(lang)}",)
        persons = self.linked
        found = [count.told().told(lang) for count in self.files]
        found += [reject.told().told(lang) for reject in self.rejects]
        found += [f"{remark.file}: {remark.text}: {remark.count}" for remark in self.remarks]
        found.append(
            Text(
                f"{persons.in_source} personen, {persons.new} nieuw, {persons.in_other_sources} ook in andere"
                f" bronnen, {persons.conflicts} door bronnen verschillend beschreven; {persons.in_store} in de opslag",
                f"{persons.in_source} persons, {persons.new} new, {persons.in_other_sources} also known from other"
                f" sources, {persons.conflicts} described differently by sources; {persons.in_store} in the store",
            ).told(lang)
        )
        if self.persons_objected:
            left_out = Text(
                f"{self.persons_objected} personen weggelaten, omdat zij bezwaar maakten",
                f"{self.persons_objected} persons left out, since they objected",
            )
            found.append(left_out.told(lang))
        return tuple(f"{self.source}: {line}" for line in found)


def in_dutch(reason: str) -> str:
    """Return a reason for rejecting a row in Dutch; one that a reader of its own gave stays as it is."""
    for pattern, dutch in _REASONS:
        if re.fullmatch(pattern, reason):
            said = re.sub(rf"^{pattern}$", dutch, reason)
            for english, right in _DUTCH_SIGNS.items():
                said = said.replace(english, right)
            return said
    return reason
