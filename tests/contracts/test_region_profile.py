"""A region's profile says of every indicator what that indicator's comparison says, on both databases."""

import csv
import io
from typing import Any

import msgspec
import pytest

from hub.bootstrap import application
from hub.config import Hub
from hub.flow import receive
from hub.intake.ledger import RegionNotListed
from hub.serving.compared import indicator_view
from hub.serving.profile import ProfileRow, ProfileView, profile
from hub.serving.prove import prove
from schemas.codes import Audience
from schemas.payloads import EventRedacted, IndicatorCorrected, IndicatorPublished, IndicatorWithdrawn, Payload
from schemas.quality import Coverage, Quality
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue
from tests.support.events import TestRegion
from tests.support.held_by_hub import TAKEN_OVER, figures
from tests.support.hub_stores import Clock, join

TOTAL = ("total", "total", "total")
CODES = ("XR-ALFA", "XR-BETA", "XR-GAMMA")
SAME = ("value", "shown", "bounds", "low", "high", "standing", "accepted_at", "event_id", "age_days", "definition_hash")


def made(indicator: str, value: TypedValue, period: str = "2025", **changed: Any) -> IndicatorPublished:
    return msgspec.structs.replace(figures(indicator, {TOTAL: value}, region_set="invented", period=period), **changed)


def take(hub: Hub, region: TestRegion, payload: Payload, audience: Audience = "public") -> str:
    (event,) = region.release([payload], audience)
    (answer,) = receive([event.body], hub)
    assert answer.outcome == "accepted", answer
    return event.id


@pytest.fixture
def regions(stored_hub: Hub) -> list[TestRegion]:
    found = [join(stored_hub, TestRegion(code)) for code in CODES]
    for place, region in enumerate(found):
        take(stored_hub, region, made("h.dm_prev", Exact(100 + 60 * place, 1000)))
        take(stored_hub, region, made("h.srh_good", Exact(500, 1000)))
        take(stored_hub, region, made("q.flu", Suppressed(3, 9, 100) if place == 0 else Exact(50, 1000)))
        take(stored_hub, region, made("pop.persons", Exact(1000)))
    alfa = found[0]
    take(stored_hub, alfa, made("h.mort_prem", Rounded("3.5", "0.1"), origin=TAKEN_OVER))
    take(stored_hub, alfa, made("q.acute_adm", NotAvailable()))
    prove(stored_hub.engine, stored_hub.clock)
    return found


def of(hub: Hub, code: str, reader: Audience = "network") -> ProfileView:
    with hub.engine.connect() as connection:
        return profile(connection, reader, hub.clock(), code)


def rows(hub: Hub, code: str, reader: Audience = "network") -> dict[str, ProfileRow]:
    return {row.indicator: row for row in of(hub, code, reader).rows}


def check_against_comparisons(hub: Hub, code: str, reader: Audience = "network") -> None:
    for name, row in rows(hub, code, reader).items():
        with hub.engine.connect() as connection:
            view = indicator_view(connection, reader, hub.clock(), name, row.period, "invented")
        (beside,) = [one for one in view.rows if one.region == code]
        assert {part: getattr(row, part) for part in SAME} == {part: getattr(beside, part) for part in SAME}, name
        assert (row.reference, row.reference_withheld) == (view.reference, view.reference_withheld), name
        assert row.why_not == beside.why_not, name


def test_every_row_is_what_its_comparison_says(stored_hub: Hub, regions: list[TestRegion]) -> None:
    view = of(stored_hub, "XR-ALFA")
    assert [(row.axis, row.indicator) for row in view.rows] == sorted((row.axis, row.indicator) for row in view.rows)
    assert len(view.rows) == 6
    found = rows(stored_hub, "XR-ALFA")
    assert (found["h.dm_prev"].standing, str(found["h.dm_prev"].reference)) == ("lower", "16.0")
    assert (found["h.srh_good"].standing, found["q.flu"].bounds) == ("indistinguishable", "range")
    for code in CODES:
        check_against_comparisons(stored_hub, code)


@pytest.mark.parametrize("change", ["corrected", "withdrawn", "destroyed", "another division", "partial", "definition"])
def test_it_follows_what_changes_before_and_after_the_proof(
    stored_hub: Hub, regions: list[TestRegion], change: str
) -> None:
    alfa, beta = regions[0], regions[1]
    rows(stored_hub, "XR-ALFA")
    first = alfa.chain[0].id
    told: dict[str, Payload] = {
        "corrected": IndicatorCorrected(first, "Late records.", made("h.dm_prev", Exact(140, 1000))),
        "withdrawn": IndicatorWithdrawn(first, "Counted twice."),
        "destroyed": EventRedacted(first, "A name."),
        "another division": made("h.dm_prev", Exact(140, 1000), division_year=2019),
        "partial": made("h.dm_prev", Exact(140, 1000), quality=Quality(None, Coverage("inhabitants", 20, True))),
        "definition": made("h.dm_prev", Exact(140, 1000), definition_hash="0" * 64),
    }
    take(stored_hub, alfa, told[change])
    assert rows(stored_hub, "XR-BETA")["h.dm_prev"].reference_withheld in ("being_proven", "made_of_destroyed_figure")
    prove(stored_hub.engine, stored_hub.clock)
    assert beta.code == "XR-BETA"
    for code in CODES:
        check_against_comparisons(stored_hub, code)


def test_the_newest_period_that_has_begun_counts_and_each_reader_sees_its_own(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    alfa = regions[0]
    for period in ("2025-Q4", "2026-11", "2026-12", "2026-W48", "2027"):
        take(stored_hub, alfa, made("h.dm_prev", Exact(140, 1000), period))
    take(stored_hub, alfa, made("h.srh_good", Exact(400, 1000), "2026"), "network")
    prove(stored_hub.engine, clock)
    assert rows(stored_hub, "XR-ALFA")["h.dm_prev"].period == "2026-11"
    assert rows(stored_hub, "XR-ALFA")["h.srh_good"].period == "2026"
    assert rows(stored_hub, "XR-ALFA", "public")["h.srh_good"].period == "2025"
    clock.move(days=2)  # Tuesday 24 November 2026 lies in week 48
    assert rows(stored_hub, "XR-ALFA")["h.dm_prev"].period == "2026-W48"
    clock.move(days=400)
    assert rows(stored_hub, "XR-ALFA")["h.dm_prev"].period == "2027"
    check_against_comparisons(stored_hub, "XR-ALFA")


def test_it_travels_as_json_and_csv_and_an_unknown_region_is_said_so(
    stored_hub: Hub, regions: list[TestRegion]
) -> None:
    client = application(stored_hub).test_client()
    told = client.get("/api/v1/regions/XR-ALFA/profile").get_json()
    answer = client.get("/api/v1/regions/XR-ALFA/profile?format=csv")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))
    assert [line["indicator"] for line in lines] == [row["indicator"] for row in told["rows"]]
    hidden = next(line for line in lines if line["indicator"] == "q.flu")
    assert (hidden["kind"], hidden["shown"], hidden["numerator"], hidden["lo"], hidden["hi"]) == (
        "suppressed", "", "", "3", "9",
    )  # fmt: skip
    assert not {"score", "rank", "index", "total_score"} & set(told)
    absent = client.get("/api/v1/regions/XR-NIEMAND/profile")
    assert (absent.status_code, absent.content_type) == (404, "application/problem+json")
    assert client.get("/api/v1/regions/XR-ALFA/profile?format=pdf").status_code == 422
    with stored_hub.engine.connect() as connection, pytest.raises(RegionNotListed):
        profile(connection, "public", stored_hub.clock(), "XR-NIEMAND")
