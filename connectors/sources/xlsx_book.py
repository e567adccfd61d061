"""Look at an .xlsx file before its cells are read: which sheets it has, how large they are, what is merged or hidden.

One pass over the sheet's XML (ECMA-376 part 1, 18.3) with constant memory, since the library that reads the cells tells
neither errors nor hidden rows, and would give memory to a sheet's whole area, however few cells are filled.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from xml.parsers import expat  # nosec B407 - a document type, and with it any entity, is refused below

from . import SourceRefused

_LARGEST: Final = 2 << 30  # bytes of all parts, unpacked
_LARGEST_BESIDE: Final = 256 << 20  # bytes of one part that is no sheet, such as the texts
_UNPACKED_FREELY: Final = 64 << 20  # bytes
_MOST_TIMES: Final = 200  # XML of rows packs ten to fifty times smaller, and a bomb a thousand times
MOST_CELLS: Final = 12_000_000  # of a sheet's area: about 60 bytes each once read, so below a gigabyte
MOST_ROWS: Final = 1_048_576  # of a sheet, by Excel's own limit
_MOST_FAULTS: Final = 100_000  # cells with an error that are remembered
UNREADABLE: Final = (  # what a damaged archive, stream, encoding, number or element ends in
    OSError, EOFError, LookupError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, expat.ExpatError,
)  # fmt: skip
_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, the part of the archive that holds it, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """A workbook's sheets in their order, and whether its days are counted from 1904; its bytes are not in the repr."""

    name: str
    content: Path | bytes = field(repr=False)
    sheets: tuple[Sheet, ...]
    from_1904: bool


Range = tuple[int, int, int, int]  # first row, first column, last row, last column, counted from 1


@dataclass
class Layout:
    """What a sheet's XML says beside its values; rows and columns are counted from 1, `unstored` are formulas.

    `errors` are cells such as #N/A, `unstored` formulas whose result is not in the file.
    """

    rows: int = 0
    columns: int = 0
    shared: int = 0  # cells whose text is kept once for the whole book
    merged: list[Range] = field(default_factory=list)
    errors: set[tuple[int, int]] = field(default_factory=set)
    unstored: dict[int, int] = field(default_factory=dict)  # column: first row
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)


def open_book(content: Path | bytes, name: str) -> Book:
    """Read which sheets a workbook has; `name` begins messages.

    Raises SourceRefused for a file that is absent, no .xlsx, packed beyond reason or damaged.
    """
    try:
        with zipfile.ZipFile(readable(content)) as archive:
            _check_sizes(archive, name)
            return _sheets(archive, content, name)
    except FileNotFoundError:
        raise SourceRefused(f"{name}: this file does not exist; put it in place or correct the mapping.") from None
    except zipfile.BadZipFile:
        raise SourceRefused(
            f"{name}: is not an .xlsx file, or has a password; save it as an Excel workbook (.xlsx) without password."
        ) from None
    except UNREADABLE:
        raise SourceRefused(
            f"{name}: cannot be read as an Excel workbook; open it in Excel and save it anew."
        ) from None


def readable(content: Path | bytes) -> Path | io.BytesIO:
    """Return what zipfile opens."""
    return io.BytesIO(content) if isinstance(content, bytes) else content


def _check_sizes(archive: zipfile.ZipFile, name: str) -> None:
    # a part never unpacks to more than its directory says: zipfile stops there
    parts = archive.infolist()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unpacked > _LARGEST:
        raise SourceRefused(f"{name}: unpacks to more than 2 GB; deliver it as CSV, or check where it is from.")
    if unpacked > _UNPACKED_FREELY and unpacked > _MOST_TIMES * packed:
        raise SourceRefused(
            f"{name}: unpacks to more than {_MOST_TIMES} times its size, which no extract does; check where it is from."
        )
    if len({part.filename.lower().replace("\\", "/") for part in parts}) < len(parts):
        raise SourceRefused(f"{name}: holds two parts of one name, which no workbook does; check where it is from.")
    if any(part.file_size > _LARGEST_BESIDE and "worksheets/" not in part.filename for part in parts):
        raise SourceRefused(f"{name}: holds more than 256 MB of texts or formatting; deliver it as CSV.")


def _sheets(archive: zipfile.ZipFile, content: Path | bytes, name: str) -> Book:
    book = next((n for n in archive.namelist() if n.lower() == "xl/workbook.xml"), "xl/workbook.xml")
    listed: list[tuple[str, str, bool]] = []
    targets: dict[str, str] = {}
    from_1904 = False

    def in_book(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal from_1904
        if tag == "sheet":
            state = attributes.get("state", "visible")
            identity = next((value for key, value in attributes.items() if _local(key) == "id" and ":" in key), "")
            listed.append((attributes.get("name", ""), identity, state != "visible"))
        elif tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true", "on")

    def in_relations(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = posixpath.normpath(
                posixpath.join("xl", attributes.get("Target", "")).removeprefix("/")
            )

    parse_part(archive, book, name, in_book)
    parse_part(archive, "xl/_rels/workbook.xml.rels", name, in_relations)
    held = set(archive.namelist())
    sheets = tuple(
        Sheet(title, targets[identity], hidden)
        for title, identity, hidden in listed
        if targets.get(identity, "") in held and "worksheets/" in targets[identity]
    )
    return Book(name, content, sheets, from_1904)


def chosen_sheet(book: Book, title: str | None) -> Sheet:
    """Return the sheet of this name, or the only one that shows; raises SourceRefused where that is none or several."""
    if title is None:
        shown = [sheet for sheet in book.sheets if not sheet.hidden]
        if len(shown) != 1:
            raise SourceRefused(
                f"{book.name}: has {len(shown)} sheets; name the one to read as `sheet` in the mapping."
            )
        return shown[0]
    for sheet in book.sheets:
        if sheet.name == title:
            return sheet
    raise SourceRefused(
        f"{book.name}: has no sheet `{title}` among its {len(book.sheets)}; correct the extract, or `sheet` in the "
        "mapping."
    )


def read_layout(book: Book, sheet: Sheet) -> Layout:
    """Pass once over a sheet's XML; raises SourceRefused where its area is too large or it cannot be read."""
    where = f"{book.name}, sheet `{sheet.name}`"
    reading = _Reading(where)
    try:
        with zipfile.ZipFile(readable(book.content)) as archive:
            parse_part(archive, sheet.part, where, reading.element)
    except UNREADABLE:
        raise SourceRefused(f"{where}: cannot be read; open it in Excel and save it anew.") from None
    reading.end_cell()
    return reading.layout


class _Reading:
    """Collects a layout from the elements of one sheet, and stops where its area is too large."""

    def __init__(self, where: str) -> None:
        self.layout = Layout()
        self._where = where
        self._row = self._column = 0
        self._has_formula = self._has_value = False

    def element(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take in one element that starts."""
        if tag == "v" or tag == "is":
            self._has_value = True
        elif tag == "c":
            self.end_cell()
            self._cell(attributes)
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            self.end_cell()
            self._row, self._column = int(attributes.get("r") or self._row + 1), 0
            self.layout.hidden_rows += attributes.get("hidden", "0") in ("1", "true")
        elif tag == "mergeCell":
            self.layout.merged.append(_range(attributes.get("ref", "")))
        elif tag == "col" and attributes.get("hidden", "0") in ("1", "true"):
            last = min(int(attributes["max"]), int(attributes["min"]) + 16_384)
            self.layout.hidden_columns.update(range(int(attributes["min"]), last + 1))

    def _cell(self, attributes: Mapping[str, str]) -> None:
        if reference := attributes.get("r"):
            self._row, self._column = _place(reference)
        else:
            self._column += 1
        layout = self.layout
        if self._row > layout.rows or self._column > layout.columns:
            self._grow()
        layout.shared += attributes.get("t") == "s"
        if attributes.get("t") == "e":
            layout.errors.add((self._row, self._column))
            if len(layout.errors) > _MOST_FAULTS:
                raise SourceRefused(
                    f"{self._where}: has more than {_MOST_FAULTS:,} cells with an error such as #N/A; correct the "
                    "formulas."
                )

    def _grow(self) -> None:
        layout = self.layout
        layout.rows, layout.columns = max(layout.rows, self._row), max(layout.columns, self._column)
        if layout.rows > MOST_ROWS or layout.rows * layout.columns > MOST_CELLS:
            raise SourceRefused(
                f"{self._where}: reaches row {layout.rows} and column {layout.columns}, an area of more than "
                f"{MOST_CELLS:,} cells; remove cells far outside the table, or deliver it as CSV."
            )

    def end_cell(self) -> None:
        """Note a formula without a result, now that its cell is over."""
        if self._has_formula and not self._has_value:
            self.layout.unstored.setdefault(self._column, self._row)
        self._has_formula = self._has_value = False


def parse_part(
    archive: zipfile.ZipFile,
    part: str,
    where: str,
    element: Callable[[str, Mapping[str, str]], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Call `element` for every element of a part of the archive that starts, and `text` for what stands in them."""
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = text

    def start(tag: str, attributes: dict[str, str]) -> None:
        element(_local(tag), attributes)

    def refuse(*_: object) -> None:
        raise SourceRefused(f"{where}: declares a document type, which no workbook does; check where it is from.")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2] if ":" in tag else tag


def _place(reference: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(reference)
    if found is None:
        raise ValueError("no reference of a cell")
    letters, row = found.groups()
    return int(row), _column(letters)


@cache
def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _range(reference: str) -> Range:
    first, _, last = reference.partition(":")
    return (*_place(first), *_place(last or first))
