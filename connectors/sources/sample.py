"""Read the headings and the first rows of a file whose mapping is still to be made, and find out how it is written."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from . import SourceRefused
from .canonical import FIELDS
from .csv_file import opened
from .heading_words import SAME, likeness
from .mapping import Headings
from .parquet_file import require_short_texts, require_small_columns
from .value_forms import DATE_FORMATS, is_date
from .xlsx_book import open_book
from .xlsx_file import OpenSheet, as_text, column_names, open_sheet

ROWS: Final = 2_000
_SAMPLE_BYTES: Final = 1 << 20
_SEPARATORS: Final = (";", ",", "\t", "|")
_HEADINGS_WITHIN: Final = 20  # rows
# digits as in a number or an identifier, a postcode, an address for mail: not in a heading
_DATA: Final = re.compile(r"\d{5}|^-?\d+[.,]\d+$|^\s*\d{4}\s?[A-Za-z]{2}\s*$|@")
_FIELD_NAMES: Final = tuple(dict.fromkeys(name for fields in FIELDS.values() for name in fields))


@dataclass(frozen=True)
class Sample:
    """One table of a file: its headings, the texts of its first rows by column, and how it is written."""

    file: str
    kind: str
    headings: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...] = field(repr=False)
    separator: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None
    heading_rows: Headings = field(default_factory=Headings)


def samples(path: Path) -> tuple[Sample, ...]:
    """Read what a file holds: one table, or one per sheet that shows; raises SourceRefused where it cannot be read."""
    if not path.is_file():
        raise SourceRefused(f"{path.name}: this file does not exist; check the path.")
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        book = open_book(path, path.name)
        return tuple(_of_sheet(path, sheet.name) for sheet in book.sheets if not sheet.hidden)
    return (_of_parquet(path) if suffix == ".parquet" else _of_csv(path),)


def _of_csv(path: Path) -> Sample:
    try:
        encoding = _encoding(path)
        with opened(path) as stream:
            start = stream.read(_SAMPLE_BYTES)
    except (OSError, EOFError) as error:
        raise SourceRefused(f"{path.name}: cannot be read ({type(error).__name__}); check the file.") from None
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(start).removeprefix("\ufeff")
    if len(start) == _SAMPLE_BYTES:
        text = text[: text.rfind("\n") + 1]
    separator = _separator(text)
    try:
        rows = list(islice(_csv_rows(text, separator), ROWS + 1))
    except csv.Error:
        raise SourceRefused(f"{path.name}: has a text that never ends; check that the file is CSV.") from None
    if not rows:
        raise SourceRefused(f"{path.name}: is empty; ask for the extract again.")
    headings = rows[0]
    whole = [row for row in rows[1:] if len(row) == len(headings)]
    columns = _turned(whole, len(headings))
    _require_headings(path.name, headings, columns)
    return Sample(path.name, "csv", tuple(headings), columns, separator, encoding)


def _encoding(path: Path) -> str:
    """Return utf-8 where the whole file is, else windows-1252, in which Dutch exports are written."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opened(path) as stream:
            while block := stream.read(_SAMPLE_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _csv_rows(text: str, separator: str) -> Any:
    return (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row)


def _separator(text: str) -> str:
    """Return the character that gives the most rows of one width above one."""

    def regularity(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in islice(_csv_rows(text, separator), 50))
        except csv.Error:
            return 0, 0
        wide = [(count, width) for width, count in widths.items() if width > 1]
        return max(wide, default=(0, 0))

    return max(_SEPARATORS, key=regularity)


def _of_parquet(path: Path) -> Sample:
    try:
        with parquet.ParquetFile(path) as file:
            names = tuple(file.schema_arrow.names)
            require_small_columns(file, list(names), path.name)
        with parquet.ParquetFile(path, read_dictionary=list(names)) as file:
            batch = next(file.iter_batches(batch_size=ROWS), None)
    except (pa.ArrowException, OSError):
        raise SourceRefused(f"{path.name}: cannot be read as Parquet; check the file.") from None
    for column, values in zip(names, () if batch is None else batch.columns, strict=False):
        if pa.types.is_dictionary(values.type):
            require_short_texts(values, path.name, column)
    found = () if batch is None else tuple(
        tuple("" if value is None else as_text(value if isinstance(value, int | float) else str(value), ".", "%Y-%m-%d")
              for value in batch.column(place).to_pylist()[:ROWS])
        for place in range(len(names))
    )  # fmt: skip
    return Sample(path.name, "parquet", names, found or ((),) * len(names))


def _of_sheet(path: Path, title: str) -> Sample:
    opened_sheet = open_sheet(path, path.name, title, Headings())
    first = list(islice(opened_sheet.cells(), ROWS + _HEADINGS_WITHIN))
    headings = _heading_rows(opened_sheet, first)
    laid_out = OpenSheet(opened_sheet.book, opened_sheet.sheet, opened_sheet.layout, headings)
    names = column_names(laid_out, first[: laid_out.first_row - 1])
    rows = [
        [as_text(value, ",", "%d-%m-%Y") for value in row] + [""] * (len(names) - len(row))
        for number, row in first if number >= laid_out.first_row
    ]  # fmt: skip
    kept = [place for place, name in enumerate(names) if name]
    columns = _turned([row for row in rows if any(row)], len(names))
    _require_headings(laid_out.where, names, columns)
    return Sample(
        path.name, "xlsx", tuple(names[place] for place in kept), tuple(columns[place] for place in kept),
        sheet=title, heading_rows=headings,
    )  # fmt: skip


def _require_headings(where: str, headings: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
    """Refuse a table that begins with data: what stands in the place of headings is never repeated.

    So it does where something there looks like a day, a number or an address, where it comes again below itself, and
    where no heading is one that is known: then nobody can tell, and little could be proposed.
    """
    is_day = any(is_date(heading.strip(), form) for heading in headings for form in DATE_FORMATS)
    comes_again = any(heading in values for heading, values in zip(headings, columns, strict=False) if heading.strip())
    if is_day or comes_again or any(_DATA.search(heading) for heading in headings):
        raise SourceRefused(f"{where}: begins with data instead of headings; add a row of headings, then try again.")
    known = sum(max(likeness(heading, name) for name in _FIELD_NAMES) for heading in headings)
    if known < SAME:  # a known word within one text can be chance
        raise SourceRefused(
            f"{where}: has no heading that is known here, and may begin with data; add a row of headings, or write the"
            " mapping by hand."
        )


def _turned(rows: Sequence[Sequence[str]], width: int) -> tuple[tuple[str, ...], ...]:
    """Return the columns of these rows."""
    return tuple(tuple(row[place] for row in rows) for place in range(width))


def _heading_rows(opened_sheet: OpenSheet, rows: Sequence[tuple[int, list[Any]]]) -> Headings:
    """Find the headings: the first full row of texts, with the row above it where cells there are merged."""
    filled = [
        (
            number,
            sum(isinstance(value, str) and bool(value.strip()) for value in row),
            sum(value != "" for value in row),
        )
        for number, row in rows[:_HEADINGS_WITHIN]
    ]
    widest = max((texts for _, texts, all_ in filled if texts == all_), default=0)
    for number, texts, all_ in filled:
        if texts == all_ and texts and texts >= 0.6 * widest:
            spans = [span for span in opened_sheet.layout.merged if span[3] > span[1]]
            if any(top == number for top, _, _, _ in spans) and number < len(rows):
                return Headings(number, 2)
            above = any(top == number - 1 for top, _, _, _ in spans) and filled[number - 2][1] > 1
            return Headings(number - 1, 2) if above else Headings(number, 1)
    return Headings()
