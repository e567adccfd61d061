"""`node run` as a process: it ships, says so in JSON lines, keeps a second one away, and ends in order."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.journey import join_network
from tests.support.network import Network, serving_network

PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with serving_network(tmp_path_factory.mktemp("network")) as serving:
        yield serving


def running(home: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "node", "run", "--every", "1", "--home", str(home)], stdout=file, stderr=file
        )


def said(log: Path, text: str) -> str:
    """Wait for a line with this text and give it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = next((line for line in log.read_text(encoding="utf-8").splitlines() if text in line), None)
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"Nobody said {text!r}: {log.read_text(encoding='utf-8')[-500:]}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_ships_keeps_a_second_one_away_and_ends_in_order(
    network: Network, tmp_path: Path, number: signal.Signals
) -> None:
    code = f"XR-RUN{number.value}"
    home, log, second_log = tmp_path / "node", tmp_path / "run.log", tmp_path / "second.log"
    invited = network.inviting(code, "Running", "invented")
    join_network(home, (code, "Running", "invented", "2025"), [], network.url, invited)
    first = running(home, log)
    try:
        line = json.loads(said(log, "ships every"))
        assert (line["level"], line["logger"]) == ("info", "node.commands.joining")
        second = running(home, second_log)
        assert second.wait(PATIENCE_SECONDS) == 1
        assert "Refused: Another `run` keeps" in second_log.read_text(encoding="utf-8")
        assert first.poll() is None
    finally:
        first.send_signal(number)
        assert first.wait(PATIENCE_SECONDS) == 0
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert lines[-1]["event"] == f"{code} has finished its round and stops."
