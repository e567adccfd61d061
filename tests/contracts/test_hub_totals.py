"""Totals as readers are shown them: per audience, kept per state of the regions, withheld where they would tell."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.config import Hub
from hub.disclosure import Budget, together
from hub.flow import receive
from hub.serving.claims import claim
from hub.serving.compared import indicator_view
from hub.serving.leaks import unproven
from hub.serving.prove import backlog, prove
from hub.serving.table import as_csv_rows
from hub.serving.view import IndicatorView
from hub.tables import shown_total, shown_total_part
from schemas.codes import Audience
from schemas.joint import Finding
from schemas.payloads import Cell, EventRedacted, IndicatorPublished, IndicatorWithdrawn, Payload
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import TAKEN_OVER, figures
from tests.support.hub_stores import Clock, join

TOTAL = ("total", "total", "total")
WOMEN, MEN = ("total", "total", "f"), ("total", "total", "m")


def count(value: TypedValue) -> IndicatorPublished:
    return figures("h.dm_prev", {TOTAL: value}, region_set="invented")


def taken(hub: Hub, region: TestRegion, payload: Payload, audience: Audience = "public") -> SignedEvent:
    (made,) = region.release([payload], audience)
    (answer,) = receive([made.body], hub)
    assert answer.outcome == "accepted", answer
    prove(hub.engine, hub.clock)
    return made


def seen(hub: Hub, reader: Audience = "public", known_on: str | None = None, **by: str) -> IndicatorView:
    with hub.engine.connect() as connection:
        return indicator_view(connection, reader, hub.clock(), "h.dm_prev", by=by, known_on=known_on)


@pytest.fixture
def regions(stored_hub: Hub) -> list[TestRegion]:
    return [join(stored_hub, TestRegion(code)) for code in ("XR-ALFA", "XR-BETA", "XR-GAMMA", "XR-DELTA")]


def test_each_audience_has_its_own_total_and_it_is_kept_with_what_it_was_made_of(
    stored_hub: Hub, regions: list[TestRegion]
) -> None:
    first, second, third, _ = regions
    public = [taken(stored_hub, one, count(Exact(100, 1000))) for one in (first, second)]
    secret = taken(stored_hub, third, count(Exact(400, 1000)), "network")
    for _ in range(2):
        assert str(seen(stored_hub).reference) == "10.0"
        assert str(seen(stored_hub, "partners").reference) == "10.0"
        assert str(seen(stored_hub, "network").reference) == "20.0"
    with stored_hub.engine.connect() as connection:
        totals = {row.audience: row for row in connection.execute(select(shown_total))}
        parts = connection.execute(select(shown_total_part.c.event_id, shown_total_part.c.total)).all()
    assert set(totals) == {"public", "partners", "network"}
    of = {audience: {event for event, total in parts if total == row.id} for audience, row in totals.items()}
    assert of["public"] == of["partners"] == {one.id for one in public}
    assert of["network"] == of["public"] | {secret.id}
    assert totals["network"].accepted_at == f"{stored_hub.clock():%Y-%m-%dT%H:%M:%SZ}"


def test_a_moment_is_answered_with_the_total_that_was_shown_then(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    first, second, third, _ = regions
    taken(stored_hub, first, count(Exact(100, 1000)))
    gone = taken(stored_hub, second, count(Exact(200, 1000)))
    then = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    assert str(seen(stored_hub).reference) == "15.0"
    with stored_hub.engine.begin() as connection:  # a total that differs from what the rows would give
        connection.execute(shown_total.update().values(numerator=310))
    clock.move(hours=1)
    taken(stored_hub, third, count(Exact(300, 1000)))
    assert str(seen(stored_hub).reference) == "20.0"
    assert str(seen(stored_hub, known_on=then).reference) == "15.5"
    clock.move(hours=1)
    taken(stored_hub, second, IndicatorWithdrawn(gone.id, "counted twice"))
    assert str(seen(stored_hub).reference) == "20.0"  # of the two that stand
    assert str(seen(stored_hub, known_on=then).reference) == "15.5"


def test_a_total_made_of_a_destroyed_figure_is_withheld_and_its_figures_are_gone(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    first, second, third, _ = regions
    for region in (first, second):
        taken(stored_hub, region, count(Exact(100, 1000)))
    wrong = taken(stored_hub, third, count(Exact(700, 1000)))
    then = f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    assert str(seen(stored_hub).reference) == "30.0"
    clock.move(hours=1)
    taken(stored_hub, third, EventRedacted(wrong.id, "another file"))
    now, before = seen(stored_hub), seen(stored_hub, known_on=then)
    assert (str(now.reference), now.reference_withheld) == ("10.0", None)
    assert (before.reference, before.reference_withheld) == (None, "made_of_destroyed_figure")
    assert {row.why_not for row in before.rows if row.shown is not None} == {"reference_withheld"}
    assert {row.standing for row in before.rows} == {"no_verdict"}
    with stored_hub.engine.connect() as connection:
        joined = select(shown_total.c.numerator, shown_total_part.c.event_id).join(shown_total_part)
        kept = connection.execute(joined).all()
    assert {numerator for numerator, event_id in kept if event_id == wrong.id} == {None}
    assert {numerator for numerator, _ in kept} == {None, 200}


def test_the_nation_minus_the_regions_takes_the_total_away_for_those_who_know_the_nation(
    stored_hub: Hub, regions: list[TestRegion]
) -> None:
    for region in regions[:3]:
        taken(stored_hub, region, count(Exact(100, 1000)))
    taken(stored_hub, regions[3], count(Suppressed(0, 60, 1000)))
    assert str(seen(stored_hub).reference) == "10.0"
    nation = msgspec.structs.replace(
        count(Exact(0)), origin=TAKEN_OVER, cells=(Cell(("NL01", "total", "total"), Exact(305, 4000)),)
    )
    taken(stored_hub, regions[0], nation, "partners")
    told = seen(stored_hub, "partners")
    assert (told.reference, told.reference_withheld) == (None, "would_narrow_hidden_figure")
    (row,) = [row for row in as_csv_rows(told) if row["kind"] == "suppressed"]
    assert (row["reference"], row["reference_withheld"]) == ("", "would_narrow_hidden_figure")
    assert str(seen(stored_hub).reference) == "10.0"  # who does not know the nation loses nothing


def test_a_nation_that_is_not_the_sum_of_these_regions_takes_nothing_away(
    stored_hub: Hub, regions: list[TestRegion]
) -> None:
    for region in regions[:3]:
        taken(stored_hub, region, count(Exact(100, 1000)))
    taken(stored_hub, regions[3], count(Suppressed(0, 60, 1000)))
    nation = msgspec.structs.replace(
        count(Exact(0)), origin=TAKEN_OVER, cells=(Cell(("NL01", "total", "total"), Exact(3050, 40_000)),)
    )
    taken(stored_hub, regions[0], nation)
    assert seen(stored_hub).reference_withheld is None


def test_a_hidden_figure_has_no_standing_and_no_part_in_a_total(stored_hub: Hub, regions: list[TestRegion]) -> None:
    cells = {TOTAL: Exact(100, 1000), WOMEN: Suppressed(0, 100, 400), MEN: Suppressed(0, 100, 600)}
    taken(stored_hub, regions[0], figures("h.dm_prev", cells, region_set="invented"))
    for region in regions[1:3]:
        open_cells = {TOTAL: Exact(100, 1000), WOMEN: Exact(50, 400), MEN: Exact(50, 600)}
        taken(stored_hub, region, figures("h.dm_prev", open_cells, region_set="invented"))
    view = seen(stored_hub, sex="f")
    assert str(view.reference) == "12.5"
    (hidden,) = view.hidden
    assert (hidden.standing, hidden.why_not, hidden.shown) == ("no_verdict", "suppressed", None)
    assert [row.name for row in view.rows] == sorted(row.name for row in view.rows)


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
