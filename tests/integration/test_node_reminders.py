"""Reminders by mail: actions that are overdue or due soon, told by number and day to whom the settings name."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.mail import MailDelayed, MailServer
from demo.journey import call
from node.audit import AuditEntry
from node.bootstrap import Node, create_node, open_node
from node.commands import acting
from node.config import SettingWrong, read_settings
from node.knowledge.items import keep
from node.work import runs
from node.work.reminding import Reminding
from tests.integration.test_desk_decisions import VALUES
from tests.support.items import an_item
from tests.support.mail_server import PASSWORD, USER, Letterbox, mail_server, text_of

NOW = datetime(2026, 11, 15, 9, 0, tzinfo=UTC)
BOTH = ("programma@example.nl", "bestuur@example.nl")
DUE = ("2026-11-01", "2026-11-20", "2027-03-01")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    node = create_node(tmp_path / "node", VALUES)
    with node.engine.begin() as connection:
        for number, day in enumerate(DUE):
            made = an_item("action", f"geheim-{number}", title="Bel mevrouw Jansen", due=day)
            keep(connection, made, AuditEntry("Visser", "item.kept", made.item, NOW))
    node.engine.dispose()
    return tmp_path / "node"


def named(home: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    settings = {
        "SMTP_HOST": server.host, "SMTP_PORT": str(server.port), "SMTP_FROM": server.sender,
        "SMTP_SECURITY": server.security, "REMIND_TO": ", ".join(BOTH), **more,
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(f"REGIOHELIX_NODE_{name}", value)


@pytest.fixture
def post(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Letterbox, Node, Reminding]]:
    with mail_server(tmp_path) as (box, server):
        named(home, server, monkeypatch)
        node = open_node(home)
        reminding = acting.reminding(node)
        assert reminding is not None
        yield box, node, reminding
        node.engine.dispose()


def test_a_mail_says_how_many_and_when_and_no_word_of_them(post: tuple[Letterbox, Node, Reminding]) -> None:
    box, node, reminding = post
    reminding.go(NOW)
    assert box.to == list(BOTH)
    mail = box.mails[0]
    assert mail["Subject"] == "Acties van Duinrand: 1 over tijd, 1 binnenkort"
    for form in ("plain", "html"):
        said = text_of(mail, form)
        assert re.findall(r"\d{4}-\d\d-\d\d", said) == [*DUE[:2], *DUE[:2]], (
            "in both languages, and not what is far off"
        )
        assert not [word for word in ("Jansen", "geheim", "programmaleider") if word in said]
    assert len({one["Message-ID"] for one in box.mails}) == 2
    with node.engine.connect() as connection:
        (noted,) = runs.runs(connection, 5, runs.MAILING)
    assert (noted.outcome, noted.rows, noted.detail) == ("done", 2, "1 overdue, 1 due soon")


def test_it_comes_when_something_is_due_anew_and_else_once_a_week(post: tuple[Letterbox, Node, Reminding]) -> None:
    box, node, _ = post
    days = []
    for day in range(16):
        before = len(box.mails)
        for _ in range(2):  # twice a day, also by a process that knows nothing of the first time
            again = acting.reminding(node)
            assert again is not None
            again.go(NOW + timedelta(days=day))
        if len(box.mails) > before:
            assert len(box.mails) == before + len(BOTH)
            days.append(day)
    assert days == [0, 6, 13], "at first, on the day after the 20th, and a week later"


def test_what_the_server_does_not_take_is_tried_again_and_nobody_gets_it_twice(
    post: tuple[Letterbox, Node, Reminding],
) -> None:
    box, node, reminding = post
    box.refusing[BOTH[0]] = "451 4.2.1 Later"
    with pytest.raises(MailDelayed) as delayed:
        reminding.go(NOW)
    assert "example.nl" not in str(delayed.value)
    assert box.to == [BOTH[1]]
    box.refusing.clear()
    reminding.go(NOW + timedelta(hours=1))
    assert box.to == [BOTH[1], BOTH[0]]
    box.refusing[BOTH[0]] = "550 5.1.1 No such user"
    reminding.go(NOW + timedelta(days=7))
    with node.engine.connect() as connection:
        last = runs.newest(connection, runs.MAILING)
    assert last is not None
    assert (last.outcome, last.rows) == ("failed", 1)


def test_over_tls_with_a_password_from_a_file_and_off_until_it_is_set(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "This node sends no mail; set remind_to" in call(home, "action", "remind", expected=1)
    secret = home / "secrets" / "smtp"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    with mail_server(tmp_path, "starttls", USER) as (box, server):
        more = {"SMTP_USER": USER, "SMTP_PASSWORD_FILE": "secrets/smtp", "SMTP_CA_FILE": server.ca_file or ""}
        named(home, server, monkeypatch, **more)
        assert PASSWORD not in repr(read_settings(home))
        assert call(home, "action", "remind").endswith("2 mails were taken on.")
        assert box.logins >= 1
    assert "cannot be reached" in call(home, "action", "remind", expected=1)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"REMIND_TO": "niemand"}, "'remind_to': must be written like"),
        ({"SMTP_FROM": ""}, "'smtp_from': is needed as well"),
        ({"SMTP_SECURITY": "none", "SMTP_HOST": "mail.example.nl"}, "this machine only"),
        ({"SMTP_USER": "node"}, "smtp_password_file"),
        ({"SMTP_USER": "node", "SMTP_PASSWORD_FILE": "secrets/none"}, "cannot be read"),
    ],
)
def test_settings_that_do_not_belong_together_are_refused_in_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, str], sentence: str
) -> None:
    named(home, MailServer("mail.example.nl", 587, "starttls", "node@example.nl", None, ""), monkeypatch, **more)
    with pytest.raises(SettingWrong, match=re.escape(sentence)):
        read_settings(home)
