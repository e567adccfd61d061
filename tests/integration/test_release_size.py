"""A release that is too large is refused before it is counted, as a person at the terminal and a plan meet it."""

from pathlib import Path

import pytest

from demo.journey import call
from node import flow
from tests.integration.test_delivered import load_all


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "node"
    areas = [word for number in range(25) for word in ("--area", f"GM9{number:03}")]  # no municipality ever had these
    call(
        folder, "init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year",
        "2025", "--hub-url", "http://localhost:1", *areas,
    )  # fmt: skip
    call(folder, "definitions", "approve", "--all", "--author", "Author")
    load_all(folder)
    return folder


def test_too_much_at_once_is_told_by_name_before_it_is_counted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Note: As a release this would be refused. " in call(home, "measure", "--period", "2024")

    def counted(*_: object) -> None:
        raise AssertionError("it was counted all the same")

    monkeypatch.setattr(flow, "compute_all", counted)
    said = call(home, "release", "prepare", "--period", "2024", "--author", "A", "--audience", "public", expected=1)
    over, fitting = said.split("hang together, more than the 20000 that can be protected at once: leave out ")[1].split(
        "These fit together: "
    )
    left_out = {name.rstrip(",") for name in over.partition(" or ")[0].split()}
    kept = set(fitting.rstrip(".\n").removeprefix("--indicator ").split(" --indicator "))
    assert "pop.persons" in left_out, "the largest table goes before smaller ones"
    assert {"c.gp_patients", "h.mort_prem", "pop.youth"} <= kept
    assert not left_out & kept
    call(
        home, "plan", "measure", "yearly", "--unit", "year", "--audience", "public", "--at", "monthly 5 03:30",
        "--author", "A",
    )  # fmt: skip
    assert "more than the 20000" in call(home, "plan", "run", "yearly", expected=1)
