"""Take public tables over: read once for a region, shown to who brings it in, and frozen for review as it was shown."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from connectors.sources.published_table import RowsRefused, TableRead, published_table
from node import flow
from node.audit import AuditEntry
from node.config import Settings
from node.indicators.figures import PublishedTable, WholeTable
from node.indicators.take_over import left_out, take_over, whole_table
from node.release.candidate import FrozenBundle
from schemas.codes import Audience

__all__ = ["RowsRefused"]  # what `taken` raises of rows, for who shows each of them


@dataclass(frozen=True, slots=True)
class Taken:
    """A region's part of a public table: figures by indicator and period, and what reviewers are told beside them.

    `read` is the whole table as it was read; `whole` says what its owner publishes in full, None where nothing does.
    """

    read: TableRead
    tables: tuple[PublishedTable, ...]
    whole: WholeTable | None
    notes: tuple[str, ...]


def taken(file: Path, mapping: Path, region: str) -> Taken:
    """Read what a region takes over of a public table; raises SourceRefused, and RowsRefused of its rows."""
    return Taken(
        published_table(file, mapping),
        take_over(file, mapping, region),
        whole_table(file, mapping),
        left_out(file, mapping),
    )


def freeze(
    connection: Connection,
    settings: Settings,
    found: Taken,
    *,
    audience: Audience,
    subject_key: bytes,
    reason: str,
    entry: AuditEntry,
) -> FrozenBundle:
    """Freeze for two reviewers what of a table is new, changed or gone; raises as `flow.release` does."""
    return flow.release(
        connection, settings, (), found.tables, (),
        audience=audience, subject_key=subject_key, entry=entry, reason=reason, whole=found.whole, notes=found.notes,
    )  # fmt: skip
