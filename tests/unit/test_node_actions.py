"""Actions and reflections in a node: written, done, dropped, listed with their state, and noted when due."""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.web.take_up import of_item, of_lesson
from node import schedule
from node.__main__ import main
from node.bootstrap import open_node
from node.commands import acting, plan_doctor, reflecting, writing
from node.knowledge.citations import read_citation
from node.knowledge.items import ItemUnreadable, read_item
from node.work import runs
from tests.unit.test_node_commands import INIT

TODAY = datetime(2026, 11, 15, 9, 0, tzinfo=UTC)
LESSON = "a" * 64
DOC = Path(__file__).parents[2] / "docs" / "learning.md"
Call = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert main([*INIT, "--home", str(tmp_path / "node")]) == 0
    for module in (acting, plan_doctor, reflecting, writing):
        monkeypatch.setattr(module, "now", lambda: TODAY)
    return tmp_path / "node"


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def said(*arguments: str, expected: int = 0) -> str:
        capsys.readouterr()
        code = main([*arguments, "--home", str(home)])
        told = capsys.readouterr()
        assert code == expected, told.err
        return told.out if expected == 0 else told.err

    return said


def add(call: Call, name: str, due: str, *more: str, expected: int = 0) -> str:
    given = ("--title", f"Doe {name}", "--owner-role", "programmaleider", "--due", due)
    return call("action", "add", name, *given, "--author", "Visser", "--audience", "partners", *more, expected=expected)


def listed(call: Call, *asked: str) -> dict[str, str]:
    return {one["item"]: one["state"] for one in json.loads(call("action", "list", "--json", *asked))["actions"]}


def test_actions_go_from_open_to_done_or_dropped(call: Call) -> None:
    assert "No action like this" in call("action", "list")
    for name, due in (("over", "2026-11-14"), ("nu", "2026-11-15"), ("later", "2026-11-30")):
        assert re.search(r"Bundle \S+ by Visser", add(call, name, due))
    assert listed(call) == {"over": "overdue", "nu": "due_soon", "later": "open"}
    assert "Doe later  (open, not released)" in call("item", "list", "--noun", "action")
    assert listed(call, "--state", "overdue") == {"over": "overdue"}
    assert listed(call, "--owner-role", "huisarts") == {}
    refused = call("action", "done", "nu", "--result", "Klaar.", "--author", "Visser", expected=1)
    assert "say who may read it with --audience" in refused
    given = ("--author", "Visser", "--audience", "partners")
    call("action", "done", "nu", "--result", "Alles gedaan.", "--on", "2026-11-10", *given)
    call("action", "drop", "over", "--reason", "Niet meer nodig.", *given)
    assert listed(call) == {"over": "dropped", "nu": "done", "later": "open"}
    kept = {one["item"]: one for one in json.loads(call("action", "list", "--json"))["actions"]}
    assert (kept["nu"]["done_on"], kept["over"]["result"]) == ("2026-11-10", "Niet meer nodig.")
    assert "over tijd" not in call("action", "list", "--lang", "nl")
    assert "There is no action 'weg'" in call("action", "drop", "weg", "--reason", "x", *given, expected=1)


def test_an_action_that_no_hub_takes_is_refused_in_one_sentence(call: Call) -> None:
    half = add(call, "een", "2026-12-01", "--lesson", LESSON, expected=2)
    assert "--lesson and --lesson-region belong together" in half
    bad = add(call, "een", "2026-12-01", "--lesson", "x", "--lesson-region", "XR-A", expected=1)
    assert "field `lesson` has another form" in bad


def test_a_result_that_names_a_person_can_be_said_again(call: Call) -> None:
    add(call, "een", "2026-12-01")
    given = ("--author", "Visser", "--audience", "partners")
    refused = call("action", "done", "een", "--result", "Meneer Jansen, 123456782, belde.", *given, expected=1)
    assert "may name a person" in refused
    assert "123456782" not in refused
    call("action", "done", "een", "--result", "Een inwoner belde.", *given)
    assert listed(call) == {"een": "done"}


def test_a_reflection_is_refused_until_it_is_filled_in(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "reflection.yaml"
    for lang, asked in (("nl", "delen allen de urgentie"), ("en", "do all share the urgency")):
        file.unlink(missing_ok=True)
        assert main(["reflection", "new", str(file), "--lang", lang]) == 0
        assert asked in file.read_text(encoding="utf-8")
        with pytest.raises(ItemUnreadable, match="field `title` has another form"):
            read_item(file)
    assert main(["reflection", "new", str(file)]) == 1  # never written over
    said: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [one["condition"] for one in said["conditions"]] == ["expertise", "leadership", "environment"]
    said |= {"title": "Teruggekeken", "observed": "Veel vergaderd.", "outcomes": ["Eén lijst."], "theme": "overleg"}
    said |= {"item": "mei", "held_on": "2026-05-12", "heard": ["citizens"]}
    said["conditions"] = [one | {"state": "partly", "note": "Gezien."} for one in said["conditions"]]
    file.write_text(yaml.safe_dump(said), encoding="utf-8")
    call("item", "write", str(file), "--author", "Visser", "--audience", "partners")
    assert "open: no action came of it yet" in call("reflection", "list")
    add(call, "lijst", "2026-11-01", "--reflection", "mei")
    assert "(1 overdue)" in call("reflection", "list")
    assert json.loads(call("reflection", "list", "--json"))[0]["led_to"] == {"overdue": 1}


def test_actions_that_are_due_are_noted_without_their_words(
    home: Path, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    def doctor() -> list[str]:
        node = open_node(home)
        try:
            with node.engine.connect() as connection:
                return [one.what for one in plan_doctor.of_actions(connection, node)]
        finally:
            node.engine.dispose()

    assert doctor() == []
    add(call, "geheim", "2026-11-01")
    add(call, "straks", "2026-11-20")
    assert doctor() == ["1 overdue: geheim", "1 due within 14 days: straks"]
    node = open_node(home)
    with caplog.at_level(logging.WARNING):
        schedule.remind(node.engine, lambda: TODAY)
    with node.engine.connect() as connection:
        (noted,) = runs.runs(connection, 5, runs.REMINDING)
    node.engine.dispose()
    assert noted.detail == "Actions: 1 overdue, 1 due within 14 days"
    assert "1 overdue" in caplog.text
    assert "geheim" not in caplog.text + noted.detail


def test_the_files_of_the_documentation_are_read(tmp_path: Path) -> None:
    samples = re.findall(r"```yaml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    nouns = []
    for place, sample in enumerate(samples):
        file = tmp_path / f"{place}.yaml"
        file.write_text(sample, encoding="utf-8")
        nouns.append(read_item(file).noun)
    assert nouns == ["reflection", "action", "reuse", "question", "answer"]


def test_what_a_page_offers_is_refused_until_it_is_filled_in(tmp_path: Path) -> None:
    filled = {"found": "Werkte.", "author_role": "arts", "question": "Hoe?", "owner_role": "arts", "due": "2026-12-01"}
    filled |= {"answer": "Zo.", "context": "Ook bij ons.", "classified_by": "arts"}
    ways = of_lesson(LESSON, "XR-DUINRAND", 'Bel "eerst": # kom dan\x7f\u2028\nnoun: x' + "e" * 300, "nl")
    ways += of_item("question", LESSON, "XR-DUINRAND", "Hoe?", "en") + of_item(
        "method", LESSON, "XR-DUINRAND", "M", "en"
    )
    assert of_item("milestone", LESSON, "XR-DUINRAND", "M", "en") == []
    names = []
    for way in ways:
        file = tmp_path / way.name
        read = (lambda at: read_citation(at, "XR-HEIDE")) if way.name == "cite.yaml" else read_item
        file.write_text(way.text, encoding="utf-8")
        with pytest.raises(ValueError, match="has another form"):
            read(file)
        said = yaml.safe_load(way.text)
        file.write_text(
            yaml.safe_dump(said | {name: filled[name] for name, value in said.items() if value is None}),
            encoding="utf-8",
        )
        assert LESSON in str(read(file))
        assert way.command.split()[-6:-5] == [way.name] or way.name in way.command
        names.append(way.name)
    assert names == ["tried.yaml", "cite.yaml", "asked.yaml", "act.yaml", "answer.yaml", "tried.yaml"]
