"""Citations at the desk: on own evidence that stands, refused in the reader's language, frozen, and taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from node.knowledge import citations
from node.release.standing import titles
from schemas.citation import CitationPublished, CitedExperience, CitedFigures
from schemas.codes import FIGURE_EVENTS, LESSONS
from tests.support.desk import audit
from tests.support.desk_pages import Person, person, text_of
from tests.support.desk_release import let_out
from tests.support.small_region import SmallRegion, small_region

LESSON = "d" * 64
WRITTEN: dict[str, str | list[str]] = {
    "citation": "riool-eerst", "is_new": "yes", "lesson": f"https://hub.example/lessons/{LESSON}?lang=nl",
    "lesson_region": "GG0002", "language": "nl", "classified": "supporting", "classified_by": "epidemioloog",
    "context": "Ook hier kwam het riool een week eerder.",
}  # fmt: skip


@pytest.fixture
def region(tmp_path: Path) -> Iterator[SmallRegion]:
    made = small_region(tmp_path / "node", "http://localhost:1")
    made.release("2024")
    yield made
    made.node.engine.dispose()


@pytest.fixture
def author(region: SmallRegion) -> Person:
    return person(region.node, "Lies", "author")


def figures_of(region: SmallRegion) -> str:
    with region.node.engine.connect() as connection:
        (one,) = titles(connection, FIGURE_EVENTS)
    return one.event_id


def kept(region: SmallRegion) -> CitationPublished:
    with region.node.engine.connect() as connection:
        return citations.find(connection, "riool-eerst")


def withdrawn(region: SmallRegion, event_id: str) -> None:
    maker = person(region.node, "Jan", "scientist")
    bundle = maker.post(f"/ledger/events/{event_id}/withdraw", reason="Een bron telde dubbel.")
    let_out(region, bundle.headers["Location"])


def test_a_citation_rests_on_what_the_region_ticks_and_goes_to_review(region: SmallRegion, author: Person) -> None:
    page = author.get("/citations/new")
    event = figures_of(region)
    (tick,) = page.xpath("//input[@name='events']")
    assert tick.get("value") == event
    assert "Ooit maag-darmbloeding, 2024" in tick.getparent().text_content()
    answer = author.post("/citations", **WRITTEN, events=event, professionals="Verslag van het kernteam van maart.")
    assert answer.headers["Location"] == "/citations/riool-eerst?said=kept"
    one = kept(region)
    assert one.lesson == LESSON, "a pasted address names the version"
    assert one.evidence == (
        CitedFigures(event, "h.gi_bleed", "2024"),
        CitedExperience("professionals", "Verslag van het kernteam van maart."),
    )
    page = author.get("/citations/riool-eerst")
    assert page.xpath("//input[@name='events'][@checked]/@value") == [event]
    assert page.xpath("string(//textarea[@name='professionals'])") == "Verslag van het kernteam van maart."
    assert "concept" in author.get("/citations").text_content()
    assert author.post("/citations/riool-eerst/release").status_code == 409, "who reads it is asked"
    frozen = author.post("/citations/riool-eerst/release", audience="public")
    shown = author.get(frozen.headers["Location"]).text_content()
    assert "Ook hier kwam het riool een week eerder." in shown
    assert "0 van 1 akkoord." in shown
    assert audit(region.node)[-2:] == [("Lies", "citation.written"), ("Lies", "bundle.prepared")]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Zonder bewijs van de regio zelf is een aanhaling vermeldend"),
        ({"lesson_region": "XR-DUINRAND"}, "een regio haalt haar eigen les niet aan"),
        ({"lesson": "de les over het riool"}, "De les wordt genoemd met het adres"),
        ({"classified": "praising"}, "Kies een taal en een soort uit de lijst."),
        ({"events": "e" * 64}, "Deze gebeurtenis staat niet in de keten van deze regio"),
        ({"citation": "Riool Eerst"}, "De korte naam heeft ten hoogste 49"),
        ({"citation": "new", "classified": "mentioning"}, "De naam 'new' is al gebruikt"),
    ],
)
def test_what_is_refused_is_shown_again_as_it_was_typed(
    region: SmallRegion, author: Person, changed: dict[str, str], said: str
) -> None:
    answer = author.post("/citations", **{**WRITTEN, **changed})
    assert answer.status_code == 409
    assert said in text_of(answer)
    assert "Ook hier kwam het riool een week eerder." in text_of(answer)
    (other,) = html.fromstring(answer.get_data(as_text=True)).xpath("//a[@hreflang='en']/@href")
    assert author.client.get(other).status_code == 200, "the other language is a page that can be read"
    with region.node.engine.connect() as connection:
        assert citations.drafts(connection) == []


def test_a_lesson_of_the_region_itself_is_no_evidence(region: SmallRegion, author: Person) -> None:
    with region.node.engine.connect() as connection:
        (own,) = titles(connection, LESSONS)
    refused = author.post("/citations", **WRITTEN, events=own.event_id)
    assert refused.status_code == 409
    assert "houdt geen cijfers en geen evaluatie in" in text_of(refused)


def test_a_name_in_the_words_stops_it_until_it_is_replaced(region: SmallRegion, author: Person) -> None:
    fields = {**WRITTEN, "classified": "mentioning", "context": "Volgens mevrouw Hofstede klopt dit."}
    author.post("/citations", **fields)
    page = author.get("/citations/riool-eerst")
    assert "mevrouw Hofstede" in page.xpath("string(//*[@id='findings']//mark)")
    assert not page.xpath("//form[contains(@action, '/release')]")
    refused = author.post("/citations/riool-eerst/release", audience="public")
    assert refused.status_code == 409
    assert "Hofstede" not in text_of(refused)
    (finding,) = page.xpath("//form[contains(@action, '/replace')]/input[@name='finding']/@value")
    author.post("/citations/riool-eerst/replace", finding=finding, instead="een bewoner")
    assert kept(region).context == "Volgens een bewoner klopt dit."
    assert author.post("/citations/riool-eerst/release", audience="public").status_code == 303


def test_where_an_experience_was_written_down_is_mended_or_stands_too(region: SmallRegion, author: Person) -> None:
    fields = {**WRITTEN, "residents": ["Gesprek met mevrouw Hofstede.", "Brief van mevrouw Dekker."]}
    author.post("/citations", **fields)
    first, second = author.get("/citations/riool-eerst").xpath(
        "//form[contains(@action, '/replace')]/input[@name='finding']/@value"
    )
    author.post("/citations/riool-eerst/replace", finding=first, instead="een bewoner")
    assert [str(one) for one in kept(region).evidence] == [
        "residents: Gesprek met een bewoner.", "residents: Brief van mevrouw Dekker.",
    ]  # fmt: skip
    author.post("/citations/riool-eerst/stand", finding=second, reason="Een figuur uit een boek.")
    assert "Een figuur uit een boek." in author.get("/citations/riool-eerst").text_content()


def test_evidence_that_stands_no_more_is_refused_and_can_be_unticked(region: SmallRegion, author: Person) -> None:
    event = figures_of(region)
    author.post("/citations", **WRITTEN, events=event)
    withdrawn(region, event)
    refused = author.post("/citations/riool-eerst/release", audience="public")
    assert "Een bewijs onder de aanhaling is intussen vervangen of ingetrokken" in text_of(refused)
    page = author.get("/citations/riool-eerst")
    (group,) = page.xpath("//fieldset[contains(legend, 'Staat niet meer')]")
    assert group.xpath(".//input[@checked]/@value") == [event]
    mentions = {**WRITTEN, "is_new": "", "classified": "mentioning"}
    assert author.post("/citations", **mentions).status_code == 303
    assert kept(region).evidence == ()


def test_what_readers_see_is_taken_back_and_never_reworded(region: SmallRegion, author: Person) -> None:
    author.post("/citations", **{**WRITTEN, "classified": "mentioning"})
    unseen = author.post("/citations/riool-eerst/withdraw", reason="Niet meer zo.")
    assert "Lezers zien geen aanhaling 'riool-eerst'" in text_of(unseen)
    let_out(region, author.post("/citations/riool-eerst/release", audience="public").headers["Location"])
    page = author.get("/citations/riool-eerst")
    assert "Lezers zien deze aanhaling" in page.text_content()
    assert not page.xpath("//form[contains(@action, '/release')]")
    (destroying,) = page.xpath("//a[contains(., 'vernietigen')]/@href")
    assert "Aanhaling riool-eerst: vermeldend, van een les van GG0002" in author.get(destroying).text_content()
    author.post("/citations", **{**WRITTEN, "is_new": "", "classified": "mentioning", "context": "Anders gezegd."})
    assert "uitgebracht met andere woorden" in author.get("/citations").text_content()
    refused = author.post("/citations/riool-eerst/release", audience="public")
    assert "Lezers zien deze aanhaling al met andere woorden" in text_of(refused)
    taken = author.post("/citations/riool-eerst/withdraw", reason="Niet meer zo.")
    assert "intrekking van een aanhaling" in author.get(taken.headers["Location"]).text_content()
    let_out(region, taken.headers["Location"])
    assert author.post("/citations/riool-eerst/release", audience="public").status_code == 303


def test_who_does_not_write_sees_and_sends_no_citation(region: SmallRegion, author: Person) -> None:
    author.post("/citations", **{**WRITTEN, "classified": "mentioning"})
    reviewer = person(region.node, "Anna", "reviewer", "Huisartsen")
    assert reviewer.client.get("/citations/riool-eerst").status_code == 403
    assert reviewer.post("/citations", **WRITTEN).status_code == 403
    assert author.client.post("/citations", data=WRITTEN).status_code == 403, "a form without this session's mark"
