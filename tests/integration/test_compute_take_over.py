"""Taking over the shipped Health Monitor: 25 regions, every figure as published, every empty cell said to be empty."""

import csv
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from connectors.sources import SourceRefused
from node.indicators.take_over import take_over
from schemas.catalogue import catalogue, indicator_id
from schemas.values import NotAvailable, Rounded

DATA = Path(__file__).parents[2] / "demo" / "data"
MONITOR = DATA / "health-monitor"
TABLE = MONITOR / "50140NED_TypedDataSet_2025-09-22.csv"


def _source_cells() -> dict[tuple[str, str], str]:
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file, delimiter=";"))
    return {
        (row[3].strip(), indicator_id("jv24", column)): text
        for row in rows
        if row[3][:2] in ("GG", "GM")
        for column, text in zip(header[4:], row[4:], strict=True)
    }


def _regions() -> dict[str, set[str]]:
    members: dict[str, set[str]] = {}
    with (DATA / "regions" / "municipalities_2023.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            members.setdefault(row["region"], set()).add(row["municipality"])
    return members


def test_the_regions_together_take_over_every_published_figure_and_every_empty_cell_once() -> None:
    source, seen = _source_cells(), Counter[str]()
    rows: Counter[str] = Counter()
    for region, members in _regions().items():
        tables = take_over(TABLE, MONITOR / "mapping.yaml", region)
        assert len(tables) == 148
        for table in tables:
            assert table.cells[0].nodes == (region,)
            assert table.definition == catalogue()[table.definition.id]
            for cell in table.cells:
                (area,) = cell.nodes
                assert area == region or area in members
                text = source.pop((area, table.definition.id))
                assert cell.value == (Rounded(text, "0.1") if text else NotAvailable())
                seen[type(cell.value).__name__] += 1
        rows.update(area for cell in tables[0].cells for area in cell.nodes)
    assert source == {}
    assert len(rows) == 363
    assert seen == {"Rounded": 42_165, "NotAvailable": 11_559}


def test_a_table_taken_over_names_its_owner_its_licence_and_the_file_it_came_from() -> None:
    table = take_over(TABLE, MONITOR / "mapping.yaml", "GG0111")[0]
    assert (table.period, table.division_year, table.dimensions) == ("2024", 2024, ("area",))
    assert (table.origin.owner, table.origin.licence) == ("GGD'en, CBS en RIVM", "CC BY 4.0")
    assert table.origin.retrieved_on == "2025-09-22"
    assert table.origin.file_sha256.startswith("fda7101d3650")


def _copy(folder: Path) -> Path:
    shutil.copytree(DATA / "regions", folder / "regions")
    shutil.copytree(MONITOR, folder / "monitor")
    return folder / "monitor"


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (TABLE.name, ";28.3;", ";28,3;", "row 2, column MoeiteMetRondkomen_1: expected a percentage"),
        (TABLE.name, ";28.3;", ";128.3;", "row 2, column MoeiteMetRondkomen_1: expected a percentage"),
        (TABLE.name, "RegioS", "Regio", "must have one column RegioS"),
        (TABLE.name, ";28.3;", ";28.3;;", "row 2: expected 152 cells"),
        (TABLE.name, "GM0014", "GM0034", "area GM0034 occurs twice"),
        (TABLE.name, "GM0014", "GM14", "column RegioS: expected a code"),
        (TABLE.name, "GM0014", "GM9999", "municipalities_2023.csv has no row for GM9999"),
        ("mapping.yaml", "MW00000", "MW00001", "has no row that passes `filters`"),
        ("mapping.yaml", "decimals: 1", "decimals: many", "key decimals: must be a whole number; correct it"),
        ("mapping.yaml", "owner:", "owned_by:", "key owned_by: is no key of a mapping"),
        ("mapping.yaml", "jv24.heeft_schulden_3", "jv24.heeft_schulden", "jv24.heeft_schulden is not in the catalogue"),
        ("mapping.yaml", "jv24.heeft_schulden_3", "h.dm_prev", "h.dm_prev is not of kind percentage"),
        ("mapping.yaml", "jv24.heeft_schulden_3", "jv24.rookt_tabak_75", "two columns have the same indicator"),
        ("mapping.yaml", "values:", "values: [", "mapping.yaml is not YAML"),
        ("mapping.yaml", "utf-8-sig", "utf-9", "is not in the encoding utf-9"),
        ("mapping.yaml", "regions/", "region/", "municipalities_2023.csv cannot be read"),
    ],
)
def test_a_table_that_is_not_as_its_mapping_says_is_refused_in_one_sentence(
    tmp_path: Path, file: str, old: str, new: str, sentence: str
) -> None:
    folder = _copy(tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceRefused, match=re.escape(sentence)) as refusal:
        take_over(folder / TABLE.name, folder / "mapping.yaml", "GG0111")
    assert str(refusal.value).count(". ") == 0
    assert str(refusal.value).endswith(".")


def test_a_region_without_rows_is_refused() -> None:
    with pytest.raises(SourceRefused, match="no rows for region XR-DUINRAND"):
        take_over(TABLE, MONITOR / "mapping.yaml", "XR-DUINRAND")
