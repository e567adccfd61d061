"""An evaluation leaves by the same door as figures, and only where every figure it rests on has left before it."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from node import flow
from node.__main__ import main
from node.audit import AuditEntry
from node.bootstrap import open_node
from node.evaluation.asked import AskedEvaluation, LevelWrong, made
from node.release import candidate, review
from node.release.answer import findings_of
from node.release.certificate import certify
from node.release.certificate_text import page
from node.release.evaluation_words import parts
from node.release.ground import EvaluationNamesPerson, FiguresChanged, FiguresForFewer, FiguresNotPublished, ground
from node.release.preview import preview
from node.release.review import ReviewerIsAuthor
from node.release.revise import NothingChanged, ReasonMissing
from node.release.standing import of_indicators, standing
from node.release.withdraw import withdraw
from node.tables import event as event_table
from node.tables import item as item_table
from schemas.codes import Audience, EventType
from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn, outcome_of
from schemas.upcast import read_payload
from tests.support.evaluations import (
    AREAS,
    INTERVENTION,
    QUARTERS,
    TREATED,
    an_evaluation,
    publish_figures,
    record_intervention,
)
from tests.support.small_region import CODE, NOW, SmallRegion, small_region

ASKED = AskedEvaluation("thuisarts", QUARTERS, "analyst of the GGD")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    folder = tmp_path_factory.mktemp("published")
    region = small_region(folder / "node", "http://127.0.0.1:9")
    record_intervention(region, folder)
    publish_figures(region)
    region.node.engine.dispose()
    return region


@pytest.fixture
def region(published: SmallRegion, tmp_path: Path) -> Iterator[SmallRegion]:
    """Offer a copy of a region that published twelve quarters of one outcome by area."""
    shutil.copytree(published.node.settings.home, tmp_path / "node")
    node = open_node(tmp_path / "node")
    yield published.at(node)
    node.engine.dispose()


def prepare(
    region: SmallRegion, asked: AskedEvaluation = ASKED, audience: Audience = "partners", reason: str = ""
) -> candidate.FrozenBundle:
    with writing(region.node.engine) as connection:
        return flow.release(
            connection, region.node.settings, (), (), (), (asked,), audience=audience,
            subject_key=region.node.secret("subject"), reason=reason,
            entry=AuditEntry("Author", "bundle.prepared", asked.intervention, NOW),
        )  # fmt: skip


def approve(region: SmallRegion, bundle: candidate.FrozenBundle) -> None:
    with writing(region.node.engine) as connection:
        for key in region.keys:
            review.approve(connection, bundle.id, CODE, key, NOW)


def release(region: SmallRegion, reason: str = "") -> str:
    """Release the evaluation and return its event."""
    bundle = prepare(region, reason=reason)
    approve(region, bundle)
    region.publish(bundle.id)
    with region.node.engine.connect() as connection:
        return connection.scalars(select(event_table.c.id).order_by(event_table.c.sequence.desc())).first() or ""


def test_an_evaluation_names_the_published_figures_that_it_is_made_of(region: SmallRegion) -> None:
    bundle = prepare(region)
    (item,) = bundle.items
    told = read_payload(item.type, item.payload)
    assert isinstance(told, EvaluationPublished)
    assert (item.type, bundle.needed, bundle.state) == (EventType.EVALUATION_PUBLISHED, 2, "under_review")
    with region.node.engine.connect() as connection:
        stands = {one.event_id: one.content for one in of_indicators(connection, ["c.ed"])}
    assert {one.event_id for one in told.figures} == stands.keys()
    assert [one.period for one in told.figures] == list(QUARTERS)
    assert (told.areas, told.compared, told.clusters) == (TREATED, AREAS[6:], 12)
    assert (told.evaluation, told.level) == ("thuisarts.c.ed.did.population", "population")
    assert float(told.estimates[0].high) < 0
    assert outcome_of(told) == "fits_effect"
    assert told.reading.en.startswith("After the start of 'Doctor at home'")
    assert told.reading.nl.startswith("Na de start van 'Huisarts aan huis'")
    assert "Made of 12 published figures alone, each found on this region's chain." in bundle.report


def test_two_others_review_it_and_read_all_that_its_readers_will(region: SmallRegion) -> None:
    bundle = prepare(region)
    with region.node.engine.connect() as connection:
        (shown,) = preview(connection, bundle).items
    assert (shown.kind.nl, shown.is_first) == ("nieuwe evaluatie", True)
    rows = {row.what.en: row.value.en for row in shown.rows if row.value is not None}
    assert rows["About"] == "everyone in the areas, reached or not (population level)"
    assert rows["Made by"] == "analyst of the GGD"
    assert rows["Method"].endswith("; version 3, 12 independent units")
    dutch = next(row.value.nl for row in shown.rows if row.what.nl == "Schatting 1" and row.value is not None)
    assert re.fullmatch(
        r"verschil-in-verschillen: −\d{3},\d per 1\.000 persoonsjaren \(95%-interval −\d{3},\d tot .*", dutch
    )
    assert rows["Check 1"].startswith("all right: No difference in trend shows before the start")
    assert {"Reading", "Estimate 1", "Assumption 5", "Periods before", "Compared with"} <= rows.keys()
    with writing(region.node.engine) as connection:
        author = AuditEntry("First", "bundle.prepared", "thuisarts", NOW)
        own = flow.release(
            connection, region.node.settings, (), (), (), (replace(ASKED, made_by="x"),),
            audience="network", subject_key=region.node.secret("subject"), entry=author,
        )  # fmt: skip
        with pytest.raises(ReviewerIsAuthor):
            review.approve(connection, own.id, CODE, region.keys[0], NOW)
        assert review.approve(connection, bundle.id, CODE, region.keys[0], NOW).state == "under_review"
        assert review.approve(connection, bundle.id, CODE, region.keys[1], NOW).state == "approved"
    assert region.publish(bundle.id) == 1


def test_the_certificate_counts_it_and_promises_nothing_of_hidden_cells(region: SmallRegion) -> None:
    bundle = prepare(region)
    approve(region, bundle)
    with region.node.engine.connect() as connection:
        found = certify(connection, bundle.id)
    assert (found.evaluations, found.lessons, found.notices, found.proofs) == (1, 0, 0, ())
    assert "1 evaluation of published figures" in page(found, "Duinrand", "2026-11-22", "en")
    assert "1 evaluatie van gepubliceerde cijfers" in page(found, "Duinrand", "2026-11-22", "nl")


def test_the_same_again_is_nothing_new_and_a_change_needs_a_reason(region: SmallRegion) -> None:
    first = release(region)
    with pytest.raises(NothingChanged):
        prepare(region)
    publish_figures(region, QUARTERS[-1:], more=20)
    with pytest.raises(ReasonMissing, match="Evaluation of Doctor at home, c\\.ed"):
        prepare(region)
    bundle = prepare(region, reason="The last quarter was corrected.")
    (item,) = bundle.items
    told = read_payload(item.type, item.payload)
    assert isinstance(told, EvaluationRevised)
    assert (item.type, told.revises) == (EventType.EVALUATION_REVISED, first)
    with region.node.engine.connect() as connection:
        (shown,) = preview(connection, bundle).items
    assert {row.what.en for row in shown.rows if row.change == "changed"} >= {"Estimate 1", "Reading"}


def test_figures_corrected_after_it_was_approved_stop_it(region: SmallRegion) -> None:
    bundle = prepare(region)
    approve(region, bundle)
    publish_figures(region, QUARTERS[:1], more=20)
    with pytest.raises(FiguresChanged, match=r"c\.ed 2021-Q1 were corrected or withdrawn after the evaluation"):
        region.publish(bundle.id)
    with region.node.engine.connect() as connection:
        held = connection.scalars(
            select(item_table.c.type).join(event_table, event_table.c.bundle_id == bundle.id)
        ).all()
    assert held == []


def test_it_is_for_nobody_who_may_not_read_its_figures(region: SmallRegion) -> None:
    with pytest.raises(FiguresForFewer, match="cannot be for public; choose --audience partners"):
        prepare(region, audience="public")
    assert prepare(region, audience="network").items[0].audience == "network"


def test_figures_that_did_not_leave_here_are_no_ground(region: SmallRegion) -> None:
    with region.node.engine.connect() as connection:
        good = made(connection, ASKED)
        one, other = good.figures[:2]
        bent = {
            "that this region did not publish": (msgspec.structs.replace(one, event_id="0" * 64),),
            "names no published figure": (),
            r"does not hold c\.ed of 2021-Q1": (msgspec.structs.replace(other, period="2021-Q1"),),
            "names figures of periods that it does not use": (one, one),
        }
        for says, figures in bent.items():
            with pytest.raises(FiguresNotPublished, match=says):
                ground(connection, msgspec.structs.replace(good, figures=figures), "partners")
        with pytest.raises(FiguresNotPublished, match="as the evaluation of 'thuisarts' counts it"):
            ground(connection, msgspec.structs.replace(good, definition_hash="0" * 64), "partners")
        with pytest.raises(FiguresNotPublished, match=r"No exact figure of c\.ed in GM9999 was published"):
            ground(connection, msgspec.structs.replace(good, compared=("GM9999",)), "partners")
        with pytest.raises(FiguresNotPublished, match="did not publish"):
            ground(connection, an_evaluation([("f" * 64, "2021-Q1")]), "partners")
        assert ground(connection, good, "partners").payload == good


def test_words_that_may_name_a_person_are_refused(region: SmallRegion, tmp_path: Path) -> None:
    with pytest.raises(EvaluationNamesPerson, match="may name a person"):
        prepare(region, replace(ASKED, made_by="dr. P. Jansen"))
    record_intervention(region, tmp_path, INTERVENTION.replace("Doctor at home", "Call 06-12345678"))
    with pytest.raises(EvaluationNamesPerson, match="a telephone number"):
        prepare(region)


def test_what_counts_everyone_is_not_told_of_those_who_took_part(region: SmallRegion) -> None:
    with pytest.raises(LevelWrong, match=r"c\.ed counts all residents of an area"):
        prepare(region, replace(ASKED, level="intervention"))


def test_published_quarters_that_take_no_part_need_an_answer(region: SmallRegion) -> None:
    bundle = prepare(region, replace(ASKED, periods=QUARTERS[2:]))
    with region.node.engine.connect() as connection:
        codes = {one.kind.code: one for one in findings_of(connection, bundle.id)}
    assert codes["figures_left_out"].is_open
    assert codes["figures_left_out"].places == ((0, "2021-Q1, 2021-Q2"),)
    assert bundle.state == "to_answer"


def test_one_that_stands_can_be_taken_back(region: SmallRegion) -> None:
    first = release(region)
    with writing(region.node.engine) as connection:
        _, notice = withdraw(connection, first, "The outcome was measured otherwise.")
        bundle = candidate.freeze(
            connection, [notice], audience="partners", subject_key=region.node.secret("subject"),
            entry=AuditEntry("Author", "bundle.prepared", first, NOW), now=NOW,
        )  # fmt: skip
        assert bundle.needed == 1
        review.approve(connection, bundle.id, CODE, region.keys[0], NOW)
    region.publish(bundle.id)
    told = read_payload(bundle.items[0].type, bundle.items[0].payload)
    assert told == EvaluationWithdrawn(first, "The outcome was measured otherwise.")
    with region.node.engine.connect() as connection:
        assert standing(connection, [bundle.items[0].subject]) == {}


def test_the_command_prepares_one_and_refuses_in_a_sentence(
    region: SmallRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(region.node.settings.home)]
    asked = ["release", "evaluation", "thuisarts", "--from", "2021-Q1", "--until", "2023-Q4", "--role", "analyst"]
    assert main([*asked, "--author", "Author", "--audience", "partners", *home]) == 0
    told = capsys.readouterr().out
    assert "1 item for partners, under review." in told
    assert "Reading: After the start of 'Doctor at home'" in told
    assert "It needs 2 approvals." in told
    assert main([*asked, "--author", "Author", "--audience", "public", *home]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Refused: The figures of c.ed 2021-Q1 are for partners")
    assert said.count("\n") == 1
    assert main(["release", "list", "--json", *home]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2  # the figures' bundle and this one


def test_the_guide_tells_which_interventions_have_one(region: SmallRegion, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["steps", "--home", str(region.node.settings.home)]
    assert main(asked) == 0
    assert "thuisarts: figures from before and after its start; did it work: `evaluate thuisarts`" in (
        capsys.readouterr().out
    )
    release(region)
    assert main([*asked, "--lang", "nl"]) == 0
    assert "thuisarts: evaluatie gepubliceerd" in capsys.readouterr().out


def test_every_part_is_told_once_and_in_both_languages(region: SmallRegion) -> None:
    with region.node.engine.connect() as connection:
        told = list(parts(made(connection, ASKED)))
    assert len({key for key, _, _ in told}) == len(told)
    assert all(said.nl and said.en and what.nl and what.en for _, what, said in told)
