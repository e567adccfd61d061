"""NASA's 250 public lessons: taken in as signed events, searched, and paged out exactly once through each feed."""

import json
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
from lxml import etree

from hub.bootstrap import application, make_hub
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.nasa import nasa

pytestmark = pytest.mark.shared_data
ATOM = {"a": "http://www.w3.org/2005/Atom"}
BUNDLE = 50


@pytest.fixture(scope="module")
def served(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[flask.Flask, dict[str, str]]]:
    """Serve a hub that took them in, and name each lesson's event."""
    held = ChainsAtHub(make_hub(tmp_path_factory.mktemp("hub"), {}))
    region = held.enrolled()
    lessons = nasa(shared_data)
    events: dict[str, str] = {}
    for start in range(0, len(lessons), BUNDLE):
        part = lessons[start : start + BUNDLE]
        made = region.release(part, "public")
        assert set(held.arrive(*made)) == {"accepted"}
        events |= {one.lesson: event.id for one, event in zip(part, made, strict=True)}
    assert len(events) == 250
    yield application(held.hub), events
    held.made.engine.dispose()


def read(app: flask.Flask, address: str) -> bytes:
    answer = app.test_client().get(address)
    assert answer.status_code == 200, address
    return answer.get_data()


def of_json_feed(app: flask.Flask, asked: str) -> list[str]:
    found: list[str] = []
    address: str | None = f"/feeds/lessons.json?{asked}"
    while address:
        told = json.loads(read(app, address))
        found += [one["id"] for one in told["items"]]
        address = told.get("next_url")
    return found


def of_atom(app: flask.Flask, asked: str) -> list[str]:
    found: list[str] = []
    address: str | None = f"/feeds/lessons.atom?{asked}"
    while address:
        feed = etree.fromstring(read(app, address))
        found += [str(one.text) for one in feed.findall("a:entry/a:id", ATOM)]
        address = next((one.get("href") for one in feed.findall("a:link[@rel='next']", ATOM)), None)
    return found


def of_data(app: flask.Flask, asked: str) -> list[str]:
    found: list[str] = []
    page, pages = 1, 1
    while page <= pages:
        told = json.loads(read(app, f"/api/v1/lessons?{asked}&page={page}"))
        found += [f"urn:regiohelix:event:{one['event_id']}" for one in told["lessons"]]
        page, pages = page + 1, told["pages"]
    return found


@pytest.mark.parametrize("paged_out", [of_json_feed, of_atom, of_data])
def test_all_250_come_out_exactly_once(served, paged_out) -> None:  # type: ignore[no-untyped-def]
    app, events = served
    assert sorted(paged_out(app, "")) == sorted(f"urn:regiohelix:event:{one}" for one in events.values())


@pytest.mark.parametrize("paged_out", [of_json_feed, of_atom, of_data])
def test_a_search_finds_every_lesson_that_has_the_word_and_no_other(served, shared_data, paged_out) -> None:  # type: ignore[no-untyped-def]
    app, events = served
    having = {
        one.lesson
        for one in nasa(shared_data)
        if "battery" in (words := " ".join((one.context, one.title, one.barrier_or_opportunity, one.advice)).lower())
        or "batteries" in words
    }
    assert 3 < len(having) < 100
    wanted = sorted(f"urn:regiohelix:event:{events[name]}" for name in having)
    for question in ("q=batteries", "q=battery&theme=aerospace&language=en"):
        assert sorted(paged_out(app, question)) == wanted
