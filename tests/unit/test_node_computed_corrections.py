"""Corrections of figures computed here: refused while they tell of persons; taking them back hides nothing again."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from connectors.database import writing
from node.bootstrap import Node
from node.indicators.figures import Axis, ComputedIndicator
from node.release import memory
from node.release.protect import RevisionRevealsPersons
from node.release.revise import NothingChanged
from node.release.withdraw import withdraw
from schemas.catalogue import catalogue
from schemas.codes import EventType
from tests.support.corrections import announced, make_node, prepared, signed

PEOPLE = np.array([400, 250, 300])
PATIENTS = np.array([75, 30, 63])


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def computed(more: int = 0) -> ComputedIndicator:
    """Make the share of patients in three areas, with so many more patients in the first."""
    patients = PATIENTS + np.array([more, 0, 0])
    axes = (Axis("area", ("XG-A", "XG-B", "XG-C")),)
    return ComputedIndicator(catalogue()["h.gi_bleed"], "2025", axes, patients, patients, PEOPLE, PEOPLE, ("gp",))


def withdrawn(node: Node, event_id: str) -> None:
    with writing(node.engine) as connection:
        _, notice = withdraw(connection, event_id, "Counted wrongly.")
    signed(node, announced(node, notice))


def test_a_run_again_with_one_person_more_is_refused_and_one_without_a_change_is_left_out(node: Node) -> None:
    signed(node, prepared(node, computed()))
    with pytest.raises(RevisionRevealsPersons):
        prepared(node, computed(more=1))
    with pytest.raises(NothingChanged):
        prepared(node, computed())


def test_what_was_withdrawn_stays_known_so_other_figures_are_still_refused(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, computed()))
    with node.engine.connect() as connection:
        known = memory.earlier(connection)
    withdrawn(node, event_id)
    with node.engine.connect() as connection:
        assert memory.earlier(connection) == known
    with pytest.raises(RevisionRevealsPersons):
        prepared(node, computed(more=1))
    assert prepared(node, computed()).items[0].type is EventType.INDICATOR_PUBLISHED
