"""The operator's commands on refused events, keys, and daily heads, in process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.__main__ import main
from hub.bootstrap import open_hub
from hub.config import Hub
from hub.flow import receive
from hub.tables import audit_log
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.hub_stores import join

Run = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "hub")]) == 0
    return tmp_path / "hub"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with --json; give what it said, or, where it ends otherwise than expected, fail."""

    def call(*argv: str, ends: int = 0) -> Any:
        capsys.readouterr()
        assert main([*argv, "--home", str(home), "--json"]) == ends
        told = capsys.readouterr()
        if told.err:
            assert told.err.count("\n") == 1
            return told.err
        return json.loads(told.out)

    return call


def with_hub(home: Path, act: Callable[[Hub], Any]) -> Any:
    hub = open_hub(home)
    try:
        return act(hub)
    finally:
        hub.engine.dispose()


def test_letters_are_listed_replayed_and_discarded(home: Path, run: Run) -> None:
    region, stranger = TestRegion(), TestRegion("XR-VEENKANT")
    mine = region.release([diabetes(800), diabetes(810, "2024")])
    with_hub(home, lambda hub: receive([one.body for one in [*mine, *stranger.release([diabetes(1)])]], hub))
    assert [row["id"] for row in run("dead-letters", "list", "--state", "open")] == [3, 2, 1]
    assert [row["id"] for row in run("dead-letters", "list", "--region", stranger.code)] == [3]
    assert "1 letters 1 were refused again" in run("dead-letters", "replay", "1", ends=1)
    with_hub(home, lambda hub: join(hub, region))
    assert run("dead-letters", "replay", "--region", region.code) == [
        {"id": number, "outcome": "accepted", "reason": None} for number in (1, 2)
    ]
    assert "refused again" in run("dead-letters", "replay", "--reason", "unknown_region", ends=1)
    assert run("dead-letters", "discard", "3", "--reason", "a test") == {"id": 3, "state": "discarded"}
    assert run("dead-letters", "replay", "--all") == []
    shown = run("dead-letters", "show", "3")
    assert (shown["state"], shown["body"], shown["decided_by"], shown["decision"]) == (
        "discarded",
        0,
        "operator",
        "a test",
    )
    for call in (("replay", "3"), ("discard", "3", "--reason", "again"), ("show", "9"), ("replay", "9")):
        assert "dead letter" in run("dead-letters", *call, ends=1).lower()


WRONG = (
    ("replay",),
    ("replay", "1", "--all"),
    ("replay", "--all", "--region", "XR-A"),
    ("discard", "1"),
    ("discard", "1", "--reason", " "),
    ("list", "1"),
)


@pytest.mark.parametrize("argv", WRONG, ids=" ".join)
def test_a_wrong_choice_of_letters_is_a_wrong_call(home: Path, argv: tuple[str, ...]) -> None:
    assert main(["dead-letters", *argv, "--home", str(home)]) == 2


def test_a_stolen_key_is_ended_and_the_region_invited_again(home: Path, run: Run) -> None:
    region = with_hub(home, lambda hub: join(hub, TestRegion()))
    made = region.release([lesson()], approvers=1)
    with_hub(home, lambda hub: receive([made[0].body], hub))
    listed = run("keys", "list", region.code)
    assert [one["use"] for one in listed] == ["service", "reviewer", "reviewer", "reviewer"]
    key_id = region.service.public.key_id
    told = run("keys", "revoke", region.code, key_id, "--reason", "the laptop is gone")
    assert told == {"region": region.code, "key_id": key_id, "until_sequence": 2}
    assert run("keys", "list", region.code)[0]["until_sequence"] == 2
    assert "already" in run("keys", "revoke", region.code, key_id, "--reason", "again", ends=1)
    assert "no key" in run("keys", "revoke", region.code, "0" * 16, "--reason", "x", ends=1)
    invitation = run("invite", region.code, "--again")["invitation"]
    back = with_hub(home, lambda hub: join(hub, TestRegion(region.code, chain=region.chain), invitation))
    more = back.release([lesson("Nog een les")], approvers=1)
    answers = with_hub(home, lambda hub: receive([more[0].body], hub))
    assert [answer.outcome for answer in answers] == ["accepted"]
    assert "not enrolled" in run("invite", "XR-NIEMAND", "--again", ends=1)
    assert main(["invite", region.code, "--again", "--name", "x", "--home", str(home)]) == 2


def test_the_audit_log_keeps_why_a_key_was_ended(home: Path, run: Run) -> None:
    region = with_hub(home, lambda hub: join(hub, TestRegion()))
    run("keys", "revoke", region.code, region.service.public.key_id, "--reason", "the laptop is gone")
    hub = open_hub(home)
    with writing(hub.engine) as connection:
        line = connection.execute(select(audit_log).where(audit_log.c.action == "key revoked")).one()
    hub.engine.dispose()
    assert (line.actor, json.loads(line.detail)["reason"]) == ("operator", "the laptop is gone")


def test_heads_are_made_once_a_day(home: Path, run: Run) -> None:
    assert run("heads", "list") == []
    made = run("heads", "make")
    assert (made["made"], made["chains"]) == (True, 0)
    assert run("heads", "make") == {"made": False}
    assert [one["as_of"] for one in run("heads", "list")] == [made["as_of"]]
