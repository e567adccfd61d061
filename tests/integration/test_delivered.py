"""A source says until which day it is whole: what looks further is not computed, and it is said which source it is."""

import json
from datetime import date
from pathlib import Path

import pytest

from connectors.sources import SourceRefused
from demo.journey import call
from node.indicators.delivered import delivered
from node.records.load import load
from node.records.store import delivered_until, open_store, records_path
from schemas.catalogue import catalogue
from tests.integration.test_residence import A, covered_file
from tests.support.linked_store import store_of
from tests.support.sources import KEY, TODAY, register_file, source, visits_file, written

PERSONS = f"bsn;born;sex\n{A};01-02-1950;V\n"
COVERED = f"bsn;from;to\n{A};01-01-2000;\n"
VISITS = f"bsn;date\n{A};03-02-2025\n"


def load_all(home: Path, **visits: object) -> None:
    folder = home.parent
    register = source(register_file(), covered_file())
    call(home, "source", "load", str(written(folder / "register", register, persons=PERSONS, covered=COVERED)))
    call(home, "source", "load", str(practice(folder, **visits)))


def practice(folder: Path, **more: object) -> Path:
    return written(folder / "practice", source(visits_file(), id="practice", **more), visits=VISITS)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "node"
    call(
        folder, "init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year",
        "2025", "--hub-url", "http://localhost:1", "--area", "GM0363",
    )  # fmt: skip
    call(folder, "definitions", "approve", "pop.persons", "c.gp_patients", "--author", "Author")
    return folder


def test_a_period_beyond_what_a_source_delivered_is_said_and_not_computed(home: Path) -> None:
    load_all(home, complete_until="2025-06-30")
    said = call(home, "measure", "--period", "2025", "--indicator", "pop.persons", "--indicator", "c.gp_patients")
    assert "pop.persons 2025: 1" in said  # the register holds nothing back
    lack = "c.gp_patients over 2025 is not available: source practice is complete until 2025-06-30"
    assert f"{lack}, and 2025-12-31 is needed" in said
    assert "c.gp_patients 2025:" not in said
    assert "c.gp_patients 2025-Q2: 0" in call(home, "measure", "--period", "2025-Q2")
    assert "bron practice is volledig tot en met 2025-06-30" in call(
        home, "measure", "--period", "2025-Q3", "--lang", "nl"
    )
    refused = call(home, "measure", "--period", "2025", "--indicator", "c.gp_patients", expected=1)
    assert lack in refused
    assert "complete until 2025-06-30" in call(home, "source", "list")
    listed = {one["id"]: one["complete_until"] for one in json.loads(call(home, "source", "list", "--json"))}
    assert listed == {"practice": "2025-06-30", "register": None}


def test_reviewers_read_what_is_not_available(home: Path) -> None:
    load_all(home, complete_until="2024-12-31")
    prepare = ("release", "prepare", "--period", "2025", "--author", "Author", "--audience", "public")
    assert "c.gp_patients over 2025 is not available: source practice" in call(home, *prepare)
    assert "is not available" in call(home, *prepare, "--indicator", "c.gp_patients", expected=1)


def test_a_later_delivery_replaces_the_day_and_a_source_that_does_not_say_holds_nothing_back(tmp_path: Path) -> None:
    def until() -> dict[str, date]:
        connection = open_store(records_path(tmp_path / "home"), read_only=True)
        try:
            return dict(delivered_until(connection))
        finally:
            connection.close()

    load(tmp_path / "home", written(tmp_path, source(register_file()), persons=PERSONS), KEY, None, TODAY)
    load(tmp_path / "home", practice(tmp_path, complete_until={"days_before": 45}), KEY, None, TODAY)
    assert until() == {"practice": date(2026, 10, 8)}
    load(tmp_path / "home", practice(tmp_path, complete_until="2026-11-22"), KEY, None, TODAY)
    assert until() == {"practice": TODAY}
    load(tmp_path / "home", practice(tmp_path), KEY, None, TODAY)
    assert until() == {}


@pytest.mark.parametrize("wrong", ["soon", 45, {"days_before": -1}, {"days": 3}, "2026-13-01"])
def test_what_is_no_day_is_refused(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(SourceRefused, match=r"key `complete_until`: must be a day, written YYYY-MM-DD"):
        load(tmp_path / "home", practice(tmp_path, complete_until=wrong), KEY, None, TODAY)


def test_a_day_that_is_still_to_come_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="is still to come"):
        load(tmp_path / "home", practice(tmp_path, complete_until="2026-11-23"), KEY, None, TODAY)


def test_a_definition_that_looks_beyond_the_period_needs_those_days_too() -> None:
    again = catalogue()["q.readmit30"]
    stay = {"person_id": 1, "encounter_type": "admission", "start_date": date(2024, 1, 1), "source": "hospital"}
    with store_of({"encounter": [stay]}) as store:
        sound, lacking = delivered(store, (again,), "2024", {"hospital": date(2025, 1, 29)})
        assert (sound, [one.needed for one in lacking]) == ((), [date(2025, 1, 30)])
        assert delivered(store, (again,), "2024", {"hospital": date(2025, 1, 30)}) == ((again,), ())


def test_what_all_definitions_lack_is_told_once(home: Path) -> None:
    said = call(home, "definitions", "needs", "pop.persons", "c.gp_patients")
    assert said.count("No source is loaded here yet.") == 1
    call(
        home, "source", "load",
        str(written(home.parent / "register", source(register_file()), persons=PERSONS)),
    )  # fmt: skip
    said = call(home, "definitions", "needs", "pop.persons", "c.gp_patients")
    assert said.count("No coverage is loaded") == 1
    assert said.startswith("missing for all of them: No coverage is loaded")
    assert "    missing: No encounter is loaded" in said
    assert "    missing: No coverage" in call(home, "definitions", "needs", "pop.persons")


def test_exactly_what_was_read_is_approved(home: Path) -> None:
    shown = json.loads(call(home, "definitions", "show", "h.dm_prev", "--json"))
    refused = call(home, "definitions", "approve", "h.dm_prev", "--hash", "0" * 64, "--author", "A", expected=1)
    assert "No version of h.dm_prev here has the hash 000" in refused
    assert "not approved" in call(home, "definitions", "show", "h.dm_prev")
    call(home, "definitions", "approve", "h.dm_prev", "--hash", shown["hash"], "--author", "A")
    assert "approved by A" in call(home, "definitions", "show", "h.dm_prev")
    two = ("definitions", "approve", "h.dm_prev", "pop.persons", "--hash", shown["hash"], "--author", "A")
    assert "--hash is of one definition" in call(home, *two, expected=2)
