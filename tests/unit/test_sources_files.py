"""Files that cannot be read as the mapping says are refused in one sentence; rows keep their own numbers."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from connectors.sources import SourceRefused, csv_file
from connectors.sources.csv_file import read_csv
from connectors.sources.mapping import FieldMapping, FileMapping
from connectors.sources.parquet_file import read_parquet

FIELDS = {"person_id": FieldMapping(column="bsn"), "start_date": FieldMapping(column="date")}
FILE = FileMapping("visits.csv", "encounter", {**FIELDS, "encounter_type": FieldMapping(constant="gp")}, separator=";")
SECRET = "999996708"


def read(
    tmp_path: Path, content: bytes, file: FileMapping = FILE, name: str = "visits.csv"
) -> tuple[pa.Table, list[int]]:
    (tmp_path / name).write_bytes(content)
    batches = list(read_csv(tmp_path / name, file))
    malformed = [row for batch in batches for row in batch.malformed]
    return pa.concat_tables([batch.table for batch in batches]), malformed


def refusal(tmp_path: Path, content: bytes, file: FileMapping = FILE) -> str:
    with pytest.raises(SourceRefused) as refused:
        read(tmp_path, content, file)
    assert refused.value.__cause__ is None
    assert SECRET not in str(refused.value)
    return str(refused.value)


def test_only_mapped_columns_are_read_as_text_with_constants_filled_in(tmp_path: Path) -> None:
    table, _ = read(tmp_path, b"naam;bsn;date\nX;0012;2024-01-01\n")
    assert table.column_names == ["row", "person_id", "start_date", "encounter_type"]
    assert table.to_pylist() == [{"row": 2, "person_id": "0012", "start_date": "2024-01-01", "encounter_type": "gp"}]


def test_rows_of_the_wrong_width_are_reported_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    table, malformed = read(tmp_path, b"bsn;date\n1;a\n2\n3;c;x\n\n4;d\n")
    assert malformed[:2] == [3, 4]
    assert list(zip(table["row"].to_pylist(), table["person_id"].to_pylist(), strict=True)) == [(2, "1"), (6, "4")]


def test_rows_keep_their_numbers_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_BLOCK_BYTES", 64)
    lines = [f"{row};a" if row % 7 else f"{row}" for row in range(2, 200)]
    table, malformed = read(tmp_path, ("bsn;date\n" + "\n".join(lines) + "\n").encode())
    assert malformed == [row for row in range(2, 200) if row % 7 == 0]
    assert [int(str(text)) for text in table["person_id"].to_pylist()] == table["row"].to_pylist()


def test_a_gzipped_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    table, _ = read(tmp_path, gzip.compress("\ufeffbsn;date\r\n1;a\r\n".encode()), name="visits.csv.gz")
    assert table["person_id"].to_pylist() == ["1"]


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match=r"^visits\.csv: this file does not exist; put it in place"):
        list(read_csv(tmp_path / "visits.csv", FILE))


@pytest.mark.parametrize("content", [b"", b"bsn;date\n", b"bsn;date\n\n\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "visits.csv").write_bytes(content)
    with pytest.raises(SourceRefused, match=r"^visits\.csv: .*; ask for the extract again\.$"):
        list(read_csv(tmp_path / "visits.csv", FILE))


def test_a_missing_column_is_named_with_its_remedy(tmp_path: Path) -> None:
    assert refusal(tmp_path, f"bsn;datum\n{SECRET};x\n".encode()) == (
        "visits.csv, row 1: column `date` is missing (`datum` may be its new name); correct the extract, or the "
        "mapping's column and separator."
    )


def test_a_column_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    assert "column `date` occurs twice" in refusal(tmp_path, b"bsn;date;date\n1;x;y\n")


def test_another_encoding_than_stated_is_refused_with_its_row(tmp_path: Path) -> None:
    assert refusal(tmp_path, f"bsn;date\n{SECRET};a\n{SECRET};\xe9\n".encode("latin-1")) == (
        "visits.csv, row 3: is not in utf-8; set `encoding` to what the file was written in."
    )


def test_the_stated_encoding_is_used(tmp_path: Path) -> None:
    file = FileMapping("visits.csv", "encounter", FIELDS, separator=";", encoding="windows-1252")
    table, _ = read(tmp_path, "bsn;date\n1;é\n".encode("windows-1252"), file)
    assert table["start_date"].to_pylist() == ["é"]


def test_a_gzip_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "visits.csv.gz").write_bytes(b"bsn;date\n1;a\n")
    with pytest.raises(SourceRefused, match=r"^visits\.csv: cannot be read"):
        list(read_csv(tmp_path / "visits.csv.gz", FILE))


def test_parquet_gives_the_same_text_as_csv_would(tmp_path: Path) -> None:
    table = pa.table(
        {
            "bsn": ["1", None],
            "day": [date(2024, 2, 29), None],
            "amount": [Decimal("12.50"), Decimal("3.05")],
            "naam": ["X", "Y"],
        }
    )
    parquet.write_table(table, tmp_path / "costs.parquet")
    fields = {
        "person_id": FieldMapping(column="bsn"),
        "start_date": FieldMapping(column="day"),
        "amount": FieldMapping(column="amount"),
    }
    file = FileMapping("costs.parquet", "cost", fields, decimal=",", date_format="%d-%m-%Y")
    (batch,) = read_parquet(tmp_path / "costs.parquet", file)
    assert batch.table.to_pylist() == [
        {"row": 1, "person_id": "1", "start_date": "29-02-2024", "amount": "12,50"},
        {"row": 2, "person_id": "", "start_date": "", "amount": "3,05"},
    ]


def test_floating_point_money_is_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"bsn": ["1"], "date": [1.1]}), tmp_path / "visits.parquet")
    with pytest.raises(SourceRefused, match="column `date`: is a floating-point column"):
        list(read_parquet(tmp_path / "visits.parquet", FILE))


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "visits.parquet").write_bytes(b"bsn;date\n1;a\n")
    with pytest.raises(SourceRefused, match="cannot be read as Parquet"):
        list(read_parquet(tmp_path / "visits.parquet", FILE))
