"""Requests that anyone can send to do harm: each is refused in one short answer."""

import csv
import io
import json

import pytest
from lxml import html
from sqlalchemy import update

from hub.tables import region
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.codes import TOTAL
from schemas.values import Exact
from tests.support.events import TestRegion, diabetes
from tests.support.held_by_hub import figures
from tests.support.hub import RunningHub

ENROLMENTS = "/api/v1/enrolments"
KEY = "a" * 64


def enrolment(**changes: object) -> bytes:
    body = {"region": "XR-A", "invitation": "x", "service_key": KEY, "proof": "0" * 128}
    return json.dumps(body | {"reviewer_keys": [{"hex": "b" * 64, "role": "board"}]} | changes).encode()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b'{"reviewer_keys":[' + b"1," * 40_000 + b"1]}", 413),
        (b'{"reviewer_keys":[' + b"1," * 30_000 + b"1]}", 422),
        (b"{" + b",".join(b'"f%d":1' % place for place in range(5000)) + b"}", 422),
        (b'{"\\ud800":1}', 422),
        (b"[" * 600_000, 413),
        (b"[" * 60_000, 400),
        (enrolment(invitation="\ud800"), 422),
        (enrolment(region="\ud800"), 422),
        (enrolment(reviewer_keys=[{"hex": "b" * 64, "role": "\x00"}]), 422),
        (enrolment(), 403),
    ],
    ids=[
        "large",
        "many keys",
        "many fields",
        "half a name",
        "large and deep",
        "deep",
        "half",
        "region",
        "nul",
        "plain",
    ],
)
def test_a_hostile_enrolment_is_refused_in_a_short_answer(running_hub: RunningHub, data: bytes, status: int) -> None:
    response = running_hub.client.post(ENROLMENTS, data=data, content_type="application/json")
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert len(response.data) < 4096


def test_a_regions_batch_may_be_larger_than_other_bodies(running_hub: RunningHub) -> None:
    sender = running_hub.enrol(TestRegion())
    body = b"[" + b" " * 100_000 + sender.release([diabetes(800)])[0].body + b"]"
    (answer,) = running_hub.client.post(
        "/api/v1/events",
        data=body,
        content_type=BATCH_MEDIA_TYPE,
        headers=running_hub.as_region(sender.code),
    ).get_json()
    assert answer["outcome"] == "accepted"


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_method=FOO", "_external=1&_anchor=x", "_scheme=ftp&_external=1", "lang=en&self=1"]
)
def test_a_querys_names_give_no_orders_to_the_pages_links(running_hub: RunningHub, query: str) -> None:
    for path in ("/", "/lessons", "/compare/h.none", "/compare"):
        response = running_hub.client.get(f"{path}?{query}")
        assert response.status_code in (200, 404)
        links = html.fromstring(response.data).xpath("//a/@href")
        assert links
        assert [link for link in links if ":" in link or "anchor" in link or link.endswith("#x")] == []


@pytest.mark.parametrize("digits", [10, 5000])
def test_a_page_number_of_many_digits_is_no_page(running_hub: RunningHub, digits: int) -> None:
    assert running_hub.client.get(f"/lessons?page={'9' * digits}").status_code == 404


@pytest.mark.parametrize(
    ("name", "cell"),
    [(name, f"'{name}") for name in ("=1+1", "+1", "@A1", "\t1", "-1+1", "-cmd", "-")] + [("-1.5", "-1.5"), ("A", "A")],
)
def test_a_regions_name_is_no_formula_in_the_table_and_a_number_stays_one(
    running_hub: RunningHub, name: str, cell: str
) -> None:
    sender = running_hub.enrol(TestRegion())
    with running_hub.hub.engine.begin() as connection:
        connection.execute(update(region).where(region.c.code == sender.code).values(name=name))
    payload = figures("h.dm_prev", {(TOTAL,) * 3: Exact(60, 1000)}, region_set="invented")
    (accepted,) = running_hub.push(sender.code, [sender.release([payload], "public")[0].body])
    assert accepted.outcome == "accepted"
    answer = running_hub.client.get("/api/v1/indicators/h.dm_prev/comparison?format=csv")
    assert answer.status_code == 200
    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    assert row["name"] == cell


@pytest.mark.parametrize(("most_bytes", "pages"), [(1, [1] * 20), (8 * 1024 * 1024, [20])])
def test_a_ledger_page_stops_at_its_bytes_and_leads_on(
    running_hub: RunningHub, monkeypatch: pytest.MonkeyPatch, most_bytes: int, pages: list[int]
) -> None:
    monkeypatch.setattr("hub.api.ledger._PAGE_BYTES", most_bytes)
    sender = running_hub.enrol(TestRegion())
    for count in range(20):
        running_hub.push(sender.code, [sender.release([diabetes(800 + count)])[0].body])
    sizes, after = [], 0
    while after is not None:
        answer = running_hub.client.get(f"/api/v1/ledger/{sender.code}?after={after}").get_json()
        sizes.append(len(answer["entries"]))
        after = answer["next"]
    assert sizes == pages
