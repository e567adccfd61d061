"""Sources as pages show and load them: the list, what a load would do, where rows were rejected; never a value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from connectors.database import writing
from connectors.sources import SourceRefused
from node.audit import AuditEntry, record
from node.config import Settings
from node.indicators.requirements import missing
from node.records.check import CheckReport
from node.records.check import check as check_records
from node.records.finding import Finding
from node.records.listing import ListedSource, RejectedRow, listed_sources, rejected_rows
from node.records.load import load as load_records
from node.records.profile import filled_line
from node.records.report import LoadReport
from node.records.store import RecordStoreBusy, SourceUnknown, records_path, remove_source, require_source
from schemas.definition import IndicatorDefinition
from schemas.text import Text

from .counting import CountingPlace, open_records

__all__ = [
    "CheckReport", "Finding", "LegalRecord", "ListedSource", "LoadReport", "RecordStoreBusy", "RejectedRow",
    "SourceRefused", "filled_line",
]  # fmt: skip
PseudonymKeys = Callable[[], tuple[bytes, ...]]


def sources(home: Path) -> tuple[ListedSource, ...]:
    """Return the loaded sources in alphabetical order; none where nothing was loaded. Raises RecordStoreBusy."""
    if not records_path(home).is_file():
        return ()
    with open_records(home) as records:
        return listed_sources(records)


@dataclass(frozen=True, slots=True)
class LegalRecord:
    """On what ground a loaded source may be used; `permitted` are ids of indicators, or `all`."""

    controller: str
    purpose: str
    legal_basis: str
    agreement: str
    linkage: str
    permitted: tuple[str, ...]
    delete_by: date


def legal_record(home: Path, source: str) -> LegalRecord:
    """Return a loaded source's legal record; raises SourceUnknown."""
    with open_records(home) as records:
        require_source(records, source)
        row = records.execute(
            "SELECT controller, purpose, legal_basis, agreement, linkage, permitted_indicators, delete_by"
            " FROM source WHERE id = ?",
            [source],
        ).fetchone()
    if row is None:
        raise SourceUnknown(f"There is no source '{source}' here any more.")
    controller, purpose, basis, agreement, linkage, permitted, delete_by = row
    return LegalRecord(controller, purpose, basis, agreement, linkage, tuple(permitted), delete_by)


def rejected(home: Path, source: str, most: int) -> tuple[RejectedRow, ...]:
    """Return where the first rows of a source's last load were rejected and why; raises SourceUnknown."""
    with open_records(home) as records:
        return tuple(islice(rejected_rows(records, source), most))


def check(settings: Settings, mapping: Path, keys: PseudonymKeys, today: date) -> CheckReport:
    """Read a source as a load would, and keep nothing; raises SourceRefused or RecordStoreBusy."""
    return check_records(
        settings.home, mapping, keys(), today=today, division_year=settings.division_year
    )  # fmt: skip


def load(settings: Settings, engine: Engine, mapping: Path, keys: PseudonymKeys, entry: AuditEntry) -> LoadReport:
    """Load a source, whole or not at all; raises SourceRefused or RecordStoreBusy."""
    report = load_records(
        settings.home, mapping, keys(), None, entry.at.date(), division_year=settings.division_year
    )  # fmt: skip
    with writing(engine) as connection:
        record(connection, AuditEntry(entry.actor, entry.action, report.source, entry.at))
    return report


def remove(home: Path, engine: Engine, source: str, entry: AuditEntry) -> None:
    """Delete all that a source brought; published figures are not touched. Raises SourceUnknown."""
    with open_records(home) as records:
        require_source(records, source)
    with writing(engine) as connection:
        record(connection, entry)
        remove_source(home, source)


def lacks(
    home: Path, place_of: CountingPlace, definitions: tuple[IndicatorDefinition, ...]
) -> dict[str, tuple[Text, ...]]:
    """Return what the loaded sources lack by definition; nothing at all where no source is loaded."""
    if not records_path(home).is_file():
        return {}
    with open_records(home) as records, place_of(records) as place:
        return {one.id: missing(place, one) for one in definitions if one.measure is not None}
