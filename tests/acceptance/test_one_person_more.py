"""A careless re-run over real-looking records, with the commands a region types: one person more, then a dozen."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from demo.journey import approve_definitions, call, join_network, let_out
from tests.acceptance.test_gibleed_line import INDICATORS, MAPPING, REGIONS, YEAR, _part, _read
from tests.support.network import Network, serving_network

pytestmark = pytest.mark.shared_data

CODE = REGIONS[0]
CHOSEN = tuple(word for name in INDICATORS for word in ("--indicator", name))
BLEEDING = "CONDITION_OCCURRENCE"
SEEN = "OBSERVATION_PERIOD"


def healthy(folder: Path) -> list[str]:
    """Women of the region's largest band, seen in the year, without a bleeding: to them one is added."""
    had = {row["person_id"] for row in _read(folder, BLEEDING) if row["condition_concept_id"] == "192671.0"}
    seen = {
        row["person_id"]
        for row in _read(folder, "OBSERVATION_PERIOD")
        if row["observation_period_start_date"] <= f"{YEAR}-07-01" <= row["observation_period_end_date"]
    }
    return [
        row["person_id"]
        for row in _read(folder, "PERSON")
        if row["person_id"] in seen - had
        and _part(row) == 0
        and row["gender_concept_id"] == "8532.0"
        and 1953 <= int(row["birth_datetime"][:4]) <= 1970
    ]


def with_bleedings(folder: Path, into: Path, persons: list[str]) -> Path:
    """Copy the records, with a bleeding in the year for each of these persons."""
    rows = _read(folder, BLEEDING)
    like = next(row for row in rows if row["condition_concept_id"] == "192671.0")
    for number, person in enumerate(persons):
        day = {"condition_start_date": f"{YEAR}-02-01", "condition_start_datetime": f"{YEAR}-02-01 00:00:00"}
        rows.append(like | day | {"person_id": person, "condition_occurrence_id": f"{9_000_000 + number}.0"})
    return copied(folder, into, BLEEDING, rows)


def copied(folder: Path, into: Path, table: str, rows: list[dict[str, str]]) -> Path:
    """Copy the records with other rows in one table."""
    into.mkdir()
    for file in folder.iterdir():
        if file.name != f"{table}.csv.gz":
            (into / file.name).symlink_to(file.resolve())
    with gzip.open(into / f"{table}.csv.gz", "wt", 1, encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return into


def row_of(network: Network, indicator: str) -> dict[str, Any]:
    (row,) = network.get(f"/api/v1/indicators/{indicator}/comparison?period={YEAR}").json()["rows"]
    assert isinstance(row, dict)
    return row


def test_one_person_more_waits_and_is_told_and_a_dozen_are_a_correction(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "a_omop_gibleed"
    more = healthy(folder)
    assert len(more) >= 12
    home = tmp_path / CODE

    def loaded(name: str, persons: list[str]) -> None:
        mapping = tmp_path / f"{name}.yaml"
        records = with_bleedings(folder, tmp_path / name, persons)
        mapping.write_text(MAPPING.format(folder=records, part=0), encoding="utf-8")
        call(home, "source", "load", str(mapping))

    def prepare(*more: str, reviewers: int = 2) -> str:
        return let_out(home, "prepare", "--period", str(YEAR), *CHOSEN, *more, reviewers=reviewers)

    with serving_network(tmp_path) as network:
        invited = network.inviting(CODE, CODE.title(), "gibleed")
        join_network(home, (CODE, CODE.title(), "gibleed", str(YEAR)), (), network.url, invited)
        approve_definitions(home)
        loaded("first", [])
        prepare()
        call(home, "ship")
        before = {name: row_of(network, name) for name in INDICATORS}

        loaded("again", more[:1])
        said = prepare(reviewers=1)
        assert "A correction of fewer than 10 persons waits in h.gi_bleed 2017" in said
        assert "waits in h.celecoxib" not in said
        call(home, "ship")
        bleeding = row_of(network, "h.gi_bleed")
        assert bleeding["pending_since"] is not None
        assert {**bleeding, "pending_since": None} == before["h.gi_bleed"]
        assert row_of(network, "h.celecoxib") == before["h.celecoxib"]
        refused = call(home, "release", "prepare", "--period", str(YEAR), *CHOSEN, "--author", "A", "--audience",
                       "public", expected=1)  # fmt: skip
        assert "waits in h.gi_bleed 2017" in refused

        loaded("more", more[:12])
        prepare("--reason", "Twelve were found later.")
        call(home, "ship")
        bleeding = row_of(network, "h.gi_bleed")
        assert bleeding["pending_since"] is None
        assert [one["kind"] for one in bleeding["corrections"]] == ["corrected"]
        assert bleeding["value"]["numerator"] == before["h.gi_bleed"]["value"]["numerator"] + 12
        assert row_of(network, "h.celecoxib") == before["h.celecoxib"]


def test_what_waits_in_a_count_goes_out_rounded_when_the_region_asks_for_it(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "a_omop_gibleed"
    seen = _read(folder, SEEN)
    gone = set(healthy(folder)[:3])
    fewer = copied(folder, tmp_path / "fewer", SEEN, [row for row in seen if row["person_id"] not in gone])
    home = tmp_path / CODE
    chosen = ("prepare", "--period", str(YEAR), "--indicator", "pop.persons")

    def loaded(records: Path) -> None:
        mapping = tmp_path / f"{records.name}.yaml"
        text = MAPPING.format(folder=records, part=0).replace("[h.gi_bleed,", "[pop.persons, h.gi_bleed,")
        mapping.write_text(text, encoding="utf-8")
        call(home, "source", "load", str(mapping))

    with serving_network(tmp_path) as network:
        invited = network.inviting(CODE, CODE.title(), "gibleed")
        join_network(home, (CODE, CODE.title(), "gibleed", str(YEAR)), (), network.url, invited)
        approve_definitions(home)
        loaded(folder)
        let_out(home, *chosen)
        call(home, "ship")
        before = row_of(network, "pop.persons")["value"]
        assert before["kind"] == "exact"
        loaded(fewer)
        assert "waits in pop.persons 2017" in let_out(home, *chosen, reviewers=1)
        said = let_out(home, *chosen, "--round", "--reason", "Three were counted wrongly.")
        assert "rounded to tens" in said
        call(home, "ship")
        after = row_of(network, "pop.persons")
        assert (after["value"]["kind"], after["value"]["step"], after["pending_since"]) == ("rounded", "10", None)
        assert int(after["value"]["value"]) in (before["numerator"], before["numerator"] - 10)
