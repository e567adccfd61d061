"""The account of a load, fit to print in Dutch and English: counts, columns and reasons, never a value."""

from dataclasses import dataclass

from connectors.sources.batch import Remark
from schemas.codes import Language
from schemas.text import Text, counted

from .in_dutch import column_in_dutch, in_dutch, remark_in_dutch
from .link import LinkedPerson
from .look import Look


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
        rows = counted(self.read, ("rij", "rijen"), ("row", "rows"))
        return Text(
            f"{self.file}: {rows.nl} gelezen = {self.loaded} geladen + {self.rejected} afgekeurd"
            f" + {self.duplicates} dubbel + {self.objected} bezwaar + {self.outside} buiten de populatie",
            f"{self.file}: {rows.en} read = {self.loaded} loaded + {self.rejected} rejected"
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
        nl, en = ("1 rij, in", "1 row, in") if self.rows == 1 else (
            f"{self.rows} rijen, het eerst in", f"{self.rows} rows, first in"
        )  # fmt: skip
        return Text(
            f"{self.file}: kolom `{column_in_dutch(self.column)}` {in_dutch(self.reason)}: {nl} rij {self.first_row}",
            f"{self.file}: column `{self.column}` {self.reason}: {en} row {self.first_row}",
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

    def lines(self, lang: Language = "en") -> tuple[str, ...]:
        """Return the report as lines for a terminal."""
        return (*self.account(lang), *(f"{self.source}: {line}" for line in self.look.lines(lang)))

    def account(self, lang: Language = "en") -> tuple[str, ...]:
        """Return what became of the rows and who they are of, as lines for a terminal."""
        if not self.files:
            stays = Text(
                "de grondslag is vastgelegd; de rijen blijven in het warehouse en worden daar geteld",
                "its legal ground is recorded; its rows stay in the warehouse and are counted there",
            )
            return (f"{self.source}: {stays.told(lang)}",)
        found = [count.told().told(lang) for count in self.files]
        found += [reject.told().told(lang) for reject in self.rejects]
        for remark in self.remarks:
            text = Text(remark_in_dutch(remark.text), remark.text).told(lang)
            found.append(f"{remark.file}: {text}: {remark.count}")
        found.append(self._persons().told(lang))
        if self.persons_objected:
            objected = counted(
                self.persons_objected,
                ("persoon weggelaten, om bezwaar", "personen weggelaten, om bezwaar"),
                ("person left out by objection", "persons left out by objection"),
            )
            found.append(objected.told(lang))
        return tuple(f"{self.source}: {line}" for line in found)

    def _persons(self) -> Text:
        persons = self.linked
        count = counted(persons.in_source, ("persoon", "personen"), ("person", "persons"))
        return Text(
            f"{count.nl}, {persons.new} nieuw, {persons.in_other_sources} ook in andere bronnen, {persons.conflicts}"
            f" door bronnen verschillend beschreven; {persons.in_store} in de opslag",
            f"{count.en}, {persons.new} new, {persons.in_other_sources} also known from other sources,"
            f" {persons.conflicts} described differently by sources; {persons.in_store} in the store",
        )
