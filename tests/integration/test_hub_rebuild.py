"""Projections made again beside the live ones: killed, gone on with, with events coming in, and compared only."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, inspect, select, update

from connectors.database import writing
from hub.bootstrap import make_hub
from hub.commands.keeping import ProjectionsDiffer
from hub.commands.keeping import rebuild as command
from hub.intake.rebuild import Rebuilt, rebuild
from hub.tables import PROJECTIONS, indicator_payload, lesson
from schemas.payloads import EventRedacted
from tests.support.events import TestRegion, diabetes
from tests.support.events import lesson as words
from tests.support.hub import RunningHub

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KILLED = """
import os, signal, sys
from pathlib import Path
from hub.bootstrap import open_hub
from hub.intake.rebuild import rebuild

def tell(done, there_are):
    if done >= 4:
        os.kill(os.getpid(), signal.SIGKILL)

rebuild(open_hub(Path(sys.argv[1])).engine, tell, page=2)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def running(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RunningHub, TestRegion]]:
    if request.param == "postgresql":
        monkeypatch.setenv("REGIOHELIX_HUB_DATABASE", request.getfixturevalue("postgres_url"))
    made = replace(make_hub(tmp_path / "hub"), clock=lambda: NOW)
    running = RunningHub(made)
    region = running.enrol(TestRegion())
    push(running, region, *("2018", "2019", "2020", "2021", "2022"))
    yield running, region
    made.engine.dispose()


def push(running: RunningHub, region: TestRegion, *periods: str) -> None:
    payloads: list[Any] = [diabetes(800, period) for period in periods]
    made = region.release([*payloads, words(f"Les {periods[0]}")])
    assert {answer.outcome for answer in running.push(region.code, [one.body for one in made])} == {"accepted"}


def live(running: RunningHub) -> dict[str, list[Any]]:
    with running.hub.engine.connect() as connection:
        return {table.name: _rows(connection, table) for table in PROJECTIONS}


def _rows(connection: Any, table: Table) -> list[Any]:
    return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]


def scratch(running: RunningHub) -> list[str]:
    return [name for name in inspect(running.hub.engine).get_table_names() if name.startswith("rebuilt")]


def spoil(running: RunningHub) -> None:
    """Lose one row, change another, and add one that no event says."""
    with writing(running.hub.engine) as connection:
        connection.execute(delete(indicator_payload).where(indicator_payload.c.period == "2019"))
        connection.execute(update(indicator_payload).where(indicator_payload.c.period == "2020").values(version=9))
        row = dict(connection.execute(select(lesson)).mappings().one())
        (other,) = connection.scalars(
            select(indicator_payload.c.event_id).where(indicator_payload.c.period == "2018")
        ).all()
        connection.execute(lesson.insert().values(row | {"event_id": other}))


def test_what_is_missing_wrong_or_surplus_is_put_right_and_nothing_is_left_behind(
    running: tuple[RunningHub, TestRegion],
) -> None:
    hub, _ = running
    right = live(hub)
    spoil(hub)
    assert live(hub) != right
    done = rebuild(hub.hub.engine, page=2)
    none = dict.fromkeys((table.name for table in PROJECTIONS), 0)
    assert done == Rebuilt(6, none | {"indicator_payload": 1, "lesson": 1}, none | {"indicator_payload": 2})
    assert live(hub) == right
    assert scratch(hub) == []
    assert rebuild(hub.hub.engine).is_same


def test_checking_says_what_differs_and_changes_nothing(running: tuple[RunningHub, TestRegion], tmp_path: Path) -> None:
    hub, _ = running
    spoil(hub)
    before = live(hub)
    assert not rebuild(hub.hub.engine, check_only=True).is_same
    with pytest.raises(ProjectionsDiffer, match="rows wrong or surplus: 2, missing: 2"):
        command.main(["--check", "--home", str(tmp_path / "hub")], standalone_mode=False)
    assert live(hub) == before
    assert scratch(hub) == []


def test_a_killed_rebuild_goes_on_where_it_was(running: tuple[RunningHub, TestRegion], tmp_path: Path) -> None:
    hub, _ = running
    right = live(hub)
    spoil(hub)
    spoilt = live(hub)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "hub")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert live(hub) == spoilt
    heard: list[int] = []
    rebuild(hub.hub.engine, lambda done, _: heard.append(done), page=2)
    assert heard == [6]  # four of the six were covered before
    assert live(hub) == right


def test_what_is_accepted_during_a_rebuild_is_in_it(running: tuple[RunningHub, TestRegion]) -> None:
    hub, region = running
    years = iter(("2023", "2024"))

    def meanwhile(_done: int, _there_are: int) -> None:
        if year := next(years, None):
            push(hub, region, year)

    spoil(hub)
    done = rebuild(hub.hub.engine, meanwhile, page=2)
    assert done.events == 10
    with hub.hub.engine.connect() as connection:
        periods = set(connection.scalars(select(indicator_payload.c.period)))
    assert periods == {str(year) for year in range(2018, 2025)}
    assert rebuild(hub.hub.engine, check_only=True).is_same


def test_what_is_redacted_during_a_rebuild_comes_back_nowhere(
    running: tuple[RunningHub, TestRegion], tmp_path: Path
) -> None:
    hub, region = running
    (told,) = region.release([words("Een geheim in een titel")])
    hub.push(region.code, [told.body])

    def meanwhile(done: int, _there_are: int) -> None:
        if done == 7:  # every event is covered, the secret too
            (order,) = region.release([EventRedacted(told.id, "A name got out.")])
            assert hub.push(region.code, [order.body])[0].outcome == "accepted"

    done = rebuild(hub.hub.engine, meanwhile, page=7)
    assert (done.events, done.is_same) == (8, True)
    assert told.id not in {row[0] for row in live(hub)["lesson"]}
    assert scratch(hub) == []
    hub.hub.engine.dispose()
    for file in (tmp_path / "hub").glob("hub.sqlite*"):
        assert b"Een geheim in een titel" not in file.read_bytes()
