"""An invented region is the same every time, looks like a Dutch one, and is honest about what it holds."""

import csv
import hashlib
from pathlib import Path

import pytest
from stdnum.nl import bsn

from connectors.sources.mapping import read_mapping
from connectors.sources.synthetic import SYNTHETIC_REGIONS, write_region
from schemas.codes import AREA_CODE, REGION_CODE
from tests.support.sources import TODAY

SOURCES = ("gemeente", "huisarts", "ziekenhuis", "verzekeraar", "apotheek", "enquete")
REGION = SYNTHETIC_REGIONS[0]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_region_at_the_same_scale_is_the_same_to_the_last_byte(tmp_path: Path) -> None:
    first, second = (write_region(tmp_path / name, REGION, 0.005) for name in ("a", "b"))
    assert first == second
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_codes_of_regions_and_municipalities_are_valid_and_nowhere_used_twice() -> None:
    areas = [area for region in SYNTHETIC_REGIONS for area in region.municipalities]
    assert all(AREA_CODE.fullmatch(area) for area in areas)
    assert len(set(areas)) == len(areas)
    assert all(REGION_CODE.fullmatch(region.code) for region in SYNTHETIC_REGIONS)


@pytest.mark.parametrize("region", SYNTHETIC_REGIONS, ids=lambda region: region.code)
def test_rates_are_near_those_of_a_dutch_region(tmp_path: Path, region) -> None:  # type: ignore[no-untyped-def]
    truth = write_region(tmp_path, region, 0.04)
    persons = truth.persons
    assert persons == pytest.approx(region.inhabitants * 0.04, abs=5)
    assert truth.diabetics / persons == pytest.approx(0.06 * region.diabetes, abs=0.012)
    assert truth.hba1c_measured / truth.diabetics == pytest.approx(region.hba1c, abs=0.06)
    assert truth.feeling_well / truth.respondents == pytest.approx(0.75, abs=0.05)
    assert truth.gp_contacts / persons == pytest.approx(4, abs=0.8)
    assert truth.acute_admissions / persons == pytest.approx(0.06, abs=0.015)
    assert truth.emergency_visits / persons == pytest.approx(0.12 * region.emergency, abs=0.03)
    assert truth.cost_cents / 100 / persons == pytest.approx(2_600 * region.costs, rel=0.08)
    assert truth.obese / truth.bmi_measured == pytest.approx(0.19, abs=0.04)
    assert truth.five_medicines / persons == pytest.approx(0.075, abs=0.03)
    assert min(truth.diabetics_by_municipality.values()) < 10


def test_every_sound_row_of_the_register_has_a_valid_number_and_a_name_that_nothing_maps(tmp_path: Path) -> None:
    truth = write_region(tmp_path, REGION, 0.005)
    with (tmp_path / "gemeente.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == truth.files["gemeente.csv"].rows
    assert len({row["bsn"] for row in rows if bsn.is_valid(row["bsn"])}) == truth.persons
    assert all(row["naam"].startswith("Verzonnen Inwoner ") for row in rows)
    for source in SOURCES:
        mapping = read_mapping(tmp_path / f"{source}.yaml", TODAY)
        assert all(how.column != "naam" for file in mapping.files for how in file.fields.values())
