"""Asking for a digest, confirming it and leaving it, on both databases: what is kept, what is sent, what is told."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag

from connectors.database import writing
from hub.digests import subscribe
from hub.digests.subscribe import (
    HOLDS,
    MOST_ASKED,
    LinkUnknown,
    Reader,
    TooManyAsked,
    Wish,
    confirm,
    counts,
    forget_address,
    forget_old,
    leave,
    next_due,
)
from hub.identity import accounts
from hub.identity.seal import followed, link, mark_of, sealed, unsealed
from hub.tables import audit_log
from hub.tables.digests import digest
from schemas.signature import SigningKey
from tests.support.digests import ANNA, CONFIRM, SITE, WISH, Mailed, post
from tests.support.events import lesson
from tests.support.mail_server import text_of

__all__ = ["post"]


def test_a_digest_begins_only_once_its_reader_confirmed(post: Mailed) -> None:
    post.ask()
    assert post.round().sent == 1
    (mail,) = post.box.mails
    assert post.box.to == [ANNA]
    assert "elke week" in text_of(mail)
    assert "Bevestig" in mail["Subject"]
    post.say(lesson())
    assert post.next_mail(days=1) is None, "it is not confirmed"
    post.confirm()
    post.confirm()  # twice is as once
    post.say(lesson("Een tweede les"))
    told = post.next_mail()
    assert told is not None
    assert "Een tweede les" in text_of(told)
    assert [row.confirmed_at is not None for row in post.rows()] == [True]


def test_no_copy_of_the_database_gives_an_address_and_no_log_has_one(
    post: Mailed, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        post.subscribe()
        post.box.refusing[ANNA] = "550 5.1.1 Anna@example.nl is not here"
        post.say(lesson())
        post.next_mail()
    (row,) = post.rows()
    logged = [one.getMessage() for one in caplog.records if one.name != "mail.log"]  # that is the test's own server
    assert logged
    kept = repr((row, post.rows(audit_log), logged))
    assert row.failures == 1
    assert not [word for word in ("anna", "Anna", "example.nl") if word in kept.replace("hub.example.nl", "")]
    assert unsealed(post.hub.key, row.id, row.address) == ANNA
    for key, name in ((SigningKey.generate(), row.id), (post.hub.key, "0" * 32)):
        with pytest.raises(InvalidTag):
            unsealed(key, name, row.address)


def test_two_seals_of_one_address_differ_and_all_are_equally_long() -> None:
    key = SigningKey.generate()
    made = [sealed(key, "a" * 32, address) for address in (ANNA, ANNA, "a@b.nl", "a" * 64 + "@" + "b" * 60 + ".nl")]
    assert len(set(made)) == 4
    assert len({len(one) for one in made}) == 1
    assert mark_of(key, ANNA) == mark_of(key, ANNA.upper()) != mark_of(SigningKey.generate(), ANNA)


def test_a_link_serves_one_use_of_one_hub() -> None:
    key = SigningKey.generate()
    made = link(key, "leave", "a" * 32)
    assert followed(key, "leave", made) == "a" * 32
    assert followed(key, "confirm", made) is None
    assert followed(SigningKey.generate(), "leave", made) is None
    for bent in ("", "x", made[:-1], made.upper(), "b" + made[1:], made + "0", made + "\n"):
        assert followed(key, "leave", bent) is None


def test_nobody_can_be_bombed_with_mail(post: Mailed) -> None:
    for _ in range(20):
        post.ask()
        post.ask("ANNA@example.nl")
        post.round()
        post.clock.move(minutes=20)
    assert len(post.box.mails) == MOST_ASKED
    post.clock.move(hours=49)
    post.ask()
    post.ask()
    assert post.round().sent == 1
    assert post.round().sent == 0


def test_a_newer_mail_ends_the_link_of_the_one_before_and_both_say_what_was_asked(post: Mailed) -> None:
    post.ask()
    post.round()
    post.clock.move(minutes=16)
    post.ask(wish=Wish("en", "daily", "", {}))
    post.round()
    first, second = post.box.mails
    assert "every day" in text_of(second)
    with pytest.raises(LinkUnknown):
        post.confirm(first)
    post.confirm(second)


def test_an_unconfirmed_address_is_forgotten_in_time_and_its_link_ends(post: Mailed) -> None:
    post.ask()
    post.round()
    post.clock.move(seconds=HOLDS.total_seconds() + 1)
    with pytest.raises(LinkUnknown):
        post.confirm()
    post.round()
    assert post.rows() == []


def test_one_hub_asks_so_many_strangers_an_hour_and_no_more(post: Mailed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribe, "MOST_AN_HOUR", 3)
    for number in range(3):
        post.ask(f"{number}@example.nl")
    with pytest.raises(TooManyAsked):
        post.ask("3@example.nl")
    post.clock.move(hours=1)
    post.ask("3@example.nl")


def test_leaving_erases_everything_of_an_address_also_by_an_old_mail(post: Mailed) -> None:
    post.subscribe()
    post.say(lesson())
    mail = post.next_mail()
    assert mail is not None
    shown = post.leave_link(mail)
    post.ask(wish=Wish("en", "daily", "", {}))
    post.round()
    post.confirm()
    assert post.told()
    with writing(post.hub.engine) as connection:
        assert leave(connection, post.hub.key, shown, post.clock.now)
        assert not leave(connection, post.hub.key, shown, post.clock.now)
    assert (post.rows(), post.told()) == ([], set())
    actions = [row.action for row in post.rows(audit_log)]
    assert actions.count("digest ended") == 1


def test_another_choice_takes_the_place_of_the_first_and_keeps_what_was_told(post: Mailed) -> None:
    post.subscribe()
    told = post.say(lesson())
    assert post.next_mail() is not None
    post.ask(wish=Wish("en", "daily", "rooster", {"theme": ["diabetes"]}))
    post.round()
    assert counts_of(post) == {"confirmed": 1, "unconfirmed": 1, "failing": 0, "paused": 0}
    post.confirm()
    (row,) = post.rows()
    assert (row.rhythm, row.question, json.loads(row.facets)) == ("daily", "rooster", {"theme": ["diabetes"]})
    assert post.told() == {told.id}


def counts_of(post: Mailed) -> dict[str, int]:
    with post.hub.engine.connect() as connection:
        return dict(counts(connection))


def test_an_operator_can_forget_an_address_at_its_owners_request(post: Mailed) -> None:
    post.subscribe()
    with writing(post.hub.engine) as connection:
        assert not forget_address(connection, post.hub.key, "bram@example.nl", post.clock.now)
        assert forget_address(connection, post.hub.key, " anna@EXAMPLE.nl ", post.clock.now)
    assert post.rows() == []


def test_a_person_with_an_account_is_sent_what_the_account_may_read_now(post: Mailed) -> None:
    with writing(post.hub.engine) as connection:
        accounts.add_account(connection, "anna", "anna@region.example.nl", ["region:XR-DUINRAND"], post.clock.now)
    post.subscribe("anna@region.example.nl", account="anna")
    assert [(row.account, row.address) for row in post.rows()] == [("anna", b"")]
    post.say(lesson("Voor het netwerk"), "network")
    mail = post.next_mail()
    assert mail is not None
    assert "Voor het netwerk" in text_of(mail)
    with writing(post.hub.engine) as connection:
        accounts.set_roles(connection, "anna", ["partner"], post.clock.now)
    post.say(lesson("Nog een voor het netwerk"), "network")
    post.say(lesson("Voor partners"), "partners")
    mail = post.next_mail()
    assert mail is not None
    assert "Voor partners" in text_of(mail)
    assert "Nog een" not in text_of(mail)
    with writing(post.hub.engine) as connection:
        accounts.disable_account(connection, "anna", post.clock.now)
    post.say(lesson("Te laat"), "public")
    assert post.next_mail() is None
    assert post.rows() == []


@pytest.mark.parametrize(
    ("rhythm", "now", "due"),
    [
        ("daily", "2026-11-22T04:59", "2026-11-22"),
        ("daily", "2026-11-22T05:00", "2026-11-23"),
        ("weekly", "2026-11-22T12:00", "2026-11-23"),
        ("weekly", "2026-11-23T05:00", "2026-11-30"),
        ("monthly", "2026-12-31T23:00", "2027-01-01"),
        ("monthly", "2027-01-01T05:00", "2027-02-01"),
    ],
)
def test_a_digest_is_due_at_five_on_its_day(rhythm: subscribe.Rhythm, now: str, due: str) -> None:
    found = next_due(rhythm, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC) + timedelta(hours=5)


def test_a_reader_prints_without_an_address() -> None:
    assert "anna" not in repr(Reader("anna@example.nl", "public"))


def test_what_nobody_confirmed_goes_even_where_the_hub_sends_no_mail_any_more(post: Mailed) -> None:
    post.ask()
    with writing(post.hub.engine) as connection:
        assert forget_old(connection, post.clock.now + HOLDS + timedelta(seconds=1)) == 1
        assert connection.execute(digest.select()).all() == []


def test_the_mail_that_asks_says_how_to_stop_at_once(post: Mailed) -> None:
    post.ask(wish=WISH)
    post.round()
    (mail,) = post.box.mails
    shown = post.leave_link(mail)
    assert SITE in text_of(mail, "html")
    found = CONFIRM.search(text_of(mail))
    assert found
    with writing(post.hub.engine) as connection:
        assert leave(connection, post.hub.key, shown, post.clock.now)
        with pytest.raises(LinkUnknown):
            confirm(connection, post.hub.key, found[1], post.clock.now)
