"""One list of heads a day, chained to the day before: a hub that rewrites history is seen by who kept yesterday's."""

import threading

import msgspec
import pytest
from sqlalchemy import delete, func, select

from connectors.database import writing
from hub.config import Hub
from hub.flow import receive
from hub.intake.heads import heads_of, last_heads, live_heads, make_heads
from hub.intake.ledger import page
from hub.tables import daily_head, event, indicator_payload, receipt_batch
from schemas.envelope import Envelope
from schemas.heads import Heads, heads_hash, signed_heads
from schemas.history import HistoryRewritten, chain_links, check_chain, check_days, check_follows
from schemas.signature import SignatureMismatch, SigningKey
from tests.support.events import TestRegion, diabetes
from tests.support.hub_stores import Clock, join


def make(hub: Hub) -> Heads | None:
    with writing(hub.engine) as connection:
        return make_heads(connection, hub.clock(), hub.key)


def kept(hub: Hub) -> list[Heads]:
    with hub.engine.connect() as connection:
        return last_heads(connection, 400)


def links(hub: Hub, code: str) -> dict[int, str]:
    with hub.engine.connect() as connection:
        entries = page(connection, code, "public", 0, 100)
    return chain_links(msgspec.json.decode(one.envelope, type=Envelope) for one in entries)


def three_days(hub: Hub, clock: Clock, region: TestRegion) -> list[Heads]:
    for year in range(3):
        receive(
            [one.body for one in region.release([diabetes(800, str(2000 + year)), diabetes(809, f"19{year:02}")])], hub
        )
        assert make(hub) is not None
        clock.move(days=1)
    return kept(hub)


def test_a_run_of_days_and_the_chain_under_them_verify(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    days = three_days(stored_hub, clock, region)
    assert [day.heads[0].sequence for day in days] == [2, 4, 6]
    check_days(days, stored_hub.key.public)
    check_chain(region.code, links(stored_hub, region.code), days)
    with stored_hub.engine.connect() as connection:
        live = live_heads(connection, clock(), stored_hub.key)
        assert heads_of(connection, "2026-11-23") == msgspec.json.encode(days[1], order="sorted")
    check_days([*days, live], stored_hub.key.public)


def test_a_day_is_made_once_whoever_tries_and_whichever_way_the_clock_goes(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    made: list[Heads | None] = []
    start = threading.Barrier(4)

    def attempt() -> None:
        start.wait()
        made.append(make(stored_hub))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one is not None for one in made].count(True) == 1
    receive([region.release([diabetes(800)])[0].body], stored_hub)
    for hours in (1, -48, 50):
        clock.move(hours=hours)
        assert make(stored_hub) is None
    with stored_hub.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(daily_head)) == 1


def test_a_hub_that_rewrites_history_is_seen_by_who_kept_yesterdays_heads(stored_hub: Hub, clock: Clock) -> None:
    """The hub has its own key and the region's, and makes a second history that is whole and signed in itself."""
    region = join(stored_hub, TestRegion())
    yesterday = three_days(stored_hub, clock, region)
    with writing(stored_hub.engine) as connection:
        for table in (indicator_payload, receipt_batch, event, daily_head):
            connection.execute(delete(table))
    region.chain.clear()
    clock.move(days=-3)
    shown = three_days(stored_hub, clock, region)
    check_days(shown, stored_hub.key.public)
    check_chain(region.code, links(stored_hub, region.code), shown)
    with pytest.raises(HistoryRewritten, match="are not those that were kept"):
        check_follows(yesterday, shown, stored_hub.key.public)
    with pytest.raises(HistoryRewritten, match="another event at place 2"):
        check_chain(region.code, links(stored_hub, region.code), yesterday)
    with pytest.raises(HistoryRewritten, match="do not follow the last ones"):
        check_follows(yesterday[:1], shown[1:], stored_hub.key.public)


def test_days_that_were_kept_and_go_on_are_no_alarm(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    days = three_days(stored_hub, clock, region)
    for kept_days, shown in ((days[:2], days), (days, days[1:]), (days[:2], days[2:]), ([], days), (days, [])):
        check_follows(kept_days, shown, stored_hub.key.public)


def test_a_day_left_out_or_bent_is_seen(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    days = three_days(stored_hub, clock, region)
    key = stored_hub.key
    for bent in ([days[0], days[2]], [days[1], days[0]], [days[0], days[0]]):
        with pytest.raises(HistoryRewritten):
            check_days(bent, key.public)
    with pytest.raises(HistoryRewritten, match="are not those that were kept"):
        check_follows(days, days[:2], key.public)
    shorter = msgspec.structs.replace(days[1], heads=(msgspec.structs.replace(days[1].heads[0], sequence=1),))
    gone = msgspec.structs.replace(days[1], heads=())
    other = msgspec.structs.replace(days[0].heads[0], event_id="f" * 64)
    ends_otherwise = msgspec.structs.replace(days[1], heads=(other,))
    for one in (shorter, gone, ends_otherwise):
        with pytest.raises(SignatureMismatch):
            check_days([days[0], one], key.public)
        with pytest.raises(HistoryRewritten, match="chain of XR-DUINRAND"):
            check_days([days[0], signed_heads(one, key)], key.public)
    with pytest.raises(SignatureMismatch):
        check_days([signed_heads(days[0], SigningKey.generate())], key.public)


def test_a_hub_without_regions_has_its_day_as_well(stored_hub: Hub, clock: Clock) -> None:
    first = make(stored_hub)
    assert first is not None
    assert first.heads == ()
    clock.move(days=3)
    second = make(stored_hub)
    assert second is not None
    assert second.previous == heads_hash(first)


def test_a_chain_with_a_link_left_out_does_not_add_up(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    three_days(stored_hub, clock, region)
    envelopes = [one.envelope for one in region.chain]
    assert list(chain_links(envelopes)) == [1, 2, 3, 4, 5, 6]
    for bent in (envelopes[1:], [*envelopes[:2], *envelopes[3:]]):
        with pytest.raises(HistoryRewritten):
            chain_links(bent)
