"""A region's page shows its evaluations in words and drawn, with doubts and with what changed of their figures."""

from decimal import Decimal
from typing import Any

import pytest
from lxml import html

from hub.web.drawing import draw_effect
from schemas.evaluation import EvaluationPublished
from schemas.payloads import IndicatorWithdrawn
from schemas.values import Exact
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion
from tests.support.held_by_hub import figures
from tests.support.hub import RunningHub

TOTAL = {("total",) * 3: Exact(120, 1000)}


def accept(hub: RunningHub, region: TestRegion, payloads: list[object], audience: str = "public") -> list[str]:
    made = region.release(payloads, audience)  # type: ignore[arg-type]
    assert {one.outcome for one in hub.push(region.code, [one.body for one in made])} == {"accepted"}
    return [one.id for one in made]


def page_of(hub: RunningHub, lang: str) -> html.HtmlElement:
    return html.fromstring(hub.client.get(f"/regions/XR-DUINRAND?lang={lang}").text)


def figures_of_two_years(hub: RunningHub, region: TestRegion, indicator: str = "h.dm_prev") -> list[tuple[str, str]]:
    years = ("2021", "2022")
    return list(
        zip(accept(hub, region, [figures(indicator, TOTAL, one, "invented") for one in years]), years, strict=True)
    )


def evaluated(rests: list[tuple[str, str]], indicator: str = "h.dm_prev", **other: Any) -> EvaluationPublished:
    return an_evaluation(rests, indicator=indicator, **other)


def test_the_estimate_is_drawn_and_told_in_both_languages(running_hub: RunningHub) -> None:
    region = running_hub.enrol(TestRegion())
    held = accept(running_hub, region, [figures("h.dm_prev", TOTAL, year, "invented") for year in ("2021", "2022")])
    evaluation = an_evaluation([(held[0], "2021"), (held[1], "2022")], indicator="h.dm_prev")
    (event,) = accept(running_hub, region, [evaluation])
    for lang, said in (
        ("nl", ("Werkte het?", "past bij een effect", "−0,80", "−1,10 tot −0,50", "Populatieniveau", "geen verschil")),
        ("en", ("Did it work?", "fits an effect", "−0.80", "−1.10 to −0.50", "Population level", "no change")),
    ):
        page = page_of(running_hub, lang)
        (article,) = page.xpath("//article")
        text = " ".join(page.text_content().split())
        assert not [one for one in said if one not in text]
        assert article.get("id") == f"evaluation-{event[:16]}"
        drawings = article.xpath(".//svg")
        assert [one.get("class") for one in drawings] == ["plot wide", "plot narrow"]
        assert all(one.xpath(".//path[@class='lower']") for one in drawings)
        assert said[3] in drawings[0].get("aria-label")
        assert not article.xpath(".//div[@class='note']")
    accept(running_hub, region, [IndicatorWithdrawn(held[0], "The register was wrong.")])
    (note,) = page_of(running_hub, "en").xpath("//article//div[@class='note']")
    told = " ".join(note.text_content().split())
    assert told.startswith("Figures on which this evaluation rests have changed since; it was not revised for that.")
    assert "2021: withdrawn, 22 Nov 2026. Reason: The register was wrong." in told


def test_a_doubted_one_is_not_drawn_as_an_effect_and_others_do_not_see_what_is_not_for_them(
    running_hub: RunningHub,
) -> None:
    region = running_hub.enrol(TestRegion())
    assert "nog geen evaluatie" in page_of(running_hub, "nl").text_content()
    rests = figures_of_two_years(running_hub, region)
    doubted = an_evaluation(rests, indicator="h.dm_prev", verdict="failed", title="<b>Aan huis</b>")
    hidden = an_evaluation(rests, indicator="h.dm_prev", title="Niet voor iedereen", level="intervention")
    accept(running_hub, region, [doubted])
    accept(running_hub, region, [hidden], "network")
    body = running_hub.client.get("/regions/XR-DUINRAND").text
    (article,) = html.fromstring(body).xpath("//article")
    assert "niet als effect te lezen" in article.text_content()
    assert "Niet voor iedereen" not in body
    assert "<b>Aan huis" not in body
    assert article.xpath(".//svg//circle[@class='same']")
    assert not article.xpath(".//svg//path")


@pytest.mark.parametrize(
    ("low", "value", "high", "look"),
    [("-1.10", "-0.80", "-0.50", "lower"), ("0.001", "0.002", "0.003", "higher"), ("-2", "120", "999.5", "same")],
)
def test_no_change_is_always_on_the_axis(low: str, value: str, high: str, look: str) -> None:
    for is_narrow in (False, True):
        numbers = [Decimal(one) for one in (value, low, high)]
        drawn = draw_effect(*numbers, look != "same", is_narrow)
        assert drawn.look == look
        assert 0 <= drawn.left < drawn.mark < drawn.right <= drawn.width
        assert any(tick.x == drawn.zero and tick.value == 0 for tick in drawn.ticks)
        assert 2 <= len(drawn.ticks) <= 7


def test_other_regions_evaluations_of_the_same_kind_stand_beside_it_by_name(running_hub: RunningHub) -> None:
    """Of another level, another outcome, or for others than its reader none is; nor is one's own."""
    own, other, third = (running_hub.enrol(TestRegion(code)) for code in ("XR-DUINRAND", "XR-ZOOM", "XR-AMSTEL"))
    rests, of_other, of_third = (figures_of_two_years(running_hub, one) for one in (own, other, third))
    of_more = figures_of_two_years(running_hub, third, "h.copd")
    accept(running_hub, own, [evaluated(rests)])
    assert not page_of(running_hub, "en").xpath("//article//table")
    same = evaluated(of_other, title="Huisbezoek", estimate=("-2.50", "-4.00", "-1.00"))
    (event,) = accept(running_hub, other, [same])
    accept(running_hub, third, [evaluated(of_third, estimate=("0.20", "-0.60", "1.00"), verdict="failed")])
    unlike = [evaluated(of_third, level="intervention"), evaluated(of_more, indicator="h.copd")]
    accept(running_hub, third, unlike)
    hidden = running_hub.enrol(TestRegion("XR-GEHEIM"))
    accept(running_hub, hidden, [evaluated(figures_of_two_years(running_hub, hidden))], "network")
    page = page_of(running_hub, "en")
    rows = [" ".join(row.text_content().split()) for row in page.xpath("//article//tbody/tr")]
    assert len(rows) == 2
    assert "not to be read as an effect0.20 per 1,000 person-years (95% interval −0.60 to 1.00)" in rows[0]
    assert "fits an effect−2.50 per 1,000 person-years (95% interval −4.00 to −1.00)" in rows[1]
    (link,) = page.xpath("//article//tbody/tr[2]//a")
    assert link.get("href") == f"/regions/XR-ZOOM?lang=en#evaluation-{event[:16]}"
    assert "do not add or average them" in page.xpath("//article")[0].text_content()
