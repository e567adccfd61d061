"""Rounds of shipping: how long until the next, and what a round outlasts."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from connectors.transport.memory import MemoryTransport
from node import schedule
from node.bootstrap import Node, create_node
from node.config import SettingWrong, read_settings
from schemas.delivery import Parcel, TransportRefused, TransportUnavailable
from schemas.receipt import Answer
from schemas.signature import SigningKey

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VALUES = {
    "region": "XR-DUINRAND", "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


def test_a_hub_that_is_away_is_called_less_and_less_often() -> None:
    longest = [schedule.pause_after(failures, None, 60, lambda: 0.999999) for failures in range(1, 8)]
    assert [round(seconds) for seconds in longest] == [60, 120, 240, 480, 900, 900, 900]
    assert round(schedule.pause_after(10_000, None, 60, lambda: 0.999999)) == 900


def test_pauses_are_spread_over_their_whole_length() -> None:
    assert schedule.pause_after(4, None, 60, lambda: 0.0) == 0
    assert schedule.pause_after(4, None, 60, lambda: 0.5) == 240
    assert schedule.pause_after(0, None, 60, lambda: 0.5) == 60
    assert (
        round(schedule.pause_after(0, None, 60, lambda: 0.0)),
        round(schedule.pause_after(0, None, 60, lambda: 1.0)),
    ) == (54, 66)


def test_a_hub_is_left_alone_for_as_long_as_it_asks_but_no_longer_than_an_hour() -> None:
    assert schedule.pause_after(1, 300.0, 60, lambda: 0.0) == 300
    assert schedule.pause_after(1, 300.0, 60, lambda: 0.5) == 330
    assert schedule.pause_after(1, 10.0**9, 60, lambda: 0.0) == 3600


class Troubled(MemoryTransport):
    """A hub that meets each call with the next of its troubles, and then with none."""

    def __init__(self, troubles: Sequence[Exception], at_peace: Callable[[], None]) -> None:
        super().__init__(lambda bodies: [])
        self.troubles = list(troubles)
        self.at_peace = at_peace
        self.closed = False

    def collect(self) -> Sequence[Answer]:
        if self.troubles:
            raise self.troubles.pop(0)
        self.at_peace()
        return []

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Answer]:
        raise AssertionError("There is nothing to send.")

    def close(self) -> None:
        self.closed = True


def locked_by_another() -> sqlite3.Error:
    """Return what SQLite raises where another connection writes, with the code that it sets itself."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def test_a_run_outlasts_every_trouble_says_each_in_a_sentence_and_stops_when_told(
    node: Node, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(schedule, "pause_after", lambda failures, asked, every: pauses.append((failures, asked)) or 0.0)
    pauses: list[tuple[int, float | None]] = []
    stop = threading.Event()
    full = OSError(28, "No space left on device", "node.sqlite")
    locked = OperationalError("INSERT a secret value", {}, locked_by_another())
    troubles = [TransportUnavailable("The hub is busy.", 30.0), TransportRefused("No."), full, locked]
    hub, rounds = Troubled(troubles, stop.set), []
    schedule.run(
        node.engine, node.settings.home, "XR-DUINRAND", hub, SigningKey.generate().public, lambda: NOW, 60, stop,
        afterwards=lambda: rounds.append(1),
    )  # fmt: skip
    assert pauses == [(1, 30.0), (2, None), (3, None), (4, None), (0, None)]
    assert [
        record.getMessage().split(" (attempt")[0] for record in caplog.records if record.name == "node.schedule"
    ] == [
        "XR-DUINRAND: nothing was lost; The hub is busy.",
        "XR-DUINRAND: nothing was lost; No.",
        "XR-DUINRAND: There is no room on the disk of node.sqlite; make room and try again: what was begun is undone.",
        "XR-DUINRAND: the node's store: another process keeps it locked; wait until that command has ended and try "
        "again, or stop what holds the file.",
    ]
    assert "secret" not in caplog.text
    assert (hub.closed, rounds) == (True, [1])


def test_the_brokers_password_comes_from_the_environment_and_shows_nowhere(node: Node) -> None:
    home = node.settings.home
    settings = read_settings(home, {"REGIOHELIX_NODE_KAFKA_PASSWORD": "a secret of this test"})
    assert settings.kafka_password == "a secret of this test"
    assert "secret of this test" not in repr(settings)
    with (home / "node.toml").open("a", encoding="utf-8") as file:
        file.write('kafka_password = "another"\n')
    with pytest.raises(SettingWrong, match="holds a secret; give it as REGIOHELIX_NODE_KAFKA_PASSWORD") as said:
        read_settings(home, {})
    assert "another" not in str(said.value)
