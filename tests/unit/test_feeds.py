"""Lessons as feeds and data: stable ids, acceptance times, languages, pages, audiences, and no markup."""

import json
from pathlib import Path

import pytest
from lxml import etree

from tests.support.held_by_hub import HeldByHub, a_lesson

ATOM = {"a": "http://www.w3.org/2005/Atom"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented", token="alfa-token")
    return held


def asked(held: HeldByHub, address: str, token: str | None = None) -> bytes:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = held.app.test_client().get(address, headers=headers)
    assert answer.status_code == 200, address
    return answer.get_data()


def test_an_entry_has_the_event_as_id_and_its_acceptance_as_update(held: HeldByHub) -> None:
    event_id = held.accept("XR-A", a_lesson(), accepted_at="2026-11-20T12:00:00Z")
    (entry,) = etree.fromstring(asked(held, "/feeds/lessons.atom")).findall("a:entry", ATOM)
    assert entry.findtext("a:id", namespaces=ATOM) == f"urn:regiohelix:event:{event_id}"
    assert entry.findtext("a:updated", namespaces=ATOM) == "2026-11-20T12:00:00+00:00"
    assert entry.findtext("a:author/a:name", namespaces=ATOM) == "wijkverpleegkundige, Alfa"
    assert entry.get(XML_LANG) == "nl"
    (item,) = json.loads(asked(held, "/feeds/lessons.json"))["items"]
    assert (item["id"], item["date_modified"]) == (f"urn:regiohelix:event:{event_id}", "2026-11-20T12:00:00Z")
    assert (item["language"], item["authors"]) == ("nl", [{"name": "wijkverpleegkundige, Alfa"}])


def test_markup_and_control_characters_in_a_lesson_stay_text(held: HeldByHub) -> None:
    held.accept("XR-A", a_lesson(title="<b>Les</b> & meer", context="<script>alert(1)</script>\x00\x0b einde"))
    body = asked(held, "/feeds/lessons.atom")
    (entry,) = etree.fromstring(body).findall("a:entry", ATOM)
    assert b"<script" not in body
    assert entry.findtext("a:title", namespaces=ATOM) == "<b>Les</b> & meer"
    assert entry.find("a:content", ATOM).get("type") in (None, "text")
    assert "content_html" not in json.loads(asked(held, "/feeds/lessons.json"))["items"][0]


def test_the_whole_catalogue_is_reached_by_following_next(held: HeldByHub) -> None:
    ids = {held.accept("XR-A", a_lesson(f"les-{n}", f"Les {n}")) for n in range(45)}
    for start, follow in (("/feeds/lessons.atom", next_of_atom), ("/feeds/lessons.json", next_of_json)):
        found: list[str] = []
        address: str | None = start
        while address:
            here, address = follow(asked(held, address))
            found += here
        assert sorted(found) == sorted(f"urn:regiohelix:event:{event_id}" for event_id in ids), start


def next_of_atom(body: bytes) -> tuple[list[str], str | None]:
    feed = etree.fromstring(body)
    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", ATOM)}
    return [entry.findtext("a:id", namespaces=ATOM) for entry in feed.findall("a:entry", ATOM)], links.get("next")


def next_of_json(body: bytes) -> tuple[list[str], str | None]:
    feed = json.loads(body)
    return [item["id"] for item in feed["items"]], feed.get("next_url")


def test_a_feed_holds_what_its_reader_may_see_and_no_more(held: HeldByHub) -> None:
    held.accept("XR-A", a_lesson("les-1", "Voor iedereen"))
    secret = held.accept("XR-A", a_lesson("les-2", "Voor het netwerk"), audience="network")
    for address in ("/feeds/lessons.atom", "/feeds/lessons.json", "/api/v1/lessons"):
        assert b"Voor het netwerk" not in asked(held, address)
        assert b"Voor het netwerk" in asked(held, address, "alfa-token")
    client = held.app.test_client()
    assert client.get(f"/api/v1/lessons/{secret}").status_code == 404
    assert json.loads(asked(held, f"/api/v1/lessons/{secret}", "alfa-token"))["payload"]["title"] == "Voor het netwerk"


def test_an_empty_feed_is_a_valid_feed(held: HeldByHub) -> None:
    feed = etree.fromstring(asked(held, "/feeds/lessons.atom"))
    assert feed.findtext("a:id", namespaces=ATOM) == "urn:regiohelix:feed:lessons"
    assert feed.findtext("a:updated", namespaces=ATOM)
    assert json.loads(asked(held, "/feeds/lessons.json"))["items"] == []


def test_an_unknown_argument_or_page_is_refused(held: HeldByHub) -> None:
    client = held.app.test_client()
    assert client.get("/feeds/lessons.atom?sort=rank").status_code == 422
    assert client.get("/feeds/lessons.json?page=0").status_code == 422
    assert client.get("/feeds/lessons.json?page=2").status_code == 404
