"""Forms with files in a real browser, without a script: a public table reaches the hub, a file its reviewers."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node, create_node, enrol
from node.knowledge import lessons
from node.release import review
from node.web.desk.accounts import Role
from tests.support.corrections import make_node, prepared, signed
from tests.support.desk_browser import Sitter, sitting
from tests.support.desk_pages import pages
from tests.support.events import lesson
from tests.support.files import docx, paragraphs
from tests.support.network import Network, serving_network
from tests.support.public_table import MEMBERS, TABLE, mapping
from tests.support.served import served
from tests.support.small_region import CODE, REGION_SET

NAMING = docx(paragraphs("Bel mevrouw Hofstede na.", "Wie is er nog niet?"))
CLEAN = docx(paragraphs("Bel iedereen na.", "Wie is er nog niet?"))
VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": REGION_SET, "division_year": 2024, "areas": [],
}  # fmt: skip


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with serving_network(tmp_path) as running:
        yield running


def chosen(page: Page, field: str, name: str, content: bytes) -> None:
    """Choose a file in a form."""
    payload: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator(f"#f-{field}").set_input_files(payload)


def test_a_public_table_goes_from_a_form_to_the_hub(chromium: Browser, network: Network, tmp_path: Path) -> None:
    node = create_node(tmp_path / "node", {**VALUES, "hub_url": network.url})
    with served(pages(node, clock=lambda: datetime.now(UTC))) as port, ExitStack() as stack:
        url = f"http://127.0.0.1:{port}"

        def sits(name: str, role: Role, organisation: str = "", has_script: bool = True) -> Sitter:
            return stack.enter_context(sitting(chromium, url, node, name, role, tmp_path, organisation, has_script))

        maker = sits("Jan de Boer", "scientist", has_script=False)
        signing = [sits("Anna Smit", "reviewer", "Huisartsen"), sits("Piet Visser", "reviewer", "Gemeente")]
        for one in signing:
            one.make_key("Maak en bewaar", "Maak deze sleutel bekend")
        _enrolled(node, network)

        page = maker.go("/")
        page.get_by_role("link", name="Openbare tabellen: neem er een over").press("Enter")
        page.wait_for_url("**/tables")
        page.locator("#f-name").fill("monitor")
        chosen(page, "table", "monitor.csv", TABLE.replace(b"17.0", b"17,0"))
        chosen(page, "members", "leden.csv", MEMBERS)
        chosen(page, "mapping_file", "mapping.yaml", mapping())
        maker.press("Breng in")
        assert "monitor.csv, rij 3, kolom Roken: hier hoort een percentage" in page.inner_text("#read")
        chosen(page, "table", "monitor.csv", TABLE)
        maker.press("Bewaar en lees")
        assert "5 rijen, 1 zonder gebied, 3 van deze regio" in page.inner_text("#read")
        page.get_by_label("iedereen, ook zonder in te loggen").press("Space")
        maker.press("Bevries en stuur naar de beoordelaars")
        at = page.url.removeprefix(url).partition("?")[0]
        for button in page.locator("#findings textarea").all():
            button.fill("Zo staat het in de openbare tabel.")
            maker.press("Beantwoord", "#findings")
        for one in signing:
            one.go(at)
            assert "19,9" in one.page.inner_text("main")
            one.sign("Onderteken akkoord")
        maker.go(at)
        maker.press("Publiceer")
        maker.go("/ledger")
        maker.press("Verzend nu")
        assert "aangenomen" in page.inner_text("main")
    assert "jv24.rookt_tabak_75" in network.get(f"/regions/{CODE}").text
    node.engine.dispose()


def test_a_file_is_mended_and_goes_to_its_reviewers_and_a_reply_too(chromium: Browser, tmp_path: Path) -> None:
    node = make_node(tmp_path / "node")
    words = lesson("Bel na")
    with writing(node.engine) as connection:
        lessons.keep(connection, words, AuditEntry("Lies", "lesson.written", words.lesson, datetime.now(UTC)))
    signed(node, prepared(node, words))
    with served(pages(node, clock=lambda: datetime.now(UTC))) as port:
        url = f"http://127.0.0.1:{port}"
        with sitting(chromium, url, node, "Lies", "author", tmp_path, has_script=False) as author:
            page = author.go(f"/lessons/{words.lesson}?lang=en")
            page.get_by_role("link", name="Add a file").press("Enter")
            page.wait_for_url("**/files?of=*")
            page.locator("#f-name").fill("lijst")
            chosen(page, "file", "lijst.docx", NAMING)
            page.locator("#f-title").fill("Bellijst")
            page.locator("#f-alternative").fill("Twee vragen.")
            page.locator("#f-language").select_option("nl")
            author.press("Bring in and look")
            assert page.inner_text("#findings mark") == "mevrouw Hofstede"
            assert page.locator("#release").count() == 0
            chosen(page, "file", "lijst.docx", CLEAN)
            author.press("Keep and look")
            assert "Bel iedereen na." in page.inner_text("#words")
            page.get_by_label("partners:").press("Space")
            author.press("Freeze and send to the reviewers")
            assert "0 of 2 approvals" in page.inner_text("main")

            page = author.go("/replies?indicator=h.dm_prev&period=2025")
            page.locator("#f-reply").fill("diabetes-2025")
            page.locator("#f-text").fill("We count who is registered elsewhere, too.")
            page.locator("#f-author_role").fill("data manager")
            author.press("Keep as a draft")
            page.get_by_label("everyone, without signing in").press("Space")
            author.press("Freeze and send to the reviewer")
            assert "0 of 1 approval." in page.inner_text("main")
    node.engine.dispose()


def _enrolled(node: Node, network: Network) -> None:
    """Do what the node's operator does on the command line."""
    with node.engine.connect() as connection:
        people = review.reviewers(connection)
    enrol(node, network.invite(CODE, "Duinrand", REGION_SET), people)
    network.approve(CODE)
