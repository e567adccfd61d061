"""What was approved can be sent back until it is signed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.database import writing
from node.bootstrap import Node
from node.release import review
from node.release.held import BundleHeld
from node.release.states import BundleState
from tests.support.corrections import KEYS, NOW, make_node, prepared, table
from tests.support.desk import OFFICER, approve, audit, hold, join, publish


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    join(made, "Officer", OFFICER)
    yield made
    made.engine.dispose()


def test_an_approved_copy_that_a_hold_blocks_can_be_rejected_also_by_who_approved_it(node: Node) -> None:
    copy = prepared(node, table(GM0001=30))
    for key in KEYS:
        approve(node, copy.id, key)
    other = prepared(node, table(GM0001=31))
    hold(node, other.id)
    with pytest.raises(BundleHeld):
        publish(node, copy.id)
    with writing(node.engine) as connection:
        after = review.reject(connection, copy.id, KEYS[0], "It waits for the officer.", NOW)
        kept = {one.name: one.approved for one in review.decisions(connection, copy.id)}
    assert after.state is BundleState.REJECTED
    assert kept == {"First": False, "Second": True}
    assert {action for _, action in audit(node)} >= {"bundle.approve", "bundle.reject"}
