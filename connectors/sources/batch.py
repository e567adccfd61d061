"""What every reader yields: a batch of text columns under canonical names, with the row number of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .canonical import Record
from .mapping import FileMapping

if TYPE_CHECKING:  # Arrow's classes are generic for type checkers only
    Texts = pa.Array[Any] | pa.ChunkedArray[Any]
    Rows = pa.Array[Any]


@dataclass(frozen=True)
class RefusedRow:
    """A row that a reader could not bring to the record's fields: where it is and why, never a value."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Remark:
    """Something about a file that belongs in the report although no row was rejected for it: a count, never a value."""

    file: str
    text: str
    count: int


@dataclass(frozen=True)
class RawBatch:
    """Rows of one record, untyped: a string column per mapped field, and `row` (int64, the header is row 1).

    `malformed` lists rows that had too few or too many columns, `refused` those the reader turned down itself; neither
    is in the table. Remarks of one file and text are added up. The repr holds no data.
    """

    record: Record
    file: str
    mapping: FileMapping
    table: pa.Table = field(repr=False)
    malformed: tuple[int, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    remarks: tuple[Remark, ...] = ()


def canonical_table(columns: Mapping[str, Texts], rows: Rows, file: FileMapping) -> pa.Table:
    """Return the mapped columns under their canonical names, constants filled in; other columns are left behind."""
    named: dict[str, Texts] = {"row": rows}
    for name, how in file.fields.items():
        if how.column is not None:
            named[name] = columns[how.column]
        else:
            named[name] = pa.repeat(pa.scalar(how.constant, pa.string()), len(rows))
    return pa.table(named)
