"""Extracts as CSV, optionally gzipped: every column is read as text, and only the mapped ones are read at all."""

from __future__ import annotations

import csv
import gzip
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute
from pyarrow import csv as arrow_csv

from . import SourceRefused
from .batch import RawBatch, canonical_table
from .headings import check_headings
from .mapping import FileMapping

if TYPE_CHECKING:
    from .batch import Rows

_pc: Any = pyarrow.compute  # its stubs know scalars and arrays, and not their combination
_READ_AHEAD_SECONDS: Final = 0.2  # for the one block that may be under way
_BLOCK_BYTES: Final = 4 << 20
_ROW: Final = re.compile(r"Row #(\d+)")


_LONGEST_HEADER: Final = 1 << 20  # bytes
_UNPACKED_FREELY: Final = 64 << 20  # bytes
_MOST_TIMES: Final = 50  # gzip makes records ten to thirty times smaller, and a bomb a thousand times


class ExtractEmpty(SourceRefused):
    """A file with a header and no row of data."""


def read_csv(path: Path, file: FileMapping) -> Iterator[RawBatch]:
    """Read one CSV file and yield its rows in batches of about 4 MB; blank lines are passed over.

    Raises SourceRefused for a file that is absent, empty, not in the stated encoding, or without a mapped column.
    """
    wanted = file.mapped_columns
    check_headings(f"{file.file}, row 1", read_header(path, file.file, file.separator, file.encoding), file)
    malformed: list[int] = []
    first, empty = 2, True
    for batch, share in _batches(path, file, wanted, malformed):
        rows = _row_numbers(first, batch.num_rows, malformed)
        first = int(rows[-1]) + 1 if len(rows) else first
        table = pa.Table.from_batches([batch])
        columns = {name: table.column(name) for name in wanted}
        filled = _without_blanks(canonical_table(columns, rows, file), file)
        empty = empty and filled.num_rows == 0
        yield RawBatch(file.record, file.file, file, filled, share=share)
    if empty and not malformed:
        raise ExtractEmpty(f"{file.file}: holds a header and no rows; ask for the extract again.")
    nothing = canonical_table({name: pa.array([], pa.string()) for name in wanted}, pa.array([], pa.int64()), file)
    yield RawBatch(file.record, file.file, file, nothing, tuple(malformed))


def read_header(path: Path, name: str, separator: str, encoding: str) -> list[str]:
    """Read the column names in the first line of a CSV file, as written."""
    try:
        with opened(path) as stream:
            start = stream.read(_LONGEST_HEADER)
        text = io.TextIOWrapper(io.BytesIO(start), encoding=encoding, errors="replace", newline="")
        header = next(csv.reader(text, delimiter=separator), None)
        if len(start) == _LONGEST_HEADER and text.read(1) == "":
            raise SourceRefused(f"{name}, row 1: is longer than a megabyte; check that the file is CSV.")
    except FileNotFoundError:
        raise SourceRefused(f"{name}: this file does not exist; put it in place or correct the mapping.") from None
    except (OSError, csv.Error) as error:
        raise SourceRefused(f"{name}: cannot be read ({type(error).__name__}); check the file.") from None
    if header is None:
        raise SourceRefused(f"{name}: is empty; ask for the extract again.")
    if any("\ufffd" in column for column in header):
        raise SourceRefused(f"{name}, row 1: is not in {encoding}; set `encoding` to what the file was written in.")
    return [column.removeprefix("\ufeff") for column in header]


def opened(path: Path) -> IO[bytes]:
    """Open a file for reading bytes, unpacking it where its name ends in .gz."""
    return cast(IO[bytes], _Unpacking(path)) if path.suffix == ".gz" else path.open("rb")


class _Unpacking(gzip.GzipFile):
    """A gzip file that stops where it unpacks to far more than records can."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._given, self._most = 0, max(_UNPACKED_FREELY, _MOST_TIMES * path.stat().st_size)

    def read(self, size: int | None = -1) -> bytes:
        """Read as gzip does; raises SourceRefused for a bomb."""
        data = super().read(size)
        self._given += len(data)
        if self._given > self._most:
            raise SourceRefused(
                f"{Path(self.name).name}: unpacks to more than {_MOST_TIMES} times its size, which no extract does; "
                "check where it is from."
            )
        return data


def _batches(
    path: Path, file: FileMapping, wanted: list[str], malformed: list[int]
) -> Iterator[tuple[pa.RecordBatch, float]]:
    def note(row: arrow_csv.InvalidRow) -> Literal["skip"]:
        malformed.append(int(row.number or 0))
        return "skip"

    try:
        with opened(path) as stream:
            reader = arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=_BLOCK_BYTES, encoding=file.encoding.lower()
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=file.separator,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=note,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=wanted,
                    column_types={name: pa.string() for name in wanted},
                    strings_can_be_null=False,
                ),
            )
            size = max(1, path.stat().st_size)
            with reader:
                for batch in reader:
                    yield batch, _place(stream) / size
    except (pa.ArrowException, UnicodeError, OSError) as error:
        # Arrow reads ahead in a thread that nobody can join; a command that ended while it reads would be aborted.
        time.sleep(_READ_AHEAD_SECONDS)
        raise SourceRefused(_refusal(file, error)) from None


def _place(stream: IO[bytes]) -> int:
    """Return how many bytes of the file itself were read, packed or not."""
    packed = getattr(stream, "fileobj", None)
    return int((stream if packed is None else packed).tell())


def _refusal(file: FileMapping, error: Exception) -> str:
    """Say what failed without repeating the library's text, which may quote a cell."""
    text = str(error)
    found = _ROW.search(text)
    where = f"{file.file}, row {found.group(1)}" if found else file.file
    if "UTF8" in text or isinstance(error, UnicodeError):
        return f"{where}: is not in {file.encoding}; set `encoding` to what the file was written in."
    return f"{where}: cannot be read as CSV with `{file.separator}` between columns; check `separator` and the quotes."


def _row_numbers(first: int, count: int, malformed: list[int]) -> Rows:
    passed_over = [row for row in malformed if row >= first]
    candidates = np.arange(first, first + count + len(passed_over), dtype=np.int64)
    return pa.array(candidates[~np.isin(candidates, passed_over)][:count])


def _without_blanks(table: pa.Table, file: FileMapping) -> pa.Table:
    columns = [name for name, how in file.fields.items() if how.column is not None]
    filled = _pc.not_equal(table.column(columns[0]), "")
    for name in columns[1:]:
        filled = _pc.or_(filled, _pc.not_equal(table.column(name), ""))
    return table.filter(filled)
