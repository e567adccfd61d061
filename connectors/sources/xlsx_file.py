"""Extracts as Excel workbooks (.xlsx): headings over several rows, dates as serial numbers, errors and hidden rows.

Every cell becomes the text that a CSV of the same extract would hold, so that one set of rules types them all.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from . import SourceRefused
from .batch import RawBatch, RefusedRow, Remark, canonical_table
from .canonical import FIELDS
from .csv_file import ExtractEmpty
from .headings import check_headings
from .mapping import FileMapping, Headings
from .xlsx_book import Book, Layout, Sheet, chosen_sheet, open_book, read_layout
from .xlsx_texts import require_texts_fit

ERROR_CELL: Final = "is an error of the spreadsheet, such as #N/A"
_BATCH_ROWS: Final = 20_000
_DIGITS: Final = 15  # a cell's number is a double, of which Excel itself shows fifteen digits
_LEVELS: Final = " / "  # between the rows of a heading
_LAST_SERIAL: Final = 2_958_465  # 31 December 9999
_NO_LEAP_DAY: Final = 60  # the serial of 29 February 1900, a day that was not: Excel counts it, the calendar does not

Value = str | float | int | bool | date | datetime | time | timedelta


@dataclass(frozen=True)
class OpenSheet:
    """One sheet, laid out and ready to read."""

    book: Book
    sheet: Sheet
    layout: Layout
    headings: Headings

    @property
    def where(self) -> str:
        """Return file and sheet, to begin a message."""
        return f"{self.book.name}, sheet `{self.sheet.name}`"

    @property
    def first_row(self) -> int:
        """Return the number of the first row below the headings."""
        return self.headings.row + self.headings.rows

    def cells(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield every row from the sheet's first, with its number."""
        try:
            with _opened(self.book.content) as opened:
                sheet = opened.get_sheet_by_name(self.sheet.name)
                before = [""] * (sheet.start[1] if sheet.start else 0)
                for number, row in enumerate(sheet.iter_rows(), start=1):
                    yield number, before + row
        except (CalamineError, OSError):
            raise SourceRefused(f"{self.where}: cannot be read; open it in Excel and save it anew.") from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how the library fails on a workbook it did not foresee
                raise
            raise SourceRefused(f"{self.where}: cannot be read; open it in Excel and save it anew.") from None


def _opened(content: Path | bytes) -> CalamineWorkbook:
    if isinstance(content, bytes):
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    return CalamineWorkbook.from_path(content)


def open_sheet(content: Path | bytes, name: str, title: str | None, headings: Headings) -> OpenSheet:
    """Open one sheet of a workbook; raises SourceRefused where it is absent, too large or damaged."""
    book = open_book(content, name)
    sheet = chosen_sheet(book, title)
    layout = read_layout(book, sheet)
    require_texts_fit(book, sheet, layout)
    return OpenSheet(book, sheet, layout, headings)


def read_xlsx(path: Path, file: FileMapping) -> Iterator[RawBatch]:
    """Read one sheet and yield its rows in batches; rows are numbered as Excel shows them, blank ones passed over.

    A row with an error in a mapped cell is refused with its column. Raises SourceRefused for a file or sheet that is
    absent, unreadable, empty or without a mapped column, and for formulas whose results were not stored.
    """
    opened = open_sheet(path, file.file, file.sheet, file.headings)
    rows = opened.cells()
    header = column_names(opened, list(islice(rows, opened.first_row - 1)))
    last_heading = opened.first_row - 1
    check_headings(f"{opened.where}, row {last_heading}", [name for name in header if name], file)
    places = {name: header.index(name) for name in file.mapped_columns}
    _require_results(opened, places)
    reading = _Rows(opened, file, places)
    while chunk := list(islice(rows, _BATCH_ROWS)):
        yield reading.batch(chunk)
    if reading.is_empty:
        raise ExtractEmpty(f"{opened.where}: holds headings and no rows; ask for the extract again.")
    yield reading.last(_remarks(opened))


def column_names(opened: OpenSheet, rows: list[tuple[int, list[Any]]]) -> list[str]:
    """Return a name per column from the rows of headings, levels joined by " / "; a merged cell spans all it covers.

    Equal levels below one another count once; columns without heading have an empty name.
    """
    first, last = opened.headings.row, opened.first_row - 1
    cells = {(number, place): value for number, row in rows for place, value in enumerate(row, start=1)}
    for top, left, bottom, right in opened.layout.merged:
        if top > last or bottom < first:
            continue
        for row in range(top, min(bottom, last) + 1):
            for column in range(left, min(right, opened.layout.columns) + 1):
                cells[row, column] = cells.get((top, left), "")
    names = []
    for column in range(1, opened.layout.columns + 1):
        names.append(
            joined_levels(as_text(cells.get((row, column), ""), ".", "%Y-%m-%d") for row in range(first, last + 1))
        )
    return names


def joined_levels(levels: Iterable[str]) -> str:
    """Return one heading from the texts of its rows, empty and repeated ones left out."""
    return _LEVELS.join(dict.fromkeys(text for level in levels if (text := " ".join(level.split()))))


def as_text(value: Value, decimal: str, date_format: str) -> str:
    """Return a cell as a CSV would have it: numbers to fifteen digits, days in `date_format`, true and false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return _day_text(value, date_format)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        value = value.total_seconds() / 86_400
    number = format(Decimal(f"{value:.{_DIGITS}g}"), "f")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return number.replace(".", decimal)


@lru_cache(maxsize=65_536)
def _day_text(day: date, date_format: str) -> str:
    return day.strftime(date_format)


def day_of_serial(number: float, from_1904: bool) -> date | None:
    """Return the day that a serial number stands for, None where it stands for none (ECMA-376 part 1, 18.17.4)."""
    if not 1 <= number <= _LAST_SERIAL - (1462 if from_1904 else 0):
        return None
    days = int(number)
    if from_1904:
        return date(1904, 1, 1) + timedelta(days=days)
    if days == _NO_LEAP_DAY:
        return None
    return date(1899, 12, 30) + timedelta(days=days + (days < _NO_LEAP_DAY))


class _Rows:
    """Turns the rows of one sheet into batches."""

    def __init__(self, opened: OpenSheet, file: FileMapping, places: Mapping[str, int]) -> None:
        self._opened, self._file, self._places = opened, file, places
        forms = FIELDS[file.record]
        self._days = {how.column for name, how in file.fields.items() if forms[name].form in ("date", "last_date")}
        self.is_empty = True

    def batch(self, chunk: list[tuple[int, list[Any]]]) -> RawBatch:
        """Return the rows of this chunk that hold anything, without those with an error in a mapped cell."""
        numbers: list[int] = []
        refused: list[RefusedRow] = []
        columns: dict[str, list[str]] = {name: [] for name in self._places}
        errors = self._opened.layout.errors
        for number, row in chunk:
            faulty = [name for name, place in self._places.items() if (number, place + 1) in errors] if errors else []
            if faulty:
                refused.append(RefusedRow(number, faulty[0], ERROR_CELL))
                continue
            texts = {name: self._text(name, row[place]) for name, place in self._places.items() if place < len(row)}
            if any(text.strip() for text in texts.values()):
                numbers.append(number)
                for name, kept in columns.items():
                    kept.append(texts.get(name, ""))
        self.is_empty = self.is_empty and not numbers and not refused
        share = chunk[-1][0] / max(self._opened.layout.rows, chunk[-1][0])
        return self._made(columns, numbers, refused=tuple(refused), share=share)

    def last(self, remarks: tuple[Remark, ...]) -> RawBatch:
        """Return a batch without rows that carries what is to be said of the sheet."""
        return self._made({name: [] for name in self._places}, [], remarks=remarks, share=1.0)

    def _made(self, columns: Mapping[str, list[str]], numbers: list[int], **more: Any) -> RawBatch:
        texts = {name: pa.array(values, pa.string()) for name, values in columns.items()}
        table = canonical_table(texts, pa.array(numbers, pa.int64()), self._file)
        return RawBatch(self._file.record, self._file.file, self._file, table, **more)

    def _text(self, name: str, value: Value) -> str:
        if name in self._days and isinstance(value, float | int) and not isinstance(value, bool):
            day = day_of_serial(value, self._opened.book.from_1904)
            if day is not None:
                return _day_text(day, self._file.date_format)
        return as_text(value, self._file.decimal, self._file.date_format)


def _require_results(opened: OpenSheet, places: Mapping[str, int]) -> None:
    for name, place in places.items():
        row = opened.layout.unstored.get(place + 1)
        if row is not None:
            raise SourceRefused(
                f"{opened.where}, row {row}, column `{name}`: is a formula whose result is not stored; open the file "
                "in Excel, save it, and deliver it again."
            )


def _remarks(opened: OpenSheet) -> tuple[Remark, ...]:
    layout = opened.layout
    others = sum(sheet.hidden for sheet in opened.book.sheets if sheet != opened.sheet)
    found = (
        (layout.hidden_rows, "hidden rows, read as the others are"),
        (len(layout.hidden_columns), "hidden columns, read where the mapping names them"),
        (
            sum(bottom >= opened.first_row for _, _, bottom, _ in layout.merged),
            "merged cells below the headings, of which only the first row and column has the value",
        ),
        (int(opened.sheet.hidden), "hidden sheet, read since the mapping names it"),
        (others, "other sheets that are hidden and not read; check that nothing is missed"),
    )
    return tuple(Remark(opened.where, text, count) for count, text in found if count)
