"""Read a source as a load would, and keep nothing of it: what would be loaded or rejected, and what looks wrong."""

import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from connectors.sources.mapping import SourceMapping, read_mapping

from .finding import Finding, rejected_words
from .ingest import Progress
from .load import Share, load_within, no_share, silent
from .profile import shown
from .pseudonymise import PseudonymKeys, key_chain
from .report import LoadReport
from .store import new_store, open_store, records_path


@dataclass(frozen=True)
class CheckReport:
    """The account that a load would give, and every finding; `refusal` says why it would be refused, None if not."""

    report: LoadReport
    findings: tuple[Finding, ...]
    refusal: str | None

    def document(self) -> dict[str, Any]:
        """Return it for a machine: counts only, and no count of 1 to 9 by month."""
        report = self.report
        return {
            "source": report.source,
            "refusal": self.refusal,
            "files": [vars(count) for count in report.files],
            "rejects": [vars(reject) for reject in report.rejects],
            "remarks": [vars(remark) for remark in report.remarks],
            "findings": [{**vars(one), "sentence": one.line("en")} for one in self.findings],
            "unchanged_since": None if report.look.unchanged_since is None else report.look.unchanged_since.isoformat(),
            "instrument": report.look.load.instrument,
            "profile": shown(report.look.load.profile),
        }


def check(
    home: Path,
    mapping_file: Path,
    pseudonym_keys: PseudonymKeys,
    on_progress: Progress | None = None,
    on_share: Share | None = None,
    today: date | None = None,
    division_year: int | None = None,
) -> CheckReport:
    """Do all that a load does and undo it, so that both see the same; a home without records gets none.

    Raises connectors.sources.SourceRefused where the extract cannot be read as the mapping says, and RecordStoreBusy.
    """
    day = today or datetime.now(UTC).date()
    mapping = read_mapping(mapping_file, day)
    keys = key_chain(pseudonym_keys)
    exists = records_path(home).is_file()
    connection = open_store(records_path(home), read_only=False) if exists else new_store()
    try:
        connection.begin()
        # more rejects than allowed are no reason to stop looking
        report = load_within(
            connection, replace(mapping, max_reject_share=1.0), keys, on_progress or silent, day,
            on_share or no_share, division_year,
        )  # fmt: skip
    finally:
        with contextlib.suppress(duckdb.TransactionException):
            connection.rollback()
        connection.close()
    refusal = _refusal(report, mapping)
    if refusal is None:
        return CheckReport(report, report.look.findings, None)
    file, rows, of, allowed = refusal
    refused = Finding("refused", "serious", file, rows=rows, of=of, detail=f"{allowed:.1%}")
    sentence = (
        f"{file}: {rejected_words(rows, of)}, above the allowed share of {allowed:.1%}; correct the extract or mapping."
    )
    return CheckReport(report, (refused, *report.look.findings), sentence)


def _refusal(report: LoadReport, mapping: SourceMapping) -> tuple[str, int, int, float] | None:
    """Return the first file with more rejects than allowed: its name, rejected rows, all rows and the allowed share."""
    for count in report.files:
        if count.rejected > mapping.max_reject_share * count.read:
            return count.file, count.rejected, count.read, mapping.max_reject_share
    return None
