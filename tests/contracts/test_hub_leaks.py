"""What regions' figures tell together is found, kept without a figure, and told to the operator and the region."""

import sys

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import select

from connectors.database import writing
from connectors.transport.neighbours_http import fetch_neighbourhood, fetch_reopened
from hub.bootstrap import application
from hub.commands.doctor import _told_together
from hub.config import Hub
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
        (finding,) = _told_together(connection)
    assert "h.dm_prev 2025: 2 figures it hid follow from what others published" in finding.what
    assert hid.id[:12] in finding.mend
    registry = CollectorRegistry()
    registry.register(StoreMetrics(stored_hub))
    assert b'regiohelix_hub_reopened_figures{audience="partners"} 2.0' in generate_latest(registry)


def test_what_is_too_large_to_solve_is_named_as_unproven(
    stored_hub: Hub,
    overlapping: tuple[TestRegion, TestRegion, SignedEvent],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["hub.disclosure.audit"], "LARGEST_PART", 0)
    prove(stored_hub.engine, clock)
    with stored_hub.engine.connect() as connection:
        findings = list(_told_together(connection))
    assert {one.about for one in findings} == {"figures"}
    assert all("it is not proven what figures tell together" in one.what for one in findings)


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
