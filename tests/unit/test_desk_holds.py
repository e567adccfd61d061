"""Who approves on whose behalf, what a hold stops, and that what was approved is what leaves."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update

from connectors.database import writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node
from node.commands.desk import next_step
from node.commands.inspection import say_bundles
from node.release import officer, review
from node.release.candidate import load
from node.release.certificate import CertificateTooEarly, certify
from node.release.certificate_text import page
from node.release.examine import FindingsBlock
from node.release.person import NameMixesScripts
from node.release.publishable import BundleAltered
from node.release.states import BundleNotInState, BundleState
from node.release.withdraw import withdraw
from schemas.signature import SigningKey
from tests.support.corrections import KEYS, NOW, REASON, announced, make_node, prepared, signed, table
from tests.support.desk import (
    OFFICER,
    answered,
    approve,
    audit,
    codes,
    computed,
    hold,
    join,
    lift,
    mostly_hidden,
    publish,
)
from tests.support.events import lesson

COLLEAGUE = SigningKey.generate()
LATER = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    join(made, "Officer", OFFICER)
    yield made
    made.engine.dispose()


def test_two_approvals_come_from_two_organisations(node: Node) -> None:
    third = SigningKey.generate()
    with writing(node.engine) as connection:
        person = review.Reviewer("Third", " FIRST  hospital", third.public)
        review.register(connection, person, AuditEntry("Third", "reviewer.joined", "key", NOW))
    bundle = prepared(node, table(GM0001=30))
    approve(node, bundle.id, KEYS[0])
    with pytest.raises(review.SameOrganisation, match="another organisation"):
        approve(node, bundle.id, third)
    assert approve(node, bundle.id, KEYS[1]) is BundleState.APPROVED


@pytest.mark.parametrize("spelt", ["First\u200b hospital", "Fi\u00adrst hospital"])
def test_an_organisation_spelt_with_invisible_signs_gives_no_second_approval(node: Node, spelt: str) -> None:
    third = SigningKey.generate()
    with writing(node.engine) as connection:
        entry = AuditEntry("Third", "reviewer.joined", "key", NOW)
        review.register(connection, review.Reviewer("Third", spelt, third.public), entry)
    bundle = prepared(node, table(GM0001=30))
    approve(node, bundle.id, KEYS[0])
    with pytest.raises(review.SameOrganisation):
        approve(node, bundle.id, third)


def test_authors_officers_and_organisations_are_written_in_one_alphabet(node: Node) -> None:
    with pytest.raises(NameMixesScripts):
        join(node, "\u0410nna de Boer", COLLEAGUE)
    person = review.Reviewer("Third", "F\u0456rst hospital", COLLEAGUE.public)
    with pytest.raises(NameMixesScripts), writing(node.engine) as connection:
        review.register(connection, person, AuditEntry("Third", "reviewer.joined", "key", NOW))
    entry = AuditEntry("\u0410nna de Boer", "bundle.prepared", "test", NOW)
    with pytest.raises(NameMixesScripts), writing(node.engine) as connection:
        flow.release(
            connection, node.settings, (), [table(GM0001=30)], (),
            audience="public", subject_key=node.secret("subject"), entry=entry,
        )  # fmt: skip


def test_a_held_bundle_is_neither_approved_nor_published_until_it_is_lifted(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    approve(node, bundle.id, KEYS[0])
    assert hold(node, bundle.id).state is BundleState.HELD
    with pytest.raises(review.BundleHeld, match=r"Officer holds .*Ask the practices first"):
        approve(node, bundle.id, KEYS[1])
    assert lift(node, bundle.id).state is BundleState.UNDER_REVIEW
    assert approve(node, bundle.id, KEYS[1]) is BundleState.APPROVED
    hold(node, bundle.id)
    with pytest.raises(review.BundleHeld, match="until an officer lifts"):
        publish(node, bundle.id)
    assert lift(node, bundle.id).state is BundleState.APPROVED
    assert publish(node, bundle.id) == 1
    with pytest.raises(BundleNotInState, match="no hold reaches it"):
        hold(node, bundle.id)
    done = [action for actor, action in audit(node) if actor == "Officer"]
    assert done == ["officer.joined", "bundle.held", "bundle.hold_lifted", "bundle.held", "bundle.hold_lifted"]


def test_a_hold_before_the_answers_leads_back_to_them(node: Node) -> None:
    bundle = prepared(node, mostly_hidden())
    hold(node, bundle.id)
    assert lift(node, bundle.id).state is BundleState.TO_ANSWER


def test_an_officer_never_counts_as_a_reviewer_nor_a_reviewer_as_an_officer(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    with pytest.raises(review.ReviewerUnknown, match="is no reviewer"):
        approve(node, bundle.id, OFFICER)
    with pytest.raises(officer.OfficerUnknown):
        hold(node, bundle.id, KEYS[0])
    for name, key in (("officer", SigningKey.generate()), ("Other", OFFICER)):
        person, entry = review.Reviewer(name, "GGD", key.public), AuditEntry(name, "reviewer.joined", "key", NOW)
        with pytest.raises(review.ReviewerTaken, match="protection officer"), writing(node.engine) as connection:
            review.register(connection, person, entry)
    for name, key in (("FIRST", SigningKey.generate()), ("Other", KEYS[0]), ("Officer", SigningKey.generate())):
        with pytest.raises(officer.OfficerTaken):
            join(node, name, key)


def test_advice_is_shown_and_kept_and_stops_nothing(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    entry = AuditEntry("officer", "bundle.advised", bundle.id, NOW)
    with writing(node.engine) as connection:
        officer.advise(connection, bundle.id, OFFICER.public, "Ask the owner once more.", entry)
    with pytest.raises(officer.OfficerUnknown), writing(node.engine) as connection:
        officer.advise(connection, bundle.id, KEYS[0].public, "Let it go.", entry)
    with node.engine.connect() as connection:
        assert officer.advice(connection, bundle.id) == (
            officer.Advice("Officer", "Ask the owner once more.", "2026-11-22T12:00:00.000Z"),
        )
    assert [approve(node, bundle.id, key) for key in KEYS][-1] is BundleState.APPROVED
    with node.engine.connect() as connection:
        assert "Advice by Officer on 2026-11-22" in page(certify(connection, bundle.id), "Duinrand", "2026-11-22", "en")


def test_nobody_joins_as_officer_in_order_to_lift(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    hold(node, bundle.id)
    join(node, "Newcomer", COLLEAGUE, LATER)
    with pytest.raises(officer.HoldNotTheirs, match="before Newcomer joined"):
        lift(node, bundle.id, COLLEAGUE)
    assert lift(node, bundle.id).state is BundleState.UNDER_REVIEW


def test_a_colleague_lifts_what_was_held_after_they_joined(node: Node) -> None:
    join(node, "Colleague", COLLEAGUE)
    bundle = prepared(node, table(GM0001=30))
    hold(node, bundle.id)
    hold(node, bundle.id, COLLEAGUE, "The licence is asked about.")
    assert lift(node, bundle.id, COLLEAGUE).state is BundleState.UNDER_REVIEW
    with node.engine.connect() as connection:
        assert officer.standing(connection, bundle.id) == ()
        assert [(one.officer, one.lifted_by) for one in officer.holds(connection, bundle.id)] == [
            ("Officer", "Colleague"), ("Colleague", "Colleague"),
        ]  # fmt: skip


def test_a_held_item_is_not_let_out_by_another_bundle(node: Node) -> None:
    held = prepared(node, table(GM0001=30))
    hold(node, held.id)
    with pytest.raises(FindingsBlock, match="on hold"):
        prepared(node, table(GM0001=31))
    with writing(node.engine) as connection:
        review.reject(connection, held.id, KEYS[0], "As the officer advises.", NOW)
    again = prepared(node, table(GM0001=31))
    assert again.state is BundleState.TO_ANSWER
    assert "held_before" in codes(node, again)


def test_a_copy_frozen_before_the_hold_leaves_no_sooner_than_the_one_on_hold(node: Node) -> None:
    first, second = prepared(node, table(GM0001=30)), prepared(node, table(GM0001=30))
    approve(node, second.id, KEYS[0])
    hold(node, first.id)
    with pytest.raises(review.BundleHeld, match=f"Bundle {first.id} holds the same"):
        approve(node, second.id, KEYS[1])
    lift(node, first.id)
    assert approve(node, second.id, KEYS[1]) is BundleState.APPROVED
    hold(node, first.id)
    with pytest.raises(review.BundleHeld, match=f"review dpo lift {first.id}"):
        publish(node, second.id)
    lift(node, first.id)
    assert publish(node, second.id) == 1


def test_a_copy_frozen_before_the_hold_does_not_leave_once_the_one_on_hold_is_rejected(node: Node) -> None:
    held, copy = prepared(node, table(GM0001=30)), prepared(node, table(GM0001=30))
    hold(node, held.id)
    with writing(node.engine) as connection:
        review.reject(connection, held.id, KEYS[0], "As the officer advises.", NOW)
    with pytest.raises(review.BundleHeld, match="prepare it again"):
        approve(node, copy.id, KEYS[0])
    again = prepared(node, table(GM0001=30))
    answered(node, again, "held_before")
    assert [approve(node, again.id, key) for key in KEYS][-1] is BundleState.APPROVED
    assert publish(node, again.id) == 1


def test_what_stands_can_be_withdrawn_while_its_correction_is_on_hold(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, table(GM0001=30)))
    hold(node, prepared(node, table(GM0001=31), reason=REASON).id)
    with writing(node.engine) as connection:
        _, notice = withdraw(connection, event_id, "Counted wrongly.")
    assert announced(node, notice).state is BundleState.UNDER_REVIEW


def test_an_approval_by_a_key_that_was_taken_back_since_counts_no_more(
    node: Node, capsys: pytest.CaptureFixture[str]
) -> None:
    third = SigningKey.generate()
    with writing(node.engine) as connection:
        entry = AuditEntry("Third", "reviewer.joined", "key", NOW)
        review.register(connection, review.Reviewer("Third", "First hospital", third.public), entry)
    bundle = prepared(node, table(GM0001=30))
    for key in KEYS:
        approve(node, bundle.id, key)
    with writing(node.engine) as connection:
        here = tables.reviewer.c.key_id == KEYS[0].public.key_id
        connection.execute(update(tables.reviewer).where(here).values(revoked_at="2026-11-22T11:59:59.999Z"))
    with node.engine.connect() as connection:
        bundle = load(connection, bundle.id)
        (said,) = next_step(bundle, (), review.lacks_approval(connection, bundle))
    assert "another reviewer must approve it too" in said
    assert "publish" not in said
    with node.engine.connect() as connection:
        say_bundles(connection, False, 1, NOW.date())
    assert "lacks an approval: a reviewer's key was taken back" in capsys.readouterr().out
    with pytest.raises(review.ApprovalMissing, match=f"review approve {bundle.id}"):
        publish(node, bundle.id)
    with node.engine.connect() as connection, pytest.raises(CertificateTooEarly, match="short of an approval"):
        certify(connection, bundle.id)
    assert approve(node, bundle.id, third) is BundleState.APPROVED
    assert publish(node, bundle.id) == 1
    with node.engine.connect() as connection:
        assert {one.name for one in certify(connection, bundle.id).approvers} == {"Second", "Third"}
        envelope = connection.scalars(select(tables.event.c.envelope)).one()
    assert KEYS[0].public.key_id not in envelope.decode()


def test_bytes_changed_in_the_store_are_neither_approved_nor_published(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    original = bundle.items[0].payload
    forged = original.replace(b'"numerator":30', b'"numerator":31')
    assert forged != original

    def store(payload: bytes) -> None:
        with writing(node.engine) as connection:
            connection.execute(update(tables.item).values(payload=payload))

    store(forged)
    with pytest.raises(BundleAltered, match="not those that were frozen"):
        approve(node, bundle.id, KEYS[0])
    store(original)
    assert [approve(node, bundle.id, key) for key in KEYS][-1] is BundleState.APPROVED
    store(forged)
    with pytest.raises(BundleAltered):
        publish(node, bundle.id)


def test_preparing_again_after_approval_changes_nothing_of_what_was_approved(node: Node) -> None:
    figures = computed([100, 90, 80], [900, 800, 700])
    bundle = prepared(node, figures, lesson())
    for key in KEYS:
        approve(node, bundle.id, key)
    prepared(node, figures, msgspec.structs.replace(lesson(), advice="Begin klein."))
    with node.engine.connect() as connection:
        now = load(connection, bundle.id)
    assert (now.root, now.items, now.state) == (bundle.root, bundle.items, BundleState.APPROVED)
    publish(node, bundle.id)
    with node.engine.connect() as connection:
        bodies = connection.scalars(select(tables.outbox.c.body).order_by(tables.outbox.c.sequence)).all()
    sent = [msgspec.json.decode(body)["data"] for body in bodies]
    assert [msgspec.json.encode(one["payload"], order="sorted") for one in sent] == [
        msgspec.json.encode(msgspec.json.decode(item.payload), order="sorted") for item in bundle.items
    ]
