"""What every reader yields: a batch of text columns under canonical names, with the row number of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute

from .canonical import Record
from .mapping import FieldMapping, FileMapping

if TYPE_CHECKING:  # Arrow's classes are generic for type checkers only
    Texts = pa.Array[Any] | pa.ChunkedArray[Any]
    Rows = pa.Array[Any]


_pc: Any = pyarrow.compute  # its stubs know scalars and arrays, and not their combination


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
    is in the table. Remarks of one file and text are added up. `share` is how much of the file was read so far, from 0
    to 1, where that is known. The repr holds no data.
    """

    record: Record
    file: str
    mapping: FileMapping
    table: pa.Table = field(repr=False)
    malformed: tuple[int, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    share: float | None = None


def canonical_table(columns: Mapping[str, Texts], rows: Rows, file: FileMapping) -> pa.Table:
    """Return the mapped columns under their canonical names, constants filled in; other columns are left behind."""
    named: dict[str, Texts] = {"row": rows}
    for name, how in file.fields.items():
        if how.column is not None:
            named[name] = _completed(columns[how.column], how)
        else:
            named[name] = pa.repeat(pa.scalar(how.constant, pa.string()), len(rows))
    return pa.table(named)


def _completed(texts: Texts, how: FieldMapping) -> Texts:
    """Give back the zeros in front that a spreadsheet took from codes of digits, and the prefix that they lack."""
    if how.pad is None and how.prefix is None:
        return texts
    trimmed = _pc.utf8_trim_whitespace(texts)
    digits = _pc.match_substring_regex(trimmed, "^[0-9]+$")
    padded = trimmed if how.pad is None else _pc.utf8_lpad(trimmed, how.pad, "0")
    if how.prefix is not None:
        padded = _pc.binary_join_element_wise(how.prefix, padded, "")
    completed: Texts = _pc.if_else(digits, padded, trimmed)
    return completed
