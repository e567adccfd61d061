"""How long the texts of a sheet are together: a workbook keeps each once, and the library writes it out in every cell.

A few kilobytes can so hold one long text in millions of cells.
"""

import zipfile
from array import array
from collections.abc import Mapping
from typing import Final

from . import SourceRefused
from .xlsx_book import UNREADABLE, Book, Layout, Sheet, parse_part, readable

_TEXTS: Final = "xl/sharedstrings.xml"
_LARGEST: Final = 1 << 30  # characters of all cells of a sheet


def require_texts_fit(book: Book, sheet: Sheet, layout: Layout) -> None:
    """Refuse a sheet whose cells hold more than a gigabyte of text once each has its own; raises SourceRefused."""
    where = f"{book.name}, sheet `{sheet.name}`"
    try:
        with zipfile.ZipFile(readable(book.content)) as archive:
            part = next((name for name in archive.namelist() if name.lower() == _TEXTS), None)
            if part is None or not layout.shared:
                return
            lengths = _lengths(archive, part, where)
            if layout.shared * max(lengths, default=0) > _LARGEST and _written_out(archive, sheet, where, lengths):
                raise SourceRefused(
                    f"{where}: repeats long texts to more than a gigabyte, which no extract does; check where it is"
                    " from."
                )
    except UNREADABLE:
        raise SourceRefused(f"{where}: cannot be read; open it in Excel and save it anew.") from None


def _lengths(archive: zipfile.ZipFile, part: str, where: str) -> "array[int]":
    """Return the length of each text, with the notes on how it is pronounced."""
    lengths = array("Q")

    def element(tag: str, _: Mapping[str, str]) -> None:
        if tag == "si":
            lengths.append(0)

    def text(characters: str) -> None:
        if lengths:
            lengths[-1] += len(characters)

    parse_part(archive, part, where, element, text)
    return lengths


def _written_out(archive: zipfile.ZipFile, sheet: Sheet, where: str, lengths: "array[int]") -> bool:
    """Tell whether the cells of a sheet hold too much text, each with the text that it refers to."""
    is_shared = is_value = False
    number, together = "", 0

    def element(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal is_shared, is_value, number, together
        if tag == "c":
            together += _length(number, lengths)
            number, is_shared = "", attributes.get("t") == "s"
        is_value = is_shared and tag == "v"

    def text(characters: str) -> None:
        nonlocal number
        if is_value:
            number += characters.strip()

    parse_part(archive, sheet.part, where, element, text)
    return together + _length(number, lengths) > _LARGEST


def _length(number: str, lengths: "array[int]") -> int:
    return lengths[int(number)] if number.isdecimal() and len(number) < 10 and int(number) < len(lengths) else 0
