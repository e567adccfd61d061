"""The Health Monitor 2024: what StatLine published is what the hub holds, cell by cell, for 25 regions.

The table's rows NL01 (the country) and CG01 (a grouping of regions) belong to no region; they are skipped here as on
the line. The figures are read twice: by the line, and by this file with nothing but `csv`.
"""

import csv
import json

from demo import ggd
from tests.acceptance.conftest import HealthMonitor

_NO_REGION = ("NL01", "CG01")
_FIRST_FIGURE = 4  # after ID, characteristic, margin and area

Place = tuple[str, str]  # area, the source's own number of the question


def _source() -> dict[Place, str]:
    with ggd.FIGURES.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    questions = [name.rsplit("_", 1)[1] for name in header[_FIRST_FIGURE:]]
    assert len(set(questions)) == len(questions)
    return {
        (row[3].strip(), question): cell.strip()
        for row in rows
        if row[3].strip() not in _NO_REGION
        for question, cell in zip(questions, row[_FIRST_FIGURE:], strict=True)
    }


def _at_the_hub(monitor: HealthMonitor) -> dict[Place, dict[str, str]]:
    found: dict[Place, dict[str, str]] = {}
    for row in monitor.network.rows("SELECT region, payload FROM event"):
        payload = json.loads(row["payload"])
        assert (payload["dimensions"], payload["period"], payload["division_year"]) == (["area"], "2024", 2024)
        for cell in payload["cells"]:
            (area,) = cell["nodes"]
            assert monitor.region_of.get(area, area) == row["region"]
            place = (area, payload["indicator"].rsplit("_", 1)[1])
            assert place not in found
            found[place] = cell["value"]
    return found


def test_every_figure_of_the_363_rows_is_at_the_hub_and_every_empty_cell_is_not_available(
    health_monitor: HealthMonitor,
) -> None:
    source, held = _source(), _at_the_hub(health_monitor)
    assert len({area for area, _ in source}) == 363
    assert held.keys() == source.keys()
    figures = {place: text for place, text in source.items() if text}
    wrong = [place for place, text in figures.items() if held[place] != _rounded(text)]
    blank = [place for place, text in source.items() if not text]
    filled = [place for place in blank if held[place] != {"kind": "not_available"}]
    print(f"{len(figures) - len(wrong)} of {len(figures)} figures equal, {len(blank) - len(filled)} not available")
    assert (wrong, filled) == ([], [])
    assert (len(figures), len(blank)) == (42_165, 11_559)


def _rounded(text: str) -> dict[str, str]:
    return {"kind": "rounded", "value": text, "step": "0.1"}


def test_the_line_took_25_regions_and_refused_nothing(health_monitor: HealthMonitor) -> None:
    network = health_monitor.network
    assert len(network.get("/api/v1/regions").json()) == 25
    assert network.rows("SELECT reason FROM dead_letter") == []
    found = network.get("/api/v1/indicators/jv24.rookt_tabak_75/comparison?period=2024").json()
    assert len(found["rows"]) == 25
