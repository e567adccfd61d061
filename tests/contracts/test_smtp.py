"""Mails handed to a real SMTP server: over TLS with its certificate checked, and what each refusal means."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.mail import (
    AddressRefused,
    AddressWrong,
    Mail,
    MailDelayed,
    MailMalformed,
    MailServer,
    Security,
    checked_address,
)
from connectors.partners.smtp import PlainPasswordRefused, SmtpMailer
from tests.support.mail_server import USER, mail_server, text_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LEAVE = "https://hub.example.nl/digests/leave/x"
MAIL = Mail("anna@example.nl", "Nieuw: één les", "Dag.\n\n.\nDit is één les.", "<p>één les</p>", "digest.1", LEAVE)


def sender(server: MailServer) -> SmtpMailer:
    return SmtpMailer(server, lambda: NOW)


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_mail_arrives_whole_in_both_forms(tmp_path: Path, security: Security) -> None:
    with mail_server(tmp_path, security) as (box, server):
        mailer = sender(server)
        mailer.send(MAIL)
        mailer.send(replace(MAIL, reference="digest.2"))
        mailer.close()
    first, second = box.mails
    assert box.to == ["anna@example.nl"] * 2
    assert (first["Subject"], first["From"]) == (MAIL.subject, "Regiohelix <digest@example.nl>")
    assert [mail["Message-ID"] for mail in (first, second)] == ["<digest.1@example.nl>", "<digest.2@example.nl>"]
    assert first["List-Unsubscribe"] == f"<{LEAVE}>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["Auto-Submitted"] == "auto-generated"
    assert text_of(first).splitlines() == MAIL.text.splitlines()
    assert text_of(first, "html").strip() == MAIL.html


def test_who_has_no_right_certificate_is_sent_nothing(tmp_path: Path) -> None:
    with mail_server(tmp_path, "starttls", USER) as (box, server):
        mailer = sender(replace(server, ca_file=None))  # the machine's own authorities do not know the test's
        with pytest.raises(MailDelayed, match="certificate") as caught:
            mailer.send(MAIL)
    assert caught.value.is_for_all
    assert (box.logins, box.mails) == (0, [])


def test_a_server_without_tls_is_told_no_password(tmp_path: Path) -> None:
    with mail_server(tmp_path) as (box, server):
        for security in ("starttls", "tls"):
            with pytest.raises(MailDelayed):
                sender(replace(server, security=security, user=USER)).send(MAIL)
    assert (box.logins, box.mails) == (0, [])
    with pytest.raises(PlainPasswordRefused):
        sender(replace(server, host="mail.example.nl"))


@pytest.mark.parametrize(("password", "said"), [(None, ""), ("wrong", "password")])
def test_a_login_is_needed_and_a_wrong_one_is_named(tmp_path: Path, password: str | None, said: str) -> None:
    with mail_server(tmp_path, "starttls", USER) as (box, server):
        mailer = sender(server if password is None else replace(server, password=password))
        if password is None:
            mailer.send(MAIL)
        else:
            with pytest.raises(MailDelayed, match=said) as caught:
                mailer.send(MAIL)
            assert password not in str(caught.value)
        mailer.close()
    assert len(box.mails) == (password is None)


@pytest.mark.parametrize(
    ("answer", "is_address"),
    [
        ("550 No such person", True),
        ("550 5.1.1 anna@example.nl is not known here", True),
        ("552 5.2.2 mailbox full", True),
        ("550 5.7.1 you may not send here", False),
        ("450 4.2.0 come back later", False),
    ],
)
def test_a_refusal_is_the_addresss_own_only_where_it_says_so(tmp_path: Path, answer: str, is_address: bool) -> None:
    with mail_server(tmp_path) as (box, server):
        box.refusing["anna@example.nl"] = answer
        mailer = sender(server)
        with pytest.raises(AddressRefused if is_address else MailDelayed) as caught:
            mailer.send(MAIL)
        assert "anna" not in str(caught.value)
        assert is_address or not getattr(caught.value, "is_for_all", True)
        mailer.send(replace(MAIL, to="bram@example.nl"))
        mailer.close()
    assert box.to == ["bram@example.nl"]


def test_a_server_that_went_away_is_found_again(tmp_path: Path) -> None:
    with mail_server(tmp_path) as (_, server):
        mailer = sender(server)
        mailer.send(MAIL)
    with pytest.raises(MailDelayed, match="cannot be reached") as caught:
        mailer.send(MAIL)
    assert caught.value.is_for_all
    with mail_server(tmp_path) as (box, again):
        mailer._server = again  # the same place on another port
        mailer.send(MAIL)
        mailer.close()
    assert len(box.mails) == 1


@pytest.mark.parametrize("field", ["to", "subject", "reference", "leave"])
@pytest.mark.parametrize("sign", ["\r\nBcc: eve@example.nl", "\nX: y", "\r", "\x00", "\u2028"])
def test_no_header_can_be_added_by_what_stands_in_one(tmp_path: Path, field: str, sign: str) -> None:
    with mail_server(tmp_path) as (box, server):
        mailer = sender(server)
        with pytest.raises(MailMalformed):
            mailer.send(replace(MAIL, **{field: f"x{sign}"}))
        mailer.close()
    assert box.to == []


def test_a_mail_prints_neither_whom_it_is_for_nor_what_it_says() -> None:
    assert "anna" not in repr(MAIL)
    assert "les" not in repr(MAIL).replace(MAIL.subject, "")


@pytest.mark.parametrize("given", ["anna@example.nl", " Anna.B+x@Sub.Example.NL ", "a@b.nl", "a" * 64 + "@example.nl"])
def test_an_address_is_kept_as_it_was_given_but_for_its_domain(given: str) -> None:
    name, _, domain = given.strip().partition("@")
    assert checked_address(given) == f"{name}@{domain.lower()}"


@pytest.mark.parametrize(
    "given",
    [
        *("", "anna", "anna@", "@example.nl", "anna@localhost", "a b@example.nl", "a@b@example.nl", "a@example..nl"),
        *('"a b"@example.nl', "a@[127.0.0.1]", "a@example.nl\nBcc: x@y.nl", "a@example.nl,b@example.nl", "<a@b.nl>"),
        *(
            "a..b@example.nl",
            "é@example.nl",
            "a" * 65 + "@example.nl",
            "a@" + "b" * 260 + ".nl",
            "a@-b.nl",
            "a@b.nl\n.x",
            "=?utf-8?q?=20=3Cb=40c.nl=3E=2C?=@x.nl",
            "=?utf-8?q??=@x.nl",
        ),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(AddressWrong, match=r"^The e-mail address has another form; write it like name@example\.nl\.$"):
        checked_address(given)
