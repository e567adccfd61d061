"""Messages to a lesson's author at the hub, on both databases: who may send, what is kept, and when it is gone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.config import Hub
from hub.flow import receive
from hub.identity import accounts
from hub.identity.caller import person
from hub.messages import keep
from hub.messages.keep import (
    MOST_A_DAY,
    UNFETCHED,
    MessagePointsAtPersons,
    MessageUnfit,
    TooManyMessages,
    fetched,
    forget_old,
    send,
    waiting,
)
from hub.messages.wording import traces
from hub.serving.lessons import LessonTakenBack, LessonUnknown
from hub.tables import audit_log
from hub.tables.messages import lesson_message
from schemas.payloads import LessonWithdrawn
from schemas.signature import SigningKey
from tests.support.events import SignedEvent, TestRegion, lesson
from tests.support.hub_stores import Clock, join

ASKED = "Hoe lang duurde het voordat dit werkte?"


class Post:
    """A hub with a region, a lesson for the network, and a person of another region."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self.hub, self.clock, self.region = hub, clock, join(hub, TestRegion())
        self.lesson = self.say(lesson())
        with writing(hub.engine) as connection:
            accounts.add_account(connection, "anna", "anna@region.example.nl", ["region:XR-ANDERS"], clock.now)
        self.anna = person("anna", frozenset({"region:XR-ANDERS"}))

    def say(self, payload: Any) -> SignedEvent:
        (made,) = self.region.release([payload], "network")
        assert receive([made.body], self.hub)[0].outcome == "accepted"
        return made

    def send(self, text: str = ASKED, **given: Any) -> None:
        with writing(self.hub.engine) as connection:
            caller = given.pop("caller", self.anna)
            send(connection, self.hub.key, caller, self.lesson.id, text, self.clock.now, **given)

    def waiting(self, region: str = "XR-DUINRAND") -> tuple[Any, ...]:
        with self.hub.engine.connect() as connection:
            return waiting(connection, self.hub.key, region)

    def rows(self, table: Any = lesson_message) -> list[Any]:
        with self.hub.engine.connect() as connection:
            return list(connection.execute(select(table)).all())


@pytest.fixture
def post(stored_hub: Hub, clock: Clock) -> Post:
    """Offer such a hub on each database."""
    return Post(stored_hub, clock)


def test_a_message_waits_for_its_region_and_is_gone_once_that_has_it(post: Post) -> None:
    post.send("  " + ASKED + "\nDe tweede regel.  ")
    (message,) = post.waiting()
    assert (message.text, message.to_role, message.title) == (
        ASKED + "\nDe tweede regel.",
        "programme manager",
        "Een les",
    )
    assert (message.sender, message.from_roles, message.answer_to) == ("anna", ("region:XR-ANDERS",), None)
    assert "duurde" not in repr(message) + repr(post.rows()) + repr(post.rows(audit_log))
    assert post.waiting("XR-ANDERS") == ()
    with writing(post.hub.engine) as connection:
        assert not fetched(connection, "XR-ANDERS", message.id, post.clock.now)
        assert fetched(connection, "XR-DUINRAND", message.id, post.clock.now)
        assert fetched(connection, "XR-DUINRAND", message.id, post.clock.now)
    assert post.waiting() == ()
    assert [row.words for row in post.rows()] == [b""]
    with writing(post.hub.engine) as connection:
        forget_old(connection, post.clock.now + timedelta(days=1, seconds=1))
    assert post.rows() == []


def test_an_address_is_given_only_where_its_owner_says_so(post: Post) -> None:
    post.send(with_address=True)
    assert post.waiting()[0].answer_to == "anna@region.example.nl"


def test_nobody_writes_about_what_they_may_not_read_or_what_was_taken_back(post: Post) -> None:
    with pytest.raises(LessonUnknown):
        post.send(caller=person("bram", frozenset({"partner"})))
    post.say(LessonWithdrawn(post.lesson.id, "Het klopte niet."))
    with pytest.raises(LessonTakenBack):
        post.send()
    assert post.rows() == []


@pytest.mark.parametrize("text", ["", "kort", "x" * 2_001, " " * 50])
def test_a_message_has_a_least_and_a_greatest_length(post: Post, text: str) -> None:
    with pytest.raises(MessageUnfit):
        post.send(text)


def test_what_points_at_a_person_is_sent_only_by_who_looked_again(post: Post) -> None:
    text = "Mevrouw is van 3 mei 1941, BSN 111222333."
    with pytest.raises(MessagePointsAtPersons) as caught:
        post.send(text)
    assert caught.value.found == ("date", "bsn")
    assert "1941" not in str(caught.value)
    assert post.rows() == []
    post.send(text, checked=True)
    assert post.waiting()[0].text == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ASKED, ()),
        ("In 2025 waren het er 1.250, dat is 12,5% van 10 000 mensen.", ()),
        ("Mail naar jan.jansen@example.nl", ("email",)),
        ("Bel 06-12345678 of +31 20 123 45 67", ("telephone",)),
        ("Geboren 03-05-1941", ("date",)),
        ("Op 1941-05-03", ("date",)),
        ("Nummer 123456782", ("bsn",)),
        ("Dossier 12345670001", ("number",)),
        ("Kerkstraat 1, 1234 AB", ("postcode",)),
    ],
)
def test_the_scan_names_kinds(text: str, found: tuple[str, ...]) -> None:
    assert traces(text) == found


def test_one_person_and_one_region_have_so_much_room(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(MOST_A_DAY):
        post.send()
    (first, *_) = post.waiting()
    with writing(post.hub.engine) as connection:
        fetched(connection, "XR-DUINRAND", first.id, post.clock.now)
    with pytest.raises(TooManyMessages, match="tomorrow"):
        post.send()
    post.clock.move(days=1, seconds=1)
    monkeypatch.setattr(keep, "MOST_WAITING", MOST_A_DAY - 1)
    with pytest.raises(TooManyMessages, match="region"):
        post.send()
    post.clock.move(seconds=UNFETCHED.total_seconds() + 1)
    post.send()
    assert len(post.rows()) == 1


def test_words_sealed_with_another_key_are_passed_over(post: Post) -> None:
    post.send()
    with post.hub.engine.connect() as connection:
        assert waiting(connection, SigningKey.generate(), "XR-DUINRAND") == ()
