"""Drawings by themselves: what their specification holds and never holds, and that it becomes SVG and PNG."""

import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from werkzeug.test import TestResponse

from hub.serving import chart_render, turns
from hub.serving.chart_base import SCHEMA, Spec
from hub.serving.remembered import remembered
from schemas.assessment import Helix
from schemas.values import Exact, Rounded, Suppressed
from tests.support.held_by_hub import TAKEN_OVER, HeldByHub, figures
from tests.support.panels import an_assessment, with_means

TOTAL = ("total", "total", "total")
PUBLIC_TABLE = "jv24.sterk_eenzaam_54"
AT = "/api/v1/indicators/q.hba1c/chart"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldByHub:
    """Three regions over two years, of which one hides the last; and a table without counts."""
    held = HeldByHub.opened(tmp_path_factory.mktemp("held"))
    for place, (code, name) in enumerate({"XR-A": "Alfa", "XR-B": "Beta", "XR-C": "Gamma"}.items()):
        held.region(code, name, "invented")
        for year in ("2024", "2025"):
            is_hidden = (code, year) == ("XR-C", "2025")
            value = Suppressed(610, 690, 1000) if is_hidden else Exact(500 + 150 * place, 1000)
            held.accept(code, figures("q.hba1c", {TOTAL: value}, year, "invented"))
        held.accept(code, figures(PUBLIC_TABLE, {(code,): Rounded("20.5", "0.1")}, "2024", "invented", TAKEN_OVER))
    held.prove()
    return held


def _spec(held: HeldByHub, query: str = "") -> dict[str, Any]:
    answer = held.app.test_client().get(f"{AT}.vl.json?set=invented{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json(force=True)
    return found


def _of(spec: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in spec["data"]["values"] if one["region"] == name]


def test_a_hidden_figure_is_its_range_and_no_value(held: HeldByHub) -> None:
    spec = _spec(held)
    assert spec["$schema"] == SCHEMA
    assert _of(spec, "Gamma") == [
        {"region": "Gamma", "state": "hidden", "value": None, "low": 61.0, "high": 69.0, "verdict": "geen oordeel"}
    ]
    (alfa,) = _of(spec, "Alfa")
    assert (alfa["value"], alfa["low"] < 50 < alfa["high"]) == (50.0, True)


def test_regions_stand_by_name_unless_the_reader_asks(held: HeldByHub) -> None:
    assert _spec(held)["layer"][0]["encoding"]["y"]["sort"][:2] == ["Alfa", "Beta"]
    assert _spec(held, "&sort=value")["layer"][0]["encoding"]["y"]["sort"][:2] == ["Beta", "Alfa"]


def test_a_funnel_holds_the_limits_that_the_comparison_tells(held: HeldByHub) -> None:
    told = held.app.test_client().get("/api/v1/indicators/q.hba1c/comparison?set=invented").get_json()["funnel"]
    limits = {one["region"]: one["control"] for one in told["regions"]}
    (alfa,) = _of(_spec(held, "&view=funnel"), "Alfa")
    assert [alfa["control_low"], alfa["control_high"]] == [float(one) for one in limits["XR-A"]]
    assert [one["state"] for one in _of(_spec(held, "&view=funnel"), "Gamma")] == ["hidden"]


def test_a_trend_has_no_point_where_the_figure_is_hidden(held: HeldByHub) -> None:
    spec = _spec(held, "&view=trend&beside=XR-C")
    assert [(one["period"], one["value"], one["low"]) for one in _of(spec, "Gamma")] == [
        ("2024", 80.0, None),
        ("2025", None, 61.0),
    ]
    assert [one["own"] for one in _of(spec, "Gamma")] == [True, True]


@pytest.mark.parametrize("view", ["intervals", "funnel", "trend"])
def test_a_drawing_becomes_an_svg_that_a_strict_policy_lets_through(held: HeldByHub, view: str) -> None:
    answer = held.app.test_client().get(f"{AT}.svg?set=invented&view={view}&lang=en")
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert not re.search(r"<script|<style|\sstyle=|javascript:|<image|<foreignObject", answer.text)
    assert "HbA1c" in answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="q.hba1c-{view}.svg"'


def test_a_png_is_drawn_once_and_again_when_a_figure_changed(tmp_path: Path) -> None:
    held = HeldByHub.opened(tmp_path)
    for code in ("XR-A", "XR-B"):
        held.region(code, code, "invented")
        held.accept(code, figures("q.hba1c", {TOTAL: Exact(500, 1000)}, "2025", "invented"))
    client = held.app.test_client()
    first, second = (client.get(f"{AT}.png?set=invented").data for _ in range(2))
    assert first == second
    assert first.startswith(b"\x89PNG")
    held.accept("XR-A", figures("q.hba1c", {TOTAL: Exact(700, 1000)}, "2025", "invented"))
    assert client.get(f"{AT}.png?set=invented").data != first


def _asked_at(held: HeldByHub, seconds: Iterable[int], kind: str = "svg") -> list[TestResponse]:
    client = held.app.test_client()
    moments = [f"2026-11-21T10:00:{second:02d}Z" for second in seconds]
    return [client.get(f"{AT}.{kind}?set=invented&as_known_on={moment}") for moment in moments]


def test_what_looks_the_same_is_drawn_once_whenever_it_was_known(
    held: HeldByHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Spec] = []
    draw = chart_render._drawn
    monkeypatch.setattr(chart_render, "_drawn", lambda spec, kind: drawn.append(spec) or draw(spec, kind))
    answers = _asked_at(held, range(5))
    assert {one.status_code for one in answers} == {200}
    assert len({one.data for one in answers}) == len(drawn) == 1


def test_a_drawing_of_figures_that_changed_is_kept_no_longer(tmp_path: Path) -> None:
    held = HeldByHub.opened(tmp_path)
    with held.hub.engine.connect() as connection:
        first = chart_render.rendered(connection, "asked", {"mark": "bar", "title": "a"}, "svg")
        memory = remembered(connection)
        kept = len(memory)
        assert chart_render.rendered(connection, "asked", {"mark": "bar", "title": "b"}, "svg") != first
        assert len(memory) == kept


def test_who_waits_for_too_many_drawings_is_told_to_come_back_and_what_is_kept_is_given(held: HeldByHub) -> None:
    (kept,) = _asked_at(held, [30], "png")
    with ExitStack() as busy:
        for _ in range(chart_render._turns.at_most):
            busy.enter_context(chart_render._turns.places)
        refused = held.app.test_client().get(f"{AT}.png?set=invented&lang=en&sort=value")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.content_type == "application/problem+json"
        (again,) = _asked_at(held, [31], "png")
        assert (again.status_code, again.data) == (200, kept.data)
    assert held.app.test_client().get(f"{AT}.png?set=invented&lang=en&sort=value").status_code == 200


def test_a_turn_that_does_not_come_is_not_waited_for(held: HeldByHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_PATIENCE", 0.01)
    with chart_render._turns.working:
        assert held.app.test_client().get(f"{AT}.svg?set=invented&lang=en&sort=value").status_code == 503
    assert held.app.test_client().get(f"{AT}.svg?set=invented&lang=en&sort=value").status_code == 200


def test_what_cannot_be_drawn_is_said_and_named_as_not_there(held: HeldByHub) -> None:
    client = held.app.test_client()
    for path, status, said in (
        (f"/api/v1/indicators/{PUBLIC_TABLE}/chart.svg", 404, "No region has an interval here"),
        (f"/api/v1/indicators/{PUBLIC_TABLE}/chart.svg?view=funnel", 404, "A funnel needs counts"),
        (f"/api/v1/indicators/{PUBLIC_TABLE}/chart.png?view=trend", 404, "a trend needs three"),
        (f"{AT}.svg?view=pie", 422, ""),
        (f"{AT}.svg?as_known_on=yesterday", 422, "2026-01-31"),
        ("/api/v1/indicators/no.such/chart.svg", 404, ""),
    ):
        answer = client.get(path)
        assert (answer.status_code, said in answer.text) == (status, True), path


def test_the_page_leads_to_the_drawings_that_there_are(held: HeldByHub) -> None:
    def links(address: str) -> list[str]:
        page = html.fromstring(held.app.test_client().get(address).get_data(as_text=True))
        return [str(one) for one in page.xpath("//a/@href") if "/chart." in one]

    for view in ("intervals", "funnel", "trend"):
        found = links(f"/compare/q.hba1c?set=invented&view={view}")
        assert [one.partition("?")[0].rpartition("chart.")[2] for one in found] == ["svg", "png", "vl.json"]
        assert held.app.test_client().get(found[2]).status_code == 200
    assert links(f"/compare/{PUBLIC_TABLE}") == []
    assert links("/compare/q.hba1c?set=invented&view=control") == []


def test_an_assessment_is_drawn_with_its_bands_and_a_hidden_group_has_words_and_no_place(tmp_path: Path) -> None:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented")
    panel: tuple[Helix, ...] = ("government",) * 12 + ("practice",) * 12 + ("citizens",)
    made = held.accept("XR-A", an_assessment(with_means((300, 300, 300, 200, 300), panel)))
    answer = held.app.test_client().get(f"/api/v1/assessments/{made}/chart.vl.json?lang=nl")
    assert (answer.status_code, answer.content_type) == (200, "application/vnd.vegalite.v5+json")
    spec: dict[str, Any] = answer.get_json(force=True)
    rows = [one for one in spec["data"]["values"] if one["lens"] == spec["data"]["values"][15]["lens"]]
    assert {one["who"]: one["state"] for one in rows} == {
        "panel": "shown", "overheid": "hidden", "praktijk": "shown", "kennis": "nobody", "inwoners": "hidden"
    }  # fmt: skip
    first, last = rows[0], rows[-1]
    assert (first["median_low"], first["median_high"] < 2.5, first["half_low"]) == (2.0, True, 2.0)
    assert {last[name] for name in ("median_low", "median_high", "half_low", "half_high", "answers")} == {None}
    drawn = chart_render._drawn(spec, "svg").decode()
    assert drawn.count("verborgen") >= 5
    assert "niemand antwoordde" in drawn
    assert held.app.test_client().get(f"/api/v1/assessments/{'0' * 64}/chart.vl.json").status_code == 404
