"""The desk in a real browser: from a frozen copy to the hub, signed with keys that never leave their owners.

With node and hub on SQLite in Dutch and both on PostgreSQL in English always, the other two ways every night.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.bootstrap import Node, create_node, enrol, read_reviewer_key
from node.release import review
from node.release.candidate import FrozenBundle
from node.web.desk.accounts import Role
from tests.support.desk import mostly_hidden
from tests.support.desk_browser import KEY_PASSPHRASE, Sitter, sitting
from tests.support.desk_pages import pages
from tests.support.network import Network, serving_network
from tests.support.postgres import empty_database
from tests.support.served import served
from tests.support.small_region import CODE, REGION_SET

MAKER, FIRST, SECOND, OFFICER = "Jan de Boer", "Anna Smit", "Piet Visser", "Fatima Kaya"


REAL, NIGHTLY = pytest.mark.real_postgres, pytest.mark.nightly
pytestmark = pytest.mark.parametrize(("stores", "t"), [
    pytest.param("sqlite", "nl"), pytest.param("postgresql", "en", marks=REAL),
    pytest.param("sqlite", "en", marks=NIGHTLY), pytest.param("postgresql", "nl", marks=(REAL, NIGHTLY)),
], indirect=True)  # fmt: skip
Say = Callable[[str, str], str]


@pytest.fixture
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[str | None, str | None]]:
    """Offer a database to the hub and one to the node; None is SQLite in their own folder."""
    if request.param == "sqlite":
        yield None, None
        return
    server = request.getfixturevalue("postgres_server")
    with empty_database(server) as of_hub, empty_database(server) as of_node:
        yield of_hub, of_node


@pytest.fixture
def t(request: pytest.FixtureRequest) -> Say:
    """Offer the choice between what is said in Dutch and in English."""
    return (lambda nl, en: nl) if request.param == "nl" else (lambda nl, en: en)


@pytest.fixture
def network(tmp_path: Path, stores: tuple[str | None, str | None]) -> Iterator[Network]:
    with serving_network(tmp_path, stores[0]) as running:
        yield running


@pytest.fixture
def node(tmp_path: Path, network: Network, stores: tuple[str | None, str | None]) -> Iterator[Node]:
    values = {
        "region": CODE, "name": "Duinrand", "region_set": REGION_SET, "division_year": 2025, "areas": [],
        "hub_url": network.url, **({"database": stores[1]} if stores[1] else {}),
    }  # fmt: skip
    made = create_node(tmp_path / "node", values)
    yield made
    made.engine.dispose()


@pytest.fixture
def url(node: Node) -> Iterator[str]:
    with served(pages(node, clock=lambda: datetime.now(UTC))) as port:
        yield f"http://127.0.0.1:{port}"


def frozen(node: Node) -> FrozenBundle:
    """Freeze figures most of which are hidden, as a count of records would."""
    with writing(node.engine) as connection:
        entry = AuditEntry(MAKER, "bundle.prepared", "2025", datetime.now(UTC))
        return flow.release(
            connection, node.settings, (mostly_hidden(),), (), (),
            audience="public", subject_key=node.secret("subject"), entry=entry,
        )  # fmt: skip


def enrolled(node: Node, network: Network) -> None:
    """Do what the node's operator does on the command line."""
    with node.engine.connect() as connection:
        people = review.reviewers(connection)
    enrol(node, network.invite(CODE, "Duinrand", REGION_SET), people)
    network.approve(CODE)


def test_figures_go_from_the_desk_to_the_hub_signed_in_two_browsers(
    chromium: Browser, url: str, node: Node, network: Network, tmp_path: Path, t: Say
) -> None:
    with ExitStack() as stack:

        def sits(name: str, role: Role, organisation: str = "") -> Sitter:
            return stack.enter_context(sitting(chromium, url, node, name, role, tmp_path, organisation))

        maker, officer = sits(MAKER, "scientist"), sits(OFFICER, "officer")
        first, second = sits(FIRST, "reviewer", "Huisartsen"), sits(SECOND, "reviewer", "Gemeente")
        for one in (maker, officer, first, second):
            one.go(f"/?lang={t('nl', 'en')}")
        for one in (first, second, officer):
            one.make_key(t("Maak en bewaar", "Make and save"), t("Maak deze sleutel bekend", "Make this key known"))
            assert t("Uw sleutel is bekend", "Your key is known") in one.page.inner_text("main")
        read_reviewer_key(_private(first.key), KEY_PASSPHRASE)  # the command line reads what the browser made
        enrolled(node, network)
        bundle = frozen(node)
        at = f"/bundles/{bundle.id}"

        first.go(at)
        assert t("1 bevinding staat open", "1 finding is open") in first.page.inner_text("#review")
        maker.go(at)
        maker.page.locator("#findings textarea").fill("Kleine regio; het totaal blijft leesbaar.")
        maker.press(t("Beantwoord", "Answer"), "#findings")
        assert t("Het antwoord is bewaard", "The answer is kept") in maker.page.inner_text("main")

        officer.go(at)
        officer.sign(t("Zet stil", "Put on hold"), "Vraag eerst de praktijken.")
        assert t("De bundel staat stil", "The bundle is on hold") in officer.page.inner_text("main")
        first.go(at)
        assert t("Akkoord kan niet", "Approval cannot be given") in first.page.inner_text("#review")
        officer.sign(t("Hef op", "Lift the hold"), "De praktijken stemden in.")

        first.go(at)
        text = first.page.inner_text("main")
        few = t("het zijn 1 tot en met 9 personen", "it is 1 to 9 persons")
        assert few in text
        assert bundle.root in text
        for one in (first, second):
            one.go(at)
            one.sign(t("Onderteken akkoord", "Sign approval"))
            assert t("Uw akkoord is bewaard", "Your approval is kept") in one.page.inner_text("main")
        maker.go(at)
        assert few not in maker.page.inner_text("main")
        maker.press(t("Publiceer", "Publish"))
        maker.go("/ledger")
        maker.press(t("Verzend nu", "Ship now"))
        assert t("aangenomen", "accepted") in maker.page.inner_text("main")

        sent = "".join(one for sitter in (maker, officer, first, second) for one in sitter.seen)
        assert KEY_PASSPHRASE not in sent
    assert "h.gi_bleed" in network.get(f"/regions/{CODE}").text


def test_a_lesson_is_written_mended_signed_and_seen_at_the_hub(
    chromium: Browser, url: str, node: Node, network: Network, tmp_path: Path, t: Say
) -> None:
    with ExitStack() as stack:

        def sits(name: str, role: Role, organisation: str = "") -> Sitter:
            return stack.enter_context(sitting(chromium, url, node, name, role, tmp_path, organisation))

        author, first, second = (
            sits(MAKER, "author"), sits(FIRST, "reviewer", "Huisartsen"), sits(SECOND, "reviewer", "Gemeente")
        )  # fmt: skip
        for one in (author, first, second):
            one.go(f"/?lang={t('nl', 'en')}")
        for one in (first, second):
            one.make_key(t("Maak en bewaar", "Make and save"), t("Maak deze sleutel bekend", "Make this key known"))
        enrolled(node, network)

        page = author.go("/lessons/new")
        page.get_by_label(t("Korte naam van de les", "The lesson's short name")).fill("bel-na")
        page.get_by_label(t("Taal van de les", "Language of the lesson")).select_option("nl")
        page.locator("#f-title").fill("Bellen na ontslag scheelt opnamen")
        context = page.locator("#f-context")
        context.press_sequentially("Volgens mevrouw Hofstede speelt dit.")
        expect(page.locator("[data-for='f-context'] mark")).to_have_text("mevrouw Hofstede")
        for name in ("barrier_or_opportunity", "action", "consequence", "advice"):
            page.locator(f"#f-{name}").fill("Begin klein.")
        page.locator("#f-author_role").fill("programmamanager")
        author.press(t("Bewaar als concept", "Keep as a draft"))
        assert t("lijkt op een naam", "looks like a name") in page.inner_text("#findings")
        author.press(t("Vervang", "Replace"), "#findings")
        assert t("niets gevonden", "nothing found") in page.inner_text("#findings")
        assert page.locator("#f-context").input_value() == "Volgens een bewoner speelt dit."
        page.locator("input[name=audience][value=public]").press("Space")
        author.press(t("Bevries en stuur naar de beoordelaar", "Freeze and send to the reviewer"))
        at = page.url.removeprefix(url).partition("?")[0]
        if page.locator("#findings textarea").count():
            page.locator("#findings textarea").first.fill("Er valt niets over te zeggen.")
            author.press(t("Beantwoord", "Answer"), "#findings")

        first.go(at)
        first.sign(t("Onderteken akkoord", "Sign approval"))
        assert t("Uw akkoord is bewaard", "Your approval is kept") in first.page.inner_text("main")
        author.go(at)
        author.press(t("Publiceer", "Publish"))
        author.go("/ledger")
        author.press(t("Verzend nu", "Ship now"))
        assert t("aangenomen", "accepted") in page.inner_text("main")
    assert "Bellen na ontslag scheelt opnamen" in network.get("/knowledge").text


def _private(file: Path) -> Path:
    file.chmod(0o600)
    return file
