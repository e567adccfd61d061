"""Sending digests, on both databases: each mail once, again where it failed, and what becomes of bad addresses."""

from dataclasses import replace as changed

import pytest
from sqlalchemy import select

from hub.digests.send import CLAIMED, FIRST_PAUSE, MOST_REFUSALS, due_now, send_due
from hub.digests.subscribe import PAUSED_KEPT, counts
from hub.tables.digests import digest
from tests.support.digests import Mailed, post
from tests.support.events import lesson
from tests.support.mail_server import text_of

__all__ = ["post"]


def test_two_processes_send_each_mail_once(post: Mailed) -> None:
    post.subscribe()
    post.say(lesson())
    post.clock.move(days=7)
    other = post.mailer()

    class Both:
        """Lets another process have its round just when this one has claimed the mail."""

        def __init__(self) -> None:
            self.mailer, self.sent = post.mailer(), 0

        def send(self, mail: object) -> None:
            assert send_due(post.hub, other) == (0, 0, 0, 0)
            self.mailer.send(mail)  # type: ignore[arg-type]

        def close(self) -> None:
            self.mailer.close()

    assert send_due(post.hub, Both()).sent == 1
    assert len(post.box.mails) == 1
    assert send_due(post.hub, other).sent == 0


def test_a_mail_whose_process_died_is_sent_again_under_the_same_id(post: Mailed) -> None:
    post.subscribe()
    post.say(lesson())
    post.clock.move(days=7)

    class Dying:
        def send(self, mail: object) -> None:
            post.mailer().send(mail)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        def close(self) -> None: ...

    with pytest.raises(KeyboardInterrupt):
        send_due(post.hub, Dying())
    assert post.round().sent == 0
    post.clock.move(seconds=CLAIMED.total_seconds() + 1)
    assert post.round().sent == 1
    assert len({mail["Message-ID"] for mail in post.box.mails}) == 1
    assert len(post.box.mails) == 2


def test_a_server_that_is_away_is_tried_again_and_nothing_is_lost(post: Mailed) -> None:
    post.subscribe()
    post.say(lesson())
    post.box.refusing_all = "451 4.3.0 full"
    assert post.next_mail() is None
    (row,) = post.rows()
    assert (row.failures, row.refusals, row.paused_at) == (1, 0, None)
    assert post.round().failed == 0, "not before its time"
    for failures in (2, 3):
        post.clock.move(seconds=2 ** (failures - 2) * FIRST_PAUSE.total_seconds())
        assert post.round().failed == 1
    with post.hub.engine.connect() as connection:
        assert counts(connection)["failing"] == 1
    post.box.refusing_all = ""
    mail = post.next_mail(1)
    assert mail is not None
    assert "Een les" in text_of(mail)
    assert post.rows()[0].failing_since is None


def test_a_failing_server_is_asked_once_a_round(post: Mailed) -> None:
    for name in "abc":
        post.subscribe(f"{name}@example.nl")
    post.say(lesson())
    post.clock.move(days=7)
    assert post.hub.settings.mail is not None
    away = changed(post.hub.settings.mail, port=1)
    post.hub = changed(post.hub, settings=changed(post.hub.settings, mail=away))
    assert post.round() == (0, 0, 1, 0)


def test_an_address_that_refuses_is_paused_and_later_forgotten(post: Mailed) -> None:
    post.subscribe()
    post.box.refusing["Anna@example.nl"] = "550 5.1.1 unknown"
    post.say(lesson())
    for refused in range(1, MOST_REFUSALS + 1):
        assert post.next_mail() is None
        assert post.rows()[0].refusals == refused
    post.box.refusing.clear()
    assert post.next_mail() is None, "paused"
    with post.hub.engine.connect() as connection:
        assert counts(connection) == {"confirmed": 0, "unconfirmed": 0, "failing": 0, "paused": 1}
    assert post.next_mail(PAUSED_KEPT.days) is None
    assert post.rows() == []


def test_an_address_that_refuses_the_first_mail_is_forgotten_at_once(post: Mailed) -> None:
    post.ask()
    post.box.refusing["Anna@example.nl"] = "550 no such user"
    post.round()
    assert post.rows() == []


def test_a_dry_run_says_what_is_due_and_sends_nothing(post: Mailed) -> None:
    post.subscribe()
    post.say(lesson())
    post.ask("bram@example.nl")
    post.clock.move(hours=1)
    asked = {one.is_confirmation: one for one in due_now(post.hub)}
    assert set(asked) == {True}
    post.clock.move(days=1)
    found = [(one.is_confirmation, one.new, one.revised, one.taken_back) for one in due_now(post.hub)]
    assert (False, 1, 0, 0) in found
    assert post.box.mails == []
    with post.hub.engine.connect() as connection:
        assert not connection.scalars(select(digest.c.claimed_until).where(digest.c.claimed_until.is_not(None))).all()
