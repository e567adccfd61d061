"""What reviewers see of a correction: counts and the largest change of a table, else old beside new."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from connectors.database import writing
from node.bootstrap import Node
from node.commands.changes import compared, in_words, say_changes
from node.indicators.figures import Axis, ComputedIndicator
from node.release.candidate import FrozenBundle
from node.release.redact import order
from schemas.canonical import canonical_bytes
from schemas.catalogue import catalogue
from schemas.codes import EventType
from schemas.payloads import Cell, IndicatorCorrected, IndicatorPublished, TakenOver
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue, Withdrawn
from tests.support.corrections import INDICATOR, REASON, announced, make_node, prepared, signed, table
from tests.support.events import lesson


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def figures(**values: TypedValue) -> IndicatorPublished:
    cells = tuple(Cell((area,), value) for area, value in values.items())
    origin = TakenOver("Owner", "table", "https://example.org", "CC0", "2020-03-03", "a" * 64)
    return IndicatorPublished("x.y", 1, "0" * 64, "2020", "set", 2020, "count", ("area",), cells, origin)


def said(node: Node, bundle: FrozenBundle, capsys: pytest.CaptureFixture[str]) -> list[str]:
    with node.engine.connect() as connection:
        say_changes(connection, bundle)
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_cells_are_counted_as_changed_added_and_gone_and_the_largest_change_is_named() -> None:
    before = figures(A=Exact(3), B=Exact(100), C=NotAvailable(), D=Exact(1), E=Exact(1))
    after = figures(A=Exact(30), B=Exact(90), C=Exact(9_000), E=Withdrawn(), F=Exact(1))
    changes = compared(before, after)
    assert (changes.changed, changes.added, changes.gone) == (3, 1, 2)
    assert changes.largest == "2020 A from 3 to 30"
    assert str(compared(before, before)).startswith("no figure changed, only its readers")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Exact(3), "3"),
        (Exact(3, 40), "3 of 40"),
        (Rounded("1.5", "0.1"), "1.5"),
        (Suppressed(1, 9), "hidden, 1 to 9"),
        (Suppressed(1, None), "hidden, 1 to more"),
        (NotAvailable(), "not available"),
        (Withdrawn(), "withdrawn"),
        (None, "no figure"),
    ],
)
def test_a_value_is_said_in_words(value: TypedValue | None, words: str) -> None:
    assert in_words(value) == words


def test_corrections_of_tables_are_said_one_by_one_and_together(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    signed(node, prepared(node, table(GM0001=3, GM0002=4), table("2020-03-03", GM0001=5)))
    bundle = prepared(node, table(GM0001=7), table("2020-03-03", GM0001=50, GM0002=None), reason=REASON)
    first, second = "2020-03-02 GM0001 from 3 to 7", "2020-03-03 GM0001 from 5 to 50"
    assert said(node, bundle, capsys) == [
        f"{INDICATOR} 2020-03-02: 1 cell changed, 0 added, 1 gone; the largest change is {first}.",
        f"{INDICATOR} 2020-03-03: 1 cell changed, 1 added, 0 gone; the largest change is {second}.",
        f"2 corrections of public tables together: 2 cells changed, 1 added, 1 gone; the largest change is {second}.",
        f"Reason given: {REASON}",
    ]


def test_computed_figures_that_differ_stand_side_by_side(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    patients, people = np.array([75, 30, 63]), np.array([400, 250, 300])
    axes = (Axis("area", ("XG-A", "XG-B", "XG-C")),)
    first = prepared(
        node,
        ComputedIndicator(catalogue()["h.gi_bleed"], "2025", axes, patients, patients, people, people, ("gp",)),
    )
    (event_id,) = signed(node, first)
    (item,) = first.items
    before = msgspec.json.decode(item.payload, type=IndicatorPublished)
    cells = tuple(
        Cell(cell.nodes, Suppressed(0, None) if cell.nodes == ("XG-B",) else cell.value) for cell in before.cells
    )
    correction = IndicatorCorrected(event_id, REASON, msgspec.structs.replace(before, cells=cells))
    bent = replace(item, type=EventType.INDICATOR_CORRECTED, payload=canonical_bytes(correction))
    assert said(node, replace(first, items=(bent,)), capsys) == [
        "h.gi_bleed 2025, old beside new:",
        "XG-B  30 of 250  hidden, 0 to more",
        f"Reason given: {REASON}",
    ]


def test_a_lesson_shows_each_changed_field_before_and_after(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    signed(node, prepared(node, lesson()))
    edited = msgspec.structs.replace(lesson(), advice="Begin klein.", themes=("wijk",))
    lines = said(node, prepared(node, edited, reason="Reworded."), capsys)
    assert f"advice was: {lesson().advice}" in lines
    assert "advice is:  Begin klein." in lines
    assert [line.partition(" ")[0] for line in lines[1:-1]] == ["advice", "advice", "themes", "themes"]
    assert lines[-1] == "Reason given: Reworded."


def test_a_bundle_of_new_figures_says_nothing_and_one_on_destroyed_figures_says_that(
    node: Node, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = prepared(node, table(GM0001=3))
    assert said(node, bundle, capsys) == []
    (first,) = signed(node, bundle)
    correction = prepared(node, table(GM0001=4), reason=REASON)
    signed(node, correction)
    with writing(node.engine) as connection:
        _, notice = order(connection, first, REASON)
    signed(node, announced(node, notice))
    assert said(node, correction, capsys)[0] == (
        f"{INDICATOR} 2020-03-02: corrects event {first[:16]}, whose payload was destroyed."
    )


def test_figures_for_other_readers_are_said_to_be_the_same(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    signed(node, prepared(node, table(GM0001=3), audience="network"))
    lines = said(node, prepared(node, table(GM0001=3), reason="For all."), capsys)
    assert lines[0].startswith(f"{INDICATOR} 2020-03-02: no figure changed, only its readers")
