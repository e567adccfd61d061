"""Public OMOP sets are read as they come, and can be split over regions by a stated rule."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.sources.omop import part_of
from node.records.load import LoadReport, load
from node.records.store import open_store, records_path
from tests.support.sources import KEY, TODAY, legal

SHARED = Path(os.environ.get("REGIOHELIX_SHARED", "../shared"))


def loaded(tmp_path: Path, folder: Path, **more: Any) -> LoadReport:
    document = {"id": "omop", "kind": "omop", "folder": str(folder), "legal": legal(linkage="none"), **more}
    (tmp_path / "omop.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return load(tmp_path / "home", tmp_path / "omop.yaml", KEY, None, TODAY)


def one(tmp_path: Path, query: str) -> int:
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    try:
        (row,) = connection.execute(query).fetchall()
    finally:
        connection.close()
    return int(row[0])


def small_set(folder: Path) -> Path:
    folder.mkdir()
    texts = {
        "PERSON.csv": "PERSON_ID,GENDER_CONCEPT_ID,YEAR_OF_BIRTH,MONTH_OF_BIRTH,DAY_OF_BIRTH\n"
        "1.0,8532.0,1950.0,2.0,1.0\n2.0,8507.0,1960.0,,\n",
        "observation_period.csv": "person_id,observation_period_start_date,observation_period_end_date\n"
        "1,2024-01-01,2024-12-31\n2,2024-01-01,2024-06-30\n",
        "DEATH.csv": "person_id,death_date\n2.0,2024-06-30\n",
        "VISIT_OCCURRENCE.csv": "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_end_date\n"
        "1,1,262,2024-03-01,2024-03-04\n2,1,9202,2024-03-01,2024-03-01\n",
        "MEASUREMENT.csv": "measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_small_set_in_mixed_case_with_numbers_as_floats_is_read(tmp_path: Path) -> None:
    report = loaded(tmp_path, small_set(tmp_path / "set"), municipality="XG-OMOP")
    assert report.linked.in_store == 2
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    persons = connection.execute(
        "SELECT birth_date::VARCHAR, sex, municipality, death_date::VARCHAR FROM person ORDER BY birth_date"
    ).fetchall()
    visits = connection.execute("SELECT encounter_type, urgency FROM encounter ORDER BY encounter_type").fetchall()
    connection.close()
    assert persons == [("1950-02-01", "f", "XG-OMOP", None), ("1960-01-01", "m", "XG-OMOP", "2024-06-30")]
    assert visits == [("admission", "acute"), ("outpatient", None)]
    assert one(tmp_path, "SELECT sum(end_date - start_date) FROM coverage") == 366 + 182


def test_every_person_falls_in_exactly_one_part() -> None:
    parts = [part_of(str(person), 3) for person in range(3_000)]
    assert all(900 < parts.count(part) < 1_100 for part in range(3))
    assert part_of("6", 2) == 1  # SHA-256 of "6" ends in an odd hexadecimal digit


@pytest.mark.shared_data
def test_gibleed_split_in_two_is_whole_together(tmp_path: Path) -> None:
    folder = (SHARED / "data" / "a_omop_gibleed").resolve()
    found: dict[str, int] = {}
    for part in range(2):
        place = tmp_path / str(part)
        place.mkdir()
        loaded(place, folder, split={"parts": 2, "part": part})
        for fact, query in {
            "persons": "SELECT count(*) FROM person",
            "women": "SELECT count(*) FROM person WHERE sex = 'f'",
            "bleeds": "SELECT count(DISTINCT person_id) FROM condition WHERE code_system = 'omop' AND code = '192671'",
            "celecoxib": "SELECT count(*) FROM treatment WHERE code = '1118084'",
            "conditions": "SELECT count(*) FROM condition",
            "drugs": "SELECT count(*) FROM treatment",
            "measurements": "SELECT count(*) FROM measurement",
        }.items():
            found[fact] = found.get(fact, 0) + one(place, query)
    # the figures that the publishers of the set give
    assert found == {
        "persons": 2_694,
        "women": 1_373,
        "bleeds": 479,
        "celecoxib": 1_844,
        "conditions": 65_332,
        "drugs": 67_707,
        "measurements": 44_053,
    }
