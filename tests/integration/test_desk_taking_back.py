"""An event at the desk: withdrawn by who may, or destroyed after figures were shown and answered a second time."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from lxml import html
from sqlalchemy import func, select

from connectors.database import writing
from node import tables
from node.audit import AuditEntry
from node.knowledge import lessons
from node.release import review
from node.release.redact import reach
from node.release.standing import titles
from node.release.states import BundleState
from node.web.desk import ledger_page
from schemas.codes import FIGURE_EVENTS, LESSONS
from tests.support.desk import audit
from tests.support.desk_pages import Person, pages, person, text_of
from tests.support.desk_release import let_out
from tests.support.events import lesson
from tests.support.neighbours import nobody
from tests.support.small_region import CODE, NOW, SmallRegion, small_region

WHY = "Een mens is erin te herkennen."


@pytest.fixture
def region(tmp_path: Path) -> Iterator[SmallRegion]:
    made = small_region(tmp_path / "node", "http://localhost:1")
    made.release("2024")
    yield made
    made.node.engine.dispose()


@pytest.fixture
def maker(region: SmallRegion) -> Person:
    return person(region.node, "Jan", "scientist")


def events(region: SmallRegion) -> tuple[str, str]:
    """Return the lesson's event and that of the figures."""
    with region.node.engine.connect() as connection:
        (words,), (figures,) = titles(connection, LESSONS), titles(connection, FIGURE_EVENTS)
    return f"/ledger/events/{words.event_id}", f"/ledger/events/{figures.event_id}"


def bundles(region: SmallRegion) -> int:
    with region.node.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.bundle)) or 0


def drafted(region: SmallRegion) -> None:
    """Keep the words that were released as a draft too."""
    with writing(region.node.engine) as connection:
        words = msgspec.structs.replace(lesson("Les 2024"), lesson="2024")
        lessons.keep(connection, words, AuditEntry("Lies", "lesson.written", "2024", NOW))


def test_every_event_of_the_ledger_has_a_page(region: SmallRegion, maker: Person) -> None:
    links = maker.get("/ledger").xpath("//table//th/a/@href | //table//td/a/@href")
    assert sorted(links) == sorted(events(region))
    for path in events(region):
        assert "lezers zien dit" in maker.get(path).text_content()
    unknown = maker.client.get(f"/ledger/events/{'0' * 64}")
    assert unknown.status_code == 409
    assert "Deze gebeurtenis staat niet in de keten" in text_of(unknown)


def test_the_ledger_leads_to_older_events(region: SmallRegion, maker: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_page, "_MOST", 1)
    page = maker.get("/ledger")
    (older,) = page.xpath("//a[contains(., 'oudere')]/@href")
    assert page.xpath("//table//a/@href") + maker.get(older).xpath("//table//a/@href") == list(reversed(events(region)))
    assert not maker.get(older).xpath("//a[contains(., 'oudere')]")
    assert len(maker.get("/ledger?before=zomaar").xpath("//table//a")) == 1


def test_what_stands_is_withdrawn_once(region: SmallRegion, maker: Person) -> None:
    _, figures = events(region)
    frozen = maker.post(f"{figures}/withdraw", reason="Een bron telde dubbel.")
    said = maker.get(frozen.headers["Location"]).text_content()
    assert "intrekking van cijfers" in said
    assert "lezers zien dat het is teruggenomen, en waarom" in said
    assert audit(region.node)[-1] == ("Jan", "withdrawal.prepared")
    assert "Er is al een bundel die dit verandert" in maker.get(figures).text_content()
    let_out(region, frozen.headers["Location"])
    page = maker.get(figures)
    assert "ingetrokken" in page.text_content()
    assert not page.xpath("//form[contains(@action, '/withdraw')]")
    again = maker.post(f"{figures}/withdraw", reason="Nog eens.")
    assert "Deze gebeurtenis is al vervangen of ingetrokken" in text_of(again)


@pytest.mark.parametrize("reason", ["", "Mevrouw Hofstede vroeg het.", "x" * 1001])
def test_a_reason_is_needed_and_names_nobody(region: SmallRegion, maker: Person, reason: str) -> None:
    words, figures = events(region)
    for path in (f"{figures}/withdraw", f"{words}/redact"):
        refused = maker.post(path, reason=reason)
        assert refused.status_code == 409
        assert "Hofstede" not in text_of(refused)
    assert bundles(region) == 1


def test_every_refusal_leads_back_to_a_page_that_is_there(region: SmallRegion, maker: Person) -> None:
    words, _ = events(region)
    for path in (f"{words}/withdraw", f"{words}/redact/freeze", f"/ledger/keys/{'0' * 16}/revoke", "/messages/x/done"):
        (back,) = html.fromstring(maker.post(path).get_data(as_text=True)).xpath("//main//a[@class='btn']/@href")
        assert maker.client.get(back).status_code == 200, path


def test_who_writes_takes_back_words_and_who_counts_figures(region: SmallRegion, maker: Person) -> None:
    words, figures = events(region)
    author = person(region.node, "Lies", "author")
    reviewer = person(region.node, "Anna", "reviewer", "Huisartsen")
    for one, path in ((author, figures), (reviewer, figures), (reviewer, words)):
        assert not one.get(path).xpath("//main//form[contains(@action, '/ledger')]")
        assert not one.get(path).xpath("//main//a[contains(@href, '/redact')]")
        assert one.post(f"{path}/withdraw", reason=WHY).status_code == 403
        assert one.client.get(f"{path}/redact").status_code == 403
        assert one.post(f"{path}/redact", reason=WHY).status_code == 403
        assert one.post(f"{path}/redact/freeze", reason=WHY, number="1", seen="").status_code == 403
    assert author.post("/ledger/scrub").status_code == 403
    assert bundles(region) == 1
    assert author.post(f"{words}/withdraw", reason=WHY).status_code == 303
    assert maker.client.post(f"{figures}/withdraw", data={"reason": WHY}).status_code == 403, "no mark of the session"


def test_a_redaction_is_shown_in_figures_and_answered_twice(region: SmallRegion, maker: Person) -> None:
    drafted(region)
    words, _ = events(region)
    with region.node.engine.connect() as connection:
        figures = reach(connection, words.rpartition("/")[2])
    assert (figures.copies, figures.drafts, figures.others) == (1, 1, ())
    first = maker.get(f"{words}/redact")
    numbers = [one.text_content() for one in first.xpath("//div[contains(@class, 'out')]//dt")]
    assert numbers == ["1", f"{figures.octets:,}".replace(",", "."), "1", "0"]
    nouns = [one.text_content().split()[0] for one in first.xpath("//div[contains(@class, 'out')]//dd")]
    assert nouns == ["kopie", "bytes", "concept", "besluiten"], "one is said in the singular"
    second = maker.post(f"{words}/redact", reason=WHY)
    assert second.status_code == 200
    assert bundles(region) == 1, "nothing is frozen by the first answer"
    said = {"reason": WHY, "seen": f"1-{figures.octets}-1-0"}
    assert f'value="{said["seen"]}"' in second.get_data(as_text=True)
    for wrong in ({"number": "2"}, {"number": "1", "seen": "1-2-1-0"}, {}):
        refused = maker.post(f"{words}/redact/freeze", **{**said, **wrong})
        assert refused.status_code == 409, wrong
    assert bundles(region) == 1
    frozen = maker.post(f"{words}/redact/freeze", **said, number="1")
    assert frozen.status_code == 303
    assert audit(region.node)[-1] == ("Jan", "redaction.prepared")
    page = maker.get(frozen.headers["Location"])
    assert "vernietiging van een bericht" in page.text_content()
    assert "zodra dit is ondertekend, worden inhoud en zout" in page.text_content()
    assert not page.xpath("//li/span[@lang='en']"), "reviewers read what will happen in their language"


def test_what_a_redaction_says_it_destroys_is_what_it_destroys(region: SmallRegion, maker: Person) -> None:
    drafted(region)
    words, _ = events(region)
    region.approve("2023")  # a bundle that never leaves and says something else stays
    with region.node.engine.connect() as connection:
        before = reach(connection, words.rpartition("/")[2])
        held = select(func.sum(func.length(tables.item.c.payload) + func.length(tables.item.c.salt)))
        drafts = select(func.count()).select_from(tables.lesson)
        octets, kept = connection.scalar(held) or 0, connection.scalar(drafts) or 0
    seen = f"{before.copies}-{before.octets}-{before.drafts}-{before.decisions}"
    bundle = maker.post(f"{words}/redact/freeze", reason=WHY, seen=seen, number="1").headers["Location"]
    with region.node.engine.connect() as connection:
        octets_of_order = (connection.scalar(held) or 0) - octets
    let_out(region, bundle)
    with region.node.engine.connect() as connection:
        assert octets + octets_of_order - (connection.scalar(held) or 0) == before.octets
        assert kept - (connection.scalar(drafts) or 0) == before.drafts
    page = maker.get(words)
    assert "Zout en inhoud zijn hier vernietigd" in page.text_content()
    assert "Les 2024" not in page.text_content()
    assert "Deze gebeurtenis houdt geen cijfers of woorden (meer) in" in text_of(maker.client.get(f"{words}/redact"))
    assert maker.post("/ledger/scrub").headers["Location"] == "/ledger?said=scrubbed"


def test_what_changes_between_the_two_answers_is_shown_again(region: SmallRegion, maker: Person) -> None:
    words, _ = events(region)
    with region.node.engine.connect() as connection:
        before = reach(connection, words.rpartition("/")[2])
    drafted(region)
    seen = f"{before.copies}-{before.octets}-{before.drafts}-{before.decisions}"
    refused = maker.post(f"{words}/redact/freeze", reason=WHY, seen=seen, number="1")
    assert "bekijk de aantallen opnieuw" in text_of(refused)
    assert bundles(region) == 1


def test_publishing_a_redaction_at_the_desk_clears_the_store(region: SmallRegion) -> None:
    app = pages(region.node, neighbourhood=lambda: nobody)
    maker = person(region.node, "Jan", "scientist", app=app)
    words, _ = events(region)
    form = maker.post(f"{words}/redact", reason=WHY).get_data(as_text=True)
    seen = form.partition('name="seen" value="')[2].partition('"')[0]
    bundle = maker.post(f"{words}/redact/freeze", reason=WHY, seen=seen, number="1").headers["Location"]
    name = bundle.partition("?")[0].rpartition("/")[2]
    approve(region, name)
    published = maker.post(f"/bundles/{name}/publish").headers["Location"]
    assert published.endswith(("said=published", "said=published_unscrubbed"))
    assert "inhoud vernietigd" in maker.get("/ledger").text_content()
    files = [file for file in region.node.settings.home.rglob("node.sqlite*") if b"Les 2024" in file.read_bytes()]
    assert (files == []) == published.endswith("said=published")


def approve(region: SmallRegion, name: str) -> None:
    with writing(region.node.engine) as connection:
        assert review.approve(connection, name, CODE, region.keys[0], NOW).state is BundleState.APPROVED
