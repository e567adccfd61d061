"""Read a comparison back from each form in which the hub gives it, with readers that the hub does not use."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import openpyxl
import pyarrow.parquet

from schemas.values import Rounded, Suppressed, TypedValue

Row = Mapping[str, Any]  # None where a number does not apply


def from_json(data: bytes) -> list[Row]:
    """Give the rows of the JSON form; its typed value stands whole in `value`."""
    rows: list[Row] = json.loads(data)["rows"]
    return rows


def from_csv(data: bytes) -> list[Row]:
    """Give the rows of a CSV file."""
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
    return [{name: cell or None for name, cell in row.items()} for row in rows]


def from_xlsx(data: bytes) -> list[Row]:
    """Give the rows of a workbook's first sheet; a cell that a spreadsheet would work out is told apart."""
    formulas = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [[cell.value for cell in line] for line in formulas.iter_rows()]
    assert {cell for line in cells for cell in line if str(cell).startswith("=")} <= {"=NA()"} | _texts(formulas)
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    names, *lines = [[cell.value for cell in line] for line in values.iter_rows()]
    return [{n: None if c == "#N/A" else c for n, c in zip(names, line, strict=True)} for line in lines]


def numbers_missing(data: bytes) -> set[str]:
    """Tell which columns of numbers hold a blank, which a spreadsheet counts as zero."""
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    names, *lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    numbers = {"version", "shown", "numerator", "denominator", "low", "high", "reference", "lo", "hi"}
    return {name for line in lines for name, cell in zip(names, line, strict=True) if name in numbers and cell is None}


def from_parquet(data: bytes) -> list[Row]:
    """Give the rows of a Parquet file."""
    rows: list[Row] = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    return rows


def value_of(row: Row) -> TypedValue:
    """Make the typed value of a row again."""
    if "value" in row:
        return msgspec.convert(row["value"], TypedValue)  # type: ignore[arg-type]  # a union

    def whole(name: str) -> int | None:
        return None if row[name] is None else int(row[name])

    match row["kind"]:
        case "suppressed":
            return Suppressed(whole("lo") or 0, whole("hi"), whole("denominator"))
        case "rounded":
            return Rounded(row["rounded_value"], row["rounded_step"])
        case kind:
            found = {"kind": kind, "numerator": whole("numerator"), "denominator": whole("denominator")}
            plain = {name: value for name, value in found.items() if value is not None}
            return msgspec.convert(plain, TypedValue)  # type: ignore[arg-type]


def _texts(sheet: Any) -> set[str]:
    return {cell.value for line in sheet.iter_rows() for cell in line if cell.data_type == "s"}


FORMS: Sequence[tuple[str, Any]] = (
    ("json", from_json), ("csv", from_csv), ("xlsx", from_xlsx), ("parquet", from_parquet),
)  # fmt: skip
