"""Extracts as Parquet: the mapped columns only, each turned into text so that one set of rules types them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute
from pyarrow import parquet

from . import SourceRefused
from .batch import RawBatch, canonical_table
from .csv_file import ExtractEmpty
from .headings import check_headings
from .mapping import FileMapping

if TYPE_CHECKING:
    from .batch import Rows, Texts

_pc: Any = pyarrow.compute
_LARGEST_COLUMN: Final = 1 << 30  # bytes of one mapped column in one row group, unpacked
_LONGEST_CELL: Final = 1024  # bytes: a dictionary repeats a long one for nothing, and memory would have to hold it all


def read_parquet(path: Path, file: FileMapping, floats: bool = False) -> Iterator[RawBatch]:
    """Read one Parquet file and yield its rows in batches of 131,072, counting from row 1 (there is no header row).

    Dates come out as the mapping's `date_format`, numbers with the mapping's decimal sign. Floating-point columns are
    read where `floats` allows them, as OMOP's are: each number as its shortest text, not-a-number as the empty text.
    Raises SourceRefused for a file that is absent, unreadable, empty, or without a mapped column.
    """
    wanted = file.mapped_columns
    try:
        with parquet.ParquetFile(path) as looked_at:
            check_headings(file.file, list(looked_at.schema_arrow.names), file)
            require_small_columns(looked_at, wanted, file.file)
        with parquet.ParquetFile(path, read_dictionary=wanted) as opened:
            if opened.metadata.num_rows == 0:
                raise ExtractEmpty(f"{file.file}: holds no rows; ask for the extract again.")
            first, rows_in_all = 1, opened.metadata.num_rows
            for batch in opened.iter_batches(batch_size=131_072, columns=wanted):
                rows = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
                first += batch.num_rows
                columns: dict[str, Texts] = {name: _as_text(batch.column(name), file, name, floats) for name in wanted}
                table = canonical_table(columns, rows, file)
                yield RawBatch(file.record, file.file, file, table, share=(first - 1) / rows_in_all)
    except FileNotFoundError:
        raise SourceRefused(f"{file.file}: this file does not exist; put it in place or correct the mapping.") from None
    except (pa.ArrowException, OSError):
        raise SourceRefused(f"{file.file}: cannot be read as Parquet; check the file, or the mapping's kind.") from None


def require_small_columns(opened: parquet.ParquetFile, wanted: list[str], name: str) -> None:
    """Refuse columns whose cells unpack to far more than the file; `name` begins messages. Raises SourceRefused."""
    for field in opened.schema_arrow:
        kind: Any = field.type
        if field.name in wanted and (
            pa.types.is_nested(kind) or (pa.types.is_fixed_size_binary(kind) and kind.byte_width > _LONGEST_CELL)
        ):
            raise SourceRefused(f"{name}, column `{field.name}`: holds lists or blocks; deliver one value per cell.")
    metadata = opened.metadata
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            column = metadata.row_group(group).column(place)
            if column.path_in_schema in wanted and column.total_uncompressed_size > _LARGEST_COLUMN:
                raise SourceRefused(
                    f"{name}, column `{column.path_in_schema}`: unpacks to more than a gigabyte in one row group; "
                    "write it in smaller ones, or check where it is from."
                )


def require_short_texts(values: Any, name: str, column: str) -> None:
    """Refuse texts that a dictionary holds once and every row would repeat; raises SourceRefused."""
    if (_pc.max(_pc.binary_length(values.dictionary)).as_py() or 0) > _LONGEST_CELL:
        raise SourceRefused(f"{name}, column `{column}`: has a text of over 1,024 bytes; shorten it.")


def _as_text(values: Rows, file: FileMapping, column: str, floats: bool) -> Texts:
    kind: Any = values.type
    if pa.types.is_dictionary(kind):
        require_short_texts(values, file.file, column)
        kind = pa.string()
    if pa.types.is_floating(kind):
        if floats:
            return _float_texts(values)
        raise SourceRefused(
            f"{file.file}, column `{column}`: is a floating-point column; deliver it as decimal, integer or text."
        )
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        dates: Texts = _pc.fill_null(_pc.strftime(values, format=file.date_format), "")
        return dates
    text: Any = values.cast(pa.string())
    if pa.types.is_decimal(kind) and file.decimal == ",":
        text = _pc.replace_substring(text, ".", ",")
    filled: Texts = _pc.fill_null(text, "")
    return filled


def _float_texts(values: Any) -> Texts:
    # data frames write whole numbers with gaps as floating point: an identifier must not get an exponent
    known = _pc.if_else(_pc.is_nan(values), pa.scalar(None, values.type), values)
    whole = _pc.and_(_pc.equal(known, _pc.floor(known)), _pc.less(_pc.abs(known), float(1 << 53)))
    integers = _pc.if_else(whole, known, pa.scalar(0.0, values.type)).cast(pa.int64(), safe=False)
    filled: Texts = _pc.fill_null(_pc.if_else(whole, integers.cast(pa.string()), known.cast(pa.string())), "")
    return filled
