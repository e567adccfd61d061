"""Extracts made to harm: a few kilobytes that unpack to gigabytes, a database that reads other files, odd encodings."""

import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import xlsxwriter
from marshmallow import ValidationError
from pyarrow import parquet

from connectors.sources import SourceRefused
from connectors.sources.database_snapshot import snapshot
from connectors.sources.mapping import FieldMapping, FileMapping
from connectors.sources.mapping_schema import FileSchema
from connectors.sources.parquet_file import read_parquet
from connectors.sources.sample import samples
from connectors.sources.settings import Database
from connectors.sources.xlsx_file import read_xlsx

PERSONS = {"person_id": FieldMapping("person_id")}


def workbook(folder: Path, text: str, rows: int) -> Path:
    """Write a workbook in which every row refers to one text, kept once."""
    plain, made = folder / "plain.xlsx", folder / "persons.xlsx"
    book = xlsxwriter.Workbook(str(plain))
    sheet = book.add_worksheet("persons")
    sheet.write(0, 0, "person_id")
    for row in range(rows):
        sheet.write(row + 1, 0, "MARK")
    book.close()
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"MARK", text.encode()))
    return made


def test_a_text_that_a_workbook_repeats_to_gigabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path, "x" * 2_000_000, 600)
    assert path.stat().st_size < 100_000
    with pytest.raises(SourceRefused, match="repeats long texts to more than a gigabyte"):
        list(read_xlsx(path, FileMapping(path.name, "person", PERSONS)))
    with pytest.raises(SourceRefused, match="repeats long texts"):
        samples(path)


def test_one_long_text_beside_many_short_ones_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path, "P1", 1_100)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    longer = b"x" * 1_000_000
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(
        b"</sst>", b"<si><t>%b</t></si></sst>" % longer
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    batches = list(read_xlsx(path, FileMapping(path.name, "person", PERSONS)))
    assert sum(batch.table.num_rows for batch in batches) == 1_100


def test_a_workbook_with_two_parts_of_one_name_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, "P1", 3)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/Sheet1.xml", "<worksheet/>")
    with pytest.raises(SourceRefused, match="holds two parts of one name"):
        list(read_xlsx(path, FileMapping(path.name, "person", PERSONS)))


def test_a_mapping_is_not_suggested_from_a_table_of_one_endless_text(tmp_path: Path) -> None:
    path = tmp_path / "persons.parquet"
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["x" * 100_000]))
    parquet.write_table(pa.table({"person_id": texts}), path, compression="zstd")
    assert path.stat().st_size < 10_000
    with pytest.raises(SourceRefused, match="has a text of over 1,024 bytes"):
        samples(path)


def test_a_table_with_lists_in_its_cells_is_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "persons.parquet"
    parquet.write_table(pa.table({"person_id": pa.array([[1] * 1_000] * 100)}), path)
    with pytest.raises(SourceRefused, match="column `person_id`: holds lists or blocks"):
        list(read_parquet(path, FileMapping(path.name, "person", PERSONS)))
    with pytest.raises(SourceRefused, match="holds lists or blocks"):
        samples(path)


def test_a_mapping_is_not_suggested_from_a_text_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "persons.csv"
    path.write_text(f"person_id,sex\n{'x' * 200_000},f\n", encoding="utf-8")
    with pytest.raises(SourceRefused, match="has a text that never ends"):
        samples(path)


def test_a_view_in_a_delivered_database_reads_no_file_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.txt").write_text("not for this source", encoding="utf-8")
    delivered = duckdb.connect(str(tmp_path / "delivered.duckdb"))
    delivered.execute("CREATE TABLE plain AS SELECT 'P1' AS person_id")
    delivered.execute(f"CREATE VIEW person AS SELECT content AS person_id FROM read_text('{tmp_path}/other.txt')")
    delivered.close()
    monkeypatch.setenv("DELIVERED", f"duckdb:///{tmp_path}/delivered.duckdb")
    with snapshot(Database("DELIVERED")) as opened:
        assert list(opened.rows("plain", ["person_id"])) == [[("P1",)]]
        with pytest.raises(SourceRefused, match="person: cannot be read"):
            list(opened.rows("person", ["person_id"]))


@pytest.mark.parametrize("encoding", ["zlib", "hex", "undefined", "no-such-thing"])
def test_what_is_no_encoding_of_text_is_refused_with_its_key(encoding: str) -> None:
    written = {"file": "a.csv", "record": "person", "encoding": encoding, "fields": {}}
    with pytest.raises(ValidationError, match="is not a known encoding"):
        FileSchema().load(written)
