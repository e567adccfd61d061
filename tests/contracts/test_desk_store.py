"""What the desk must do on SQLite and on a real PostgreSQL alike: findings, holds and approvals, also at once."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node
from node.commands.desk_doctor import at_the_desk
from node.release import officer, review
from node.release.answer import findings_of
from node.release.candidate import load
from node.release.certificate import certify
from node.release.preview import preview
from node.release.rhythm import rhythm
from node.release.states import BundleNotInState, BundleState
from tests.support.corrections import KEYS, NOW, REGION, make_node, prepared, table
from tests.support.desk import OFFICER, answered, approve, audit, hold, join, lift, mostly_hidden, publish


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    database = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    made = make_node(tmp_path / "node", database)
    assert made.engine.dialect.name == request.param
    join(made, "Officer", OFFICER)
    yield made
    made.engine.dispose()


def test_a_bundle_goes_from_its_findings_by_a_hold_to_its_certificate(node: Node) -> None:
    bundle = prepared(node, mostly_hidden())
    assert bundle.state is BundleState.TO_ANSWER
    assert answered(node, bundle, "mostly_hidden") == 0
    approve(node, bundle.id, KEYS[0])
    hold(node, bundle.id)
    with node.engine.connect() as connection:
        assert [one.what for one in at_the_desk(connection, node)] == [f"{bundle.id} is on hold by Officer"]
    assert lift(node, bundle.id).state is BundleState.UNDER_REVIEW
    approve(node, bundle.id, KEYS[1])
    assert publish(node, bundle.id) == 1
    with node.engine.connect() as connection:
        found = certify(connection, bundle.id)
        assert (len(found.answered), found.events, len(found.approvers)) == (1, (1, 1), 2)
        assert [one.lifted_by for one in found.holds] == ["Officer"]
        assert len(preview(connection, load(connection, bundle.id)).items[0].rows) == 6
        assert all(not one.is_open for one in findings_of(connection, bundle.id))
        released = rhythm(connection, 1)
    assert released is not None
    assert released.bundle == bundle.id


def test_a_hold_and_an_approval_at_once_leave_one_order_or_the_other(node: Node) -> None:
    bundle = prepared(node, table(GM0001=30))
    approve(node, bundle.id, KEYS[0])
    begin, refused = threading.Barrier(2), list[type[Exception]]()

    def at_once(step: str) -> None:
        begin.wait(timeout=10)
        try:
            with writing(node.engine) as connection:
                if step == "hold":
                    entry = AuditEntry("officer", "bundle.held", bundle.id, NOW)
                    officer.hold(connection, bundle.id, OFFICER.public, "Wait.", entry)
                else:
                    review.approve(connection, bundle.id, REGION, KEYS[1], NOW)
        except (review.BundleHeld, BundleNotInState) as error:
            refused.append(type(error))

    threads = [threading.Thread(target=at_once, args=(step,)) for step in ("hold", "approve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with node.engine.connect() as connection:
        assert load(connection, bundle.id).state is BundleState.HELD
        approvals = sum(one.approved for one in review.decisions(connection, bundle.id))
    assert (approvals, refused) in ((2, []), (1, [review.BundleHeld]))
    assert lift(node, bundle.id).state is (BundleState.APPROVED if approvals == 2 else BundleState.UNDER_REVIEW)
    assert [action for _, action in audit(node)].count("bundle.held") == 1
