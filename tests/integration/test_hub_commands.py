"""The hub's commands, in process and as a process: exit codes, one-line refusals, JSON, and a served hub."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from connectors.database import writing
from connectors.transport.http import HttpSender
from hub.__main__ import main
from hub.bootstrap import open_hub
from hub.flow import receive
from hub.tables import indicator_payload
from schemas.codes import TOPICS
from schemas.delivery import Parcel
from tests.support.events import TestRegion, diabetes
from tests.support.hub import RunningHub

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "hub")]) == 0
    return tmp_path / "hub"


@pytest.fixture
def served(home: Path) -> Iterator[str]:
    """Offer the address of a hub that runs as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hub", "serve", "--home", str(home), "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found[0].rstrip("/")
        process.terminate()


def test_a_hub_is_made_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["init", "--home", str(home)]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("argv", [["nothing"], ["invite"], ["init"], ["invite", "XR-A", "--home", "x"]])
def test_a_wrong_call_ends_with_two(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGIOHELIX_HUB_HOME", raising=False)
    assert main(argv) == 2


def test_help_ends_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(
        verb in told for verb in ("init", "invite", "serve", "receive", "rebuild", "doctor", "dead-letters", "partner")
    )


def test_refusals_end_with_one_and_one_line(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = [
        ["rebuild", "--home", str(tmp_path / "nowhere")],
        ["invite", "not a code", "--name", "x", "--region-set", "y", "--home", str(home)],
        ["dead-letters", "show", "7", "--home", str(home)],
        ["receive", "--home", str(home)],
    ]
    assert main(["partner", "add", "Partner", "--home", str(home)]) == 0
    calls.append(["partner", "add", "Partner", "--home", str(home)])
    capsys.readouterr()
    for call in calls:
        assert main(call) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_the_doctor_and_the_dead_letters_tell_what_was_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub = open_hub(home)
    body = TestRegion().release([diabetes(800)])[0].body
    receive([body], hub)
    hub.engine.dispose()
    capsys.readouterr()
    assert main(["doctor", "--home", str(home), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert found["what"] == "1 were refused as unknown_region"
    assert main(["dead-letters", "list", "--home", str(home), "--json"]) == 0
    (letter,) = json.loads(capsys.readouterr().out)
    assert letter["reason"] == "unknown_region"
    assert main(["dead-letters", "show", str(letter["id"]), "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    assert "not enrolled" in shown
    assert f"body: {len(body)}" in shown


def test_a_served_hub_takes_a_region_from_invitation_to_receipt(
    home: Path, served: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    region = TestRegion()
    invite = ["invite", region.code, "--name", "Duinrand", "--region-set", "invented", "--home", str(home), "--json"]
    invite += ["--fingerprint", region.fingerprint]
    assert main(invite) == 0
    invitation = json.loads(capsys.readouterr().out)["invitation"]
    enrolled = requests.post(f"{served}/api/v1/enrolments", json=region.enrolment(invitation), timeout=10).json()
    assert main(invite) == 1
    sender = HttpSender(served, enrolled["token"])
    made = region.release([diabetes(800), diabetes(810, "2024")])
    answers = sender.send([Parcel(one.id, region.code, TOPICS[one.envelope.type], one.body) for one in made])
    sender.close()
    assert [(answer.event_id, answer.outcome) for answer in answers] == [(one.id, "accepted") for one in made]


def test_rebuild_brings_lost_projections_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub = open_hub(home)
    running = RunningHub(hub)
    region = running.enrol(TestRegion())
    running.push(region.code, [one.body for one in region.release([diabetes(800), diabetes(810, "2024")])])
    with writing(hub.engine) as connection:
        connection.execute(indicator_payload.delete())
    capsys.readouterr()
    assert main(["rebuild", "--home", str(home), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["events"], told["missing"]["indicator_payload"]) == (2, 2)
    with hub.engine.connect() as connection:
        assert len(connection.execute(select(indicator_payload)).all()) == 2
    hub.engine.dispose()
