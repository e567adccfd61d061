"""Read the rows of a public table as texts, from CSV (packed or not) or a sheet of a workbook, its headings first."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from . import SourceRefused
from .mapping import Headings
from .xlsx_file import as_text, column_names, joined_levels, open_sheet

_LARGEST_BYTES: Final = 512 * 1024 * 1024  # unpacked: no public table of regions comes near, and a bomb stops here
_SOURCE_LINE: Final = ("©", "Bron:", "Source:")  # how StatLine ends a table


def rows_of(name: str, content: bytes, form: Mapping[str, Any]) -> Iterator[tuple[int, list[str]]]:
    """Yield every row with its number, the headings first, as one row under the number of its last.

    Raises SourceRefused for what is packed without end, in another encoding, or of uneven width.
    """
    headings = Headings(**form.get("headings", {}))
    if form.get("kind") == "xlsx":
        return _of_sheet(name, content, form, headings)
    return _of_csv(name, _unpacked(name, content), form, headings)


def _of_sheet(
    name: str, content: bytes, form: Mapping[str, Any], headings: Headings
) -> Iterator[tuple[int, list[str]]]:
    opened = open_sheet(content, name, form.get("sheet"), headings)
    rows = opened.cells()
    header = column_names(opened, list(islice(rows, opened.first_row - 1)))
    yield opened.first_row - 1, header
    for number, row in rows:
        faulty = next((place for place in range(1, len(row) + 1) if (number, place) in opened.layout.errors), None)
        if faulty is not None:
            raise SourceRefused(f"{opened.where}, row {number}, column {faulty}: is an error such as #N/A; correct it.")
        texts = [as_text(value, form["decimal"], "%Y-%m-%d").strip() for value in row]
        if any(texts) and not _is_source_line(texts):
            yield number, texts + [""] * (len(header) - len(texts))


def _of_csv(name: str, content: bytes, form: Mapping[str, Any], headings: Headings) -> Iterator[tuple[int, list[str]]]:
    try:
        text = io.TextIOWrapper(io.BytesIO(content), encoding=form["encoding"], newline="")
        width, levels = -1, []
        for number, row in enumerate(csv.reader(text, delimiter=form["separator"], strict=True), start=1):
            if number < headings.row:
                continue
            if width == -1:
                width = len(row)
            if len(row) != width:
                if _is_source_line(row):
                    continue
                raise SourceRefused(f"{name}, row {number}: expected {width} cells; repair this row.")
            if number < headings.row + headings.rows - 1:
                levels.append(row)
            elif number == headings.row + headings.rows - 1:
                yield number, [joined_levels(column) for column in zip(*levels, row, strict=True)] if levels else row
            else:
                yield number, row
    except (UnicodeDecodeError, LookupError) as error:
        raise SourceRefused(f"{name} is not in the encoding {form['encoding']}; correct `encoding`.") from error
    except csv.Error as error:
        raise SourceRefused(f"{name} is not CSV with separator {form['separator']!r}; correct `separator`.") from error


def _is_source_line(row: list[str]) -> bool:
    filled = [text.strip() for text in row if text.strip()]
    return len(filled) == 1 and filled[0].startswith(_SOURCE_LINE)


def _unpacked(name: str, content: bytes) -> bytes:
    if not name.endswith(".gz"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(_LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceRefused(f"{name} is not a whole gzip file; fetch it again.") from error
    if len(unpacked) > _LARGEST_BYTES:
        raise SourceRefused(f"{name} unpacks to more than 512 MB, which no such table needs; check where it is from.")
    return unpacked
