"""What is loaded: sources with their legal ground, age and counts, and where rows were rejected; never a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from schemas.text import Text, counted

from .in_dutch import LINKED_BY, column_in_dutch, in_dutch
from .load_history import last_load
from .store import RECORD_TABLES, delivered_until, require_source


@dataclass(frozen=True)
class ListedSource:
    """One loaded source: whose it is, on what ground, when it was loaded and last changed, and how much it holds."""

    id: str
    controller: str
    agreement: str
    linkage: str
    delete_by: date
    loaded_on: date
    changed_on: date | None
    instrument: str | None
    rows: int
    rejected: int
    complete_until: date | None = None
    objections_left_out: str | None = None

    def told(self) -> Text:
        """Return it in words."""
        return Text(self._in_dutch(), self._in_english())

    def _linked(self) -> Text:
        return LINKED_BY.get(self.linkage, Text(self.linkage, self.linkage))

    def _rows(self) -> Text:
        return counted(self.rows, ("rij", "rijen"), ("row", "rows"))

    def _in_dutch(self) -> str:
        changed = "" if self.changed_on is None else f", zoals nu sinds {self.changed_on}"
        under = "" if self.instrument is None else f", gelezen door {self.instrument}"
        until = "" if self.complete_until is None else f", volledig tot en met {self.complete_until}"
        objections = "" if self.objections_left_out is None else f"; bezwaren: {self.objections_left_out}"
        return (
            f"{self.id}: {self.controller}, overeenkomst {self.agreement}, koppeling: {self._linked().nl};"
            f" {self._rows().nl},"
            f" {self.rejected} afgekeurd; geladen op {self.loaded_on}{changed}{until}{under}; te verwijderen op"
            f" {self.delete_by}{objections}"
        )

    def _in_english(self) -> str:
        changed = "" if self.changed_on is None else f", as it is since {self.changed_on}"
        under = "" if self.instrument is None else f", read by {self.instrument}"
        until = "" if self.complete_until is None else f", complete until {self.complete_until}"
        objections = "" if self.objections_left_out is None else f"; objections: {self.objections_left_out}"
        return (
            f"{self.id}: {self.controller}, agreement {self.agreement}, linkage: {self._linked().en};"
            f" {self._rows().en},"
            f" {self.rejected} rejected; loaded on {self.loaded_on}{changed}{until}{under}; to be deleted on"
            f" {self.delete_by}{objections}"
        )


@dataclass(frozen=True)
class RejectedRow:
    """Where a row was rejected and why."""

    file: str
    row: int
    column: str
    reason: str

    def told(self) -> Text:
        """Return it in words."""
        return Text(
            f"{self.file}, rij {self.row}, kolom {column_in_dutch(self.column)}: {in_dutch(self.reason)}",
            f"{self.file}, row {self.row}, column {self.column}: {self.reason}",
        )


def listed_sources(connection: duckdb.DuckDBPyConnection) -> tuple[ListedSource, ...]:
    """Return the loaded sources in alphabetical order."""
    found = connection.execute(
        "SELECT id, controller, agreement, linkage, delete_by, loaded_on, objections_left_out FROM source ORDER BY id"
    ).fetchall()
    until = delivered_until(connection)
    listed = []
    for identity, controller, agreement, linkage, delete_by, loaded_on, left_out in found:
        last = last_load(connection, identity) if _has_history(connection) else None
        listed.append(
            ListedSource(
                identity, controller, agreement, linkage, delete_by, loaded_on,
                changed_on=None if last is None else last.loaded_at.date(),
                instrument=None if last is None else last.instrument,
                rows=sum(_count(connection, table, identity) for table in (*RECORD_TABLES, "source_person")),
                rejected=_count(connection, "rejected_row", identity),
                complete_until=until.get(identity),
                objections_left_out=left_out,
            )
        )  # fmt: skip
    return tuple(listed)


def rejected_rows(connection: duckdb.DuckDBPyConnection, source: str) -> Iterator[RejectedRow]:
    """Yield where rows of a source's last load were rejected, by file and row; raises SourceUnknown."""
    require_source(connection, source)
    result = connection.execute(
        'SELECT file, "row", "column", reason FROM rejected_row WHERE source = ? ORDER BY file, "row", "column"',
        [source],
    )
    while rows := result.fetchmany(10_000):
        for row in rows:
            yield RejectedRow(*row)


def _has_history(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether loads are kept here; a store of an earlier version has no such table until its next load."""
    found = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'source_load'").fetchone()
    return bool(found and found[0])


def _count(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table} WHERE source = ?", [source]).fetchone()  # nosec B608  # noqa: S608
    return int(found[0]) if found else 0
