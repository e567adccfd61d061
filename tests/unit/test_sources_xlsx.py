"""Excel workbooks as extracts: what they hide, round, merge and break is read right, said, or refused."""

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from connectors.sources import SourceRefused
from connectors.sources.batch import RawBatch
from connectors.sources.mapping import FieldMapping, FileMapping, Headings
from connectors.sources.xlsx_file import as_text, day_of_serial, read_xlsx

SECRET = "999996708"
FIELDS = {
    "person_id": FieldMapping(column="bsn", pad=9),
    "category": FieldMapping(column="post"),
    "start_date": FieldMapping(column="datum"),
    "amount": FieldMapping(column="bedrag"),
}
FILE = FileMapping("kosten.xlsx", "cost", FIELDS, decimal=",", date_format="%d-%m-%Y")
HEADER = ["bsn", "post", "datum", "bedrag"]
Change = Callable[[openpyxl.Workbook, Worksheet], object]


def workbook(folder: Path, *rows: list[Any], change: Change | None = None, from_1904: bool = False) -> Path:
    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = "Blad1"
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(book, sheet)
    book.save(folder / "kosten.xlsx")
    return folder / "kosten.xlsx"


def batches(path: Path, file: FileMapping = FILE) -> list[RawBatch]:
    return list(read_xlsx(path, file))


def texts(path: Path, file: FileMapping = FILE) -> list[dict[str, Any]]:
    return pa.concat_tables([batch.table for batch in batches(path, file)]).to_pylist()


def refusal(path: Path, file: FileMapping = FILE) -> str:
    with pytest.raises(SourceRefused) as refused:
        batches(path, file)
    assert SECRET not in str(refused.value)
    return str(refused.value)


def test_cells_become_the_text_a_csv_would_hold(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, HEADER,
        [12345672, "gp", date(2024, 2, 29), 12.5],
        ["012345672", "  gp ", datetime(2024, 2, 29, 13, 5), "12,50"],
        [None, True, 45351, 0.1 + 0.2],
    )  # fmt: skip
    day = "29-02-2024"
    assert texts(path) == [
        {"row": 2, "person_id": "012345672", "category": "gp", "start_date": day, "amount": "12,5"},
        {"row": 3, "person_id": "012345672", "category": "  gp ", "start_date": day, "amount": "12,50"},
        {"row": 4, "person_id": "", "category": "true", "start_date": day, "amount": "0,3"},
    ]


@pytest.mark.parametrize("from_1904", [False, True])
def test_days_are_counted_from_the_year_that_the_workbook_says(tmp_path: Path, from_1904: bool) -> None:
    serial = (date(2024, 2, 29) - (date(1904, 1, 1) if from_1904 else date(1899, 12, 30))).days
    path = workbook(
        tmp_path, HEADER, ["1", "a", serial, 1], ["1", "a", date(2024, 2, 29), 1], from_1904=from_1904
    )  # fmt: skip
    assert [row["start_date"] for row in texts(path)] == ["29-02-2024"] * 2


@pytest.mark.parametrize(
    ("serial", "from_1904", "day"),
    [  # ECMA-376 part 1, 18.17.4.1: 1900 is counted as if it had a 29 February
        (1, False, date(1900, 1, 1)), (59, False, date(1900, 2, 28)), (60, False, None), (61, False, date(1900, 3, 1)),
        (45351, False, date(2024, 2, 29)), (45351.75, False, date(2024, 2, 29)), (0, False, None), (-5, False, None),
        (2958465, False, date(9999, 12, 31)), (2958466, False, None), (1, True, date(1904, 1, 2)),
        (43889, True, date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_a_serial_number_is_the_day_that_excel_shows(serial: float, from_1904: bool, day: date | None) -> None:
    assert day_of_serial(serial, from_1904) == day


@pytest.mark.parametrize(
    ("number", "text"),
    [(12.0, "12"), (1e15, "1000000000000000"), (0.1 + 0.2, "0,3"), (-3.10, "-3,1"), (1e-7, "0,0000001")],
)
def test_numbers_have_fifteen_digits_and_no_exponent(number: float, text: str) -> None:
    assert as_text(number, ",", "%Y-%m-%d") == text


def test_a_row_with_an_error_in_a_mapped_cell_is_refused_by_place(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [*HEADER, "other"], ["1", "a", 45351, "#N/A", 1], ["2", "a", 45351, 2, "#REF!"]
    )  # fmt: skip
    found = batches(path)
    assert [(one.row, one.column) for batch in found for one in batch.refused] == [(2, "bedrag")]
    assert [row["row"] for batch in found for row in batch.table.to_pylist()] == [3]


def with_formula(path: Path, stored: str) -> Path:
    """Put the result of a formula beside it, as Excel does when it saves."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"(<f>[^<]*</f>)<v */>|(<f>[^<]*</f>)<v></v>", rb"\1\2" + stored.encode(), parts[sheet])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_formula_counts_by_the_result_that_was_stored(tmp_path: Path) -> None:
    path = workbook(tmp_path, HEADER, ["1", "a", 45351, "=1+2"])
    assert texts(with_formula(path, "<v>3</v>"))[0]["amount"] == "3"


def test_a_formula_without_a_stored_result_refuses_the_file(tmp_path: Path) -> None:
    path = with_formula(workbook(tmp_path, HEADER, ["1", "a", 45351, "=1+2"]), "")
    assert refusal(path) == (
        "kosten.xlsx, sheet `Blad1`, row 2, column `bedrag`: is a formula whose result is not stored; open the file in "
        "Excel, save it, and deliver it again."
    )


def test_merged_headings_over_several_rows_name_their_columns(tmp_path: Path) -> None:
    def merge(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:C2")

    path = workbook(
        tmp_path, ["Titel"], ["bsn", "Zorg", None, "bedrag"], [None, "post", "datum", "bedrag"],
        ["1", "a", 45351, 1], change=merge,
    )  # fmt: skip
    fields = {
        **FIELDS,
        "category": FieldMapping(column="Zorg / post"),
        "start_date": FieldMapping(column="Zorg / datum"),
    }
    file = FileMapping("kosten.xlsx", "cost", fields, date_format="%d-%m-%Y", headings=Headings(2, 2))
    assert texts(path, file) == [
        {"row": 4, "person_id": "000000001", "category": "a", "start_date": "29-02-2024", "amount": "1"}
    ]


def test_what_is_hidden_or_merged_is_read_and_said(tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.merge_cells("A2:A3")
        book.create_sheet("Oud").sheet_state = "hidden"

    path = workbook(tmp_path, HEADER, ["1", "a", 45351, 1], ["", "b", 45351, 2], change=hide)
    found = batches(path)
    assert sum(batch.table.num_rows for batch in found) == 2
    assert [(one.count, one.text.split(",")[0].split(";")[0]) for batch in found for one in batch.remarks] == [
        (1, "hidden rows"),
        (1, "hidden columns"),
        (1, "merged cells below the headings"),
        (1, "other sheets that are hidden and not read"),
    ]


def test_blank_rows_are_passed_over_and_rows_keep_excels_numbers(tmp_path: Path) -> None:
    blank: list[Any] = [None, None, None, None]
    path = workbook(tmp_path, HEADER, ["1", "a", 1, 1], blank, ["2", "a", 1, 1], blank, blank)
    assert [row["row"] for row in texts(path)] == [2, 4]


def test_a_table_that_begins_in_another_column_is_read(tmp_path: Path) -> None:
    def shift(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.insert_cols(1, 2)
        sheet.insert_rows(1)

    path = workbook(tmp_path, HEADER, ["1", "a", 45351, 1], change=shift)
    file = FileMapping("kosten.xlsx", "cost", FIELDS, date_format="%d-%m-%Y", headings=Headings(2))
    assert [(row["row"], row["category"]) for row in texts(path, file)] == [(3, "a")]


def test_prefixes_complete_codes_of_digits_only(tmp_path: Path) -> None:
    fields = {**FIELDS, "category": FieldMapping(column="post", pad=4, prefix="GM")}
    path = workbook(tmp_path, HEADER, ["1", 363, 1, 1], ["1", "GM0014", 1, 1], ["1", None, 1, 1])
    file = FileMapping("kosten.xlsx", "cost", fields)
    assert [row["category"] for row in texts(path, file)] == ["GM0363", "GM0014", ""]


def test_the_sheet_is_named_where_there_are_several(tmp_path: Path) -> None:
    path = workbook(tmp_path, HEADER, ["1", "a", 1, 1], change=lambda book, _: book.create_sheet("Blad2"))
    assert refusal(path) == "kosten.xlsx: has 2 sheets; name the one to read as `sheet` in the mapping."
    assert len(texts(path, FileMapping("kosten.xlsx", "cost", FIELDS, sheet="Blad1"))) == 1
    absent = refusal(path, FileMapping("kosten.xlsx", "cost", FIELDS, sheet="Blad3"))
    assert absent.startswith("kosten.xlsx: has no sheet `Blad3` among its 2;")


def test_a_missing_column_is_named_with_sheet_and_row(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["bsn", "post", "datum", "bedrag euro"], [SECRET, "a", 1, 1])
    assert refusal(path).startswith(
        "kosten.xlsx, sheet `Blad1`, row 1: column `bedrag` is missing (`bedrag euro` may be its new name);"
    )


def test_headings_without_rows_are_refused(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path, HEADER)).endswith("holds headings and no rows; ask for the extract again.")


@pytest.mark.parametrize("content", [b"bsn;post\n1;a\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b""])
def test_a_file_that_is_no_workbook_or_has_a_password_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kosten.xlsx").write_bytes(content)
    assert refusal(tmp_path / "kosten.xlsx") == (
        "kosten.xlsx: is not an .xlsx file, or has a password; save it as an Excel workbook (.xlsx) without password."
    )


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "kosten.xlsx").startswith("kosten.xlsx: this file does not exist;")
