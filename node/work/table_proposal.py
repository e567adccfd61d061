"""A first mapping of a public table, from the headings of its files: what cannot be read there says FILL IN."""

import codecs
import csv
import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from schemas.catalogue import catalogue, indicator_id
from schemas.definition import IndicatorDefinition

from .public_tables import KeptTable

_HEAD: Final = 64 * 1024  # bytes in which the headings are looked for
_SEPARATORS: Final = ";,\t|"
_AREAS: Final = ("regios", "gemeentecode", "gemeente", "regiocode", "code", "municipality", "area")
_REGIONS: Final = ("regio", "regiocode", "region", "ggd", "ggdregio")
_OPEN: Final = "FILL IN"


class _Headings(NamedTuple):
    separator: str
    encoding: str
    columns: tuple[str, ...]

    def named(self, names: tuple[str, ...]) -> str:
        """Return the first column that is called like one of these, FILL IN where none is."""
        return next((one for name in names for one in self.columns if one.strip().lower() == name), _OPEN)


def proposal(one: KeptTable) -> str:
    """Return a mapping to complete; of a workbook its columns are left to who writes it."""
    table, members = _headings(one.table), _headings(one.members)
    area = table.named(_AREAS)
    file = one.members.name if one.members is not None else _OPEN
    columns = [name for name in table.columns if name != area]
    named = {one.id.partition(".")[2]: one.id for one in public_indicators()}
    lines = [
        *(_form(table) if one.table is None or one.table.suffix != ".xlsx" else ["kind: xlsx"]),
        f"area_column: {_quoted(area)}  # GM0363 / XR-REGION",
        "filters: {}  # {column: text}",
        f'period: "{_OPEN}"  # "2025", "2025-Q3"',
        f"division_year: {_OPEN}  # 2025",
        "numbers: percentage  # percentage | count | rate",
        "decimals: 1",
        'decimal: "."',
        f"owner: {_OPEN}", f"table: {_OPEN}", f"url: {_OPEN}", f"licence: {_OPEN}",
        f'retrieved_on: "{_OPEN}"  # "2025-09-22"',
        "membership:", f"  file: {_quoted(file)}", *(f"  {line}" for line in _form(members)),
        f"  area_column: {_quoted(members.named(_AREAS))}", f"  region_column: {_quoted(members.named(_REGIONS))}",
        "values:  # column: indicator",
        *(_value(name, named) for name in columns),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def public_indicators() -> tuple[IndicatorDefinition, ...]:
    """Return the indicators that are taken over from public tables, in order of name."""
    return tuple(one for _, one in sorted(catalogue().items()) if one.measure is None)


def _value(column: str, named: Mapping[str, str]) -> str:
    """Return the line of a column: with its indicator where the catalogue was made from a column of this name."""
    found = named.get(indicator_id("", column).removeprefix("."))
    return f"  {_quoted(column)}: {found}" if found else f"  # {_quoted(column)}: {_OPEN}"


def _form(found: _Headings) -> list[str]:
    return [f"separator: {_quoted(found.separator)}", f"encoding: {found.encoding}"]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'


def _headings(file: Path | None) -> _Headings:
    """Return how a CSV is written and what its columns are called; bare where there is none to read."""
    if file is None or file.suffix == ".xlsx":
        return _Headings(";", "utf-8", ())
    head = _head(file)
    encoding = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else _encoding(head)
    line = next(iter(head.decode(encoding, "replace").splitlines()), "")
    separator = max(_SEPARATORS, key=line.count)
    return _Headings(separator, encoding, tuple(next(csv.reader([line], delimiter=separator), [])))


def _head(file: Path) -> bytes:
    """Return the first bytes of a file, unpacked; nothing of one that only ends in .gz: reading it says so."""
    with file.open("rb") as stream:
        if file.suffix != ".gz":
            return stream.read(_HEAD)
        try:
            return gzip.GzipFile(fileobj=stream).read(_HEAD)
        except (OSError, EOFError, zlib.error):
            return b""


def _encoding(head: bytes) -> str:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"
