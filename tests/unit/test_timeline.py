"""Timelines: where things lie on the axis, worked out by hand, and that every kind has a shape of its own."""

import re
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from hub.bootstrap import application, make_hub
from hub.web.timeline import KINDS, Entry, draw_network, draw_region
from hub.web.words import speaker

TODAY = date(2026, 7, 2)
LABELS = {kind: kind.title() for kind in KINDS}


def entry(kind: str, first: str, last: str | None = None, look: str = "execution", title: str = "Titel") -> Entry:
    ends = None if last is None else date.fromisoformat(last)
    return Entry(kind, title, "nl", look, first, date.fromisoformat(first), ends, "a" * 64)  # type: ignore[arg-type]


def test_a_day_lies_as_far_along_the_axis_as_along_the_years() -> None:
    """The axis runs from 1 January 2025 to 1 January 2027 (730 days) over 454 units from 210 on."""
    found = [entry("phase", "2025-01-01", "2025-12-31"), entry("milestone", "2026-07-02", look="due")]
    drawn = draw_region(found, LABELS, TODAY, is_narrow=False)
    assert drawn is not None
    assert [(year.x, year.label) for year in drawn.years] == [(210.0, "2025"), (437.0, "2026"), (664.0, "")]
    phase, milestones = drawn.lanes
    assert (phase.bars[0].left, phase.bars[0].right) == (210.0, 437.0)
    assert milestones.marks[0].x == drawn.today == round(210 + 454 * 547 / 730, 1)
    assert (phase.label, milestones.label) == ("Titel", "Milestone")


def test_nothing_to_draw_gives_no_drawing_and_far_years_no_thousand_lines() -> None:
    assert draw_region([], LABELS, TODAY, is_narrow=True) is None
    assert draw_network([("Alfa", [])], TODAY, is_narrow=False) is None
    drawn = draw_region([entry("phase", "0001-01-01", "9999-12-31")], LABELS, TODAY, is_narrow=False)
    assert drawn is not None
    assert len(drawn.years) <= 11
    assert all(0 <= end <= drawn.width for bar in drawn.lanes[0].bars for end in (bar.left, bar.right))


def test_regions_stand_in_the_order_given_and_those_without_a_day_are_left_out() -> None:
    drawn = draw_network(
        [("Beta", [entry("selection", "2025-01-01")]), ("Alfa", []), ("Gamma", [entry("round", "2025-01-01")])],
        TODAY,
        is_narrow=True,
    )
    assert drawn is not None
    assert [lane.label for lane in drawn.lanes] == ["Beta", "Gamma"]


@pytest.mark.parametrize("is_narrow", [False, True])
def test_every_kind_has_a_shape_of_its_own_inside_the_frame(tmp_path: Path, is_narrow: bool) -> None:
    moments = [entry(kind, "2025-06-01", look="reached") for kind in ("selection", "milestone", "evaluation", "round")]
    lasting = [entry("phase", "2025-01-01", "2026-01-01"), entry("intervention", "2025-01-01", "2026-01-01")]
    hub = make_hub(tmp_path / "hub", {})
    app, shapes = application(hub), {}
    for one in [*moments, *lasting]:
        drawn = draw_region([one], LABELS, TODAY, is_narrow=is_narrow)
        with app.test_request_context("/progress"):
            macro = app.jinja_env.get_template("timeline.html").module.timeline  # type: ignore[attr-defined]
            svg = etree.fromstring(str(macro(drawn, "Tijdlijn", speaker("nl"), None)))
        assert svg.get("role") == "img"
        (x, y, width, _) = map(float, svg.get("viewBox", "").split())
        assert (x, y, width) == (0, 0, 320 if is_narrow else 680)
        shapes[one.kind] = tuple(
            (node.tag, node.get("r"), node.get("height"), re.sub(r"^M\S+ [\d.]+", "", node.get("d", "")))
            for node in svg
            if node.get("class") not in (None, "rule", "net", "soft", "end")
        )
    assert len(set(shapes.values())) == len(KINDS)  # without a look at their colours
    hub.engine.dispose()
