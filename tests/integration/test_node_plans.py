"""A region that works by itself: plans by command, real extracts, a bundle at the desk, and what the doctor says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from connectors.secret_files import write_secret
from demo.journey import approve_definitions
from node.__main__ import main
from node.bootstrap import Node, create_node
from node.commands import guiding, plan_doctor, planned, planning
from node.records import load as load_module
from node.work import take_up

ROOT = Path(__file__).parents[2]
BEGUN = datetime(2025, 1, 10, 12, 0, tzinfo=UTC)
VALUES = {
    "region": "XR-EIGEN", "name": "Eigen", "region_set": "invented", "division_year": 2024, "areas": [],
    "hub_url": "http://127.0.0.1:9",
}  # fmt: skip
INTERVENTION = """
id: leefstijlcoach
title: {nl: Leefstijlcoach, en: Lifestyle coach}
description: {nl: Groepslessen voor mensen met diabetes., en: Group lessons for people with diabetes.}
population: residents with diabetes
segment: chronic
stage: treatment
start: 2024-07-01
goal: {indicator: h.dm_prev, value: "5.0", by: 2027-12-31}
outcomes: [h.dm_prev, pop.persons]
"""


class Clock:
    now = BEGUN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (planning, plan_doctor, guiding):
        monkeypatch.setattr(module, "now", made)
    return made


@pytest.fixture
def home(tmp_path: Path, clock: Clock) -> Iterator[Path]:
    made = create_node(tmp_path / "node", VALUES)
    copytree(ROOT / "demo" / "data" / "own", tmp_path / "own")
    approve_definitions(tmp_path / "node", "h.dm_prev")
    yield tmp_path / "node"
    made.engine.dispose()


def run(capsys: pytest.CaptureFixture[str], *command: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(list(command)) == code, capsys.readouterr().err
    told = capsys.readouterr()
    return told.out + told.err


def plan(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    mapping = home.parent / "own" / "mapping.yaml"
    at = ["--author", "Analyst", "--home", str(home)]
    run(capsys, "plan", "ingest", "gp", str(mapping), "--at", "daily 03:30", *at)
    measured = ["--unit", "year", "--indicator", "h.dm_prev", "--audience", "network", "--at", "monthly 11 05:00"]
    run(capsys, "plan", "measure", "yearly", *measured, *at)


def work(home: Path, clock: Clock) -> int:
    from node.bootstrap import open_node

    node: Node = open_node(home)
    try:
        return take_up.take_up(node.engine, home, planned.doing(node, home), clock)
    finally:
        node.engine.dispose()


def runs(capsys: pytest.CaptureFixture[str], home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(capsys, "plan", "runs", "--json", "--home", str(home)))
    return found


def test_a_source_is_loaded_and_a_bundle_waits_for_people(
    home: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    plan(capsys, home)
    assert work(home, clock) == 0
    clock.now = BEGUN + timedelta(days=1)
    assert work(home, clock) == 2
    measured, loaded = runs(capsys, home)
    assert (loaded["plan"], loaded["outcome"], loaded["bundle"]) == ("gp", "done", None)
    assert loaded["rows"] > 0
    assert (measured["plan"], measured["outcome"]) == ("yearly", "done")
    assert "indicators of 2024" in measured["detail"]
    assert measured["bundle"] in run(capsys, "release", "list", "--home", str(home))
    clock.now = BEGUN + timedelta(days=33)
    assert work(home, clock) == 2
    assert "still waits at the desk" in runs(capsys, home)[0]["detail"]
    listed = run(capsys, "plan", "list", "--home", str(home))
    assert "loads " in listed
    assert "set by Analyst" in listed


def test_an_extract_that_is_gone_fails_is_told_by_the_doctor_and_succeeds_when_it_is_back(
    home: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    plan(capsys, home)
    extract = home.parent / "own" / "inwoners.csv"
    kept = extract.read_bytes()
    extract.unlink()
    said = run(capsys, "plan", "run", "gp", "--home", str(home), code=1)
    assert "inwoners.csv" in said
    findings = json.loads(run(capsys, "doctor", "--json", "--home", str(home), code=1))["findings"]
    assert [one["what"] for one in findings if one["about"] == "plans"] == [runs_failed(capsys, home)]
    extract.write_bytes(kept)
    clock.now += timedelta(minutes=1)
    assert "rows loaded" in run(capsys, "plan", "run", "gp", "--home", str(home))
    findings = json.loads(run(capsys, "doctor", "--json", "--home", str(home), code=1))["findings"]
    assert not [one for one in findings if one["about"] == "plans"]
    metrics = run(capsys, "metrics", "--home", str(home))
    assert 'regiohelix_node_plan_failed{plan="gp"} 0' in metrics


def runs_failed(capsys: pytest.CaptureFixture[str], home: Path) -> str:
    return f"gp failed: {runs(capsys, home)[0]['detail']}"


def test_a_store_of_other_keys_fails_a_plan_by_saying_what_to_do(
    home: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    plan(capsys, home)
    clock.now = BEGUN + timedelta(days=1)
    work(home, clock)
    write_secret(home / "secrets" / "pseudonym.2", bytes(32))
    clock.now = BEGUN + timedelta(days=2)
    assert work(home, clock) == 1
    (failed, *_) = runs(capsys, home)
    assert (failed["plan"], failed["outcome"]) == ("gp", "failed")
    assert "finish `key rotate-pseudonym`" in failed["detail"]


def test_the_doctor_says_that_nobody_does_what_is_due(
    home: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    plan(capsys, home)
    clock.now = BEGUN + timedelta(days=2)
    findings = json.loads(run(capsys, "doctor", "--json", "--home", str(home), code=1))["findings"]
    late = [one["what"] for one in findings if one["about"] == "plans"]
    assert late == ["gp was due and has not begun", "yearly was due and has not begun"]


def test_the_guide_goes_through_the_six_steps(home: Path, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    first = json.loads(run(capsys, "steps", "--json", "--home", str(home)))
    assert [one["state"] for one in first] == ["not_begun"] * 6
    load_module.load(home, home.parent / "own" / "mapping.yaml", b"k" * 32)
    file = home.parent / "coach.yaml"
    file.write_text(INTERVENTION, encoding="utf-8")
    record = ["intervention", "record", str(file), "--author", "Analyst", "--home", str(home)]
    assert "is recorded" in run(capsys, *record)
    assert "is changed" in run(capsys, *record)
    found = json.loads(run(capsys, "steps", "--json", "--home", str(home)))
    assert [one["state"] for one in found] == ["done", "not_begun", "done", "done", "not_begun", "not_begun"]
    dutch = run(capsys, "steps", "--lang", "nl", "--home", str(home))
    assert "1. Populatie bepalen: gedaan" in dutch
    assert "Volgende stap: Publiceer een eerste gezondheidsindicator" in dutch
    assert "chronic" in run(capsys, "intervention", "list", "--home", str(home))
    removed = ["intervention", "remove", "leefstijlcoach", "--author", "Analyst", "--home", str(home)]
    run(capsys, *removed)
    assert "There is no intervention" in run(capsys, *removed, code=1)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("h.dm_prev, value", "h.unknown, value", "'h.unknown' is no indicator of the catalogue"),
        ("by: 2027-12-31", "by: 2024-07-01", "`goal.by`"),
        ("segment: chronic", "segmant: chronic", "a field that does not belong here"),
        ("start: 2024-07-01", "start: 2024-07-01\nend: 2024-07-01", "field `end`"),
        ("stage: treatment", "stage: magic", "`stage` has another form"),
        ("id: leefstijlcoach", "id: ../x", "field `id`"),
    ],
)
def test_an_intervention_that_contradicts_itself_is_refused_with_the_remedy(
    home: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, says: str
) -> None:
    file = home.parent / "coach.yaml"
    file.write_text(INTERVENTION.replace(old, new), encoding="utf-8")
    assert says in run(capsys, "intervention", "record", str(file), "--author", "A", "--home", str(home), code=1)
    assert "No intervention yet" in run(capsys, "intervention", "list", "--home", str(home))
