"""A region's page shows its readiness in words, drawn and as a table, and the network's page names no order."""

import pytest
from lxml import html

from hub.web.assessment_drawing import draw
from schemas.assessment import ExpertVerdict, Helix
from tests.support.events import TestRegion
from tests.support.hub import RunningHub
from tests.support.panels import an_assessment, with_means

PANEL: tuple[Helix, ...] = ("government",) * 10 + ("practice",) * 10 + ("citizens",) * 3
BAD = ExpertVerdict("organisation", False, "nl", "Zonder <b>mandaat</b> geen besluit.")


SAID = {
    "nl": (
        "Volgens het panel is Professioneel organiseren het minst geïntegreerd.",
        "2,00 tot en met 2,33",
        "verborgen",
        "Experts vinden niet voldoende: Professioneel organiseren.",
        "Verandering sinds 2024",
        "−40,0 % tot −22,3 %",
        "niet met de bron vergeleken: Professioneel organiseren, Betekenisgevend proces",
    ),
    "en": (
        "According to the panel Organisational dynamics is least integrated.",
        "2.00 to 2.33",
        "hidden",
        "Experts find not satisfactory: Organisational dynamics.",
        "Change since 2024",
        "−40.0% to −22.3%",
        "not compared with its source: Organisational dynamics, Process management",
    ),
}


def accept(hub: RunningHub, region: TestRegion, payloads: list[object], audience: str = "public") -> list[str]:
    made = region.release(payloads, audience)  # type: ignore[arg-type]
    assert {one.outcome for one in hub.push(region.code, [one.body for one in made])} == {"accepted"}
    return [one.id for one in made]


def page_of(hub: RunningHub, lang: str, path: str = "/regions/XR-DUINRAND") -> html.HtmlElement:
    answer = hub.client.get(f"{path}?lang={lang}")
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_scores_findings_and_verdicts_are_told_in_both_languages(running_hub: RunningHub) -> None:
    region = running_hub.enrol(TestRegion())
    for lang, said in (("nl", "deelde nog geen beoordeling"), ("en", "has not shared an assessment")):
        assert said in page_of(running_hub, lang).text_content()
    accept(running_hub, region, [an_assessment(with_means((300,) * 5, PANEL[:20]), "eerst", "2024")])
    rows = with_means((300, 300, 300, 200, 300), PANEL)
    (event,) = accept(running_hub, region, [an_assessment(rows, verdicts=[BAD])])
    for lang, said in SAID.items():
        page = page_of(running_hub, lang)
        article = page.xpath("//section[@id='assessments']/article")[0]
        text = text_of(article)
        assert not [one for one in said if one not in text.replace("\xa0", " ")]
        assert article.get("id") == f"assessment-{event[:16]}"
        drawings = article.xpath(".//svg")
        assert [one.get("class") for one in drawings] == ["plot strips wide", "plot strips narrow"]
        assert said[0] in drawings[0].get("aria-label")
        assert article.xpath(".//li/span[@lang='nl']")[0].text == "Zonder <b>mandaat</b> geen besluit."
        heads = [text_of(one) for one in article.xpath(".//thead/tr/th")]
        assert len(heads) == 7
        assert all(len(row) == 7 for row in article.xpath(".//tbody/tr"))


def test_a_hidden_score_is_not_drawn_and_a_told_one_lies_on_the_scale() -> None:
    made = an_assessment(with_means((300, 300, 300, 200, 300), PANEL))
    for is_narrow in (False, True):
        drawing = draw(made.lenses, ["panel", "a", "b", "c", "d"], "nl", is_narrow)
        (first, *_), (last, *_) = drawing.ticks[0], drawing.ticks[-1]
        assert [point for _, point in drawing.ticks] == [1, 2, 3, 4]
        for lens in drawing.lenses:
            panel, *_, citizens = lens.strips
            assert (citizens.block, citizens.line, citizens.is_hidden) == (None, None, True)
            assert panel.block is not None
            assert first <= panel.block[0] <= panel.block[1] <= last <= drawing.width
    organisation = draw(made.lenses, ["panel", "a", "b", "c", "d"], "nl", False).lenses[3].strips[0]
    assert organisation.block == (round(180 + 460 / 3, 1), round(180 + 460 * 133 / 300, 1))


def test_over_the_network_regions_stand_by_name_for_those_who_may_read_them(running_hub: RunningHub) -> None:
    for lang, said in (("nl", "Nog geen regio"), ("en", "No region has shared")):
        assert said in text_of(page_of(running_hub, lang, "/readiness"))
    for code in ("XR-VEEN", "XR-AKKER"):
        region = running_hub.enrol(TestRegion(code))
        accept(running_hub, region, [an_assessment(with_means((300, 300, 300, 200, 300), PANEL), verdicts=[BAD])])
    accept(
        running_hub,
        running_hub.enrol(TestRegion("XR-BINNEN")),
        [an_assessment(with_means((300,) * 5, PANEL))],
        "network",
    )
    page = page_of(running_hub, "en", "/readiness")
    assert [text_of(one) for one in page.xpath("//table[2]//tbody//th|//section[2]//tbody//th")] == [
        "Xr-Akker",
        "Xr-Veen",
    ]
    row = next(one for one in page.xpath("//section[1]//tbody/tr") if "Organisational" in text_of(one))
    assert [text_of(one) for one in row.xpath("td")] == ["2", "2", "2", "0", "2"]
    switch = page.xpath("//a[@class='tongue']/@href")[0]
    assert "/readiness" in switch
    other = html.fromstring(running_hub.client.get("/readiness?instrument=guiding-principles&lang=en").text)
    assert "instrument=guiding-principles" in other.xpath("//a[@class='tongue']/@href")[0]


@pytest.mark.parametrize("instrument", ["<script>", "x" * 300])
def test_an_instrument_that_nobody_has_is_no_harm(running_hub: RunningHub, instrument: str) -> None:
    answer = running_hub.client.get("/readiness", query_string={"instrument": instrument})
    assert answer.status_code == 200
    assert "<script>" not in answer.text
