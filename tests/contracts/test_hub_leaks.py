"""What regions' figures tell together is found, kept without a figure, and told to the operator and the region."""

import sys

import pytest
from flask import Response, request
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from connectors.database import writing
from connectors.transport.neighbours_http import fetch_neighbourhood, fetch_reopened
from hub.bootstrap import application
from hub.config import Hub
from hub.doctor.examine import told_together, unproven_yet
from hub.flow import receive
from hub.identity.tokens import issue_token
from hub.metrics import StoreMetrics
from hub.serving.leaks import reopened
from hub.serving.prove import prove
from hub.tables import joint_audit
from hub.tables import reopened as reopened_table
from schemas.codes import Audience
from schemas.delivery import TransportRefused
from schemas.joint import Reopened
from schemas.payloads import EventRedacted, IndicatorPublished, Payload
from schemas.values import Exact, Suppressed
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import figures
from tests.support.hub_stores import Clock, join
from tests.support.served import served

TOTAL = ("total", "total", "total")


def areas(**cells: Exact | Suppressed) -> IndicatorPublished:
    return figures("h.dm_prev", {(area, "total", "total"): v for area, v in cells.items()}, region_set="invented")


def taken(hub: Hub, region: TestRegion, payload: Payload, audience: Audience = "public") -> SignedEvent:
    (made,) = region.release([payload], audience)
    (answer,) = receive([made.body], hub)
    assert answer.outcome == "accepted", answer
    return made


HIDES = {"total": Exact(60, 900), "GM0001": Suppressed(0, 60, 400), "GM0002": Suppressed(0, 60, 500)}
TELLS = {"total": Exact(90, 900), "GM0002": Exact(53, 500), "GM0003": Exact(37, 400)}


@pytest.fixture
def overlapping(stored_hub: Hub) -> tuple[TestRegion, TestRegion, SignedEvent]:
    one, other = (join(stored_hub, TestRegion(code)) for code in ("XR-ALFA", "XR-OVER"))
    hid = taken(stored_hub, one, areas(**HIDES))
    taken(stored_hub, other, areas(**TELLS), "partners")
    return one, other, hid


def test_two_that_overlap_are_found_for_whom_both_are_readable(
    stored_hub: Hub, overlapping: tuple[TestRegion, TestRegion, SignedEvent], clock: Clock
) -> None:
    _, _, hid = overlapping
    assert prove(stored_hub.engine, clock) == 3
    assert prove(stored_hub.engine, clock) == 0  # nothing came since
    with stored_hub.engine.connect() as connection:
        (found,) = reopened(connection)
        assert reopened(connection, "XR-OVER") == []
        audited = {row.audience: row.figures for row in connection.execute(select(joint_audit))}
        columns = {column for row in connection.execute(select(reopened_table)).mappings() for column in row}
    at = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    assert found == Reopened("h.dm_prev", "2025", "partners", hid.id, "XR-ALFA", 2, at)
    assert audited == {"public": 0, "partners": 2, "network": 2}
    assert columns == {"indicator", "period", "audience", "event_id", "region", "figures", "found_at"}


def test_what_was_found_goes_when_its_cause_is_destroyed(
    stored_hub: Hub, overlapping: tuple[TestRegion, TestRegion, SignedEvent], clock: Clock
) -> None:
    _, other, _ = overlapping
    prove(stored_hub.engine, clock)
    clock.move(hours=1)
    taken(stored_hub, other, EventRedacted(other.chain[0].id, "it told of a neighbour"), "partners")
    assert prove(stored_hub.engine, clock) == 2
    with stored_hub.engine.connect() as connection:
        assert reopened(connection) == []


def test_what_comes_late_into_an_old_place_is_found_by_looking_at_the_oldest(
    stored_hub: Hub, overlapping: tuple[TestRegion, TestRegion, SignedEvent], clock: Clock
) -> None:
    prove(stored_hub.engine, clock)
    clock.move(hours=1)
    with writing(stored_hub.engine) as connection:  # a payload that was missing is filled in with its first time
        connection.execute(joint_audit.update().where(joint_audit.c.audience == "public").values(scope="0" * 64))
    assert prove(stored_hub.engine, clock) == 1
    with stored_hub.engine.connect() as connection:
        times = connection.scalars(select(joint_audit.c.audited_at)).all()
    assert set(times) == {f"{clock():%Y-%m-%dT%H:%M:%SZ}"}


def test_operator_metrics_and_the_region_are_told_where_and_never_what(
    stored_hub: Hub, overlapping: tuple[TestRegion, TestRegion, SignedEvent], clock: Clock
) -> None:
    _, _, hid = overlapping
    prove(stored_hub.engine, clock)
    with stored_hub.engine.connect() as connection:
        (finding,) = told_together(connection)
    assert "h.dm_prev 2025: 2 figures it hid follow from what others published" in finding.told("en").what
    assert hid.id[:12] in finding.told("nl").mend
    assert b'regiohelix_hub_reopened_figures{audience="partners"} 2.0' in measured(stored_hub)
    assert b"regiohelix_hub_proofs_waiting 0.0" in measured(stored_hub)


def measured(hub: Hub) -> bytes:
    registry = CollectorRegistry()
    registry.register(StoreMetrics(hub))
    return bytes(generate_latest(registry))


def test_what_waits_to_be_proven_is_counted_and_needs_a_hand_only_when_nothing_is_proven_for_long(
    stored_hub: Hub, overlapping: tuple[TestRegion, TestRegion, SignedEvent], clock: Clock
) -> None:
    one, _, _ = overlapping

    def told() -> list[tuple[str, bool]]:
        with stored_hub.engine.connect() as connection:
            return [(found.told("en").what, found.needs_hand) for found in unproven_yet(connection, clock())]

    said = "1 indicator and period waits to be proven; readers see no total there until then"
    assert told() == [(said, False)]
    assert b"regiohelix_hub_proofs_waiting 1.0" in measured(stored_hub)
    clock.move(minutes=20)
    assert told() == [(said, True)]
    prove(stored_hub.engine, clock)
    assert told() == []
    join(stored_hub, TestRegion("XR-NEW"))  # a set has another region: everything is looked at again
    clock.move(minutes=10)
    assert told() == [(said, False)]
    prove(stored_hub.engine, clock)
    assert told() == []
    taken(stored_hub, one, areas(**TELLS))
    assert told() == [(said, False)]


def test_what_is_too_large_to_solve_is_named_as_unproven(
    stored_hub: Hub,
    overlapping: tuple[TestRegion, TestRegion, SignedEvent],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["hub.disclosure.audit"], "LARGEST_PART", 0)
    prove(stored_hub.engine, clock)
    with stored_hub.engine.connect() as connection:
        findings = list(told_together(connection))
    assert {one.about for one in findings} == {"figures"}
    assert all("it is not proven what figures tell together" in one.told("en").what for one in findings)


def test_a_node_fetches_over_http_what_the_hub_shows_and_found(
    stored_hub: Hub, overlapping: tuple[TestRegion, TestRegion, SignedEvent], clock: Clock
) -> None:
    prove(stored_hub.engine, clock)
    hub = stored_hub
    tokens = {}
    with writing(hub.engine) as connection:
        for code in ("XR-ALFA", "XR-OVER"):
            scopes = ["read:network", f"send:{code}"]
            _, tokens[code] = issue_token(connection, clock(), "enrolment", f"region {code}", scopes)
    with served(application(hub)) as port:
        url = f"http://127.0.0.1:{port}"
        around = fetch_neighbourhood(url, tokens["XR-ALFA"], "h.dm_prev", "2025")
        assert fetch_reopened(url, tokens["XR-OVER"]) == ()
        (told,) = fetch_reopened(url, tokens["XR-ALFA"])
        with pytest.raises(TransportRefused, match="401"):
            fetch_neighbourhood(url, "no such token", "h.dm_prev", "2025")
    assert (told.region, told.figures, told.audience) == ("XR-ALFA", 2, "partners")
    assert [one.region for one in around.publications] == ["XR-ALFA", "XR-OVER"]
    assert around.publications[1].payload == areas(**TELLS)
    assert around.sets == {"invented": ("XR-ALFA", "XR-OVER")}
    client = application(hub).test_client()
    public = client.get("/api/v1/indicators/h.dm_prev/publications?period=2025").get_json()
    assert [one["region"] for one in public["publications"]] == ["XR-ALFA"]  # what partners know is not for everybody
    assert client.get("/api/v1/reopened").status_code == 401


@pytest.fixture
def token(stored_hub: Hub, clock: Clock) -> str:
    with writing(stored_hub.engine) as connection:
        _, made = issue_token(connection, clock(), "enrolment", "region XR-ALFA", ["read:network", "send:XR-ALFA"])
    return made


def test_a_node_turns_the_pages_and_has_all_of_it(
    stored_hub: Hub,
    overlapping: tuple[TestRegion, TestRegion, SignedEvent],
    token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other, _ = overlapping
    for region in (one, other, other):
        taken(stored_hub, region, areas(**TELLS))
    published, asked = sys.modules["hub.serving.published"], []
    app = application(stored_hub)
    app.before_request(lambda: asked.append(request.full_path))
    with served(app) as port:
        url = f"http://127.0.0.1:{port}"
        whole = fetch_neighbourhood(url, token, "h.dm_prev", "2025")
        assert len(asked) == 1
        for name, value, pages in (("PAGE_EVENTS", 1, 5), ("PAGE_EVENTS", 2, 3), ("PAGE_BYTES", 1, 5)):
            asked.clear()
            with monkeypatch.context() as patched:
                patched.setattr(published, name, value)
                assert fetch_neighbourhood(url, token, "h.dm_prev", "2025") == whole
            assert len(asked) == pages
    assert [one.region for one in whole.publications] == ["XR-ALFA"] * 2 + ["XR-OVER"] * 3
    assert fetched_nothing(stored_hub, token)


def fetched_nothing(hub: Hub, token: str) -> bool:
    with served(application(hub)) as port:
        return fetch_neighbourhood(f"http://127.0.0.1:{port}", token, "h.dm_prev", "1999").publications == ()


def test_what_comes_while_pages_are_turned_makes_reading_begin_again(
    stored_hub: Hub,
    overlapping: tuple[TestRegion, TestRegion, SignedEvent],
    token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, _, _ = overlapping
    monkeypatch.setattr(sys.modules["hub.serving.published"], "PAGE_EVENTS", 1)
    asked: list[str] = []
    app = application(stored_hub)

    @app.after_request
    def meanwhile(response: Response) -> Response:
        asked.append(request.full_path)
        if len(asked) == 1:  # an event that belongs on the page that was just read
            taken(stored_hub, one, areas(**TELLS))
        return response

    with served(app) as port:
        found = fetch_neighbourhood(f"http://127.0.0.1:{port}", token, "h.dm_prev", "2025")
    assert [one.region for one in found.publications] == ["XR-ALFA", "XR-ALFA", "XR-OVER"]
    assert len(asked) == 2 + 3


def test_a_hub_without_pages_is_asked_for_all_and_a_node_that_turns_none_is_told_when_that_is_too_much(
    stored_hub: Hub,
    overlapping: tuple[TestRegion, TestRegion, SignedEvent],
    token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = application(stored_hub)

    @app.before_request
    def without_pages() -> None:
        if request.path.endswith("/pages"):
            raise NotFound

    with served(app) as port:
        url = f"http://127.0.0.1:{port}"
        found = fetch_neighbourhood(url, token, "h.dm_prev", "2025")
        assert [one.region for one in found.publications] == ["XR-ALFA", "XR-OVER"]
        monkeypatch.setattr(sys.modules["hub.api.comparison"], "WHOLE_BYTES", 100)
        with pytest.raises(TransportRefused, match="422: These figures are more than one answer holds"):
            fetch_neighbourhood(url, token, "h.dm_prev", "2025")
