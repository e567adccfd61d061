"""A reply to a comparison at the desk: written, mended, frozen for a reviewer, waived and taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.database import writing
from connectors.secret_files import write_secret
from node import flow
from node.audit import AuditEntry
from node.bootstrap import Node
from node.knowledge import replies
from node.release import candidate, review
from schemas.awaited import AwaitedFigures
from schemas.delivery import TransportUnavailable
from schemas.payloads import ReplyPublished
from tests.support.corrections import KEYS, NOW, REGION, make_node, prepared, signed
from tests.support.desk import mostly_hidden
from tests.support.desk_pages import Person, pages, person, text_of

REPLY = {
    "reply": "diabetes-2025", "language": "nl", "indicator": "h.dm_prev", "period": "2025",
    "text": "Bij ons tellen ook mensen mee die elders staan ingeschreven.", "author_role": "datamanager",
}  # fmt: skip
PATH = "/replies/diabetes-2025.nl"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


@pytest.fixture
def author(node: Node) -> Person:
    return person(node, "Lies", "author")


def kept(node: Node) -> ReplyPublished:
    with node.engine.connect() as connection:
        return replies.find(connection, "diabetes-2025.nl")


def published(node: Node, bundle_id: str) -> None:
    """Have a bundle of words approved by one, and signed."""
    with writing(node.engine) as connection:
        bundle = candidate.load(connection, bundle_id)
        review.approve(connection, bundle.id, REGION, KEYS[0], NOW)
        entry = AuditEntry("Lies", "bundle.published", bundle.id, NOW)
        flow.publish(connection, bundle.id, REGION, node.service_key(), entry)


def test_a_reply_is_written_frozen_for_one_reviewer_revised_and_taken_back(node: Node, author: Person) -> None:
    assert author.post("/replies", **REPLY).headers["Location"] == f"{PATH}?said=kept_unsure"
    assert (kept(node).text, kept(node).as_known_on) == (REPLY["text"], "2026-11-22T12:00:00Z")
    assert "Diabetes bekend bij de huisarts (h.dm_prev), 2025" in author.get("/replies").text_content()
    assert author.post(f"{PATH}/release").status_code == 409
    frozen = author.post(f"{PATH}/release", audience="public")
    assert frozen.status_code == 303, text_of(frozen)
    shown = author.get(frozen.headers["Location"]).text_content()
    assert "0 van 1 akkoord." in shown
    assert REPLY["text"] in shown
    published(node, frozen.headers["Location"].split("/")[2].partition("?")[0])
    assert "Lezers zien deze woorden al." in author.get(PATH).text_content()

    said = {key: value for key, value in REPLY.items() if key not in ("reply", "language")}
    assert author.post(PATH, **(said | {"text": "Wij tellen anders."})).status_code == 303
    assert "uitgebracht met andere woorden" in author.get("/replies").text_content()
    refused = author.post(f"{PATH}/release", audience="public")
    assert (refused.status_code, "zeg hieronder waarom dit verandert" in text_of(refused)) == (409, True)
    assert author.post(f"{PATH}/release", audience="public", reason="Beter gezegd.").status_code == 303
    taken = author.post(f"{PATH}/withdraw", reason="Achterhaald.")
    assert "intrekking van een reactie" in author.get(taken.headers["Location"]).text_content()


def test_a_name_in_it_stops_it_until_it_is_said_otherwise_or_let_stand(node: Node, author: Person) -> None:
    author.post("/replies", **(REPLY | {"text": "Mevrouw Hofstede belde ons."}))
    page = author.get(PATH)
    found = page.xpath("//*[@id='findings']")[0]
    assert found.xpath(".//mark/text()") == ["Mevrouw Hofstede"]
    assert found.xpath(".//a/@href")[0] == "#f-text"
    assert page.xpath("//*[@id='f-text']")
    assert not page.xpath("//*[@id='release']")
    refused = author.post(f"{PATH}/release", audience="public")
    assert (refused.status_code, "op een persoon kunnen wijzen" in text_of(refused)) == (409, True)
    (which,) = found.xpath(".//input[@name='finding']/@value")
    assert author.post(f"{PATH}/stand", finding=which, reason="").status_code == 409
    assert author.post(f"{PATH}/stand", finding=which, reason="Een figuur uit een boek.").status_code == 303
    assert author.get(PATH).xpath("//*[@id='release']")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"reply": "Een Naam"}, "hoogstens 49 kleine letters"), ({"indicator": "h.nothing"}, "die deze node kent"),
        ({"period": "vorig jaar"}, "een jaar, kwartaal, maand"), ({"text": "a" * 4001}, "langer dan 4000 tekens"),
        ({"as_known_on": "gisteren"}, "niet geschreven als"), ({"language": "fr"}, "Kies de taal"),
        ({"as_known_on": "2999-01-01T00:00:00Z"}, "nog niet geweest"), ({"text": " "}, "is leeg"),
    ],
)  # fmt: skip
def test_what_no_hub_takes_is_said_in_the_form_which_stays_filled_in(
    node: Node, author: Person, changed: dict[str, str], told: str
) -> None:
    answer = author.post("/replies", **(REPLY | changed))
    assert answer.status_code == 409
    assert told in text_of(answer)
    assert 'value="datamanager"' in answer.get_data(as_text=True)
    with node.engine.connect() as connection:
        assert not replies.drafts(connection)


def test_that_no_reply_is_needed_is_frozen_for_the_network_alone(author: Person) -> None:
    assert author.post("/replies/waive", indicator="h.nothing", period="2025").status_code == 409
    wrong = author.post("/replies/waive", indicator="h.dm_prev", period="vorig jaar")
    assert (wrong.status_code, "De periode is geen jaar" in text_of(wrong)) == (409, True)
    frozen = author.post("/replies/waive", indicator="h.dm_prev", period="2025")
    shown = author.get(frozen.headers["Location"]).text_content()
    assert "bericht dat geen reactie nodig is" in shown
    assert "lezers: alleen het netwerk" in shown
    assert "Geen reactie nodig op Diabetes bekend bij de huisarts, 2025" in shown


def test_a_comparison_is_chosen_from_own_figures_and_others_reach_none(node: Node, author: Person) -> None:
    page = author.get("/replies?indicator=h.dm_prev&period=2025")
    assert page.xpath("string(//*[@id='f-indicator']/@value)") == "h.dm_prev"
    assert page.xpath("string(//*[@id='f-period']/@value)") == "2025"
    assert "Lezers zien nog geen cijfers die deze regio telde." in page.text_content()
    signed(node, prepared(node, mostly_hidden()))
    (own,) = [link for link in author.get("/replies").xpath("//a/@href") if "indicator=" in link]
    assert own == "/replies?indicator=h.gi_bleed&period=2025#f-text"
    author.post("/replies", **REPLY)
    again = author.post("/replies", **REPLY)
    assert (again.status_code, "Er is hier al een reactie 'diabetes-2025.nl'" in text_of(again)) == (409, True)
    reviewer = person(node, "Anna", "reviewer", "Huisartsen")
    assert {reviewer.client.get(path).status_code for path in ("/replies", PATH)} == {403}
    assert author.client.get("/replies/anders.nl").status_code == 409


def doors(node: Node, answers: bool | TransportUnavailable, **more: Any) -> Person:
    """Return an author at the desk of an enrolled node, whose hub says whether there are figures, or is away."""
    write_secret(node.settings.secret("token"), b"token")

    def has_figures(indicator: str, period: str) -> bool:
        if isinstance(answers, TransportUnavailable):
            raise answers
        return answers

    return person(node, "Lies", "author", app=pages(node, has_figures=has_figures, **more))


def test_nothing_is_said_to_a_period_of_which_nobody_has_figures(node: Node) -> None:
    author = doors(node, answers=False)
    for answer in (
        author.post("/replies", **REPLY), author.post("/replies/waive", indicator="h.dm_prev", period="2025")
    ):  # fmt: skip
        assert answer.status_code == 409
        assert "Geen regio heeft cijfers van h.dm_prev over 2025 uitgebracht" in text_of(answer)
    signed(node, prepared(node, mostly_hidden()))
    own = REPLY | {"indicator": "h.gi_bleed"}
    assert author.post("/replies", **own).headers["Location"] == f"{PATH}?said=kept", "its own figures are known here"


def test_a_reply_is_kept_with_a_warning_while_the_hub_is_away(node: Node) -> None:
    author = doors(node, TransportUnavailable("The hub cannot be reached."))
    kept_at = author.post("/replies", **REPLY).headers["Location"]
    assert "De hub antwoordde niet" in author.get(kept_at).text_content()
    assert doors(node, answers=True).post(PATH, **REPLY).headers["Location"] == f"{PATH}?said=kept"


def test_own_figures_say_until_when_others_wait_for_them(node: Node) -> None:
    signed(node, prepared(node, mostly_hidden()))
    waits = AwaitedFigures("h.gi_bleed", "2025", "2026-12-06T12:00:00Z")
    author = doors(node, answers=True, awaited=lambda: (waits,))
    (own,) = author.get("/replies").xpath("//li[.//a[contains(@href, 'indicator=')]]")
    told = " ".join(own.text_content().split())
    assert told.startswith("Ooit maag-darmbloeding (h.gi_bleed), 2025")
    assert "zien dit vanaf 2026-12-06 12:00 UTC, of zodra iedere regio reageerde" in told
    seen = doors(node, answers=True, awaited=lambda: ()).get("/replies").text_content()
    assert "wie het mogen zien, zien het al" in seen


def test_while_the_hub_is_away_the_page_says_that_it_does_not_know(node: Node) -> None:
    signed(node, prepared(node, mostly_hidden()))

    def away() -> tuple[AwaitedFigures, ...]:
        raise TransportUnavailable("The hub cannot be reached.")

    said = doors(node, answers=True, awaited=away).get("/replies").text_content()
    assert "Tot wanneer anderen op uw cijfers wachten, zegt de hub nu niet." in said
