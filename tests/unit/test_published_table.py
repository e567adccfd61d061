"""Public tables of counts: long and wide, packed, under several headers; what is not as the mapping says is refused."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.sources import SourceRefused
from connectors.sources.published_table import TableRead, published_table
from node.indicators.take_over import left_out, take_over, whole_table
from schemas.values import Exact, NotAvailable, Rounded

MAPPING: dict[str, Any] = {
    "separator": ",",
    "encoding": "utf-8",
    "area_column": "code",
    "no_area": ["-1"],
    "filters": {},
    "period": {"column": "day", "unit": "day"},
    "division_year": 2020,
    "numbers": "count",
    "decimals": 0,
    "not_available": ["minder dan 5"],
    "owner": "Owner",
    "table": "table",
    "url": "https://example.org",
    "licence": "CC0",
    "retrieved_on": "2020-03-22",
    "membership": {
        "file": "members.csv", "separator": ",", "encoding": "utf-8", "area_column": "area", "region_column": "region",
    },
    "values": {"number": "c19.reported_total"},
}  # fmt: skip
LONG = "code,day,number\nGM0001,2020-03-02,3\nGM0002,2020-03-02,\nGM0001,2020-03-03,4.0\n-1,2020-03-03,9\n"
INDICATOR = "c19.reported_total"


def files(folder: Path, text: str | bytes, name: str = "table.csv", **changes: Any) -> tuple[Path, Path]:
    table, mapping = folder / name, folder / "mapping.yaml"
    table.write_bytes(text.encode() if isinstance(text, str) else text)
    mapping.write_text(yaml.safe_dump(MAPPING | changes), encoding="utf-8")
    (folder / "members.csv").write_text("area,region\nGM0001,GG0001\nGM0002,GG0001\nGM0003,GG0002\n")
    return table, mapping


def read(folder: Path, text: str | bytes, name: str = "table.csv", **changes: Any) -> TableRead:
    return published_table(*files(folder, text, name, **changes))


def test_a_long_table_gives_a_table_per_day_with_counts_as_they_are(tmp_path: Path) -> None:
    first, second = take_over(*files(tmp_path, LONG), "GG0001")
    assert [first.period, second.period] == ["2020-03-02", "2020-03-03"]
    assert [(cell.nodes, cell.value) for cell in first.cells] == [
        (("GM0001",), Exact(3)), (("GM0002",), NotAvailable()),
    ]  # fmt: skip
    assert [(cell.nodes, cell.value) for cell in second.cells] == [(("GM0001",), Exact(4))]


def test_rows_without_an_area_are_left_out_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, LONG)
    assert found.without_area == 1
    assert left_out(*files(tmp_path, LONG)) == ("1 row of table.csv belongs to no area and was left out.",)
    assert left_out(*files(tmp_path, LONG.replace("-1,", "GM0003,"))) == ()


def test_a_text_in_place_of_a_number_and_a_label_beside_one_are_not_available(tmp_path: Path) -> None:
    text = "code,day,number,label\nGM0001,2020-03-02,minder dan 5,\nGM0002,2020-03-02,7,<=19\nGM0003,2020-03-02,7,\n"
    found = read(tmp_path, text, labels={"number": "label"})
    assert found.figures["2020-03-02"] == {"GM0001": (None,), "GM0002": (None,), "GM0003": ("7",)}


def test_a_packed_table_reads_as_the_table_itself(tmp_path: Path) -> None:
    packed = read(tmp_path, gzip.compress(LONG.encode()), "table.csv.gz")
    assert packed.figures == read(tmp_path, LONG).figures


@pytest.mark.parametrize(
    ("unit", "day", "period"),
    [
        ("day", "2020-03-02", "2020-03-02"),
        ("week", "2020-03-02", "2020-W10"),
        ("week", "2021-01-03", "2020-W53"),
        ("month", "2020-03-02", "2020-03"),
        ("quarter", "2020-03-31", "2020-Q1"),
        ("quarter", "2020-10-01", "2020-Q4"),
        ("year", "2020-03-02", "2020"),
    ],
)
def test_a_day_becomes_the_period_that_the_mapping_names(tmp_path: Path, unit: str, day: str, period: str) -> None:
    text = f"code,day,number\nGM0001,{day},3\n"
    assert list(read(tmp_path, text, period={"column": "day", "unit": unit}).figures) == [period]


def test_layouts_that_the_mapping_lists_read_alike_whatever_their_order_and_names(tmp_path: Path) -> None:
    changes: dict[str, Any] = {
        "layouts": [["code", "day", "number"], ["number", "Gemeentecode", "day", "name"]],
        "area_column": ["code", "Gemeentecode"],
        "area_form": "municipality_number",
    }
    one = read(tmp_path, "code,day,number\n1,2020-03-02,3\n", **changes)
    other = read(tmp_path, "number,Gemeentecode,day,name\n3,0001,2020-03-02,A\n", **changes)
    assert one.figures == other.figures == {"2020-03-02": {"GM0001": ("3",)}}
    for header, sentence in (
        ("code,day,number,Indicator", "beside the nearest it has another column 4; see what changed"),
        ("code,day,aantal", "it has no number and has another column 3;"),
        ("day,code,number", "it has another order;"),
    ):
        with pytest.raises(SourceRefused, match=re.escape(sentence)):
            read(tmp_path, header + "\n", **changes)


def test_rates_keep_the_decimals_of_the_source(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"numbers": "rate", "decimals": 1, "values": {"number": "c19.sewage"}}
    (table,) = take_over(*files(tmp_path, "code,day,number\nGM0001,2020-03-02,1234.5\n", **changes), "GG0001")
    assert table.cells[0].value == Rounded("1234.5", "0.1")


def test_only_a_complete_table_may_have_nothing_for_a_region(tmp_path: Path) -> None:
    given = files(tmp_path, LONG)
    assert whole_table(*given) is None
    with pytest.raises(SourceRefused, match="no rows for region GG0002"):
        take_over(*given, "GG0002")
    given = files(tmp_path, LONG, complete=True)
    assert take_over(*given, "GG0002") == ()
    assert (whole := whole_table(*given)) is not None
    assert (whole.owner, whole.table, whole.indicators) == ("Owner", "table", (INDICATOR,))
    with pytest.raises(SourceRefused, match="no rows for region GG0009"):
        take_over(*given, "GG0009")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (",3\n", ",-3\n", "row 2, column number: expected a whole number from 0, or nothing; correct it."),
        (",3\n", ",3.5\n", "row 2, column number: expected a whole number from 0"),
        (",3\n", ",drie\n", "row 2, column number: expected a whole number from 0"),
        ("2020-03-02,3", "02-03-2020,3", "row 2, column day: expected a date in the form %Y-%m-%d; correct it."),
        (
            "GM0002,2020-03-02",
            "GM0001,2020-03-02",
            "area GM0001 occurs twice; narrow `filters` to one row per area and",
        ),
        ("GM0002", "GM0009", "members.csv has no row for GM0009, which table.csv has; add the region."),
        ("GM0002,2020-03-02,\nGM0001", "GM0009,2020-03-02,\nGM0008", "has no row for GM0008 and 1 more, which"),
        ("-1,", "-2,", "row 5, column code: expected a code such as GM0363"),
        ("GM0002,2020-03-02,", "GM0002,2020-03-02", "row 3: expected 3 cells; repair this row."),
    ],
)
def test_a_row_that_is_not_as_the_mapping_says_is_named_without_its_value(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in LONG
    with pytest.raises(SourceRefused, match=re.escape(sentence)) as refusal:
        read(tmp_path, LONG.replace(old, new, 1))
    assert "drie" not in str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"decimals": 1}, "key decimals: must be 0 for numbers: count; correct it."),
        ({"numbers": "sum"}, "key numbers: must be percentage, count or rate; correct it."),
        ({"period": {"column": "day", "unit": "hour"}}, "key period.unit: must be one of day, week, month, quarter"),
        ({"period": "last year"}, 'key period: must look like "2024", or name a column'),
        ({"area_column": []}, "key area_column: must be a column's name, or a list"),
        ({"labels": {"nothing": "label"}}, "key labels: must name columns of `values`"),
        ({"values": {}}, "key values: must name at least one column"),
        ({"complete": "perhaps"}, "key complete: must be true or false"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused_by_file_and_key(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SourceRefused, match=re.escape(f"In mapping.yaml, {sentence}")):
        read(tmp_path, LONG, **changes)


def test_a_packed_file_that_is_cut_short_or_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gzip.compress(LONG.encode())
    with pytest.raises(SourceRefused, match="is not a whole gzip file"):
        read(tmp_path, whole[:-9], "table.csv.gz")
    monkeypatch.setattr("connectors.sources.published_rows._LARGEST_BYTES", 100)
    with pytest.raises(SourceRefused, match="unpacks to more than 512 MB"):
        read(tmp_path, gzip.compress(b"0" * 101), "table.csv.gz")
