"""Workbooks that are damaged, or made to do harm: refused in one sentence, before they cost memory."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import xlsxwriter

from connectors.sources import SourceRefused, xlsx_book
from tests.unit.test_sources_xlsx import HEADER, SECRET, batches, refusal, texts, workbook


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if name == part else content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_book, "_UNPACKED_FREELY", 100_000)
    path = workbook(tmp_path, HEADER, ["1", "a", 1, 1])
    path = changed(path, SHEET, lambda content: content + b" " * 3_000_000)
    assert "unpacks to more than 200 times its size" in refusal(path)
    monkeypatch.setattr(xlsx_book, "_LARGEST", 1_000)
    assert "unpacks to more than 2 GB" in refusal(path)


def test_a_cell_far_away_does_not_ask_for_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path, HEADER, ["1", "a", 1, 1])
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = changed(path, SHEET, lambda content: content.replace(b"</sheetData>", far))
    assert "reaches row 1048576 and column 16384, an area of more than 12,000,000 cells;" in refusal(path)


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    path = workbook(tmp_path, HEADER, ["1", "a", 1, 1])
    path = changed(path, SHEET, lambda content: bomb + re.sub(rb"^<\?xml[^>]*\?>", b"", content))
    assert "declares a document type, which no workbook does" in refusal(path)


def shared_texts(folder: Path) -> Path:
    """Write a workbook as Excel does, its texts in a part of their own."""
    with xlsxwriter.Workbook(folder / "kosten.xlsx") as book:
        sheet = book.add_worksheet("Blad1")
        sheet.write_row(0, 0, HEADER)
        for row in range(1, 51):
            sheet.write_row(row, 0, [SECRET, f"post {row}", 45351, row])
    return folder / "kosten.xlsx"


def test_texts_that_are_kept_apart_are_read(tmp_path: Path) -> None:
    assert [row["category"] for row in texts(shared_texts(tmp_path))] == [f"post {row}" for row in range(1, 51)]


PARTS = (SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_damaged_part_is_refused_in_one_sentence(tmp_path: Path, part: str, share: float) -> None:
    path = changed(shared_texts(tmp_path), part, lambda content: content[: int(len(content) * share)])
    sentence = r"kosten\.xlsx(, sheet `Blad1`)?: cannot be read.*; open it in Excel and save it anew\."
    assert re.fullmatch(sentence, refusal(path))


TOKENS = (
    b"<", b">", b'"', b"", b"-1", b"&amp;", b'r="ZZZ99999999"', b's="99999"', b't="s"', b't="e"', b"9" * 30, b'max="x"',
)  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_damaged_a_workbook_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    whole = shared_texts(tmp_path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    random = Random(seed)  # noqa: S311 - damage that can be repeated
    sentences: list[str] = []
    for _ in range(25):
        if random.random() < 0.3:
            content = bytearray(whole)
            for _ in range(random.randrange(1, 6)):
                content[random.randrange(len(content))] = random.randrange(256)
            (tmp_path / "kosten.xlsx").write_bytes(content)
        else:
            with zipfile.ZipFile(tmp_path / "kosten.xlsx", "w") as archive:
                for name, part in parts.items():
                    archive.writestr(name, damaged(part, random) if name in PARTS else part)
        try:
            batches(tmp_path / "kosten.xlsx")
        except SourceRefused as refusal:
            sentences.append(str(refusal))
    assert sentences
    assert all(SECRET not in sentence for sentence in sentences)


def damaged(part: bytes, random: Random) -> bytes:
    place = random.randrange(len(part) + 1)
    return part[:place] + random.choice(TOKENS) + part[place + random.randrange(12) :]
