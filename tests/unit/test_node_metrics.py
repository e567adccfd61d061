"""A node's metrics file: what waits and since when, whole at every moment, and never a name."""

from datetime import timedelta
from pathlib import Path

import pytest

from connectors.database import writing
from node.__main__ import main
from node.audit import AuditEntry
from node.commands import metrics
from node.release import alarm
from tests.support.small_region import NOW, small_region


def test_the_file_tells_what_waits_and_since_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    region = small_region(tmp_path / "node", "http://127.0.0.1:9")
    region.release("2001")
    monkeypatch.setattr(metrics, "now", lambda: NOW + timedelta(minutes=5))
    file = tmp_path / "node.prom"
    for _ in range(2):
        assert main(["metrics", "--metrics-file", str(file), "--home", str(tmp_path / "node")]) == 0
    lines = file.read_text().splitlines()
    told = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert told['regiohelix_node_outbox_events{state="pending"}'] == "2"
    assert told["regiohelix_node_oldest_waiting_seconds"] == "300"
    assert (told["regiohelix_node_restored"], told["regiohelix_node_alarm"]) == ("0", "0")
    assert "regiohelix_node_last_accepted_timestamp_seconds" not in told
    assert {path.name for path in tmp_path.iterdir()} == {"node", "node.prom"}
    assert "DUINRAND" not in file.read_text()
    region.node.engine.dispose()


def test_an_alarm_that_nobody_closed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    region = small_region(tmp_path / "node", "http://127.0.0.1:9")
    with writing(region.node.engine) as connection:
        raised = alarm.worded(alarm.HubShowsAnotherChain, "The hub holds more")
        alarm.sound(connection, raised, AuditEntry("hub", "standing", "region", NOW))
    capsys.readouterr()
    assert main(["metrics", "--home", str(tmp_path / "node")]) == 0
    assert "regiohelix_node_alarm 1\n" in capsys.readouterr().out
    region.node.engine.dispose()


def test_without_a_file_it_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    region = small_region(tmp_path / "node", "http://127.0.0.1:9")
    capsys.readouterr()
    assert main(["metrics", "--home", str(tmp_path / "node")]) == 0
    assert "regiohelix_node_oldest_waiting_seconds 0\n" in capsys.readouterr().out
    region.node.engine.dispose()
