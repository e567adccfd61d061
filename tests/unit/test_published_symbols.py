"""Public tables as Statistics Netherlands writes them: symbols each with its meaning, decimal commas, workbooks."""

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from connectors.sources import SourceRefused
from connectors.sources.published_table import TableRead, published_table
from hub.intake.read_payload import read_payload
from node.indicators.take_over import left_out, take_over
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import protect_run
from schemas.canonical import canonical_bytes
from schemas.codes import EventType
from schemas.values import Exact, NotApplicable, NotAvailable, Rounded, Suppressed, TypedValue
from tests.unit.test_published_table import files

TEXTS = (".", "x", "-", "0", "", "1234*", "7")
VALUES: tuple[TypedValue, ...] = (
    NotAvailable(), Suppressed(0, None), Exact(0), Rounded("0", "1"), NotApplicable(), Exact(1234), Exact(7),
)  # fmt: skip


def cbs_files(folder: Path, texts: tuple[str, ...] = TEXTS) -> tuple[Path, Path]:
    rows = "".join(f"GM000{place}  ,2020-03-02,{text}\n" for place, text in enumerate(texts, start=1))
    given = files(folder, "code,day,number\n" + rows, symbols="cbs")
    members = "".join(f"GM000{place},GG0001\n" for place in range(1, len(TEXTS) + 1))
    (folder / "members.csv").write_text("area,region\n" + members)
    return given


def test_every_symbol_keeps_its_own_meaning(tmp_path: Path) -> None:
    (table,) = take_over(*cbs_files(tmp_path), "GG0001")
    assert tuple(cell.value for cell in table.cells) == VALUES


def test_a_provisional_figure_says_so_in_its_origin_and_to_reviewers(tmp_path: Path) -> None:
    given = cbs_files(tmp_path)
    (table,) = take_over(*given, "GG0001")
    assert table.origin.table == "table (provisional)"
    assert left_out(*given) == ("The owner marks figures of table.csv as provisional: 2020-03-02.",)
    (table,) = take_over(*cbs_files(tmp_path, tuple(text.removesuffix("*") for text in TEXTS)), "GG0001")
    assert table.origin.table == "table"


def test_a_period_that_is_marked_makes_all_its_figures_provisional(tmp_path: Path) -> None:
    period = {"column": "day", "unit": "year", "format": "%Y"}
    text = "code,day,number\nGM0001,2014,3\nGM0001,2015*,4\n"
    found = published_table(*files(tmp_path, text, period=period, symbols="cbs"))
    assert sorted(found.figures) == ["2014", "2015"]
    assert found.provisional == {("2015", "c19.reported_total")}


def test_what_the_symbols_say_passes_the_border(tmp_path: Path) -> None:
    tables = take_over(*cbs_files(tmp_path), "GG0001")
    released = protect_run((), tables, Earlier(), DisclosurePolicy(), region_set="ggd", division_year=2020)
    (item,) = released.items
    payload = read_payload(EventType.INDICATOR_PUBLISHED, canonical_bytes(item.payload))
    assert tuple(cell.value for cell in payload.cells) == VALUES  # type: ignore[union-attr]


def test_a_mapping_may_give_a_symbol_another_meaning(tmp_path: Path) -> None:
    symbols = {"-": "not_collected", "x": "not_available", "provisional": ["p"]}
    text = "code,day,number\nGM0001,2020-03-02,12p\nGM0002,2020-03-02,\n"
    found = published_table(*files(tmp_path, text, symbols=symbols))
    assert found.figures["2020-03-02"] == {"GM0001": ("12",), "GM0002": (None,)}
    assert found.provisional == {("2020-03-02", "c19.reported_total")}
    with pytest.raises(SourceRefused, match="key symbols: must give every text one of the meanings not_available"):
        published_table(*files(tmp_path, text, symbols={"-": "zero"}))
    with pytest.raises(SourceRefused, match="row 2, column number: expected a whole number"):
        published_table(*files(tmp_path, text.replace("12p", "."), symbols=symbols))


def test_decimal_commas_are_read_where_the_mapping_says_so(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"numbers": "rate", "decimals": 1, "separator": ";", "values": {"number": "c19.sewage"}}
    text = "code;day;number\nGM0001;2020-03-02;1234,5\n"
    found = published_table(*files(tmp_path, text, decimal=",", **changes))
    assert found.figures == {"2020-03-02": {"GM0001": ("1234.5",)}}
    for number, decimal in (("1234,5", "."), ("1234.5", ","), ("1.234,5", ",")):
        with pytest.raises(SourceRefused, match=re.escape("row 2, column number: expected a number from 0")):
            published_table(*files(tmp_path, text.replace("1234,5", number), decimal=decimal, **changes))


def test_a_title_rows_of_headings_and_a_line_of_source_are_known_for_what_they_are(tmp_path: Path) -> None:
    head = '"Kosten"\n"";"";"Zvw"\n"";"";"euro"\n"Regio";"Perioden";"euro"\n'
    text = head + 'GM0001;2015*;12\nGM0002;2014;-\n"© CBS"\n'
    changes: dict[str, Any] = {
        "separator": ";", "symbols": "cbs", "headings": {"row": 2, "rows": 3}, "area_column": "Regio",
        "period": {"column": "Perioden", "unit": "year", "format": "%Y"},
        "values": {"Zvw / euro": "c19.reported_total"},
    }  # fmt: skip
    found = published_table(*files(tmp_path, text, **changes))
    assert found.figures == {"2015": {"GM0001": ("12",)}, "2014": {"GM0002": ("0",)}}


def workbook(folder: Path) -> tuple[Path, Path]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Kerncijfers"], ["Regio", None, "Bevolking", None], ["code", "day", "number", "other"],
        ["GM0001  ", "2020-03-02", 1234, "x"], ["GM0002", "2020-03-02", "56*", 2], ["Bron: CBS"],
    ):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A2:B2")
    sheet.merge_cells("C2:D2")
    changes: dict[str, Any] = {
        "kind": "xlsx", "headings": {"row": 2, "rows": 2}, "symbols": "cbs", "area_column": "Regio / code",
        "period": {"column": "Regio / day", "unit": "day"}, "values": {"Bevolking / number": "c19.reported_total"},
    }  # fmt: skip
    given = files(folder, "", "table.xlsx", **changes)
    document = yaml.safe_load(given[1].read_text())
    del document["separator"], document["encoding"]
    given[1].write_text(yaml.safe_dump(document))
    book.save(given[0])
    return given


def test_a_workbook_with_merged_headings_reads_as_the_table_itself(tmp_path: Path) -> None:
    found = published_table(*workbook(tmp_path))
    assert found.figures == {"2020-03-02": {"GM0001": ("1234",), "GM0002": ("56",)}}
    assert found.provisional == {("2020-03-02", "c19.reported_total")}


@pytest.mark.shared_data
def test_the_key_figures_of_2019_give_every_municipality_and_inhabitant(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "c_nl_population_kerncijfers_2019"
    found = key_figures(tmp_path, folder, {"a_inw": "inhabitants"}, "count", 0)
    (rows,) = found.figures.values()
    assert len(rows) == 355
    assert sum(int(str(inhabitants)) for (inhabitants,) in rows.values()) == 17_282_163
    assert rows["GM0363"] == ("862965",)
    sizes = key_figures(tmp_path, folder, {"g_hhgro": "household_size", "ind_wbi": "change"}, "rate", 1)
    (rows,) = sizes.figures.values()
    assert rows["GM0003"] == ("2.1", NotAvailable())


def key_figures(tmp_path: Path, folder: Path, values: dict[str, str], numbers: str, decimals: int) -> TableRead:
    membership = {
        "file": str(folder / "Gemeenten_alfabetisch_2019.csv"), "separator": ";", "encoding": "utf-8-sig",
        "area_column": "GemeentecodeGM", "region_column": "ProvinciecodePV",
    }  # fmt: skip
    _, mapping = files(
        tmp_path, "", separator=";", encoding="latin-1", decimal=",", symbols="cbs", area_column="gwb_code",
        filters={"recs": "Gemeente"}, period="2019", division_year=2019, numbers=numbers, decimals=decimals,
        values=values, membership=membership, no_area=[],
    )  # fmt: skip
    return published_table(folder / "Gemeenten_kerncijfers_2019.csv", mapping)
