"""Eunomia GiBleed as two regions: what the hub shows equals a count by hand over the published CSV files."""

import csv
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from demo.journey import approve_definitions, call, join_network, let_out
from tests.support.network import Network, serving_network

pytestmark = pytest.mark.shared_data

YEAR = 2017
REGIONS = {0: "XR-BLEED-A", 1: "XR-BLEED-B"}
INDICATORS = {
    "h.gi_bleed": ("CONDITION_OCCURRENCE", "condition_concept_id", "condition_start_date", "192671"),
    "h.celecoxib": ("DRUG_EXPOSURE", "drug_concept_id", "drug_exposure_start_date", "1118084"),
}
BANDS = (("0-17", 0), ("18-44", 18), ("45-64", 45), ("65-74", 65), ("75+", 75))
MAPPING = """\
id: gibleed
kind: omop
folder: {folder}
split: {{parts: 2, part: {part}}}
legal:
  controller: OHDSI Eunomia
  purpose: Acceptance test over public, simulated records
  legal_basis: Public data set
  agreement: Apache-2.0
  linkage: none
  permitted_indicators: [h.gi_bleed, h.celecoxib]
  delete_by: 2099-12-31
max_reject_share: 0.05
precedence: 100
"""

Count = tuple[int, int]  # persons who had it, persons


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "a_omop_gibleed"


@pytest.fixture(scope="module")
def network(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    homes = tmp_path_factory.mktemp("gibleed")
    with serving_network(homes) as network:
        for part, code in REGIONS.items():
            mapping = homes / f"{code}.yaml"
            mapping.write_text(MAPPING.format(folder=folder, part=part), encoding="utf-8")
            invited = network.inviting(code, code.title(), "gibleed")
            join_network(homes / code, (code, code.title(), "gibleed", str(YEAR)), (), network.url, invited)
            approve_definitions(homes / code, *INDICATORS)
            call(homes / code, "source", "load", str(mapping))
            chosen = [word for name in INDICATORS for word in ("--indicator", name)]
            let_out(homes / code, "prepare", "--period", str(YEAR), *chosen)
            call(homes / code, "ship")
        yield network


def _read(folder: Path, table: str) -> list[dict[str, str]]:
    with gzip.open(folder / f"{table}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _part(row: dict[str, str]) -> int:
    return int(hashlib.sha256(str(int(float(row["person_id"]))).encode()).hexdigest(), 16) % 2


def _by_hand(folder: Path, indicator: str, part: int) -> dict[tuple[str, str], Count]:
    """Count persons observed on 1 July, by band of age that day and sex, with every total."""
    table, concept, date, code = INDICATORS[indicator]
    end, middle = f"{YEAR + 1}-01-01", f"{YEAR}-07-01"
    had = {row["person_id"] for row in _read(folder, table) if row[concept] == f"{code}.0" and row[date] < end}
    seen = {
        row["person_id"]
        for row in _read(folder, "OBSERVATION_PERIOD")
        if row["observation_period_start_date"] <= middle <= row["observation_period_end_date"]
    }
    above, below = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in _read(folder, "PERSON"):
        if row["person_id"] not in seen or _part(row) != part:
            continue
        birth = row["birth_datetime"][:10]
        age = YEAR - int(birth[:4]) - (birth[5:] > "07-01")
        band = [name for name, low in BANDS if age >= low][-1]
        sex = "f" if row["gender_concept_id"] == "8532.0" else "m"
        for cell in product(("total", band), ("total", sex)):
            below[cell] += 1
            above[cell] += row["person_id"] in had
    return {cell: (above[cell], below[cell]) for cell in below}


def _payload(network: Network, code: str, indicator: str) -> dict[str, Any]:
    held = [json.loads(row["payload"]) for row in network.rows(f"SELECT payload FROM event WHERE region = '{code}'")]
    (found,) = (payload for payload in held if payload["indicator"] == indicator)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("part", REGIONS)
@pytest.mark.parametrize("indicator", INDICATORS)
def test_cells_at_the_hub_equal_a_count_by_hand_and_hidden_ones_say_so(
    folder: Path, network: Network, indicator: str, part: int
) -> None:
    truth = _by_hand(folder, indicator, part)
    payload = _payload(network, REGIONS[part], indicator)
    assert (payload["dimensions"], payload["period"]) == (["age_band", "sex"], str(YEAR))
    shown = {}
    for cell in payload["cells"]:
        place, value = tuple(cell["nodes"]), cell["value"]
        above, below = truth.get(place, (0, 0))
        if value["kind"] == "exact":
            shown[place] = (value["numerator"], value["denominator"])
            assert shown[place] == (above, below), place
        elif value["kind"] == "suppressed":
            assert "numerator" not in value
            assert value["lo"] <= above
            assert value["hi"] is None or above <= value["hi"]
        else:
            assert (value["kind"], below) == ("not_applicable", 0), place
    assert shown["total", "total"] == truth["total", "total"]
    assert truth.keys() <= {tuple(cell["nodes"]) for cell in payload["cells"]}
    print(f"{REGIONS[part]} {indicator}: {len(shown)} of {len(payload['cells'])} cells shown, all equal")


@pytest.mark.parametrize("indicator", INDICATORS)
def test_the_two_parts_together_are_the_whole_set(network: Network, indicator: str) -> None:
    whole = {"h.gi_bleed": (416, 2454), "h.celecoxib": (1630, 2454)}[indicator]
    found = network.get(f"/api/v1/indicators/{indicator}/comparison?period={YEAR}").json()
    values = [row["value"] for row in found["rows"]]
    assert (sum(value["numerator"] for value in values), sum(value["denominator"] for value in values)) == whole


def test_a_hidden_cell_is_hidden_in_the_comparison_too(network: Network) -> None:
    hidden = [
        (code, indicator, cell["nodes"])
        for code, indicator in product(REGIONS.values(), INDICATORS)
        for cell in _payload(network, code, indicator)["cells"]
        if cell["value"]["kind"] == "suppressed"
    ]
    assert hidden
    for code, indicator, (band, sex) in hidden:
        by = ",".join(f"{name}:{node}" for name, node in (("age_band", band), ("sex", sex)) if node != "total")
        found = network.get(f"/api/v1/indicators/{indicator}/comparison", period=str(YEAR), by=by).json()
        (row,) = (row for row in found["rows"] if row["region"] == code)
        assert row["value"]["kind"] == "suppressed"
        assert row["shown"] is None
