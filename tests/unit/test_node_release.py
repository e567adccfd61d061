"""The way out of a node up to the signature: who may approve what, how often, and what is left of a refusal."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from connectors.database import writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.indicators.figures import PublishedTable
from node.release import candidate, review
from node.release.scan import scan
from node.release.states import MOVES, BundleNotInState, BundleState, Step, check_step, ends
from schemas.catalogue import catalogue
from schemas.envelope import approval_message, check_in_bundle, check_signature, parse_envelope
from schemas.payloads import Cell, LessonPublished, TakenOver
from schemas.signature import Purpose, SignatureMismatch, SigningKey
from schemas.values import Rounded
from tests.support.events import lesson

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VALUES = {
    "region": "XR-DUINRAND",
    "name": "Duinrand",
    "region_set": "invented",
    "division_year": 2025,
    "areas": [],
    "hub_url": "http://localhost:1",
}
AUTHOR, FIRST, SECOND = SigningKey.generate(), SigningKey.generate(), SigningKey.generate()
PEOPLE = {"Author": AUTHOR, "First": FIRST, "Second": SECOND}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    with writing(made.engine) as connection:
        for name, key in PEOPLE.items():
            person = review.Reviewer(name, f"{name} hospital", key.public)
            review.register(connection, person, AuditEntry(name, "reviewer.joined", key.public.key_id, NOW))
    yield made
    made.engine.dispose()


def table() -> PublishedTable:
    definition = next(d for d in catalogue().values() if d.kind == "percentage")
    origin = TakenOver("Owner", "table", "https://example.org", "CC-BY-4.0", "2026-11-01", "a" * 64)
    return PublishedTable(definition, "2025", 2025, ("area",), (Cell(("XR-DUINRAND",), Rounded("12", "1")),), origin)


def prepared(node: Node, *items: PublishedTable | LessonPublished) -> str:
    found = [item for item in items if isinstance(item, PublishedTable)]
    words = [item for item in items if isinstance(item, LessonPublished)]
    with writing(node.engine) as connection:
        entry = AuditEntry("Author", "bundle.prepared", "test", NOW)
        return flow.release(
            connection, node.settings, (), found, words,
            audience="public", subject_key=node.secret("subject"), entry=entry,
        ).id  # fmt: skip


def approve(node: Node, bundle: str, key: SigningKey) -> BundleState:
    with writing(node.engine) as connection:
        return review.approve(connection, bundle, node.settings.region, key, NOW).state


def reject(node: Node, bundle: str, key: SigningKey) -> BundleState:
    with writing(node.engine) as connection:
        return review.reject(connection, bundle, key, "The period is wrong.", NOW).state


def publish(node: Node, bundle: str) -> int:
    with writing(node.engine) as connection:
        entry = AuditEntry("Author", "bundle.published", bundle, NOW)
        return flow.publish(connection, bundle, node.settings.region, node.service_key(), entry)


def rows(node: Node, *names: str) -> list[int]:
    with node.engine.connect() as connection:
        return [
            connection.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0 for name in names
        ]


def test_figures_need_two_reviewers_and_are_then_signed_with_both_approvals(node: Node) -> None:
    bundle = prepared(node, table(), lesson())
    assert approve(node, bundle, FIRST) is BundleState.UNDER_REVIEW
    with pytest.raises(BundleNotInState):
        publish(node, bundle)
    assert approve(node, bundle, SECOND) is BundleState.APPROVED
    assert publish(node, bundle) == 2
    with node.engine.connect() as connection:
        kept = connection.scalars(select(tables.event.c.envelope).order_by(tables.event.c.sequence)).all()
    for envelope in map(parse_envelope, kept):
        check_signature(envelope, node.service_key().public)
        check_in_bundle(envelope)
        message = approval_message(envelope.region, envelope.bundle.root, envelope.bundle.size)
        keys = {key.public.key_id: key.public for key in (FIRST, SECOND)}
        assert {approval.key_id for approval in envelope.approvals} == set(keys)
        for approval in envelope.approvals:
            keys[approval.key_id].verify(Purpose.APPROVAL, message, approval.signature)


def test_a_lesson_with_a_clean_scan_needs_one_reviewer(node: Node) -> None:
    bundle = prepared(node, lesson())
    assert approve(node, bundle, FIRST) is BundleState.APPROVED
    assert publish(node, bundle) == 1


def test_an_author_decides_on_nothing_of_their_own(node: Node) -> None:
    bundle = prepared(node, lesson())
    for decide in (approve, reject):
        with pytest.raises(review.ReviewerIsAuthor):
            decide(node, bundle, AUTHOR)
    assert rows(node, "approval") == [0]


def test_one_key_counts_once(node: Node) -> None:
    bundle = prepared(node, table())
    approve(node, bundle, FIRST)
    for decide in (approve, reject):
        with pytest.raises(review.ReviewedTwice):
            decide(node, bundle, FIRST)
    assert rows(node, "approval") == [1]


def test_a_key_that_nobody_registered_decides_nothing(node: Node) -> None:
    bundle = prepared(node, lesson())
    with pytest.raises(review.ReviewerUnknown):
        approve(node, bundle, SigningKey.generate())
    assert rows(node, "approval") == [0]


def test_a_rejected_bundle_stays_where_it_is(node: Node) -> None:
    bundle = prepared(node, table())
    approve(node, bundle, FIRST)
    assert reject(node, bundle, SECOND) is BundleState.REJECTED
    with pytest.raises(BundleNotInState):
        approve(node, bundle, SECOND)
    with pytest.raises(BundleNotInState):
        publish(node, bundle)
    assert rows(node, "event", "outbox") == [0, 0]


def test_a_bundle_is_published_once(node: Node) -> None:
    bundle = prepared(node, lesson())
    approve(node, bundle, FIRST)
    publish(node, bundle)
    with pytest.raises(BundleNotInState):
        publish(node, bundle)
    assert rows(node, "event", "outbox") == [1, 1]


def test_an_approval_holds_for_its_own_region_root_and_size_only(node: Node) -> None:
    bundle = prepared(node, lesson())
    approve(node, bundle, FIRST)
    with node.engine.connect() as connection:
        frozen, (approval,) = (found := review.approved(connection, bundle)).bundle, found.approvals
    FIRST.public.verify(Purpose.APPROVAL, approval_message("XR-DUINRAND", frozen.root, 1), approval.signature)
    others = [("XR-VEENKANT", frozen.root, 1), ("XR-DUINRAND", "0" * 64, 1), ("XR-DUINRAND", frozen.root, 2)]
    for message in others:
        with pytest.raises(SignatureMismatch):
            FIRST.public.verify(Purpose.APPROVAL, approval_message(*message), approval.signature)


@pytest.mark.parametrize(("current", "step"), list(itertools.product(BundleState, Step)))
def test_only_the_steps_of_the_table_can_be_taken(current: BundleState, step: Step) -> None:
    if any((move.start, move.step) == (current, step) for move in MOVES):
        check_step("B1", current, step)
        return
    assert ends(current, step) == frozenset()
    with pytest.raises(BundleNotInState, match=r"B1.*\.$"):
        check_step("B1", current, step)


def test_a_bundle_is_signed_from_approved_only_and_a_held_one_is_never_approved() -> None:
    assert {move.start for move in MOVES if move.end is BundleState.SIGNED} == {BundleState.APPROVED}
    assert ends(BundleState.HELD, Step.APPROVE) == ends(BundleState.HELD, Step.SIGN) == frozenset()
    assert ends(BundleState.TO_ANSWER, Step.APPROVE) == frozenset()
    assert not any(move.start in (BundleState.REJECTED, BundleState.SIGNED) for move in MOVES)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nummer 111222333 van", "BSN"),
        ("nummer 111222333 1970", "BSN"),
        ("in 2024 1112.22.333", "BSN"),
        ("mail j.jansen@example.nl voor meer", "e-mail"),
        ("bel 06-12345678", "telephone"),
        ("bel +31 6 12345678", "telephone"),
        ("bel +31 (0)6 12345678", "telephone"),
        ("bel (0341) 123456", "telephone"),
        ("woont op 1234 AB 12", "postcode"),
        ("woont op 1234AB, 12a", "postcode"),
        ("geboren op 3 mei", "date of birth"),
    ],
)
def test_the_scan_names_field_and_kind_but_never_the_text(text: str, kind: str) -> None:
    for changes in ({"advice": text}, {"themes": ("diabetes", text)}):
        found = [str(one) for one in scan(msgspec.structs.replace(lesson(), **changes)).findings]
        assert any(kind in line and line.startswith(next(iter(changes))) for line in found)
        assert not any(text in line for line in found)


def test_plain_words_and_counts_pass_the_scan() -> None:
    text = "Tussen 2010-2015 daalde het aantal van 12.500 naar 9.800 in 24 maanden (23%), bij 1234 mensen."
    assert scan(msgspec.structs.replace(lesson(), context=text)).findings == ()


def test_a_lesson_with_findings_is_refused_and_leaves_nothing(node: Node) -> None:
    named = msgspec.structs.replace(lesson(), action="Bel 06-12345678.")
    before = rows(node, "audit_log")
    with pytest.raises(candidate.LessonNamesPerson) as refusal:
        prepared(node, table(), named)
    assert "12345678" not in str(refusal.value)
    assert rows(node, "bundle", "item", "remembered") == [0, 0, 0]
    assert rows(node, "audit_log") == before


def test_an_empty_bundle_is_refused_and_leaves_nothing(node: Node) -> None:
    with pytest.raises(candidate.NothingToRelease):
        prepared(node)
    assert rows(node, "bundle", "item") == [0, 0]


def test_a_freeze_that_fails_late_leaves_nothing(node: Node) -> None:
    before = rows(node, "audit_log")

    def break_off() -> None:
        with writing(node.engine) as connection:
            candidate.freeze(
                connection, [scan(lesson())],
                audience="public", subject_key=b"k" * 32, entry=AuditEntry("Author", "x", "y", NOW), now=NOW,
            )  # fmt: skip
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert rows(node, "bundle", "item") == [0, 0]
    assert rows(node, "audit_log") == before


def test_a_bundle_reads_back_as_it_was_frozen(node: Node) -> None:
    bundle = prepared(node, table(), lesson())
    with node.engine.connect() as connection:
        one, two = candidate.load(connection, bundle), candidate.load(connection, bundle)
    assert one == two
    assert "payload=" not in repr(one)
    with pytest.raises(candidate.BundleUnknown, match="B0"), node.engine.connect() as connection:
        candidate.load(connection, "B0")


def test_a_subject_is_stable_per_item_and_says_nothing(node: Node) -> None:
    bundles = [prepared(node, lesson()) for _ in range(2)]
    with node.engine.connect() as connection:
        first, second = (candidate.load(connection, bundle).items[0] for bundle in bundles)
    assert first.subject == second.subject
    assert first.salt != second.salt
    assert first.payload_hash != second.payload_hash
    assert "les-1" not in first.subject


def test_a_name_or_key_joins_once(node: Node) -> None:
    entry = AuditEntry("First", "reviewer.joined", "x", NOW)
    for name, key in (("First", SigningKey.generate()), ("Third", FIRST)):
        with pytest.raises(review.ReviewerTaken), writing(node.engine) as connection:
            review.register(connection, review.Reviewer(name, "Hospital", key.public), entry)
    assert rows(node, "reviewer") == [3]


def test_an_approved_bundle_can_be_rejected_until_it_is_signed(node: Node) -> None:
    bundle, other = prepared(node, lesson()), prepared(node, lesson())
    approve(node, bundle, FIRST)
    reject(node, bundle, SECOND)
    with pytest.raises(BundleNotInState):
        publish(node, bundle)
    approve(node, other, FIRST)
    publish(node, other)
    with pytest.raises(BundleNotInState):
        reject(node, other, SECOND)
