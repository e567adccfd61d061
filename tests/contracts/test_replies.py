"""Readers outside the network see a comparison once its regions could reply, on every way that there is to it."""

from typing import Any

import pytest
from sqlalchemy import select

from hub import tables
from hub.bootstrap import application
from hub.config import Hub
from hub.serving.compared import ComparisonHeld
from hub.serving.evaluations import evaluation_page
from hub.serving.kept_views import kept_view
from hub.serving.opening import replied_until
from hub.serving.series import series_view
from hub.serving.view import IndicatorView
from schemas.codes import Audience
from schemas.payloads import (
    IndicatorCorrected,
    IndicatorWithdrawn,
)
from schemas.values import Exact
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion
from tests.support.held_by_hub import TAKEN_OVER, figures
from tests.support.hub_stores import Clock, join
from tests.support.replies import DAYS, a_reply, a_waiver, by_the_clock, comes_in, hub, regions, seen, with_term
from tests.support.totals import TOTAL, count

__all__ = ["hub", "regions"]

OTHERS: tuple[Audience, ...] = ("public", "partners")


def is_held(hub: Hub, reader: Audience = "public", **asked: Any) -> bool:
    try:
        seen(hub, reader, **asked)
    except ComparisonHeld:
        return True
    return False


def figures_of(view: IndicatorView) -> dict[str, str]:
    return {row.region: str(row.shown) for row in view.rows}


def test_the_network_sees_figures_at_once_and_others_once_the_term_is_over(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    mine = seen(hub, "network")
    assert len(mine.rows) == 2
    assert [one.region for one in mine.awaited] == ["XR-ALFA", "XR-BETA"]
    assert mine.visible_from == "2026-12-06T12:00:00Z"
    for reader in OTHERS:
        with hub.engine.connect() as connection, pytest.raises(ComparisonHeld) as held:
            kept_view(connection, reader, clock(), "h.dm_prev")
        assert held.value.visible_from == "2026-12-06T12:00:00Z"
    clock.move(days=DAYS, seconds=-1)
    assert by_the_clock(hub) == 0
    assert all(is_held(hub, reader, period="2025", region_set="invented") for reader in OTHERS)
    clock.move(seconds=1)
    assert by_the_clock(hub) == 2
    for reader in OTHERS:
        view = seen(hub, reader)
        assert (len(view.rows), view.awaited, view.visible_from) == (2, (), None)
        assert view.reference is not None
    assert seen(hub, "network").awaited == ()
    assert by_the_clock(hub) == 0


def test_every_way_to_a_comparison_keeps_the_term(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    client = application(hub).test_client()
    base = "/api/v1/indicators/h.dm_prev"
    forms = ("json", "csv", "xlsx", "parquet", "fhir", "dhis2")
    ways = [f"{base}/comparison?format={form}&period=2025" for form in forms]
    ways += [f"{base}/trend", f"{base}/trend?region=XR-ALFA"]
    for way in ways:
        answer = client.get(way)
        assert (answer.status_code, answer.get_json()["visible_from"]) == (404, "2026-12-06T12:00:00Z"), way
    assert client.get("/api/v1/indicators").get_json() == []
    assert client.get("/api/v1/regions/XR-ALFA/profile").get_json()["rows"] == []
    assert client.get(f"{base}/publications?period=2025").get_json()["publications"] == []
    assert client.get(f"{base}/publications/pages?period=2025").get_json()["publications"] == []
    assert "payload" not in client.get("/api/v1/ledger/XR-ALFA").get_json()["entries"][0]
    assert client.get("/catalog.jsonld").get_json()["dcat:dataset"] == []
    for lang, words in (("nl", "kunnen nog op deze cijfers reageren"), ("en", "may still reply to these figures")):
        page = client.get(f"/compare/h.dm_prev?lang={lang}")
        assert (page.status_code, words in page.text) == (404, True)
        assert "Deze pagina is er niet" not in page.text
    assert client.get("/compare?indicator=h.dm_prev").status_code == 404
    clock.move(days=DAYS)
    by_the_clock(hub)
    assert all(client.get(way).status_code == 200 for way in ways)
    assert len(client.get(f"{base}/publications/pages?period=2025").get_json()["publications"]) == 2
    assert client.get("/api/v1/ledger/XR-ALFA").get_json()["entries"][0]["payload"]["indicator"] == "h.dm_prev"
    assert len(client.get("/api/v1/regions/XR-ALFA/profile").get_json()["rows"]) == 1
    assert client.get("/compare/h.dm_prev").status_code == 200


def test_others_see_a_comparison_as_soon_as_every_region_in_it_has_replied(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    clock.move(days=1)
    comes_in(hub, regions[0], a_reply(hub))
    assert by_the_clock(hub) == 0
    assert [one.region for one in seen(hub, "network").replies] == ["XR-ALFA"]
    assert is_held(hub, "partners")
    comes_in(hub, regions[1], a_waiver(hub), "network")
    assert by_the_clock(hub) == 2
    view = seen(hub, "partners")
    assert len(view.rows) == 2
    assert [(one.region, one.text) for one in view.replies] == [("XR-ALFA", a_reply(hub).text)]
    assert view.waived == ()
    assert seen(hub, "network").waived == ("XR-BETA",)
    with hub.engine.connect() as connection:
        log = connection.execute(select(tables.audit_log).where(tables.audit_log.c.action == "figures opened")).all()
    assert len(log) == 2


def test_a_reply_to_what_was_known_before_opens_nothing_newer(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    before = "2026-11-22T11:59:59Z"
    clock.move(days=1)
    for region in regions:
        comes_in(hub, region, a_reply(hub, known_on=before))
    assert by_the_clock(hub) == 0
    assert is_held(hub)


def test_a_correction_has_its_own_term_and_the_earlier_figure_stands_until_then(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    clock.move(days=DAYS)
    by_the_clock(hub)
    first = regions[0].chain[0].id
    comes_in(hub, regions[0], IndicatorCorrected(first, "Late records.", count(Exact(160, 1000))))
    by_the_clock(hub)
    assert figures_of(seen(hub, "network"))["XR-ALFA"] == "16.0"
    outside = seen(hub)
    assert figures_of(outside)["XR-ALFA"] == "10.0"
    assert outside.reference is not None
    assert [(one.region, one.corrects) for one in outside.awaited] == [("XR-ALFA", first)]
    assert outside.rows[0].corrections == ()
    clock.move(days=DAYS)
    by_the_clock(hub)
    assert figures_of(seen(hub))["XR-ALFA"] == "16.0"
    then = seen(hub, known_on="2026-12-07T00:00:00Z")
    assert figures_of(then)["XR-ALFA"] == "10.0"


def test_a_withdrawal_holds_for_everybody_at_once(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    clock.move(days=DAYS)
    by_the_clock(hub)
    made = comes_in(hub, regions[0], IndicatorCorrected(regions[0].chain[0].id, "Late.", count(Exact(160, 1000))))
    comes_in(hub, regions[0], IndicatorWithdrawn(made, "Counted twice."))
    assert by_the_clock(hub) == 0
    view = seen(hub)
    assert (view.rows[0].region, view.rows[0].why_not, view.awaited) == ("XR-ALFA", "withdrawn", ())


def test_what_was_opened_stays_open_when_another_region_comes(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    for region in regions:
        comes_in(hub, region, a_waiver(hub), "network")
    assert by_the_clock(hub) == 2
    late = join(hub, TestRegion("XR-GAMMA"))
    clock.move(days=1)
    comes_in(hub, late, count(Exact(130, 1000)))
    by_the_clock(hub)
    assert list(figures_of(seen(hub))) == ["XR-ALFA", "XR-BETA"]
    assert [one.region for one in seen(hub).awaited] == ["XR-GAMMA"]
    comes_in(hub, late, a_waiver(hub), "network")
    assert by_the_clock(hub) == 0  # the others could not reply yet to a comparison with this one in it
    for region in regions:
        comes_in(hub, region, a_waiver(hub), "network")
    assert by_the_clock(hub) == 1
    assert len(seen(hub).rows) == 3


def test_what_was_public_already_needs_no_term(hub: Hub) -> None:
    region = join(hub, TestRegion("XR-ALFA"))
    comes_in(hub, region, figures("h.dm_prev", {TOTAL: Exact(9, 90)}, region_set="invented", origin=TAKEN_OVER))
    assert len(seen(hub).rows) == 1


def test_a_hub_without_a_term_shows_figures_at_once(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion("XR-ALFA"))
    comes_in(with_term(stored_hub, 0), region, count(Exact(100, 1000)))
    assert len(seen(stored_hub).rows) == 1


def test_the_term_is_the_one_at_acceptance(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    clock.move(days=1)
    assert by_the_clock(with_term(hub, 1)) == 0
    assert seen(hub, "network").visible_from == "2026-12-06T12:00:00Z"


def test_a_trend_shows_others_the_figures_before(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    clock.move(days=DAYS)
    by_the_clock(hub)
    comes_in(hub, regions[0], figures("h.dm_prev", {TOTAL: Exact(120, 1000)}, "2026", "invented"))
    for reader, periods in (("public", ("2025",)), ("network", ("2025", "2026"))):
        with hub.engine.connect() as connection:
            view = series_view(connection, reader, clock(), "h.dm_prev")  # type: ignore[arg-type]
        assert view.periods == periods
        assert [(one.period, one.region) for one in view.awaited] == [("2026", "XR-ALFA")]
    clock.move(days=DAYS)
    by_the_clock(hub)
    with hub.engine.connect() as connection:
        assert series_view(connection, "public", clock(), "h.dm_prev").periods == ("2025", "2026")


@pytest.mark.parametrize(
    ("came", "covered", "until"),
    [
        ([("A", "1"), ("B", "2")], {"A": "2", "B": "2"}, "2"),
        ([("A", "1"), ("B", "2")], {"A": "1", "B": "2"}, "1"),  # B was not in the comparison when A's figures came
        ([("A", "1"), ("B", "2")], {"B": "2"}, ""),
        ([("A", "1"), ("A", "3")], {"A": "2"}, "1"),
        ([("A", "2"), ("B", "2")], {"A": "2"}, ""),
        ([], {"A": "9"}, ""),
    ],
)
def test_replies_reach_until_the_newest_figures_that_all_have_seen(
    came: list[tuple[str, str]], covered: dict[str, str], until: str
) -> None:
    assert replied_until(came, covered) == until


def test_an_evaluation_is_told_to_nobody_before_the_figures_that_it_rests_on(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    first = regions[0].chain[0].id
    second = regions[1].chain[0].id
    comes_in(hub, regions[0], an_evaluation([(first, "2025"), (second, "2026")], indicator="h.dm_prev"))

    def told() -> dict[Audience, int]:
        with hub.engine.connect() as connection:
            return {one: len(evaluation_page(connection, one).evaluations) for one in ("network", *OTHERS)}

    assert told() == {"network": 1, "public": 0, "partners": 0}
    clock.move(days=DAYS)
    by_the_clock(hub)
    assert told() == {"network": 1, "public": 1, "partners": 1}
