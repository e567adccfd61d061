"""Rejections, holds, lifted holds and advice keep the signature of who made them; the ledger holds them against it."""

from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from connectors.database import writing
from demo.journey import call
from node.bootstrap import Node
from node.release import signed_decisions
from node.tables import approval, decision_signature, hold
from tests.integration.test_desk_decisions import Desk, desk  # noqa: F401
from tests.support.small_region import CODE

REWRITTEN = "Er is niets aan de hand."


@pytest.fixture
def decided(desk: Desk) -> Desk:  # noqa: F811
    desk.answered()
    for step, why in (("advise", "Let op."), ("hold", "Vraag eerst."), ("lift", "Akkoord.")):
        assert desk.officer.decide(desk.bundle, step, why).status_code == 303
    assert desk.first.decide(desk.bundle, "reject", "Te kort.").status_code == 303
    return desk


def states(node: Node) -> dict[str, str]:
    with node.engine.connect() as connection:
        return {one.step: one.found for one in signed_decisions.checked(connection, CODE)}


def write(node: Node, statement: object) -> None:
    with writing(node.engine) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def test_what_the_operator_changes_or_takes_away_is_named(decided: Desk) -> None:
    node, home = decided.node, str(decided.node.settings.home)
    assert states(node) == dict.fromkeys(("advise", "hold", "lift", "reject"), "signed")
    assert "4 as signed, 0 from before signatures were kept" in call(Path(home), "ledger", "verify")
    write(node, update(hold).values(reason=REWRITTEN))
    write(node, update(approval).values(reason=REWRITTEN))
    assert states(node) == {"advise": "signed", "hold": "altered", "lift": "signed", "reject": "altered"}
    write(node, delete(approval))
    write(node, text("UPDATE audit_log SET detail = 'Prima.' WHERE action = 'bundle.advised'"))
    assert states(node) == {"advise": "altered", "hold": "altered", "lift": "signed", "reject": "removed"}
    assert "Een besluit is anders dan het is ondertekend" in decided.maker.get("/ledger").text_content()
    said = call(Path(home), "ledger", "verify", expected=1)
    assert "is not as it was signed" in said
    assert REWRITTEN in call(Path(home), "ledger", "decisions", decided.bundle.id)


def test_a_decision_whose_signature_is_taken_away_is_named_and_older_ones_are_told_apart(decided: Desk) -> None:
    node = decided.node
    write(node, delete(decision_signature).where(decision_signature.c.step == "hold"))
    assert states(node)["hold"] == "altered", "others of that time have theirs"
    write(node, delete(decision_signature))
    assert set(states(node).values()) == {"unsigned"}
    assert "0 as signed, 4 from before" in call(node.settings.home, "ledger", "verify")


def test_what_is_decided_on_the_command_line_is_signed_as_well(desk: Desk, tmp_path: Path) -> None:  # noqa: F811
    home, key = desk.node.settings.home, tmp_path / "officer.pem"
    call(home, "review", "dpo", "add", "--name", "Noor", "--key", str(key))
    call(home, "review", "dpo", "hold", desk.bundle.id, "--reason", "Wacht.", "--key", str(key))
    call(home, "review", "dpo", "lift", desk.bundle.id, "--reason", "Verder.", "--key", str(key))
    call(home, "review", "dpo", "advise", desk.bundle.id, "--text", "Let op.", "--key", str(key))
    rejecting = tmp_path / "reviewer.pem"
    call(home, "review", "join", "--name", "Kim", "--organisation", "GGD", "--key", str(rejecting))
    desk.answered()
    call(home, "review", "reject", desk.bundle.id, "--reason", "Nee.", "--key", str(rejecting))
    assert states(desk.node) == dict.fromkeys(("advise", "hold", "lift", "reject"), "signed")
    shown = call(home, "review", "show", desk.bundle.id)
    assert "Kim, rejected" in shown or "Kim, afgewezen" in shown
