"""`python -m hub digests` and what the doctor says of mails: what is due, what fails, and never an address."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.__main__ import main
from hub.bootstrap import make_hub
from hub.commands import options
from tests.support.digests import Mailed, mailed
from tests.support.events import lesson
from tests.support.hub_stores import Clock

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def post(tmp_path: Path, clock: Clock) -> Iterator[Mailed]:
    """Offer a hub that sends mail, on SQLite."""
    made = make_hub(tmp_path / "hub", {})
    with mailed(replace(made, clock=clock), clock, tmp_path) as found:
        yield found
    made.engine.dispose()


@pytest.fixture
def command(post: Mailed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Offer the hub's commands, on that hub."""

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(options, "opened", lambda _home, migrate=False: nullcontext(post.hub))
        capsys.readouterr()
        code = main([*words, "--home", str(post.hub.settings.home)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def mail_findings(command: Command) -> list[dict[str, Any]]:
    _, said = command("doctor", "--json")
    return [one for one in json.loads(said)["findings"] if one["about"] == "mail"]


def test_what_is_due_is_told_sent_and_listed_without_an_address(post: Mailed, command: Command) -> None:
    assert command("digests", "list") == (0, "Nobody asked for a digest.\n")
    post.subscribe()
    post.say(lesson())
    post.ask("bram@example.nl")
    post.clock.move(days=1)
    code, said = command("digests", "send", "--dry-run", "--json")
    due = json.loads(said)
    assert [(one["is_confirmation"], one["new"]) for one in due] == [(True, 0), (False, 1)]
    assert (code, post.box.mails) == (0, [])
    assert command("digests", "send") == (0, "2 mails sent, 0 had nothing to tell, 0 not taken on.\n")
    assert command("digests", "send", "--dry-run") == (0, "Nothing is due.\n")
    code, said = command("digests", "list", "--json")
    listed = json.loads(said)
    assert {one["state"] for one in listed} == {"confirmed", "unconfirmed"}
    assert {one["reader"] for one in listed} == {"visitor"}
    assert "@" not in said + command("digests", "list")[1]
    assert command("digests", "forget", "anna@example.nl")[1] == "Everything of this address is erased.\n"
    assert command("digests", "forget", "anna@example.nl")[1] == "There was nothing of this address.\n"
    code, said = command("digests", "forget", "anna")
    assert (code, "anna" in said) == (1, False)


def test_a_mail_that_was_not_taken_on_ends_with_one(post: Mailed, command: Command) -> None:
    post.ask()
    post.box.refusing["Anna@example.nl"] = "450 later"
    assert command("digests", "send")[0] == 1
    assert json.loads(command("digests", "list", "--json")[1])[0]["state"] == "failing"
    post.hub = replace(post.hub, settings=replace(post.hub.settings, mail=None))
    code, said = command("digests", "send")
    assert (code, "smtp_host" in said) == (1, True)


def test_the_doctor_names_mails_that_do_not_arrive(post: Mailed, command: Command) -> None:
    post.subscribe()
    assert mail_findings(command) == []
    post.say(lesson())
    post.clock.move(days=1)
    (late,) = mail_findings(command)
    assert (late["what"], late["needs_hand"]) == ("digests that are due are not sent", True)
    post.box.refusing_all = "451 full"
    post.round()
    (first,) = mail_findings(command)
    assert (first["what"], first["needs_hand"]) == ("1 mails were not taken on yet", False)
    post.clock.move(days=2)
    post.round()
    assert mail_findings(command)[0]["needs_hand"] is True
    post.box.refusing_all = ""
    post.box.refusing["Anna@example.nl"] = "550 5.1.1 gone"
    for _ in range(3):
        post.clock.move(days=1)
        post.round()
    (paused,) = mail_findings(command)
    assert (paused["what"], paused["needs_hand"]) == ("1 addresses refuse mails", False)


def test_the_doctor_names_readers_of_a_hub_that_sends_no_mail_any_more(post: Mailed, command: Command) -> None:
    post.subscribe()
    post.hub = replace(post.hub, settings=replace(post.hub.settings, mail=None))
    (found,) = mail_findings(command)
    assert "this hub sends no mail" in found["what"]
