"""What the hub hands to which reader: latest figures, one set of regions, nothing above the reader's audience."""

from pathlib import Path

import pytest

from hub.serving.compared import CutUnknown, IndicatorAbsent, IndicatorUnknown, cuts, indicator_view, parse_cut
from hub.serving.figures import latest, offers, regions
from hub.serving.lessons import LessonUnknown, every_lesson, one_lesson
from hub.serving.paging import PageUnknown
from hub.serving.search import newest_lessons
from schemas.values import Exact, Suppressed
from tests.support.held_by_hub import NOW, HeldByHub, a_lesson, figures

TOTAL = ("total", "total", "total")
WOMEN = ("total", "total", "f")


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-B", "Beta", "invented", token="beta-token")
    held.region("XR-A", "Alfa", "invented")
    held.region("XR-C", "Gamma", "other")
    return held


def test_the_latest_payload_of_a_region_is_the_one_that_counts(held: HeldByHub) -> None:
    for numerator in (10, 20):
        held.accept("XR-A", figures("h.dm_prev", {TOTAL: Exact(numerator, 1000)}, region_set="invented"))
    with held.hub.engine.connect() as connection:
        (only,) = latest(connection, "public", "h.dm_prev", "2025", "invented")
    assert only.payload.cells[0].value == Exact(20, 1000)


def test_a_reader_sees_nothing_released_to_a_smaller_circle(held: HeldByHub) -> None:
    held.accept("XR-A", figures("h.dm_prev", {TOTAL: Exact(10, 1000)}, region_set="invented"))
    held.accept("XR-A", figures("h.dm_prev", {TOTAL: Exact(99, 1000)}, region_set="invented"), audience="partners")
    held.accept("XR-B", figures("h.dm_prev", {TOTAL: Exact(30, 1000)}, region_set="invented"), audience="network")
    seen = {}
    with held.hub.engine.connect() as connection:
        for reader in ("public", "partners", "network"):
            rows = latest(connection, reader, "h.dm_prev", "2025", "invented")
            seen[reader] = [(row.region, row.payload.cells[0].value.numerator) for row in rows]
        assert [offer.regions for offer in offers(connection, "public", NOW)] == [1]
        assert [region.code for region in regions(connection, "public")] == ["XR-A"]
    assert seen == {
        "public": [("XR-A", 10)],
        "partners": [("XR-A", 99)],
        "network": [("XR-A", 99), ("XR-B", 30)],
    }


def test_regions_of_another_set_are_never_in_the_same_comparison(held: HeldByHub) -> None:
    held.accept("XR-A", figures("h.dm_prev", {TOTAL: Exact(10, 1000)}, region_set="invented"))
    held.accept("XR-B", figures("h.dm_prev", {TOTAL: Exact(10, 1000)}, region_set="invented"))
    held.accept("XR-C", figures("h.dm_prev", {TOTAL: Exact(10, 1000)}, region_set="other"))
    with held.hub.engine.connect() as connection:
        largest = indicator_view(connection, "public", NOW, "h.dm_prev")
        other = indicator_view(connection, "public", NOW, "h.dm_prev", region_set="other")
    assert [row.name for row in largest.rows] == ["Alfa", "Beta"]
    assert [row.name for row in other.rows] == ["Gamma"]


def test_a_hidden_value_is_a_range_in_the_shown_unit_and_never_a_figure(held: HeldByHub) -> None:
    held.accept("XR-A", figures("h.dm_prev", {TOTAL: Suppressed(1, 9, 1000)}, region_set="invented"))
    held.accept("XR-B", figures("h.dm_prev", {TOTAL: Exact(50, 1000)}, region_set="invented"))
    with held.hub.engine.connect() as connection:
        view = indicator_view(connection, "public", NOW, "h.dm_prev")
    hidden, shown = view.rows
    assert (hidden.bounds, str(hidden.low), str(hidden.high), hidden.shown) == ("range", "0.1", "0.9", None)
    assert (shown.bounds, str(shown.shown), shown.age_days) == ("interval", "5.0", 2)


def test_a_cut_compares_the_node_asked_for_and_refuses_one_that_is_not_there(held: HeldByHub) -> None:
    payload = figures("h.dm_prev", {TOTAL: Exact(50, 1000), WOMEN: Exact(20, 400)}, region_set="invented")
    held.accept("XR-A", payload)
    with held.hub.engine.connect() as connection:
        view = indicator_view(connection, "public", NOW, "h.dm_prev", by={"sex": "f"})
        assert view.rows[0].value == Exact(20, 400)
        with pytest.raises(CutUnknown, match="sex"):
            indicator_view(connection, "public", NOW, "h.dm_prev", by={"sex": "x"})
        rows = latest(connection, "public", "h.dm_prev", "2025", "invented")
    assert cuts(rows) == {"sex": ("f",)}


def test_a_cut_is_read_from_its_written_form_only() -> None:
    assert parse_cut("") == {}
    assert parse_cut("sex:f,age_band:18-44") == {"sex": "f", "age_band": "18-44"}
    for wrong in ("sex", "sex=f", "sex:f,", "sex:<b>"):
        with pytest.raises(CutUnknown):
            parse_cut(wrong)


def test_what_is_not_there_is_told_apart(held: HeldByHub) -> None:
    held.accept("XR-A", figures("h.dm_prev", {TOTAL: Exact(10, 1000)}, region_set="invented"))
    with held.hub.engine.connect() as connection:
        with pytest.raises(IndicatorUnknown):
            indicator_view(connection, "public", NOW, "no.such")
        with pytest.raises(IndicatorAbsent, match="2025"):
            indicator_view(connection, "public", NOW, "h.dm_prev", period="1999")


def test_lessons_come_newest_first_in_pages_and_only_in_their_latest_version(held: HeldByHub) -> None:
    for number in range(3):
        held.accept("XR-A", a_lesson(f"les-{number}", f"Les {number}"), accepted_at=f"2026-11-1{number}T00:00:00Z")
    held.accept("XR-A", a_lesson("les-0", "Les 0, herzien"), accepted_at="2026-11-20T00:00:00Z")
    secret = held.accept("XR-A", a_lesson("les-9", "Voor het netwerk"), audience="network")
    first, second = (newest_lessons(held.hub.engine, "public", page, size=2) for page in (1, 2))
    titles = [one.payload.title for page in (first, second) for one in page.lessons]
    assert titles == ["Les 0, herzien", "Les 2", "Les 1"]
    assert (first.pages, first.total) == (2, 3)
    assert newest_lessons(held.hub.engine, "public", region="XR-B").total == 0
    with pytest.raises(PageUnknown, match="list of lessons has no page 3; ask for a page from 1 to 2"):
        newest_lessons(held.hub.engine, "public", 3, size=2)
    with held.hub.engine.connect() as connection:
        assert [one.payload.title for one in every_lesson(connection, "public")] == titles
        with pytest.raises(LessonUnknown):
            one_lesson(connection, "partners", secret)
        assert one_lesson(connection, "network", secret).payload.title == "Voor het netwerk"
