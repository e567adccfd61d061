"""The hub's doors: who may pass, what is too much, and how a mistake is told."""

from types import SimpleNamespace
from typing import Any

import flask
import pytest
from sqlalchemy import func, select

from connectors import trouble
from connectors.database import writing
from hub import metrics
from hub.api import create_app
from hub.api.access import BlueprintWithoutPolicy, Policy, guard
from hub.intake.approval import approve
from hub.tables import dead_letter
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.signature import SigningKey
from tests.support.events import TestRegion, diabetes
from tests.support.hub import NOW, RunningHub


def assert_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic abc", "Bearer "])
def test_events_without_a_regions_token_are_turned_away_and_not_kept(
    running_hub: RunningHub, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = running_hub.client.post("/api/v1/events", data=b"[{}]", content_type=BATCH_MEDIA_TYPE, headers=headers)
    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    with running_hub.hub.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(dead_letter)) == 0


def test_a_wrong_token_is_refused_where_no_token_would_do(running_hub: RunningHub) -> None:
    running_hub.enrol(TestRegion())
    assert running_hub.client.get("/api/v1/ledger/XR-DUINRAND").status_code == 200
    response = running_hub.client.get("/api/v1/ledger/XR-DUINRAND", headers={"Authorization": "Bearer wrong"})
    assert_problem(response, 401)


@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        (b"[]", "application/json", 415),
        (b"{}", BATCH_MEDIA_TYPE, 400),
        (b"\xff", BATCH_MEDIA_TYPE, 400),
        (b"[" * 5000, BATCH_MEDIA_TYPE, 400),
        (b"[" + b",".join([b"{}"] * 501) + b"]", BATCH_MEDIA_TYPE, 413),
        (b" " * (16 * 1024 * 1024 + 1), BATCH_MEDIA_TYPE, 413),
    ],
    ids=["media type", "no list", "no text", "nested", "too many", "too large"],
)
def test_a_batch_in_the_wrong_form_is_told_so(
    running_hub: RunningHub, data: bytes, media_type: str, status: int
) -> None:
    region = running_hub.enrol(TestRegion())
    response = running_hub.client.post(
        "/api/v1/events", data=data, content_type=media_type, headers=running_hub.as_region(region.code)
    )
    assert_problem(response, status)


def test_an_enrolment_gives_the_hubs_key_and_a_token_that_works(running_hub: RunningHub) -> None:
    region = TestRegion()
    answer = running_hub.client.post(
        "/api/v1/enrolments", json=region.enrolment(running_hub.invite(region.code))
    ).get_json()
    assert (answer["region"], answer["hub_key"]) == (region.code, running_hub.hub.key.public.hex)
    running_hub.tokens[region.code] = answer["token"]
    with writing(running_hub.hub.engine) as connection:
        approve(connection, region.code, region.fingerprint, NOW)
    assert running_hub.push(region.code, [region.release([diabetes(800)])[0].body])[0].outcome == "accepted"


def test_a_lost_answer_is_asked_again_with_the_same_keys_but_no_others(running_hub: RunningHub) -> None:
    region = TestRegion()
    invitation = running_hub.invite(region.code)
    first = running_hub.client.post("/api/v1/enrolments", json=region.enrolment(invitation))
    again = running_hub.client.post("/api/v1/enrolments", json=region.enrolment(invitation))
    assert (first.status_code, again.status_code) == (201, 201)
    old = {"Authorization": f"Bearer {first.get_json()['token']}"}
    assert_problem(running_hub.client.get("/api/v1/receipts", headers=old), 401)
    assert_problem(running_hub.client.post("/api/v1/enrolments", json=TestRegion().enrolment(invitation)), 403)


def test_an_enrolment_with_a_wrong_invitation_proof_or_keys_is_refused(running_hub: RunningHub) -> None:
    region = TestRegion()
    invitation = running_hub.invite(region.code)
    good = region.enrolment(invitation)
    stranger = TestRegion("XR-VEENKANT").enrolment(invitation)
    same_key = TestRegion(service=region.service, reviewers=(region.service,)).enrolment(invitation)
    post = running_hub.client.post
    assert_problem(post("/api/v1/enrolments", json=region.enrolment("guessed")), 403)
    assert_problem(post("/api/v1/enrolments", json=stranger), 403)
    assert_problem(post("/api/v1/enrolments", json={**good, "service_key": SigningKey.generate().public.hex}), 403)
    assert_problem(post("/api/v1/enrolments", json=same_key), 422)
    told = assert_problem(post("/api/v1/enrolments", json={**good, "service_key": "zz", "more": 1}), 422)
    assert set(told["errors"]["json"]) == {"service_key", "more"}
    assert post("/api/v1/enrolments", json=good).status_code == 201


def test_unknown_routes_and_methods_are_problems_too(running_hub: RunningHub) -> None:
    assert_problem(running_hub.client.get("/api/v1/nothing"), 404)
    assert_problem(running_hub.client.get("/api/v1/regions/XR-NERGENS"), 404)
    assert_problem(running_hub.client.get("/api/v1/ledger/XR-NERGENS"), 404)
    response = running_hub.client.delete("/api/v1/heads")
    assert_problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_the_openapi_document_names_every_route_of_the_api(running_hub: RunningHub) -> None:
    document = running_hub.client.get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    assert {
        "/api/v1/enrolments",
        "/api/v1/events",
        "/api/v1/receipts",
        "/api/v1/regions",
        "/api/v1/regions/{code}",
        "/api/v1/ledger/{code}",
        "/api/v1/heads",
        "/api/v1/definitions",
        "/api/v1/definitions/{identifier}",
    } <= set(document["paths"])
    assert BATCH_MEDIA_TYPE in document["paths"]["/api/v1/events"]["post"]["requestBody"]["content"]


def test_definitions_carry_their_version_and_hash(running_hub: RunningHub) -> None:
    listed = running_hub.client.get("/api/v1/definitions").get_json()
    assert listed
    one = running_hub.client.get(f"/api/v1/definitions/{listed[0]['id']}").get_json()
    assert one == listed[0]
    assert len(one["hash"]) == 64
    assert_problem(running_hub.client.get("/api/v1/definitions/nothing"), 404)


def test_health_readiness_and_metrics_answer(running_hub: RunningHub) -> None:
    region = running_hub.enrol(TestRegion())
    running_hub.push(region.code, [region.release([diabetes(800)])[0].body, b"{}"])
    assert running_hub.client.get("/healthz").get_json() == {"status": "ok"}
    assert running_hub.client.get("/readyz").get_json() == {"status": "ready"}
    told = running_hub.client.get("/metrics").text
    assert 'regiohelix_hub_events_total{outcome="accepted",reason=""} 1.0' in told
    assert 'regiohelix_hub_events_total{outcome="refused",reason="not_canonical"} 1.0' in told
    assert f'regiohelix_hub_last_event_age_seconds{{region="{region.code}"}} 0.0' in told


def test_a_database_that_waits_for_a_migration_is_not_ready(running_hub: RunningHub) -> None:
    with running_hub.hub.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert_problem(running_hub.client.get("/readyz"), 503)


def test_a_hub_whose_disk_is_full_is_not_ready_and_its_metrics_say_so(
    running_hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "regiohelix_hub_database_writable 1.0" in running_hub.client.get("/metrics").text
    monkeypatch.setattr(trouble.shutil, "disk_usage", lambda _: SimpleNamespace(total=10**9, used=10**9, free=0))
    answer = running_hub.client.get("/readyz")
    assert_problem(answer, 503)
    assert "make room" in answer.text
    monkeypatch.setattr(metrics, "_KEPT_SECONDS", -1.0)
    assert "regiohelix_hub_database_writable 0.0" in running_hub.client.get("/metrics").text
    assert running_hub.client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/nothing", "/api/v1/heads", "/api/v1/receipts"])
def test_every_answer_carries_the_security_headers(running_hub: RunningHub, path: str) -> None:
    headers = running_hub.client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Authorization" in headers["Vary"]


def test_a_blueprint_without_a_policy_is_refused_at_start(running_hub: RunningHub) -> None:
    app = flask.Flask("bare")
    app.register_blueprint(flask.Blueprint("open", __name__))
    with pytest.raises(BlueprintWithoutPolicy):
        guard(app, {"other": Policy.ANYONE})


def test_a_route_outside_any_blueprint_is_closed(running_hub: RunningHub) -> None:
    app = create_app(running_hub.hub)
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert_problem(app.test_client().get("/forgotten"), 403)
