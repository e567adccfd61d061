"""Feeds as others read them: every item comes out once by each kind, also while lessons come and go meanwhile."""

import copy
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the reader's own, at import
    import feedparser

from hub.bootstrap import application, make_hub
from schemas.payloads import EventRedacted, LessonRevised, LessonWithdrawn
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.event_stream import received
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import a_lesson
from tests.support.json_feed import SCHEMA

URN = "urn:regiohelix:event:"
BUNDLE = 50
JSON_FEED = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
Walk = Callable[["Site"], Iterator[list[str]]]  # the ids of one page after the other


class Site:
    """A hub that holds lessons, and its readers."""

    def __init__(self, folder: Path, number: int) -> None:
        self.held = ChainsAtHub(make_hub(folder / "hub", {"REGIOHELIX_HUB_REQUESTS_PER_MINUTE": "1000000"}))
        self.client = application(self.held.hub).test_client()
        self.regions = [self.held.enrolled(f"XR-{place}") for place in range(1 + number // 1000)]
        self.events: list[tuple[TestRegion, SignedEvent]] = []
        for start in range(0, number, BUNDLE):
            self.add(range(start, min(start + BUNDLE, number)), self.regions[start // BUNDLE % len(self.regions)])

    def add(self, numbers: range, region: TestRegion | None = None) -> list[SignedEvent]:
        where = region or self.regions[0]
        made = where.release([a_lesson(f"les-{number}", f"Les {number} <&>") for number in numbers], "public")
        assert set(self.held.arrive(*made)) == {"accepted"}
        self.events += [(where, one) for one in made]
        return made

    def say(self, region: TestRegion, payload: Any) -> SignedEvent:
        (made,) = region.release([payload], "public")
        assert self.held.arrive(made) == ["accepted"]
        return made

    def read(self, address: str, **headers: str) -> bytes:
        parts = urlsplit(address)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.get(f"{parts.path}?{parts.query}", headers=named)
        assert answer.status_code == 200, address
        return answer.get_data()

    def urns(self) -> list[str]:
        return [f"{URN}{one.id}" for _, one in self.events]


def by_atom(site: Site) -> Iterator[list[str]]:
    address = "/feeds/lessons.atom"
    while address:
        found = feedparser.parse(site.read(address))
        assert not found.bozo, found.get("bozo_exception")
        assert found.version == "atom10"
        for entry in found.entries:
            assert all((entry.title, entry.updated_parsed, entry.author, entry.link, entry.content[0].value))
        links = {one.rel: one.href for one in found.feed.links}
        assert urlsplit(links["self"])[2] == "/feeds/lessons.atom"
        yield [entry.id for entry in found.entries]
        address = links.get("next", "")


def by_json(site: Site) -> Iterator[list[str]]:
    address = "/feeds/lessons.json"
    while address:
        found = json.loads(site.read(address))
        JSON_FEED.validate(found)
        yield [one["id"] for one in found["items"] if "withdrawn" not in one.get("_regiohelix", {})]
        address = found.get("next_url", "")


def by_stream(site: Site) -> Iterator[list[str]]:
    """Read a stream that breaks off after some events, and come back each time with the last id."""
    last, seen = "", None
    while last != seen:
        seen = last
        here = received(site.read("/feeds/lessons/stream?from=beginning", **({"Last_Event_ID": last} if last else {})))
        here = here[: 1 + len(here) // 2]
        if here:
            last = here[-1].last_id
        yield [json.loads(one.data)["id"] for one in here if one.type in ("published", "revised")]


WALKS = pytest.mark.parametrize("walk", [by_atom, by_json, by_stream])
SIZES = pytest.mark.parametrize("number", [90, pytest.param(10_000, marks=pytest.mark.nightly)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Site]]:
    sites: dict[int, Site] = {}

    def of(number: int) -> Site:
        if number not in sites:
            sites[number] = Site(tmp_path_factory.mktemp("feeds"), number)
        return sites[number]

    yield of
    for one in sites.values():
        one.held.made.engine.dispose()


@SIZES
@WALKS
def test_every_item_comes_out_once(made: Callable[[int], Site], walk: Walk, number: int) -> None:
    site = made(number)
    found = [one for page in walk(site) for one in page]
    assert sorted(found) == sorted(site.urns())


@pytest.mark.parametrize("number", [90, pytest.param(2_000, marks=pytest.mark.nightly)])
@WALKS
def test_every_item_that_stays_comes_out_once_while_others_come_and_go(tmp_path: Path, walk: Walk, number: int) -> None:
    """After each page something is added, taken back and revised; a reader who asks again is told of all of that."""
    site = Site(tmp_path, number)
    before = site.urns()
    gone: set[str] = set()
    changed: set[str] = set()
    found: list[str] = []
    for place, page in enumerate(walk(site)):
        found += page
        if place > 3:
            continue
        site.add(range(number + place, number + place + 1))
        for step, payload in enumerate((LessonWithdrawn, EventRedacted, LessonRevised)):
            region, event = site.events[(place * 31 + step * 11) % number]
            urn = f"{URN}{event.id}"
            if urn in gone | changed:
                continue
            if payload is LessonRevised:
                changed.add(urn)
                wording = a_lesson(f"les-{(place * 31 + step * 11) % number}", "Herzien")
                site.say(region, LessonRevised(event.id, "r", wording))
            else:
                gone.add(urn)
                site.say(region, payload(event.id, "r"))
    assert len(gone) > 2
    assert changed
    stayed = set(before) - gone - changed
    assert stayed <= set(found)
    once = [one for one in found if one in stayed]
    assert len(once) == len(set(once))
    if walk is by_stream:  # goes on to the end, so it met what came and changed as well
        assert set(site.urns()) - gone <= set(found)
    again = {one for page in walk(site) for one in page}
    assert again == set(site.urns()) - gone


def test_the_schema_refuses_what_the_specification_does() -> None:
    item = {"id": "a", "content_text": "b"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [item]}
    JSON_FEED.validate(feed)
    for change in (
        {"version": "1.1"}, {"title": 1}, {"items": [{"id": "a"}]}, {"items": [{"content_text": "b"}]}, {"next": "x"},
        {"items": [item | {"date_published": "2026-11-22"}]}, {"items": [item | {"authors": [{}]}]},
        {"items": [item | {"url": "no address"}]}, {"items": [item | {"_x": 1}]},
    ):  # fmt: skip
        wrong: Any = copy.deepcopy(feed) | change
        assert not JSON_FEED.is_valid(wrong), change
