"""The knowledge page, its data and its feeds: what is found, for whom, and what is said where nothing is."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from lxml import etree, html

from hub.knowledge.words import asked
from hub.web.snippets import snippet
from hub.web.terms import terms
from schemas.about import PRINCIPLES, Aim, Change, Lens, LessonAbout, Phase, Rainbow, Scope
from schemas.citation import CitationClass, CitationPublished, CitedExperience, CitedFigures
from schemas.values import Exact
from tests.support.held_by_hub import HeldByHub, a_lesson, figures

TOTAL = ("total", "total", "total")


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented", token="alfa-token")
    held.region("XR-B", "Beta", "invented")
    return held


def get(held: HeldByHub, address: str, token: str | None = None, status: int = 200) -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = held.app.test_client().get(address, headers=headers)
    assert answer.status_code == status, (address, answer.get_data(as_text=True)[:500])
    return answer


def page(held: HeldByHub, address: str, token: str | None = None, status: int = 200) -> Any:
    return html.fromstring(get(held, address, token, status).get_data(as_text=True))


def titles(found: Any) -> list[str]:
    return [" ".join(one.text_content().split()) for one in found.xpath("//article/h3/a")]


def choices(found: Any, name: str) -> dict[str, str]:
    rows = found.xpath(f"//li[label/input[@name='{name}']]")
    return {row.xpath("label/span")[0].text_content(): row.xpath("span")[0].text_content() for row in rows}


def test_words_and_choices_narrow_what_is_found_and_can_be_left_out_again(held: HeldByHub) -> None:
    held.accept("XR-A", a_lesson("les-1", "Het rooster eerst"))
    held.accept("XR-B", a_lesson("les-2", "Een gesprek eerst", context="Het rooster kwam later."))
    found = page(held, "/knowledge?q=roosters")
    assert titles(found) == ["Het rooster eerst", "Een gesprek eerst"]
    assert choices(found, "region") == {"Alfa": "1", "Beta": "1"}
    assert choices(found, "step") == {"3 Segmenteren": "2"}
    assert [one.text_content() for one in found.xpath("//article//mark")] == ["rooster"]
    one = page(held, "/knowledge?q=roosters&region=XR-B&lang=en")
    assert titles(one) == ["Een gesprek eerst"]
    assert "1 found" in one.text_content()
    assert one.xpath("//input[@name='region' and @value='XR-B']/@checked")
    left_out = {link.get("href") for link in one.xpath("//p[contains(@class, 'chosen')]/a")}
    assert left_out == {"/knowledge?q=roosters&lang=en", "/knowledge?region=XR-B&lang=en", "/knowledge?lang=en"}
    (switch,) = one.xpath("//a[@class='tongue']/@href")
    assert switch == "/knowledge?region=XR-B&q=roosters&lang=nl"


def test_nothing_found_says_what_to_leave_out_and_nothing_there_says_so(held: HeldByHub) -> None:
    assert "nog niets gedeeld" in page(held, "/knowledge").text_content()
    held.accept("XR-A", a_lesson("les-1", "Het rooster eerst"))
    none = page(held, "/knowledge?q=rooster&region=XR-B")
    assert "Niets gevonden" in none.text_content()
    assert [one.text_content() for one in none.xpath("//ul[@class='list']/li")] == ["Zonder ‘Beta’: 1"]
    assert "niet" in page(held, "/knowledge?page=7", status=404).text_content()
    for odd in ("step=x", "kind=%3Cb%3E", "page=x", "theme=" + "a" * 3000):
        assert get(held, f"/knowledge?{odd}", status=404 if odd == "page=x" else 200)


def test_two_readers_side_by_side_get_each_their_own(held: HeldByHub) -> None:
    """What is for the network is in no list, count, choice, piece of text or feed of the public."""
    held.accept("XR-A", a_lesson("les-1", "Een rooster voor iedereen"))
    held.accept("XR-A", a_lesson("les-2", "Een rooster voor het netwerk", context="Kwikzilver."), audience="network")
    ways = ("/knowledge?q=rooster", "/api/v1/lessons?q=rooster", "/feeds/lessons.atom?q=rooster")
    for way in (*ways, "/feeds/lessons.json?theme=diabetes", "/knowledge", "/knowledge?q=kwikzilver"):
        everybody = get(held, way).get_data(as_text=True)
        assert "het netwerk</a>" not in everybody, way
        assert "Kwikzilver." not in everybody, way
        assert "Kwikzilver" in get(held, way.replace("/knowledge", "/api/v1/lessons"), "alfa-token").get_data(
            as_text=True
        )
    told = [json.loads(get(held, ways[1], token).data) for token in (None, "alfa-token")]
    assert [one["total"] for one in told] == [1, 2]
    assert [one["facets"]["theme"] for one in told] == [[{"value": "diabetes", "count": n}] for n in (1, 2)]
    page_ = page(held, "/knowledge?q=rooster")
    assert choices(page_, "theme") == {"diabetes": "1"}


def test_a_feed_of_a_search_pages_through_all_of_it_once_and_keeps_the_question(held: HeldByHub) -> None:
    wanted = {held.accept("XR-A", a_lesson(f"les-{n}", f"Rooster {n}")) for n in range(23)}
    held.accept("XR-B", a_lesson("les-x", "Een rooster elders"))
    for start in ("/feeds/lessons.json?q=rooster&region=XR-A", "/feeds/lessons.atom?q=rooster&region=XR-A"):
        found: list[str] = []
        address: str | None = start
        while address:
            body = get(held, address).get_data()
            if start.startswith("/feeds/lessons.json"):
                told = json.loads(body)
                found += [one["id"] for one in told["items"]]
                address = told.get("next_url")
            else:
                read = etree.fromstring(body)
                atom = {"a": "http://www.w3.org/2005/Atom"}
                found += [one.text for one in read.findall("a:entry/a:id", atom)]
                address = next((one.get("href") for one in read.findall("a:link[@rel='next']", atom)), None)
        assert sorted(found) == sorted(f"urn:regiohelix:event:{one}" for one in wanted), start


def test_an_argument_out_of_form_is_named(held: HeldByHub) -> None:
    for wrong in ("step=7", "voice=nobody", "kind=rumour", "region=x", "language=fr", "q=" + "a" * 201, "lens=1"):
        told = json.loads(get(held, f"/api/v1/lessons?{wrong}", status=422).data)
        assert wrong.split("=")[0] in json.dumps(told["errors"]), wrong


def test_a_lesson_page_says_who_was_not_heard_and_leads_to_its_figures(held: HeldByHub) -> None:
    event_id = held.accept("XR-A", a_lesson())
    before = page(held, f"/lessons/{event_id}")
    assert not before.xpath("//main//a[starts-with(@href, '/compare')]")
    held.accept("XR-A", figures("h.dm_prev", {TOTAL: Exact(15000, 300000)}, region_set="invented"))
    found = page(held, f"/lessons/{event_id}?lang=en")
    facts = dict(zip(*([" ".join(one.text_content().split()) for one in found.xpath(f"//dl[@class='facts']/{tag}")]
                       for tag in ("dt", "dd")), strict=True))  # fmt: skip
    assert facts["Heard"] == "practice"
    assert facts["Not heard"] == "government, knowledge, residents"
    assert found.xpath("//a[starts-with(@href, '/compare/h.dm_prev?beside=XR-A')]")
    assert found.xpath("//p[@class='tags']/a/@href") == [
        "/knowledge?theme=diabetes&lang=en",
        "/knowledge?step=3&lang=en",
    ]


def test_no_markup_of_a_lesson_or_a_question_gets_into_the_page(held: HeldByHub) -> None:
    held.accept("XR-A", a_lesson(title="<script>alert(1)</script>", context='<img src=x onerror="a"> rooster'))
    for address in ("/knowledge", "/knowledge?q=rooster", "/knowledge?q=%3Cscript%3E&theme=%22%3E%3Cscript%3E"):
        body = get(held, address).get_data(as_text=True)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=[^&]|<img src=x", body), address


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("Het rooster hielp.", "roosters", "Het [rooster] hielp."),
        ("De coöperatie hielp.", "cooperatie", "De [coöperatie] hielp."),
        ("", "rooster", ""),
        ("Rioolwatercijfers liepen voor.", "riool", "[Rioolwatercijfers] liepen voor."),
        ("kort " * 100 + "rooster " + "lang " * 100, "rooster", None),
        ("a" * 1000, "rooster", "a" * 1000),
    ],
)
def test_a_piece_of_text_shows_where_the_words_stand(text: str, question: str, expected: str | None) -> None:
    pieces = snippet(text, "nl", asked(question))
    shown = "".join(f"[{one.text}]" if one.is_hit else one.text for one in pieces)
    if expected is not None:
        assert shown == expected
    else:
        assert re.fullmatch(r"…(kort )+\[rooster\]( lang)+…", shown)
        assert len(shown) < 300


def test_what_others_found_stands_beside_a_lesson_by_class(held: HeldByHub) -> None:
    cited, bare = held.accept("XR-A", a_lesson("les-1", "Het rooster")), held.accept("XR-A", a_lesson("les-2", "Niets"))
    own = held.accept("XR-B", figures("h.dm_prev", {TOTAL: Exact(150, 3000)}, region_set="invented"))
    told = CitedExperience("residents", "Verslag van de bewonersavond.")
    for number, evidence in enumerate(((CitedFigures(own, "h.dm_prev", "2025"),), (told,), ())):
        class_: CitationClass = "contrasting" if evidence else "mentioning"
        words = f"Bij ons <b>niet</b> {number}."
        about = ("XR-A", "nl", class_, "epidemioloog", words, evidence)
        held.accept("XR-B", CitationPublished(f"c-{number}", cited, *about))
    result = page(held, "/knowledge?q=rooster").xpath("//p[contains(@class, 'tally')]")[0]
    assert " ".join(result.text_content().split()) == "Aangehaald:0 ondersteunend2 contrasterend1 vermeldend"
    found = page(held, f"/lessons/{cited}?lang=en").xpath("//section[@id='citations']")[0]
    said = [" ".join(one.text_content().split()) for one in found.xpath("article")]
    assert len(said) == 3
    assert "Mentioning · Beta" in " ".join(said)
    assert "residents, documented in: Verslag van de bewonersavond." in " ".join(said)
    assert "Bij ons <b>niet</b> 0." in " ".join(said)  # as words, not as markup
    assert found.xpath(".//a[starts-with(@href, '/compare/h.dm_prev?period=2025&beside=XR-B')]")
    assert "No other region has cited" in page(held, f"/lessons/{bare}?lang=en").text_content()


def test_what_a_lesson_is_about_is_a_choice_in_words_that_say_what_was_not_verified(
    held: HeldByHub,
) -> None:
    about = LessonAbout(aims=("cost",), principles=(1, 7), phases=("acceleration",), scope="theme")
    event_id = held.accept("XR-A", msgspec.structs.replace(a_lesson(), about=about))
    found = page(held, "/knowledge?lang=en")
    assert choices(found, "aim") == {"cost": "1"}
    assert choices(found, "principle") == {"1 support for joint aims": "1", "7 leadership (name not verified yet)": "1"}
    assert titles(page(held, "/knowledge?phase=acceleration&scope=theme")) == ["Bel eerst, kom dan langs"]
    tags = page(held, f"/lessons/{event_id}").xpath("//p[@class='tags']/a")
    assert {"kosten", "versnelling", "één thema"} <= {one.text_content() for one in tags}


def test_every_value_that_an_event_can_have_has_a_term() -> None:
    for facet, values in (("aim", Aim), ("change", Change), ("lens", Lens), ("rainbow", Rainbow), ("phase", Phase)):
        assert set(terms()[facet]) == set(get_args(values)), facet
    assert set(terms()["scope"]) == set(get_args(Scope))
    assert set(terms()["principle"]) == {str(one) for one in PRINCIPLES}


def test_a_lesson_found_by_a_citation_shows_what_that_says_and_only_then(held: HeldByHub) -> None:
    lesson = held.accept("XR-A", a_lesson("les-1", "Het rooster eerst"))
    cited = CitationPublished("c", lesson, "XR-A", "nl", "mentioning", "rol", "Bij ons hielp de zuurkool.", ())
    held.accept("XR-B", cited)
    (one,) = page(held, "/knowledge?q=zuurkool").xpath("//article")
    assert "Beta haalt haar aan: Bij ons hielp de zuurkool." in " ".join(one.text_content().split())
    assert [mark.text_content() for mark in one.xpath(".//mark")] == ["zuurkool"]
    (own,) = page(held, "/knowledge?q=wijkteam").xpath("//article")
    assert "zuurkool" not in own.text_content()
    assert get(held, "/match").status_code == 200
    assert page(held, "/knowledge").xpath("//a[starts-with(@href, '/match')]")
    assert page(held, "/regions/XR-A").xpath("//a[contains(@href, 'region=XR-A')][starts-with(@href, '/match')]")
