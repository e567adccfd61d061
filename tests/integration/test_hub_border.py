"""What a region's call meets first: versions that are no neighbours, too many deliveries at once; and its standing."""

from contextlib import ExitStack

import msgspec
import pytest
from flask import Flask

from hub.api.border import DELIVERIES_AT_ONCE, room_for_delivery
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.codes import PROTOCOL, PROTOCOL_HEADER
from schemas.standing import Standing, check_standing
from tests.support.events import TestRegion, diabetes
from tests.support.hub import RunningHub


@pytest.fixture
def region(running_hub: RunningHub) -> TestRegion:
    return running_hub.enrol(TestRegion())


def call(running_hub: RunningHub, method: str, path: str, protocol: str | None = None) -> tuple[int, str, str]:
    headers = running_hub.as_region("XR-DUINRAND") | ({} if protocol is None else {PROTOCOL_HEADER: protocol})
    body = {"data": b"[]", "content_type": BATCH_MEDIA_TYPE} if method == "POST" else {}
    answer = running_hub.client.open(path, method=method, headers=headers, **body)
    told = answer.get_json() or {}
    return answer.status_code, answer.headers[PROTOCOL_HEADER], dict(told).get("detail", "")


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v1/events"), ("GET", "/api/v1/standing")])
def test_neighbours_talk_and_others_are_told_both_numbers(
    running_hub: RunningHub, region: TestRegion, method: str, path: str
) -> None:
    for said in (None, str(PROTOCOL), str(PROTOCOL + 1), str(PROTOCOL - 1)):
        assert call(running_hub, method, path, said)[:2] == (200, str(PROTOCOL))
    status, number, detail = call(running_hub, method, path, str(PROTOCOL + 2))
    assert (status, number) == (426, str(PROTOCOL))
    assert f"protocol {PROTOCOL} and the caller protocol {PROTOCOL + 2}" in detail
    assert detail.count(". ") == 0
    for wrong in ("x", "-1", "1.0", "", "9" * 5000, "¹"):
        assert call(running_hub, method, path, wrong)[0] == 400


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/nothing", "/", "/api/v1/standing"])
def test_every_answer_says_the_hubs_own_protocol(running_hub: RunningHub, path: str) -> None:
    assert running_hub.client.get(path).headers[PROTOCOL_HEADER] == str(PROTOCOL)


def test_a_delivery_beyond_the_places_is_put_off_before_it_is_read(running_hub: RunningHub, region: TestRegion) -> None:
    app: Flask = running_hub.client.application
    bodies = [one.body for one in region.release([diabetes(800)])]
    with ExitStack() as held:
        with app.app_context():
            for _ in range(DELIVERIES_AT_ONCE):
                held.enter_context(room_for_delivery())
        answer = running_hub.client.post(
            "/api/v1/events",
            data=b"no JSON at all",
            content_type=BATCH_MEDIA_TYPE,
            headers=running_hub.as_region(region.code),
        )
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert answer.get_json()["status"] == 503
        assert running_hub.client.get("/api/v1/regions").status_code == 200
    assert running_hub.push(region.code, bodies)[0].outcome == "accepted"


def test_a_delivery_that_fails_gives_its_place_back(running_hub: RunningHub, region: TestRegion) -> None:
    for _ in range(DELIVERIES_AT_ONCE + 1):
        answer = running_hub.client.post(
            "/api/v1/events", data=b"{", content_type=BATCH_MEDIA_TYPE, headers=running_hub.as_region(region.code)
        )
        assert answer.status_code == 400


def test_a_region_asks_for_its_own_standing(running_hub: RunningHub, region: TestRegion) -> None:
    running_hub.enrol(TestRegion("XR-VEENKANT"))
    made = region.release([diabetes(800), diabetes(810, "2024"), diabetes(820, "2023")])
    running_hub.push(region.code, [made[2].body])
    answer = running_hub.client.get("/api/v1/standing", headers=running_hub.as_region(region.code))
    found = msgspec.json.decode(answer.data, type=Standing)
    check_standing(found, running_hub.hub.key.public)
    assert (found.region, found.last_sequence, found.last_event) == (region.code, 3, made[2].id)
    assert (found.gaps, found.protocol) == (((1, 2),), PROTOCOL)
    assert running_hub.client.get("/api/v1/standing").status_code == 401
