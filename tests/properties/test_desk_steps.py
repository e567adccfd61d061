"""Whatever people try at the desk and in whatever order: nothing is signed that was not answered, approved and free."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node
from node.release import officer, review
from node.release.answer import answer, findings_of
from node.release.candidate import load
from node.release.refusal import ReleaseRefused
from node.release.states import BundleNotInState, BundleState
from schemas.signature import SigningKey
from tests.support.corrections import KEYS, NOW, REGION, make_node, prepared
from tests.support.desk import OFFICER, computed, hold, join, lift, publish

THIRD, COLLEAGUE = SigningKey.generate(), SigningKey.generate()
REFUSALS = (
    ReleaseRefused, BundleNotInState, review.ReviewerIsAuthor, review.ReviewedTwice, review.ReviewerUnknown,
)  # fmt: skip
PERIODS = itertools.count(1900)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    made = make_node(Path(tmp_path_factory.mktemp("desk")) / "node")
    join(made, "Officer", OFFICER)
    join(made, "Colleague", COLLEAGUE)
    with writing(made.engine) as connection:
        person = review.Reviewer("Third", "first HOSPITAL", THIRD.public)  # of the first reviewer's organisation
        review.register(connection, person, AuditEntry("Third", "reviewer.joined", "key", NOW))
    yield made
    made.engine.dispose()


def _approve(key: SigningKey) -> Callable[[Node, str], object]:
    def step(node: Node, bundle: str) -> object:
        with writing(node.engine) as connection:
            return review.approve(connection, bundle, REGION, key, NOW)

    return step


def _reject(node: Node, bundle: str) -> object:
    with writing(node.engine) as connection:
        return review.reject(connection, bundle, KEYS[0], "Not so.", NOW)


def _answer(by: str) -> Callable[[Node, str], object]:
    def step(node: Node, bundle: str) -> object:
        with writing(node.engine) as connection:
            state = load(connection, bundle).state
            entry = AuditEntry(by, "finding.answered", bundle, NOW)
            return answer(connection, bundle, state, ["mostly_hidden"], "Seen, and meant so.", entry)

    return step


STEPS: dict[str, Callable[[Node, str], object]] = {
    "first approves": _approve(KEYS[0]),
    "second approves": _approve(KEYS[1]),
    "third approves": _approve(THIRD),
    "the officer approves": _approve(OFFICER),
    "the first reviewer rejects": _reject,
    "the author answers": _answer("Author"),
    "the second reviewer answers": _answer("SECOND"),
    "the officer holds": lambda node, bundle: hold(node, bundle),
    "a colleague holds": lambda node, bundle: hold(node, bundle, COLLEAGUE),
    "the officer lifts": lambda node, bundle: lift(node, bundle),
    "a colleague lifts": lambda node, bundle: lift(node, bundle, COLLEAGUE),
    "somebody publishes": publish,
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.booleans(),
    steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=6, max_size=24),
)
def test_only_what_is_answered_approved_and_free_is_ever_signed(node: Node, asked: bool, steps: list[str]) -> None:
    patients = [3, 4, 5, 6, 60] if asked else [100, 90, 80, 70, 60]
    bundle = prepared(node, computed(patients, [400, 410, 420, 430, 440], str(next(PERIODS))))
    for name in [*steps, "somebody publishes"]:
        with writing(node.engine) as connection:
            before = load(connection, bundle.id)
        with suppress(*REFUSALS):
            STEPS[name](node, bundle.id)
        with node.engine.connect() as connection:
            now = load(connection, bundle.id)
            given_by = [one for one in review.decisions(connection, bundle.id) if one.approved]
            still = officer.standing(connection, bundle.id)
            unanswered = [one for one in findings_of(connection, bundle.id) if one.is_open]
        assert (now.root, now.items) == (bundle.root, bundle.items)
        assert (now.state is BundleState.HELD) == bool(still) or now.state is BundleState.REJECTED
        if before.state is BundleState.SIGNED:
            assert now.state is BundleState.SIGNED
        if now.state in (BundleState.APPROVED, BundleState.SIGNED):
            organisations = {one.organisation.casefold() for one in given_by}
            assert len(organisations) == len(given_by) == 2
            assert not still
            assert not unanswered
            assert not {one.name for one in given_by} & {"Author", "Officer"}


def test_a_bundle_that_goes_well_is_signed_by_these_very_steps(node: Node) -> None:
    bundle = prepared(node, computed([3, 4, 5, 6, 60], [400, 410, 420, 430, 440], str(next(PERIODS))))
    for name in ("the author answers", "first approves", "the officer holds", "a colleague lifts", "second approves"):
        STEPS[name](node, bundle.id)
    assert publish(node, bundle.id) == 1
