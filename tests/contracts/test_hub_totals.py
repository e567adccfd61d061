"""Totals as readers are shown them: per audience, kept per state of the regions, withheld where they would tell."""

import msgspec
import pytest
from sqlalchemy import select

from hub.config import Hub
from hub.serving.table import as_csv_rows
from hub.tables import shown_total, shown_total_part
from schemas.payloads import Cell, EventRedacted, IndicatorWithdrawn
from schemas.values import Exact, Suppressed
from tests.support.events import TestRegion
from tests.support.held_by_hub import TAKEN_OVER, figures
from tests.support.hub_stores import Clock, join
from tests.support.totals import TOTAL, count, seen, taken

WOMEN, MEN = ("total", "total", "f"), ("total", "total", "m")


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
