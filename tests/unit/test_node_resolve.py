"""A finding in a lesson blocks until a person lets it stand, with a reason that reviewers read."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml
from sqlalchemy import select

from connectors.database import writing
from demo.journey import call
from node.audit import AuditEntry
from node.bootstrap import Node
from node.release import candidate, resolve
from node.release.redact import order
from node.release.scan import ScannedLesson, scan
from node.release.words.deidentifier import PYTHON, UNSEEN
from node.tables import audit_log, finding
from schemas.payloads import LessonPublished
from tests.support.corrections import NOW, announced, make_node, prepared, signed
from tests.support.events import lesson

WHY = "It is the name of a method, not of a patient."


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def named(**changes: str) -> LessonPublished:
    return msgspec.structs.replace(lesson(), **({"context": "Zo deed meneer Jansen het."} | changes))


def let_stand(node: Node, scanned: ScannedLesson, finding_id: str, reason: str = WHY) -> resolve.ResolvedFinding:
    with writing(node.engine) as connection:
        return resolve.resolve(
            connection, scanned, finding_id, reason, AuditEntry("Anna", "finding.resolved", "lesson", NOW)
        )


def test_a_lesson_leaves_only_when_every_finding_was_decided_on(node: Node) -> None:
    written = named(advice="Bel 06-12345678.")
    first, second = scan(written).findings
    for one in (first, second):
        with pytest.raises(candidate.LessonNamesPerson, match="lesson findings") as refused:
            prepared(node, written)
        assert "Jansen" not in str(refused.value)
        let_stand(node, scan(written), one.id)
    report = prepared(node, written).report
    assert report[0] == UNSEEN
    assert [f"{one}, let stand by Anna on 2026-11-22: {WHY}" for one in (first, second)] == sorted(
        report[1:], key=lambda line: not line.startswith("context")
    )
    assert "Jansen" not in " ".join(report)


def test_a_changed_text_asks_again_and_another_field_does_not(node: Node) -> None:
    (one,) = scan(named()).findings
    let_stand(node, scan(named()), one.id)
    assert prepared(node, named(advice="Anders.")).items
    with pytest.raises(candidate.LessonNamesPerson):
        prepared(node, named(context="Zo deed meneer Jansen het!"))
    with pytest.raises(candidate.LessonNamesPerson):
        prepared(node, named(lesson="another"))


def test_a_revision_asks_as_a_first_release_does(node: Node) -> None:
    signed(node, prepared(node, lesson()))
    with pytest.raises(candidate.LessonNamesPerson):
        prepared(node, named(), reason="Reworded.")
    let_stand(node, scan(named()), scan(named()).findings[0].id)
    assert any("let stand by Anna" in line for line in prepared(node, named(), reason="Reworded.").report)


@pytest.mark.parametrize(
    "reason",
    ["", " ", "x" * 1001, "MENEER JANSEN is a method.", "Ask mevrouw Bakker.", "Call 06-12345678."],
    ids=["empty", "blank", "long", "repeats", "names", "number"],
)
def test_a_reason_that_says_nothing_or_names_somebody_is_refused(node: Node, reason: str) -> None:
    scanned = scan(named())
    with pytest.raises(resolve.ResolutionUnfit) as refused:
        let_stand(node, scanned, scanned.findings[0].id, reason)
    assert "ansen" not in str(refused.value)


def test_a_finding_that_is_not_there_is_refused(node: Node) -> None:
    with pytest.raises(resolve.FindingUnknown, match="lesson findings"):
        let_stand(node, scan(named()), "0" * 12)


def test_the_decision_is_audited_without_the_words_and_a_second_one_replaces_it(node: Node) -> None:
    scanned = scan(named())
    for reason in (WHY, "It is a brand."):
        let_stand(node, scanned, scanned.findings[0].id, reason)
    with node.engine.connect() as connection:
        (kept,) = resolve.resolved(connection, named())
        details = connection.execute(
            select(audit_log.c.detail).where(audit_log.c.action == "finding.resolved")
        ).scalars().all()  # fmt: skip
        stored = [str(row) for row in connection.execute(select(finding))]
    assert (kept.reason, kept.author) == ("It is a brand.", "Anna")
    assert [WHY in details[0], "It is a brand." in details[1]] == [True, True]
    assert "Jansen" not in " ".join((*details, *stored))


def test_a_redaction_takes_the_decisions_with_the_words(node: Node) -> None:
    let_stand(node, scan(named()), scan(named()).findings[0].id)
    (event_id,) = signed(node, prepared(node, named()))
    with node.engine.connect() as connection:
        _, notice = order(connection, event_id, "A person can be recognised.")
    signed(node, announced(node, notice))
    with node.engine.connect() as connection:
        assert connection.execute(select(finding)).all() == []


def test_the_commands_list_decide_and_show_the_words_to_reviewers(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PYTHON, raising=False)
    home = tmp_path / "node"
    file = tmp_path / "les.yaml"
    file.write_text(yaml.safe_dump(msgspec.to_builtins(named(lesson="les-1"))), encoding="utf-8")
    call(home, "lesson", "add", str(file), "--author", "Anna")
    listed = call(home, "lesson", "findings", "les-1")
    assert "context: looks like a name" in listed
    assert "Zo deed [meneer Jansen] het." in listed
    assert "1 to decide on" in listed
    assert UNSEEN in listed
    released = ("release", "lesson", "les-1", "--author", "Anna", "--audience", "public")
    assert "may name a person" in call(home, *released, expected=1)
    finding_id = listed.split()[0]
    decide = ("lesson", "resolve", "les-1", finding_id)
    assert "Refused" in call(home, *decide, "0" * 12, "--reason", WHY, "--author", "Anna", expected=1)
    assert "1 to decide on" in call(home, "lesson", "findings", "les-1")
    assert "0 findings are left" in call(home, *decide, "--reason", WHY, "--author", "Anna")
    assert "let stand by Anna" in call(home, "lesson", "findings", "les-1")
    bundle = call(home, *released).split()[1]
    shown = call(home, "review", "show", bundle)
    assert WHY in shown
    assert "Zo deed [meneer Jansen] het." in shown
