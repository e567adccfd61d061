"""Totals are proven before anybody asks: by one process at a time, and readers wait for nothing."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.config import Hub
from hub.disclosure import Budget, together
from hub.flow import receive
from hub.intake.rebuild import rebuild
from hub.serving.claims import claim
from hub.serving.leaks import unproven
from hub.serving.prove import backlog, prove
from hub.serving.table import as_csv_rows
from hub.tables import shown_total, shown_total_part
from schemas.joint import Finding
from schemas.payloads import EventRedacted, IndicatorWithdrawn
from schemas.values import Exact, Suppressed
from tests.support.events import TestRegion
from tests.support.held_by_hub import figures
from tests.support.hub_stores import Clock, join
from tests.support.totals import TOTAL, count, seen, taken


@pytest.fixture
def regions(stored_hub: Hub) -> list[TestRegion]:
    return [join(stored_hub, TestRegion(code)) for code in ("XR-ALFA", "XR-BETA", "XR-GAMMA", "XR-DELTA")]


def test_until_it_is_proven_a_total_is_withheld_and_says_since_when(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    for region in regions[:2]:
        taken(stored_hub, region, count(Exact(100, 1000)))
    clock.move(hours=1)
    (made,) = regions[2].release([count(Exact(400, 1000))], "public")
    receive([made.body], stored_hub)
    clock.move(hours=1)
    for _ in range(2):  # who looks proves nothing and keeps nothing
        told = seen(stored_hub)
        assert (told.reference, told.reference_withheld) == (None, "being_proven")
    since = f"{clock() - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    assert told.reference_proving_since == since
    assert told.reference_why is not None
    assert f"being proven since {since[:10]} {since[11:16]} UTC" in told.reference_why.en
    assert f"sinds {since[:10]} {since[11:16]} UTC" in told.reference_why.nl
    row = as_csv_rows(told)[0]
    assert (row["reference_withheld"], row["reference_proving_since"]) == ("being_proven", since)
    assert row["reference_why_nl"] == told.reference_why.nl
    with stored_hub.engine.connect() as connection:
        assert [(one.indicator, one.since) for one in backlog(connection)] == [("h.dm_prev", since)]
    assert prove(stored_hub.engine, clock) == 3
    assert str(seen(stored_hub).reference) == "20.0"
    with stored_hub.engine.connect() as connection:
        assert backlog(connection) == []


def test_a_withdrawal_asks_for_a_new_proof_though_no_figure_came(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    first, *_ = [taken(stored_hub, region, count(Exact(100, 1000))) for region in regions[:3]]
    clock.move(hours=1)
    (made,) = regions[0].release([IndicatorWithdrawn(first.id, "counted twice")], "public")
    receive([made.body], stored_hub)
    assert seen(stored_hub).reference_withheld == "being_proven"
    prove(stored_hub.engine, clock)
    assert str(seen(stored_hub).reference) == "10.0"


def test_two_processes_prove_one_place_once_and_never_keep_two_answers(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for region in regions[:3]:
        (made,) = region.release([count(Exact(100, 1000))], "public")
        receive([made.body], stored_hub)
    module, begun, may_end, solved = sys.modules["hub.serving.prove"], Event(), Event(), []

    def slow(*arguments: Any) -> list[Finding]:
        begun.set()
        solved.append(1)
        assert may_end.wait(30)
        return together(*arguments)

    monkeypatch.setattr(module, "together", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(prove, stored_hub.engine, clock)
        assert begun.wait(30)
        assert prove(stored_hub.engine, clock) == 0  # it is claimed
        assert seen(stored_hub).reference_withheld == "being_proven"
        may_end.set()
        assert first.result() == 3
    assert len(solved) == 1  # three audiences see the same
    assert str(seen(stored_hub).reference) == "10.0"


def test_what_a_killed_process_had_claimed_is_taken_up_and_it_keeps_nothing_when_it_wakes(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for region in regions[:2]:
        (made,) = region.release([count(Exact(100, 1000))], "public")
        receive([made.body], stored_hub)
    lost = claim(stored_hub.engine, "h.dm_prev", "2025", clock)
    assert lost is not None
    assert prove(stored_hub.engine, clock) == 0
    clock.move(minutes=3)
    assert prove(stored_hub.engine, clock) == 3
    with writing(stored_hub.engine) as connection:
        assert not lost.spend(connection)
    assert str(seen(stored_hub).reference) == "10.0"


def test_a_figure_that_is_destroyed_while_its_total_is_worked_out_is_not_brought_back(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = [taken(stored_hub, region, count(Exact(100, 1000))) for region in regions[:3]]
    (made,) = regions[3].release([count(Exact(100, 1000))], "public")
    receive([made.body], stored_hub)
    module = sys.modules["hub.serving.prove"]

    def meanwhile(*arguments: Any) -> bool:
        (gone,) = regions[0].release([EventRedacted(first.id, "another file")], "public")
        receive([gone.body], stored_hub)
        monkeypatch.setattr(module, "_keep", keep)
        return keep(*arguments)

    keep = module._keep
    monkeypatch.setattr(module, "_keep", meanwhile)
    assert prove(stored_hub.engine, clock) == 0
    with stored_hub.engine.connect() as connection:
        joined = select(shown_total.c.numerator).join(shown_total_part).where(shown_total_part.c.event_id == first.id)
        assert set(connection.scalars(joined)) == {None}
    assert prove(stored_hub.engine, clock) == 3
    assert str(seen(stored_hub).reference) == "10.0"


def test_what_takes_too_much_work_is_withheld_with_the_reason_and_not_tried_again(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hides = {TOTAL: Exact(60, 900), ("GM0001", *TOTAL[1:]): Suppressed(0, 60, 400)}
    hides |= {("GM0002", *TOTAL[1:]): Suppressed(0, 60, 500)}
    tells = {TOTAL: Exact(90, 900), ("GM0002", *TOTAL[1:]): Suppressed(2, 60, 500)}
    tells |= {("GM0003", *TOTAL[1:]): Suppressed(0, 90, 400)}
    monkeypatch.setattr(sys.modules["hub.serving.prove"], "Budget", lambda meanwhile: Budget(0.001, meanwhile))
    for region, cells in zip(regions, (hides, tells), strict=False):
        taken(stored_hub, region, figures("h.dm_prev", cells, region_set="invented"))
    told = seen(stored_hub)
    assert (told.reference, told.reference_withheld) == (None, "beyond_budget")
    assert told.reference_why is not None
    assert "takes more work than is allowed" in told.reference_why.en
    assert prove(stored_hub.engine, clock) == 0
    with stored_hub.engine.connect() as connection:
        assert {one.why for one in unproven(connection)} == {"beyond_budget"}
        assert backlog(connection) == []


def test_a_hub_that_was_filled_at_once_knows_how_every_day_ended(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    ends = []
    for hour, region in enumerate(regions):
        (made,) = region.release([count(Exact(100 * (hour + 1), 1000))], "public")
        receive([made.body], stored_hub)
        ends.append(f"{clock():%Y-%m-%d}T23:59:59Z")
        clock.move(hours=24)
    prove(stored_hub.engine, clock)
    assert [str(seen(stored_hub, known_on=end).reference) for end in ends] == ["None", "15.0", "20.0", "25.0"]


def test_of_a_moment_that_nobody_proved_it_is_said_that_no_total_was_kept(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    for region in regions[:3]:
        (made,) = region.release([count(Exact(100, 1000))], "public")
        receive([made.body], stored_hub)
        clock.move(minutes=1)
    prove(stored_hub.engine, clock)
    between = f"{clock() - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"
    told = seen(stored_hub, known_on=between)
    assert (told.reference, told.reference_withheld, told.reference_proving_since) == (None, "not_kept", None)
    assert str(seen(stored_hub).reference) == "10.0"


def test_after_a_rebuild_everything_is_still_proven_and_the_same(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    for region in regions[:3]:
        taken(stored_hub, region, count(Exact(100, 1000)))
    rebuild(stored_hub.engine)
    with stored_hub.engine.connect() as connection:
        assert backlog(connection) == []
    assert prove(stored_hub.engine, clock) == 0
    assert str(seen(stored_hub).reference) == "10.0"
