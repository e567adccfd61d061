"""NASA's lessons leave a region by its own door, are read by others' readers, and come out once by each feed."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import jsonschema_rs
import msgspec
import pytest

from connectors.database import writing
from demo.journey import call, join_network
from node import flow
from node.audit import AuditEntry
from node.bootstrap import now, open_node
from node.knowledge import lessons
from node.release import resolve
from node.release.scan import scan
from schemas.payloads import LessonPublished
from tests.support.json_feed import SCHEMA
from tests.support.nasa import nasa as read_nasa
from tests.support.network import Network, serving_network
from tests.support.stream_readers import Follower

pytestmark = pytest.mark.shared_data
BUNDLE = 50
AUTHOR = "Writer"
REASON = "It is part of a public register of lessons."


def nasa(shared: Path, number: int) -> list[LessonPublished]:
    """Return so many of the lessons as a region could write them: the desk asks for what was done and what followed."""
    more = {"action": "See the recommendation.", "consequence": "Not told."}
    return [msgspec.structs.replace(one, **more) for one in read_nasa(shared)[:number]]


def let_out(home: Path, written: list[LessonPublished]) -> None:
    """Keep drafts, let stand what the scan finds in them, freeze them together, and have them approved and sent."""
    node = open_node(home)
    try:
        with writing(node.engine) as connection:
            for one in written:
                lessons.keep(connection, one, AuditEntry(AUTHOR, "lesson.written", one.lesson, now()))
                scanned = scan(lessons.find(connection, one.lesson), None)
                decided = AuditEntry(AUTHOR, "finding.resolved", one.lesson, now())
                for finding in scanned.findings:
                    resolve.resolve(connection, scanned, finding.id, REASON, decided)
            bundle = flow.release(
                connection, node.settings, (), (), [lessons.find(connection, one.lesson) for one in written],
                audience="public", subject_key=node.secret("subject"),
                entry=AuditEntry(AUTHOR, "bundle.prepared", written[0].lesson, now()),
            )  # fmt: skip
    finally:
        node.engine.dispose()
    call(home, "review", "approve", bundle.id, "--key", str(home.parent / f"{home.name}-reviewer-1.pem"))
    call(home, "release", "publish", bundle.id, "--author", AUTHOR)
    call(home, "ship")


def by_atom(network: Network) -> list[str]:
    found: list[str] = []
    address = "/feeds/lessons.atom"
    while address:
        page = feedparser.parse(network.get(address).content)
        assert not page.bozo, page.get("bozo_exception")
        found += [entry.id for entry in page.entries]
        parts = urlsplit({one.rel: one.href for one in page.feed.links}.get("next", ""))
        address = f"{parts.path}?{parts.query}" if parts.path else ""
    return found


def by_json(network: Network) -> list[str]:
    found: list[str] = []
    address = "/feeds/lessons.json"
    valid = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    while address:
        page = network.get(address).json()
        valid.validate(page)
        found += [one["id"] for one in page["items"]]
        parts = urlsplit(page.get("next_url", ""))
        address = f"{parts.path}?{parts.query}" if parts.path else ""
    return found


def by_stream(network: Network, number: int) -> list[str]:
    """Read half, go away, and come back for the rest."""
    port = urlsplit(network.url).port or 0
    first = Follower(port, "?from=beginning")
    half = first.take(number // 2)
    first.close()
    rest = Follower(port, "?from=beginning", last_id=half[-1].last_id)
    found = half + rest.take(number - len(half))
    rest.close()
    return [json.loads(one.data)["id"] for one in found]


@pytest.mark.parametrize("number", [25, pytest.param(250, marks=pytest.mark.nightly)])
def test_they_come_out_once_by_each_feed(shared_data: Path, tmp_path: Path, number: int) -> None:
    written = nasa(shared_data, number)
    home = tmp_path / "region"
    with serving_network(tmp_path) as network:
        join_network(
            home,
            ("XR-NASA", "Orbit", "invented", "2025"),
            (),
            network.url,
            network.inviting("XR-NASA", "Orbit", "invented"),
        )
        for start in range(0, number, BUNDLE):
            let_out(home, written[start : start + BUNDLE])
        sent = [f"urn:regiohelix:event:{one['id']}" for one in json.loads(call(home, "ledger", "--json"))]
        assert len(sent) == number
        walks: tuple[Callable[[], list[str]], ...] = (
            lambda: by_atom(network), lambda: by_json(network), lambda: by_stream(network, number),
        )  # fmt: skip
        for walk in walks:
            assert sorted(walk()) == sorted(sent)
        titles = {one["title"] for one in network.get("/feeds/lessons.json").json()["items"]}
        assert titles <= {one.title for one in written}
        assert re.match(r"urn:regiohelix:event:[0-9a-f]{64}$", sent[0])
