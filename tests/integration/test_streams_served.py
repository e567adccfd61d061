"""Streams of hubs as they are run: one that is told to stop, and two on one database."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from connectors.database import open_engine
from hub.api.streams import Streams
from hub.bootstrap import application, make_hub
from hub.config import Hub
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.held_by_hub import a_lesson
from tests.support.network import hub_process
from tests.support.served import served
from tests.support.stream_readers import Follower


def test_a_hub_that_is_told_to_stop_ends_its_streams_and_itself_in_good_order(tmp_path: Path) -> None:
    home = tmp_path / "hub"
    make_hub(home, {}).engine.dispose()
    with hub_process(home, tmp_path / "hub.log") as (pid, url):
        process = psutil.Process(pid)
        reader = Follower(urlsplit(url).port or 0)
        reader.until(lambda one: one.stream.comments > 2)  # the last of these comes once it is held beside the server
        os.kill(pid, signal.SIGTERM)
        reader.end()
        assert reader.was_whole
        reader.close()
        process.wait(20)
    assert "Traceback" not in (tmp_path / "hub.log").read_text(encoding="utf-8")


@pytest.fixture
def two_hubs(tmp_path: Path, postgres_url: str) -> Iterator[tuple[ChainsAtHub, list[int]]]:
    """Serve one PostgreSQL by two hubs, each on connections of its own."""
    made = make_hub(tmp_path / "hub", {"REGIOHELIX_HUB_DATABASE": postgres_url})
    with ExitStack() as stack:
        ports = []
        for _ in range(2):
            hub = Hub(open_engine(made.settings.database), made.key, made.settings, made.clock)
            stack.callback(hub.engine.dispose)
            app = application(hub)
            ports.append(stack.enter_context(served(app, streams=Streams(app))))
        yield ChainsAtHub(made), ports
    made.engine.dispose()


@pytest.mark.real_postgres
def test_the_readers_of_every_hub_on_one_database_are_told_the_same(two_hubs: tuple[ChainsAtHub, list[int]]) -> None:
    held, ports = two_hubs
    region = held.enrolled()
    readers = [Follower(port).opened() for port in ports]
    for number in range(3):
        held.arrive(*region.release([a_lesson(f"les-{number}", f"Les {number}")], "public"))
    first, second = (one.take(3) for one in readers)
    assert first == second
    moved = Follower(ports[1], last_id=first[0].last_id)  # from one hub to the other
    assert moved.take(2) == second[1:]
    for one in (*readers, moved):
        one.close()
