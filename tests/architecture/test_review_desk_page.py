"""The page on the review desk shows the states and findings that the code has."""

from node.release.finding_kinds import KINDS
from node.release.states import MOVES, BundleState, diagram
from tests.architecture.source_files import ROOT

PAGE = (ROOT / "docs" / "review-desk.md").read_text(encoding="utf-8")


def test_the_diagram_is_that_of_the_table() -> None:
    assert PAGE.count("```mermaid") == 1
    assert PAGE.partition("```mermaid\n")[2].partition("\n```")[0] == diagram()


def test_every_state_can_be_reached_and_every_arrow_is_drawn() -> None:
    reached = {move.end for move in MOVES} | {BundleState.TO_ANSWER}
    assert reached == set(BundleState)
    assert diagram().count("-->") == len(MOVES) + 2 + 2


def test_every_finding_stands_in_the_table_with_its_weight_and_proposal() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{kind.code}` | {kind.weight} | {kind.what.en} | {kind.repair.en} |" for kind in KINDS.values()]
