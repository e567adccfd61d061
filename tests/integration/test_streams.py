"""Lessons as a stream over real connections: held without a thread each, resumed, and ended in time."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from connectors.database import writing
from hub.api.streams import Streams
from hub.bootstrap import application
from hub.config import Hub
from hub.identity.tokens import issue_token, revoke_token
from hub.serving.feeder import STRANGERS_EACH
from tests.support.held_by_hub import HeldByHub, a_lesson
from tests.support.served import served
from tests.support.stream_readers import Follower, following


@dataclass
class Served:
    """A hub that is filled by hand and serves streams."""

    held: HeldByHub
    streams: Streams
    port: int
    followers: list[Follower] = field(default_factory=list)

    def follow(self, query: str = "", **how: Any) -> Follower:
        self.followers.append(Follower(self.port, query, **how))
        return self.followers[-1]

    def readers(self) -> int:
        return sum(self.streams.feeder.readers().values())

    def wait_for(self, readers: int) -> None:
        """Wait until so many readers are there, by asking as often as the hub answers."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as asking:
            while f'regiohelix_hub_stream_readers{{audience="public"}} {readers}.0' not in metrics(asking):
                pass

    def token(self, audience: str) -> tuple[str, str]:
        with writing(self.held.hub.engine) as connection:
            return issue_token(connection, self.held.hub.clock(), audience, f"partner {audience}", [f"read:{audience}"])


def metrics(asking: http.client.HTTPConnection) -> str:
    asking.request("GET", "/metrics")
    return asking.getresponse().read().decode()


def serving(folder: Path, **settings: int) -> Iterator[Served]:
    held = HeldByHub.opened(folder)
    hub = held.hub
    hub = Hub(hub.engine, hub.key, replace(hub.settings, requests_per_minute=1_000_000, **settings), hub.clock)
    held = HeldByHub(hub, application(hub))
    held.region("XR-A", "Alfa", "invented", token="alfa-token")
    streams = Streams(held.app)
    with served(held.app, streams=streams) as port:
        made = Served(held, streams, port)
        try:
            yield made
        finally:
            for one in made.followers:
                one.close()
    hub.engine.dispose()


@pytest.fixture
def serves(tmp_path: Path) -> Iterator[Served]:
    yield from serving(tmp_path)


@pytest.fixture
def serves_few(tmp_path: Path) -> Iterator[Served]:
    yield from serving(tmp_path, stream_readers=3, stream_readers_each=2)


def titles(reader: Follower, number: int) -> list[str]:
    return [json.loads(one.data)["title"] for one in reader.take(number)]


def test_twenty_readers_are_told_the_same_and_cost_no_thread(serves: Served) -> None:
    serves.held.accept("XR-A", a_lesson("les-0", "Al eerder"))
    serves.follow().opened().close()
    before = threading.active_count()
    with following(serves.port, 20, token=serves.token("public")[1]) as readers:
        assert threading.active_count() < before + 5  # the counters of requests have one of their own
        first = serves.held.accept("XR-A", a_lesson("les-1", "Nieuw"))
        serves.held.accept("XR-A", a_lesson("les-2", "Geheim"), audience="network")
        serves.held.accept("XR-A", a_lesson("les-3", "Nog een"))
        told = {tuple(one.take(2)) for one in readers}
        assert len(told) == 1
        assert sorted(json.loads(one.data)["title"] for one in told.pop()) == ["Nieuw", "Nog een"]
        assert first in readers[0].events[0].data + readers[0].events[1].data
        late = serves.follow("?from=beginning")
        assert sorted(titles(late, 3)) == ["Al eerder", "Nieuw", "Nog een"]
        back = serves.follow("?from=beginning", last_id=late.events[0].last_id)  # what came is not told again
        assert [one.last_id for one in back.take(2)] == [one.last_id for one in late.events[1:]]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_comes_is_passed_on_at_once_and_kept_by_nobody(serves: Served, version: str) -> None:
    reader = serves.follow(version=version).opened()
    assert reader.status == 200
    assert reader.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reader.headers["x-accel-buffering"] == "no"
    assert reader.headers["cache-control"] == "no-store, no-transform"
    assert reader.headers["content-security-policy"].startswith("default-src 'self'")
    assert "content-length" not in reader.headers
    assert ("transfer-encoding" in reader.headers) is (version == "1.1")
    assert reader.stream.retry is not None
    assert 2000 <= reader.stream.retry <= 6000
    serves.held.accept("XR-A", a_lesson())
    assert titles(reader, 1) == ["Bel eerst, kom dan langs"]


def test_a_hub_that_stops_ends_every_stream_as_a_whole_answer(serves: Served) -> None:
    reader = serves.follow().opened()
    serves.wait_for(1)
    serves.streams.close()
    reader.end()
    assert reader.was_whole
    assert serves.readers() == 0
    assert serves.follow().status == 503


def test_a_reader_that_went_away_is_noticed_and_its_place_is_free(serves_few: Served) -> None:
    one, two = serves_few.follow().opened(), serves_few.follow().opened()
    third = serves_few.follow()
    assert (third.status, third.headers["content-type"]) == (429, "application/problem+json")
    assert "retry-after" in third.headers
    one.close()
    serves_few.wait_for(1)
    assert serves_few.follow().opened().status == 200
    two.close()
    serves_few.wait_for(1)


def test_as_many_streams_as_the_hub_holds_and_no_more(serves_few: Served) -> None:
    held = [serves_few.follow().opened() for _ in range(2)]
    held.append(serves_few.follow(token="alfa-token").opened())
    refused = serves_few.follow(token=serves_few.token("partners")[1])
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    assert refused.headers["content-type"] == "application/problem+json"
    assert [one.status for one in held] == [200] * 3


def test_an_address_without_an_account_has_few_streams_and_a_token_has_more(serves: Served) -> None:
    token = serves.token("public")[1]
    with following(serves.port, STRANGERS_EACH) as strangers:
        refused = serves.follow()
        assert (refused.status, refused.headers["retry-after"]) == (429, "30")
        with following(serves.port, STRANGERS_EACH + 1, token=token) as known:
            assert {one.status for one in (*strangers, *known)} == {200}
        strangers[0].close()
        serves.wait_for(STRANGERS_EACH - 1)
        assert serves.follow().opened().status == 200


@pytest.fixture
def serves_four(tmp_path: Path) -> Iterator[Served]:
    yield from serving(tmp_path, stream_readers=4)


def test_strangers_leave_seats_for_those_with_an_account(serves_four: Served) -> None:
    assert [serves_four.follow().opened().status for _ in range(3)] == [200] * 3
    refused = serves_four.follow()
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    assert serves_four.follow(token="alfa-token").opened().status == 200


def test_a_question_about_a_stream_takes_no_place(serves: Served) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", serves.port, timeout=20)) as asking:
        asking.request("HEAD", "/feeds/lessons/stream")
        answer = asking.getresponse()
        assert (answer.status, answer.read(), serves.readers()) == (200, b"", 0)


@pytest.mark.parametrize("query", ["?page=1", "?since=x", "?from=tomorrow", "?theme=a&step=9", "?since=public-1-1%0d"])
def test_an_argument_that_is_not_right_is_refused_by_name(serves: Served, query: str) -> None:
    refused = serves.follow(query)
    assert (refused.status, refused.headers["content-type"]) == (422, "application/problem+json")


def test_each_reader_is_told_what_that_reader_asked_for(serves: Served) -> None:
    sewers, rosters = serves.follow("?q=riool").opened(), serves.follow("?q=rooster&theme=diabetes").opened()
    everything = serves.follow("?q=").opened()
    serves.held.accept("XR-A", a_lesson("les-1", "Het riool"), accepted_at="2026-11-20T12:00:00Z")
    serves.held.accept("XR-A", a_lesson("les-2", "Een rooster"), accepted_at="2026-11-20T12:00:01Z")
    assert sorted(titles(everything, 2)) == ["Een rooster", "Het riool"]
    assert titles(sewers, 1) == ["Het riool"]
    assert titles(rosters, 1) == ["Een rooster"]


def test_a_token_that_is_taken_back_ends_its_stream_before_anything_more_is_told(serves: Served) -> None:
    identifier, token = serves.token("network")
    reader, public = serves.follow(token=token).opened(), serves.follow().opened()
    serves.held.accept("XR-A", a_lesson("les-1", "Voor het netwerk"), audience="network")
    assert titles(reader, 1) == ["Voor het netwerk"]
    with writing(serves.held.hub.engine) as connection:
        revoke_token(connection, identifier, serves.held.hub.clock())
    reader.end()
    assert not reader.was_whole
    serves.held.accept("XR-A", a_lesson("les-2", "Voor het netwerk, later"), audience="network")
    serves.held.accept("XR-A", a_lesson("les-3", "Voor iedereen"))
    assert titles(public, 1) == ["Voor iedereen"]
    assert len(reader.events) == 1


def test_one_who_takes_nothing_keeps_nobody_waiting_and_misses_nothing(serves: Served) -> None:
    """More than a connection holds is told to somebody who reads late; another is told all of it meanwhile."""
    slow, quick = serves.follow(buffer=8192).opened(), serves.follow().opened()
    number, size = 60, 100_000
    for place in range(number):
        serves.held.accept("XR-A", a_lesson(f"les-{place}", context="x" * size))
    assert len(quick.take(number)) == number
    ids = [one.last_id for one in slow.take(number)]
    assert ids == [one.last_id for one in quick.events] == list(dict.fromkeys(ids))
