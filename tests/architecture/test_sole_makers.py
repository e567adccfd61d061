"""What may leave has one maker: nothing else in the project calls the constructors that say how far data has come."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, ROOT, python_files

MAKERS = {
    "ProtectedIndicator": "node/release/protect.py",
    "GroundedEvaluation": "node/release/ground.py",
    "PanelAssessment": "node/release/panel.py",
    "RevisedItem": "node/release/revise.py",
    "ApprovedRelease": "node/release/review.py",
    "SignedEvent": "node/release/sign.py",
    "OutboxEntry": "node/release/outbox.py",
    "VerifiedEvent": "hub/intake/verify.py",
}


def _calls(source: str, name: str) -> list[int]:
    """Give the lines that call `name`, under whatever alias it was imported, or as an attribute."""
    tree = ast.parse(source)
    names = {name}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname for alias in node.names if alias.name == name and alias.asname}
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Name | ast.Attribute)
            and _named(node.value, names)
        ):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _named(node.func, names)]


def _named(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    return isinstance(node, ast.Attribute) and (node.attr in names or _named(node.value, names))


@pytest.mark.parametrize(("name", "maker"), MAKERS.items(), ids=list(MAKERS))
def test_each_stage_result_has_one_maker(name: str, maker: str) -> None:
    callers = {
        file.relative_to(ROOT).as_posix()
        for file in python_files(*PACKAGES)
        if _calls(file.read_text(encoding="utf-8"), name)
    }
    assert callers == {maker}


@pytest.mark.parametrize(
    "planted",
    [
        "from x import ProtectedIndicator\nProtectedIndicator(1)",
        "from x import ProtectedIndicator as P\nP(1)",
        "import x\nx.ProtectedIndicator(1)",
        "import x\nMine = x.ProtectedIndicator\nMine(1)",
        "from x import ProtectedIndicator\nProtectedIndicator.__new__(ProtectedIndicator)",
    ],
)
def test_a_planted_second_maker_is_found(planted: str) -> None:
    assert _calls(planted, "ProtectedIndicator") == [2 + planted.count("Mine =")]


def test_only_ship_hands_anything_to_a_transport_and_only_reminders_go_to_a_mail_server() -> None:
    senders = {
        file.relative_to(ROOT).as_posix()
        for file in python_files("node")
        for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "send"
    }
    assert senders == {"node/release/ship.py", "node/work/reminding.py"}
