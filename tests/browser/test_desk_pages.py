"""Every page of the desk as its people meet it: by axe, by keyboard, in both languages, on a telephone and a desk."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import yaml
from playwright.sync_api import Browser

from connectors.database import writing
from connectors.secret_files import write_secret
from node import flow
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.knowledge import (
    answers,
    attachments,
    citations,
    interventions,
    items,
    lessons,
    messages,
    replies,
    rounds,
)  # fmt: skip
from node.release import officer, review
from node.web.desk.accounts import Role
from node.work import inbox, public_tables
from node.work.plans import Plan, Prepare, add
from node.work.public_tables import Brought
from node.work.runs import Ended, begin, end
from node.work.sources import load
from schemas.citation import CitationPublished, CitedExperience
from schemas.payloads import LessonPublished, ReplyPublished
from schemas.programme_items import ActionPublished, ConditionState, ReflectionPublished
from schemas.signature import SigningKey
from tests.support import judged_linkage
from tests.support.browser import follow
from tests.support.corrections import KEYS, prepared, signed
from tests.support.desk import mostly_hidden
from tests.support.desk_browser import Scheme, sitting
from tests.support.desk_pages import pages
from tests.support.evaluations import INTERVENTION
from tests.support.events import lesson
from tests.support.files import docx, paragraphs, picture
from tests.support.heard import heard_lesson, told
from tests.support.panels import FIVE_LENSES
from tests.support.public_table import MEMBERS, TABLE, mapping
from tests.support.served import served
from tests.support.small_region import CODE
from tests.support.sources import SOUND_NUMBERS, register_file, source

NAMING = docx(paragraphs("Bel mevrouw Hofstede na.", "Wie is er nog niet?"))
CANARIES = (*SOUND_NUMBERS, "03-11-1951", "1951-11-03", "kanarie-19-19")
LOOKED_BACK = ReflectionPublished(
    item="terugblik", language="nl", title="Mevrouw Dekker zag het eerder", held_on="2026-05-12", scope="region_wide",
    heard=("practice", "citizens"), observed="Drie van twaalf.", outcomes=("Een eigenaar.", "Een dag."),
    conditions=(ConditionState("expertise", "partly", "Volgens mevrouw Dekker."),),
)  # fmt: skip
TO_DO = ActionPublished(
    item="bel", language="nl", title="Bel iedere dag", owner_role="wijkverpleegkundige", due="2026-01-31",
    state="open", reflection="terugblik",
)  # fmt: skip
PAGES: dict[Role, tuple[str, ...]] = {
    "scientist": (
        "/", "/bundles", "/bundles/new", "/bundles/{bundle}", "/sources", "/sources/register", "/sources/in/register",
        "/definitions", "/definitions/h.gi_bleed", "/plans", "/ledger", "/ledger/keys", "/ledger/events/{event}",
        "/ledger/events/{event}/redact", "/linkage", "/linkage/sample", "/evaluations", "/tables", "/tables/monitor",
        "/tables/half", "/tables/rijen", "/interventions", "/interventions/new", "/interventions/thuisarts",
    ),
    "author": (
        "/", "/lessons", "/lessons/new", "/lessons/les-1", "/lessons/uit", "/rounds", "/rounds/open", "/rounds/dicht",
        "/messages", "/heard", "/citations", "/citations/new", "/citations/riool-eerst", "/files", "/files/dia",
        "/files/lijst", "/replies", "/replies/bloeding-2025.nl", "/learning", "/learning/action/new",
        "/learning/action/bel", "/learning/reflection/new", "/learning/reflection/terugblik",
    ),
    "reviewer": ("/", "/bundles/{bundle}", "/bundles/{bundle}/items/1", "/key", "/ledger"),
    "officer": ("/bundles/{bundle}", "/key"),
}  # fmt: skip
NAMES: dict[Role, str] = {"scientist": "Jan", "author": "Lies", "reviewer": "Anna", "officer": "Fatima"}


class Full:
    """A node with something on every page."""

    def __init__(self, node: Node) -> None:
        self.node, self.at = node, datetime.now(UTC)
        self._sources()
        self._rounds()
        with writing(node.engine) as connection:
            entry = AuditEntry("Jan", "bundle.prepared", "2025", self.at)
            self.bundle = flow.release(
                connection, node.settings, (mostly_hidden(),), (), (), audience="public",
                subject_key=node.secret("subject"), entry=entry,
            ).id  # fmt: skip
            words: LessonPublished = lesson("Volgens mevrouw Hofstede")
            lessons.keep(connection, words, AuditEntry("Lies", "lesson.written", "les-1", self.at))
            plan = Plan("maand", Prepare("month", "network"), "0 5 5 * *", "Europe/Amsterdam", "Jan", self.at)
            add(connection, plan, AuditEntry("Jan", "plan.added", "maand", self.at))
            number = begin(connection, "maand", self.at, self.at)
            assert number is not None
            end(connection, number, Ended("failed", 0, "No source is loaded here yet."), self.at + timedelta(seconds=2))
            reviewer = review.Reviewer("Noor", "Gemeente", SigningKey.generate().public)
            review.register(connection, reviewer, AuditEntry("Noor", "reviewer.joined", "key", self.at))
            known = officer.Officer("Fatima", SigningKey.generate().public)
            file = node.settings.home.parent / "intervention.yaml"
            file.write_text(INTERVENTION, encoding="utf-8")
            found = interventions.read_intervention(file)
            interventions.keep(connection, found, AuditEntry("Jan", "intervention.recorded", found.id, self.at))
            officer.register(connection, known, AuditEntry("Fatima", "officer.joined", "key", self.at))
        self._words()
        self._tables()
        self._told()

    def _words(self) -> None:
        """Have readers see a lesson, and keep two files beside it and a reply."""
        words = msgspec.structs.replace(lesson("Bel na"), lesson="uit")
        with writing(self.node.engine) as connection:
            lessons.keep(connection, words, AuditEntry("Lies", "lesson.written", "uit", self.at))
            reviewer = review.Reviewer("First", "Ziekenhuis", KEYS[0].public)
            review.register(connection, reviewer, AuditEntry("First", "reviewer.joined", "key", self.at))
        (self.event,) = signed(self.node, prepared(self.node, words))
        with writing(self.node.engine) as connection:
            for name, file, content in (("dia", "dia.png", picture()), ("lijst", "lijst.docx", NAMING)):
                said = attachments.made_of(
                    file, content, file, name, self.event, "nl", f"Een {name}", "Twee vragen.", "CC-BY-4.0"
                )  # fmt: skip
                items.keep(connection, said, AuditEntry("Lies", "item.written", name, self.at))
            reply = ReplyPublished(
                "bloeding-2025", "h.gi_bleed", "2025", "invented", "2026-11-22T12:00:00Z", "nl",
                "Mevrouw Hofstede belde ons.", "datamanager",
            )  # fmt: skip
            replies.keep(connection, reply, AuditEntry("Lies", "reply.written", "bloeding-2025.nl", self.at))
            for item in (LOOKED_BACK, TO_DO):
                items.keep(connection, item, AuditEntry("Lies", "item.written", item.item, self.at))

    def _told(self) -> None:
        """Have a message of a reader, and a citation in which a name stands; the hub knows the node."""
        write_secret(self.node.settings.secret("token"), b"token")
        cited = CitationPublished(
            "riool-eerst", "d" * 64, "GG0002", "nl", "supporting", "epidemioloog", "Volgens mevrouw Dekker klopt dit.",
            (CitedExperience("residents", "Gesprek van maart."),),
        )  # fmt: skip
        with writing(self.node.engine) as connection:
            messages.keep(connection, told(), self.at)
            citations.keep(connection, cited, AuditEntry("Lies", "citation.written", cited.citation, self.at))

    def _tables(self) -> None:
        home, members = self.node.settings.home, Brought("leden.csv", MEMBERS)
        public_tables.keep(home, "monitor", Brought("monitor.csv", TABLE), members, mapping().decode())
        public_tables.keep(home, "half", Brought("monitor.csv", TABLE), members, None)
        broken = Brought("monitor.csv", TABLE.replace(b"17.0", b"17,0"))
        public_tables.keep(home, "rijen", broken, members, mapping().decode())

    def _sources(self) -> None:
        settings = self.node.settings
        inbox.folder(settings.home, "register")
        rows = f"bsn;born;sex\n{SOUND_NUMBERS[0]};03-11-1951;V\n{SOUND_NUMBERS[1]};kanarie-19-19;V\n".encode()
        (inbox.folder(settings.home, "register") / "persons.csv").write_bytes(rows)
        path = inbox.keep_mapping(settings.home, "register", yaml.safe_dump(source(register_file())))
        entry = AuditEntry("Jan", "source.loaded", "register", self.at)
        load(settings, self.node.engine, path, self.node.pseudonym_keys, entry)
        judged_linkage.keep(self.node, self.at.date(), judged=2)

    def _rounds(self) -> None:
        with writing(self.node.engine) as connection:
            for name, period in (("open", "2026-Q3"), ("dicht", "2026-Q1")):
                entry = AuditEntry("Lies", "assessment.opened", name, self.at)
                rounds.open_round(connection, name, FIVE_LENSES, period, {"practice": 5}, entry)
            one = rounds.find(connection, "dicht")
            entry = AuditEntry("Lies", "assessment.imported", "dicht", self.at)
            given = [answers.Answer("practice", tuple(3 for _ in FIVE_LENSES.items)) for _ in range(5)]
            answers.import_answers(connection, one, given, entry)
            rounds.close(connection, one, AuditEntry("Lies", "assessment.closed", "dicht", self.at))


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Full]:
    values = {
        "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
        "hub_url": "http://localhost:1",
    }  # fmt: skip
    node = create_node(tmp_path / "node", values)
    with closing(node.engine.connect()):
        yield Full(node)
    node.engine.dispose()


FIXED: dict[Role, tuple[str, ...]] = {
    "scientist": ("/", "/tables/monitor", "/tables/rijen"), "reviewer": ("/bundles/{bundle}",),
    "author": ("/lessons/les-1", "/files", "/files/lijst", "/files/dia", "/replies", "/replies/bloeding-2025.nl"),
}  # fmt: skip
"""What is looked at each time; all the others every night."""


def looked_at(
    chromium: Browser, full: Full, folder: Path, role: Role, paths: tuple[str, ...], lang: str, width: int,
    scheme: Scheme = "light",
) -> None:  # fmt: skip
    """Have pages of a role examined, and see no value of a person on any of them."""
    app = pages(full.node, clock=lambda: datetime.now(UTC), heard=lambda: (heard_lesson(),))
    with served(app) as port:
        url, house = f"http://127.0.0.1:{port}", "Huisartsen" if role == "reviewer" else ""
        with sitting(chromium, url, full.node, NAMES[role], role, folder, house) as one:
            for path in paths:
                one.check(path.format(bundle=full.bundle, event=full.event), lang, width, scheme)
            shown = "".join(one.seen)
            assert [canary for canary in CANARIES if canary in shown] == []


@pytest.mark.parametrize("role", FIXED)
def test_a_page_of_each_is_usable_on_a_telephone(chromium: Browser, full: Full, tmp_path: Path, role: Role) -> None:
    looked_at(chromium, full, tmp_path, role, FIXED[role], "nl", 360)


def test_without_script_lessons_are_mended_and_signed_forms_give_the_command(
    chromium: Browser, full: Full, tmp_path: Path
) -> None:
    with served(pages(full.node, clock=lambda: datetime.now(UTC))) as port:
        url = f"http://127.0.0.1:{port}"
        with sitting(chromium, url, full.node, "Lies", "author", tmp_path, has_script=False) as author:
            author.go("/lessons/les-1?lang=nl")
            author.press("Vervang", "#findings")
            assert "niets gevonden" in author.page.inner_text("#findings")
        with sitting(chromium, url, full.node, "Fatima", "officer", tmp_path, has_script=False) as one:
            page = one.go(f"/bundles/{full.bundle}")
            form = page.locator("form[action$='/hold']")
            page.locator("details").filter(has=form).locator("summary").first.press("Enter")
            form.locator("summary").press("Enter")
            assert f"python -m node review dpo hold {full.bundle}" in form.inner_text()
            assert form.get_by_role("button", name="Zet stil").is_disabled()


def test_without_script_a_lesson_is_cited_and_an_event_destroyed_after_two_answers(
    chromium: Browser, full: Full, tmp_path: Path
) -> None:
    with served(pages(full.node, clock=lambda: datetime.now(UTC))) as port:
        url = f"http://127.0.0.1:{port}"
        with sitting(chromium, url, full.node, "Lies", "author", tmp_path, has_script=False) as author:
            page = author.go("/lessons?lang=nl")
            follow(page, page.get_by_role("link", name="Aanhalingen"))
            follow(page, page.get_by_role("link", name="Haal een les aan"))
            for label, said in (
                ("Korte naam van de aanhaling", "bel-na"), ("Adres van de les bij de hub", f"{url}/lessons/{'c' * 64}"),
                ("Code van de regio van de les", "GG0003"), ("Wie koos dat?", "epidemioloog"),
                ("In welke situatie, en wat is gevonden?", "Ook hier hielp bellen na ontslag."),
            ):  # fmt: skip
                page.get_by_label(label).fill(said)
            page.get_by_label("Vermeldend").check()
            author.press("Bewaar als concept")
            assert "niets gevonden" in page.inner_text("#findings")
            page.get_by_label("iedereen, ook zonder in te loggen").check()
            author.press("Bevries en stuur naar de beoordelaar")
            assert "aanhaling van een les" in page.inner_text("main")
        with sitting(chromium, url, full.node, "Jan", "scientist", tmp_path, has_script=False) as maker:
            page = maker.go("/ledger?lang=nl")
            follow(page, page.get_by_role("link", name="Bel na"))
            follow(page, page.get_by_role("link", name="Zie eerst wat er dan gebeurt"))
            page.get_by_label("Waarom?").fill("Een mens is erin te herkennen.")
            maker.press("Ga verder")
            page.get_by_label("Typ 1, het nummer").fill("1")
            maker.press("Ja, laat dit vernietigen")
            assert "vernietiging van een bericht" in page.inner_text("main")
            maker.go(f"/ledger/events/{full.event}")
            assert "Er is al een bundel die dit verandert" in page.inner_text("main")


@pytest.mark.nightly
@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_usable_in_both_languages_widths_and_schemes(
    chromium: Browser, full: Full, tmp_path: Path, role: Role, scheme: Scheme, lang: str, width: int
) -> None:
    looked_at(chromium, full, tmp_path, role, PAGES[role], lang, width, scheme)
