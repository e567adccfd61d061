"""The overview: whose it is, verdicts counted by axis and never added up, what is new and what grows old."""

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from hub.identity.caller import Caller
from hub.serving.glance import glance
from hub.serving.news import OLD_DAYS, SILENT_DAYS, news
from hub.web.overview_page import chosen
from schemas.values import Exact, Rounded, Suppressed, TypedValue
from tests.support.held_by_hub import NOW, TAKEN_OVER, HeldByHub, a_lesson, figures

TOTAL = ("total", "total", "total")
AXES = ("health", "quality", "cost", "workforce")


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    """Three regions with 50, 70 and 90% on HbA1c; Alfa had 30% in 2023, and hides another figure."""
    held = HeldByHub.opened(tmp_path)
    for code, name, percent in (("XR-A", "Alfa", 50), ("XR-B", "Beta", 70), ("XR-C", "Gamma", 90)):
        held.region(code, name, "invented")
        held.accept(code, figures("q.hba1c", {TOTAL: Exact(10 * percent, 1000)}, "2025", "invented"))
        value: TypedValue = Suppressed(1, 9, 1000) if name == "Alfa" else Exact(50, 1000)
        held.accept(code, figures("h.dm_prev", {TOTAL: value}, "2025", "invented"))
    held.accept("XR-A", figures("q.hba1c", {TOTAL: Exact(300, 1000)}, "2023", "invented"))
    held.accept("XR-A", a_lesson(), accepted_at="2026-11-21T12:00:00Z")
    held.prove()
    return held


def _page(held: HeldByHub, address: str) -> html.HtmlElement:
    return html.fromstring(held.app.test_client().get(address).get_data(as_text=True))


def test_a_region_is_told_by_verdict_and_axis(held: HeldByHub) -> None:
    with held.hub.engine.connect() as connection:
        found = {one.axis: one for one in glance(connection, "public", NOW, "XR-A", AXES).axes}
    quality, health = found["quality"], found["health"]
    assert ([one.indicator for one in quality.unfavourable], quality.favourable) == (["q.hba1c"], ())
    assert [(one.indicator, one.since, one.period) for one in quality.better] == [("q.hba1c", "2023", "2025")]
    assert (health.figures, health.hidden, health.unjudged) == (1, 1, 0)
    assert found["workforce"].figures == 0


def test_the_overview_opens_on_the_region_in_the_address_and_keeps_it_over_languages(held: HeldByHub) -> None:
    page = _page(held, "/?region=XR-A")
    assert page.xpath("//h1/text()") == ["Alfa"]
    (switch,) = page.xpath("//a[@hreflang='en']/@href")
    other = _page(held, switch)
    lead = other.xpath("string(//p[@class='lead'])")
    assert lead == (
        "Figures of Alfa: 2, of which 1 clearly different from the regions together. "
        "With a past: 1, of which 1 clearly changed since the first measurement."
    )
    assert other.xpath("//details//a/@href") == [
        "/compare/q.hba1c?period=2025&set=invented&beside=XR-A&lang=en",
        "/regions/XR-A?indicator=q.hba1c&since=2023&lang=en#progress",
    ]
    assert other.xpath("//form[contains(@action, '#progress')]//input[@name='region']/@value") == ["XR-A"]


@pytest.mark.parametrize("asked", ["", "?region=", "?region=XR-NONE"])
def test_without_a_region_it_tells_how_much_there_is_and_what_nobody_measured(held: HeldByHub, asked: str) -> None:
    page = _page(held, f"/{asked}")
    told = {one.xpath("string(h3)"): one.text_content() for one in page.xpath("//div[@class='grid axes']/section")}
    assert "1 cijfer" in told["Kwaliteit van zorg"]
    assert "Geen nul: er is niets gemeten." in told["Kosten"]
    assert "Alfa" not in page.xpath("string(//h1)")


def test_who_is_signed_in_for_a_region_sees_it_first_unless_they_ask_otherwise() -> None:
    anna, there = Caller(roles=frozenset({"region:XR-A", "national"})), {"XR-A", "XR-B"}
    assert chosen(None, anna, there) == "XR-A"
    assert chosen("XR-B", anna, there) == "XR-B"
    assert chosen("", anna, there) is None
    assert chosen(None, Caller(), there) is None
    assert chosen(None, anna, {"XR-B"}) is None


def test_what_has_no_interval_gets_no_verdict(held: HeldByHub) -> None:
    for code, value in (("XR-A", "10.0"), ("XR-B", "90.0")):
        payload = figures("jv24.sterk_eenzaam_54", {(code,): Rounded(value, "0.1")}, "2024", "invented", TAKEN_OVER)
        held.accept(code, payload)
    with held.hub.engine.connect() as connection:
        found = {one.axis: one for one in glance(connection, "public", NOW, "XR-A", AXES).axes}["health"]
    assert (found.figures, found.hidden, found.unjudged) == (2, 1, 1)
    assert not [*found.favourable, *found.unfavourable, *found.apart]


def test_new_figures_are_told_by_day_and_what_is_for_the_network_is_not_told_to_others(held: HeldByHub) -> None:
    later = figures("q.hba1c", {TOTAL: Exact(800, 1000)}, "2026", "invented")
    held.accept("XR-B", later, "network", "2026-11-21T08:00:00Z")
    with held.hub.engine.connect() as connection:
        public, network = (news(connection, reader, NOW, 5).arrived for reader in ("public", "network"))
    assert [(one.day, one.regions, one.figures) for one in public] == [("2026-11-20", 3, 7)]
    assert next((one.day, one.name, one.figures) for one in network) == ("2026-11-21", "Beta", 1)


def test_silence_and_age_are_told_once_they_are_long(held: HeldByHub) -> None:
    def at(days: int) -> tuple[list[str], list[str]]:
        with held.hub.engine.connect() as connection:
            found = news(connection, "public", NOW + timedelta(days=days), 5)
        return [one.name for one in found.silent], [one.indicator for one in found.old]

    assert at(SILENT_DAYS - 3) == ([], [])
    assert at(SILENT_DAYS - 1) == (["Beta", "Gamma"], [])
    assert at(OLD_DAYS) == (["Beta", "Gamma", "Alfa"], ["h.dm_prev", "q.hba1c"])
