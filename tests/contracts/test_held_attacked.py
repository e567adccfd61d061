"""Ways round the term for replies, each of which led somewhere once; on SQLite and on a real PostgreSQL."""

import pytest

from hub.bootstrap import application
from hub.config import Hub
from hub.flow import receive
from hub.serving.recalls import recall_page
from hub.serving.replies import MOST_REPLIES
from schemas.cloudevents import to_cloudevent
from schemas.payloads import EventRedacted, IndicatorCorrected, IndicatorWithdrawn, ReplyRevised, ReplyWithdrawn
from schemas.values import Exact
from tests.support.events import TestRegion
from tests.support.held import FEED, LEDGER, PUBLICATIONS, both, evaluated, got, open_all, payloads
from tests.support.held_by_hub import figures
from tests.support.hub_stores import Clock, join
from tests.support.replies import DAYS, a_reply, a_waiver, by_the_clock, comes_in, hub, regions, seen
from tests.support.totals import TOTAL, count

__all__ = ["hub", "regions"]


@pytest.mark.parametrize("when", ["in the term", "when it is over"])
def test_figures_taken_back_before_others_saw_them_are_never_told(
    hub: Hub, regions: list[TestRegion], clock: Clock, when: str
) -> None:
    clock.move(seconds=1)
    comes_in(hub, regions[0], IndicatorWithdrawn(regions[0].chain[0].id, "Counted twice."))
    if when == "when it is over":
        assert open_all(hub, clock) == 2
    else:
        by_the_clock(hub)
    assert payloads(hub)[0] is None
    told = got(hub, PUBLICATIONS)["publications"]
    assert [one["region"] for one in told] == (["XR-BETA"] if when == "when it is over" else [])
    (row,) = [row for row in seen(hub).rows if row.region == "XR-ALFA"]
    assert (row.why_not, row.shown) == ("withdrawn", None)


def test_what_is_taken_back_in_the_second_of_its_opening_is_not_told_and_holds_nobody_elses_up(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    made = comes_in(hub, regions[0], a_reply(hub))
    clock.move(days=DAYS)
    comes_in(hub, regions[0], IndicatorWithdrawn(regions[0].chain[0].id, "Counted twice."))
    comes_in(hub, regions[0], ReplyWithdrawn(made, "Not so."))
    assert by_the_clock(hub) == 2
    assert payloads(hub)[:2] == [None, None]
    assert [row.region for row in seen(hub).rows if row.shown is not None] == ["XR-BETA"]


def test_what_a_held_correction_says_is_told_neither_as_evidence_nor_once_it_is_taken_back(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    second = comes_in(hub, regions[0], figures("h.dm_prev", {TOTAL: Exact(120, 1000)}, "2026", "invented"))
    open_all(hub, clock)
    made = comes_in(hub, regions[0], evaluated(regions[0].chain[0].id, second))
    corrected = IndicatorCorrected(regions[0].chain[0].id, "160 and not 100.", count(Exact(160, 1000)))
    late = comes_in(hub, regions[0], corrected)
    client = application(hub).test_client()
    asked = (
        f"/api/v1/evaluations/{made}",
        FEED,
        "/regions/XR-ALFA",
        "/api/v1/indicators/h.dm_prev/comparison?period=2025",
    )
    assert got(hub, asked[0])["evidence_changed"] is False
    clock.move(seconds=1)
    comes_in(hub, regions[0], IndicatorWithdrawn(late, "It was right."))
    assert got(hub, asked[0])["evidence"][0]["state"] == "corrected"
    open_all(hub, clock)
    for path in (*asked, LEDGER):
        assert "160 and not 100" not in client.get(path).text, path


def test_a_payload_that_comes_later_has_its_term_from_then_and_nobody_replied_to_it(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    late = join(hub, TestRegion("XR-GAMMA"))
    (made,) = late.release([count(Exact(130, 1000))], "public")
    stripped = to_cloudevent(made.envelope, None, None)
    assert [one.outcome for one in receive([stripped], hub)] == ["accepted"]
    clock.move(days=1)
    for region in regions:  # they cannot have seen it
        comes_in(hub, region, a_waiver(hub), "network")
    clock.move(days=DAYS)
    assert [one.outcome for one in receive([made.body], hub)] == ["duplicate"]
    comes_in(hub, late, a_waiver(hub), "network")
    assert by_the_clock(hub) == 0
    assert [row.region for row in seen(hub).rows] == ["XR-ALFA", "XR-BETA"]
    for region in regions:
        comes_in(hub, region, a_waiver(hub), "network")
    assert by_the_clock(hub) == 1


def test_a_reply_about_a_time_before_all_figures_waits_as_one_of_today_does(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    clock.move(days=1)
    comes_in(hub, regions[0], a_reply(hub, known_on="2020-01-01T00:00:00Z"))
    assert payloads(hub) == [None, None]
    open_all(hub, clock)
    assert len(seen(hub).replies) == 1


def test_a_reply_about_a_time_to_come_is_hidden_by_nothing_that_comes_later(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    comes_in(hub, regions[0], a_reply(hub, known_on="9999-12-31T23:59:59Z"))
    assert len(seen(hub).replies) == 1
    clock.move(days=1)
    comes_in(hub, regions[1], IndicatorCorrected(both(regions)[1], "Late.", count(Exact(160, 1000))))
    assert len(seen(hub).replies) == 1


def test_the_reply_before_stands_until_the_newest_can_be_seen(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    first = comes_in(hub, regions[0], a_reply(hub, "Eerst."))
    clock.move(seconds=1)
    comes_in(hub, regions[0], IndicatorCorrected(both(regions)[0], "Late.", count(Exact(160, 1000))))
    second = comes_in(hub, regions[0], ReplyRevised(first, "Of 160.", a_reply(hub, "Dan.")))
    assert [(one.text, one.correction) for one in seen(hub).replies] == [("Eerst.", None)]
    clock.move(seconds=1)
    comes_in(hub, regions[0], ReplyWithdrawn(second, "Not so."))
    for _ in range(2):
        (one,) = seen(hub).replies
        assert (one.event_id, one.text, one.correction and one.correction.reason) == (first, None, "Not so.")
        open_all(hub, clock)


def test_a_reply_taken_back_while_it_waits_is_never_told(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    made = comes_in(hub, regions[0], a_reply(hub))
    clock.move(seconds=1)
    comes_in(hub, regions[0], ReplyWithdrawn(made, "Not so."))
    open_all(hub, clock)
    assert seen(hub).replies == ()
    assert payloads(hub)[1] is None
    with hub.engine.connect() as connection:
        assert recall_page(connection, "partners", "somebody", clock()).recalls == ()
    assert len(seen(hub, "network").replies) == 1


def test_a_destroyed_held_figure_is_no_more_than_withdrawn(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    clock.move(seconds=1)
    comes_in(hub, regions[0], EventRedacted(both(regions)[0], "A name."))
    assert [row.why_not for row in seen(hub).rows] == ["withdrawn"]
    open_all(hub, clock)
    assert [row.why_not for row in seen(hub).rows if row.region == "XR-ALFA"] == ["withdrawn"]


def test_no_region_has_more_than_some_replies_to_one_comparison(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    replies = [a_reply(hub, f"Nummer {number}.", name=f"reply-{number}") for number in range(MOST_REPLIES + 3)]
    made = regions[0].release(replies, "public")
    assert {one.outcome for one in receive([one.body for one in made], hub)} == {"accepted"}
    told = [one.text for one in seen(hub).replies]
    assert len(told) == MOST_REPLIES
    assert f"Nummer {MOST_REPLIES + 2}." in told


def test_the_page_of_a_region_offers_no_period_that_is_held(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    open_all(hub, clock)
    comes_in(hub, regions[0], figures("h.srh_good", {TOTAL: Exact(120, 1000)}, "2024", "invented"))
    client = application(hub).test_client()
    assert "h.srh_good" not in client.get("/regions/XR-ALFA").text
    open_all(hub, clock)
    assert "h.srh_good" in client.get("/regions/XR-ALFA").text
