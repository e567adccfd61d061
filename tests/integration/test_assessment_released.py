"""An assessment leaves by the same door as figures: what the rule tells, two reviewers, and words that name nobody."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from connectors.database import writing
from node import flow
from node.__main__ import main
from node.audit import AuditEntry
from node.bootstrap import open_node
from node.release import candidate, redact, review
from node.release.answer import findings_of
from node.release.certificate import certify
from node.release.certificate_text import page
from node.release.panel import AskedAssessment, AssessmentNamesPerson, RoleUnfit, RoundNotClosed
from node.release.preview import preview
from node.release.revise import NothingChanged, ReasonMissing, ScoresChanged
from node.release.withdraw import withdraw
from node.tables import event as event_table
from node.tables import lens_word as lens_word_table
from node.tables import panel_answer
from schemas.assessment import AssessmentPublished, AssessmentRevised, AssessmentWithdrawn, Protected
from schemas.codes import EventType
from schemas.upcast import read_payload
from tests.support.panels import hold_round, with_means
from tests.support.small_region import CODE, NOW, SmallRegion, small_region

ASKED = AskedAssessment("voorjaar", "programme office")
ROWS = with_means(
    (349, 304, 320, 302, 304), ("government",) * 7 + ("practice",) * 10 + ("knowledge",) * 5 + ("citizens",) * 3
)
FINDING = "Het mandaat is onduidelijk."


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    region = small_region(tmp_path_factory.mktemp("held") / "node", "http://127.0.0.1:9")
    region.node.engine.dispose()
    hold_round(region.node.settings.home, "voorjaar", "2025", ROWS)
    say(region.node.settings.home, "--finding", FINDING)
    return region


@pytest.fixture
def region(held: SmallRegion, tmp_path: Path) -> Iterator[SmallRegion]:
    """Offer a copy of a region that held a round and did not release it yet."""
    shutil.copytree(held.node.settings.home, tmp_path / "node")
    node = open_node(tmp_path / "node")
    yield held.at(node)
    node.engine.dispose()


def say(home: Path, *words: str) -> None:
    place = ("--language", "nl", "--author", "Coordinator", "--home", str(home))
    assert main(["assess", "say", "voorjaar", "organisation", *words, *place]) == 0


def prepare(region: SmallRegion, asked: AskedAssessment = ASKED, reason: str = "") -> candidate.FrozenBundle:
    with writing(region.node.engine) as connection:
        return flow.release(
            connection, region.node.settings, (), (), (), (), (asked,), audience="partners",
            subject_key=region.node.secret("subject"), reason=reason,
            entry=AuditEntry("Author", "bundle.prepared", asked.round, NOW),
        )  # fmt: skip


def sign(region: SmallRegion, bundle: candidate.FrozenBundle) -> str:
    """Approve and sign a bundle; return its event."""
    with writing(region.node.engine) as connection:
        for key in region.keys[: bundle.needed]:
            review.approve(connection, bundle.id, CODE, key, NOW)
    region.publish(bundle.id)
    with region.node.engine.connect() as connection:
        return connection.scalars(select(event_table.c.id).order_by(event_table.c.sequence.desc())).first() or ""


def test_it_tells_what_the_rule_tells_and_two_others_read_all_of_it(region: SmallRegion) -> None:
    bundle = prepare(region)
    (item,) = bundle.items
    told = read_payload(item.type, item.payload)
    assert isinstance(told, AssessmentPublished)
    assert (item.type, bundle.needed) == (EventType.ASSESSMENT_PUBLISHED, 2)
    assert (told.invited, told.answered, told.closed_on >= "2026") == (25, 25, True)
    hidden = {one.helix for lens in told.lenses for one in lens.by_helix if isinstance(one.score, Protected)}
    assert hidden == {"knowledge", "citizens"}
    with region.node.engine.connect() as connection:
        (shown,) = preview(connection, bundle).items
    rows = {row.what.en: row.value.en for row in shown.rows if row.value is not None}
    assert rows["Organisational dynamics: panel (wording not verified)"] == (
        "median 3.00 to 3.33; 25 answers; middle half 3.00 to 3.33"
    )
    assert rows["Shared ambition: citizens"] == "hidden: too few answers to show"
    assert rows["Organisational dynamics: Focus group (nl)"] == FINDING
    with region.node.engine.connect() as connection:
        (finding,) = findings_of(connection, bundle.id)
    assert (finding.kind.code, finding.places) == ("unverified_questions", ((0, "organisation, process"),))
    assert any("medians from five answers" in line for line in bundle.report)


def test_its_certificate_says_what_of_panels_leaves(region: SmallRegion) -> None:
    bundle = prepare(region)
    sign(region, bundle)
    with region.node.engine.connect() as connection:
        found = certify(connection, bundle.id)
    assert (found.assessments, found.notices) == (1, 0)
    told = page(found, "Duinrand", "2026-11-28", "en")
    assert "It holds 1 assessment of readiness." in told
    assert "and of panels nobody's answer" in told
    assert "van ten minste twee mogelijke scores" in page(found, "Duinrand", "2026-11-28", "nl")


def test_only_a_closed_round_leaves_on_behalf_of_a_role(region: SmallRegion) -> None:
    home = region.node.settings.home
    place = ("--author", "Coordinator", "--home", str(home))
    opened = ("assess", "open", "najaar", "--instrument", "guiding-principles", "--period", "2025")
    assert main([*opened, "--panel", "practice=2", *place]) == 0
    for asked, error in (
        (AskedAssessment("najaar", "office"), RoundNotClosed),
        (AskedAssessment("zomer", "office"), RoundNotClosed),
        (AskedAssessment("voorjaar", " "), RoleUnfit),
        (AskedAssessment("voorjaar", "mevrouw J. de Vries"), AssessmentNamesPerson),
    ):
        with pytest.raises(error):
            prepare(region, asked)
    say(home, "--finding", "Volgens mevrouw J. de Vries is het mandaat onduidelijk.")
    with pytest.raises(AssessmentNamesPerson, match=r"the focus group's finding on organisation \(nl\)") as refused:
        prepare(region)
    assert "Vries" not in str(refused.value)


def test_a_revision_brings_other_words_and_never_other_scores(region: SmallRegion) -> None:
    first = sign(region, prepare(region))
    with pytest.raises(NothingChanged):
        prepare(region)
    say(region.node.settings.home, "--verdict", "not-satisfactory", "--because", "Zonder mandaat geen besluit.")
    with pytest.raises(ReasonMissing):
        prepare(region)
    bundle = prepare(region, reason="Experts judged.")
    told = read_payload(bundle.items[0].type, bundle.items[0].payload)
    assert isinstance(told, AssessmentRevised)
    assert (told.revises, told.assessment.verdicts[0].satisfactory) == (first, False)
    with region.node.engine.connect() as connection:
        (shown,) = preview(connection, bundle).items
    assert (shown.count("new"), shown.count("changed"), shown.count("withdrawn")) == (1, 0, 0)
    with writing(region.node.engine) as connection:
        connection.execute(update(panel_answer).values(answers="[" + ",".join(["1"] * 22) + "]"))
    with pytest.raises(ScoresChanged):
        prepare(region, reason="Somebody wrote into the store.")


def test_it_is_withdrawn_and_destroyed_with_its_words_here(region: SmallRegion) -> None:
    event_id = sign(region, prepare(region))
    key = region.node.secret("subject")
    entry = AuditEntry("Author", "bundle.prepared", event_id, NOW)
    with region.node.engine.connect() as connection:
        _, notice = withdraw(connection, event_id, "The wrong panel was asked.")
    assert notice.payload == AssessmentWithdrawn(event_id, "The wrong panel was asked.")
    with writing(region.node.engine) as connection:
        _, order = redact.order(connection, event_id, "A finding told too much.")
        bundle = candidate.freeze(connection, [order], audience="partners", subject_key=key, entry=entry, now=NOW)
    sign(region, bundle)
    with region.node.engine.connect() as connection:
        assert connection.scalars(select(lens_word_table.c.text)).all() == []
        assert len(connection.scalars(select(panel_answer.c.id)).all()) == 25


def test_the_command_shows_what_was_frozen(region: SmallRegion, capsys: pytest.CaptureFixture[str]) -> None:
    home = str(region.node.settings.home)
    said = ("--role", "programme office", "--author", "Author", "--audience", "partners", "--home", home)
    capsys.readouterr()
    assert main(["release", "assessment", "voorjaar", *said]) == 0
    told = capsys.readouterr().out
    assert "1 item for partners" in told
    assert "median 3.50 to 4.00; 25 answers" in told
    assert main(["release", "assessment", "zomer", *said]) == 1
    assert "Round 'zomer' is not known here" in capsys.readouterr().err
