"""What subscribers are told, in which order, and what becomes of it: on both databases, with real receivers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from hub.bootstrap import application
from hub.identity.accounts import add_account, disable_account
from hub.identity.tokens import account_owner, partner_owner, region_owner, revoke_tokens_of
from hub.serving import subscriptions
from hub.serving.recalls import answered_recalls
from hub.tables import acknowledgement
from schemas.codes import Audience
from schemas.payloads import EventRedacted, LessonPublished, LessonRevised, LessonWithdrawn
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.followers import Followers, following
from tests.support.held_by_hub import a_lesson, figures


@pytest.fixture
def followers(chains_at_hub: ChainsAtHub) -> Iterator[Followers]:
    with following(chains_at_hub) as found:
        yield found


def about(lesson: LessonPublished, *themes: str) -> LessonPublished:
    return msgspec.structs.replace(lesson, themes=themes)


def test_each_audience_is_told_what_it_may_read_in_order_and_signed(followers: Followers) -> None:
    inside = followers.follow("/inside")
    partner = followers.follow("/partner", followers.partner(), "partners")
    readers: tuple[Audience, ...] = ("network", "partners", "public", "network")
    made = [followers.publish(a_lesson(f"l-{place}"), audience=one)[0].id for place, one in enumerate(readers)]
    followers.tell()
    assert followers.items("/inside") == [("lesson.published", one) for one in made]
    assert followers.items("/partner") == [("lesson.published", one) for one in made[1:3]]
    client = application(followers.hub).test_client()
    token = {"Authorization": f"Bearer {followers.held.tokens['XR-ALFA']}"}
    for (_, data), one in zip(followers.said(inside, "/inside"), made, strict=True):
        asked = client.get(f"/api/v1/lessons/{one}", headers=token).get_json()  # and what became of it since
        assert {name: asked[name] for name in data["lesson"]} == data["lesson"]
        assert data["address"].endswith(f"/api/v1/lessons/{one}")
    assert len(followers.said(partner, "/partner")) == 2
    followers.tell()
    assert len(followers.receiver.got) == 6, "nothing is sent twice"


def test_nothing_of_before_is_sent_unless_it_is_asked_for(followers: Followers) -> None:
    old, second = (followers.publish(a_lesson(f"l-{one}"))[0].id for one in (1, 2))
    followers.follow("/now")
    followers.follow("/since", since=f"{followers.held.now:%Y-%m-%dT%H:%M:%SZ}")
    followers.follow("/all", since="2000-01-01T00:00:00Z")
    new = followers.publish(a_lesson("l-3"))[0].id
    followers.tell()
    got = {path: [one for _, one in followers.items(path)] for path in ("/now", "/since", "/all")}
    assert got == {"/now": [new], "/since": [second, new], "/all": [old, second, new]}


def test_words_and_facets_choose_and_who_got_an_item_hears_what_becomes_of_it(followers: Followers) -> None:
    followers.follow("/heart", facets={"theme": ["hart"]})
    followers.follow("/words", q="rooster")
    fits = followers.publish(about(a_lesson("l-1"), "hart"))[0]
    other = followers.publish(about(a_lesson("l-2", "Het rooster"), "longen"))[0]
    followers.tell()
    newer = followers.publish(LessonRevised(fits.id, "beter gezegd", about(a_lesson("l-1"), "nieren")))[0]
    followers.tell()
    gone = followers.publish(LessonWithdrawn(fits.id, "klopte niet"), LessonWithdrawn(newer.id, "klopte niet"))
    followers.publish(LessonWithdrawn(other.id, "ook niet"))
    followers.tell()
    assert followers.items("/heart") == [
        ("lesson.published", fits.id),
        ("lesson.revised", newer.id),
        *(("recall.withdrawn", one) for one in (fits.id, newer.id)),
    ]
    assert followers.items("/words") == [("lesson.published", other.id), ("recall.withdrawn", other.id)]
    assert [one["data"]["recall"]["by_event"] for one in told(followers, "/heart")[2:]] == [one.id for one in gone]


def told(followers: Followers, path: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(one.body) for one in followers.receiver.at(path)]


def test_an_old_wording_that_is_withdrawn_leaves_the_newer_one_standing(followers: Followers) -> None:
    followers.follow("/hook")
    first = followers.publish(a_lesson("l-1"))[0]
    followers.tell()
    second = followers.publish(LessonRevised(first.id, "beter", a_lesson("l-1", "Nieuwer")))[0]
    followers.tell()
    followers.publish(LessonWithdrawn(first.id, "de oude niet"))
    followers.tell()
    followers.publish(LessonWithdrawn(second.id, "toch niet"))
    followers.tell()
    recalls = [one["data"] for one in told(followers, "/hook")[2:]]
    assert [(one["entry"], one["current"]) for one in recalls] == [(first.id, second.id), (first.id, None)]


def test_what_is_taken_back_while_it_waits_becomes_its_withdrawal_and_is_told_once(followers: Followers) -> None:
    waits = followers.follow("/hook")
    followers.do(subscriptions.pause, waits, followers.held.now, "test")
    withdrawn, revised, destroyed, stays = (followers.publish(a_lesson(f"l-{one}"))[0] for one in range(4))
    followers.tell()
    newer = followers.publish(LessonRevised(revised.id, "beter", a_lesson("l-1", "Nieuwer")))[0]
    followers.publish(LessonWithdrawn(withdrawn.id, "klopte niet"), EventRedacted(destroyed.id, "een naam"))
    followers.tell()
    followers.resume(waits)
    followers.tell()
    assert followers.items("/hook") == [
        ("recall.redacted", destroyed.id),  # before its turn
        ("recall.withdrawn", withdrawn.id),
        ("lesson.published", stays.id),
        ("lesson.revised", newer.id),
    ]


def test_what_was_destroyed_is_told_to_everyone_and_their_answer_is_their_word(followers: Followers) -> None:
    everything, chosen = followers.follow("/all"), followers.follow("/none", facets={"theme": ["nergens"]})
    partner = followers.follow("/partner", followers.partner(), "partners")
    cell = figures("h.dm_prev", {("t", "t", "t"): Exact(100, 1000)}, region_set="invented")
    number = followers.publish(cell)[0]
    inside = followers.publish(a_lesson("l-1"), audience="network")[0]
    followers.receiver.answers("/partner", 500)
    followers.publish(EventRedacted(number.id, "een naam"), EventRedacted(inside.id, "een naam"), audience="network")
    with followers.hub.engine.connect() as connection:
        waits = {one.recall.event_id: one.open for one in answered_recalls(connection)}
    assert waits == {number.id: (partner_owner("Vilans"),), inside.id: ()}, "the region itself need not say so"
    followers.tell()
    both = [("recall.redacted", number.id), ("recall.redacted", inside.id)]
    assert (followers.items("/none"), followers.items("/partner")) == (both, both[:1])
    assert followers.items("/all") == both, "the lesson was never told"
    followers.receiver.answers("/partner", 204)
    followers.later(seconds=6)
    followers.tell()
    with followers.hub.engine.connect() as connection:
        kept = set(connection.execute(select(acknowledgement.c.by_event, acknowledgement.c.subscriber)).all())
        assert [one.open for one in answered_recalls(connection)] == [(), ()]
    by_number, by_lesson = followers.region.chain[-2].id, followers.region.chain[-1].id
    own = region_owner("XR-ALFA")
    assert kept == {(by_number, own), (by_lesson, own), (by_number, partner_owner("Vilans"))}
    assert "reason" in told(followers, "/partner")[0]["data"]["recall"]
    assert told(followers, "/partner")[0]["data"]["recall"]["reason"] is None, "it is for the network alone"
    assert {one: followers.one(one).failures for one in (everything, chosen, partner)} == dict.fromkeys(
        (everything, chosen, partner), 0
    )


def test_what_was_destroyed_is_told_before_what_an_endpoint_does_not_take(followers: Followers) -> None:
    hook = followers.follow("/hook")
    first, second, third = (followers.publish(a_lesson(f"l-{one}"))[0] for one in range(3))
    followers.receiver.answers("/hook", 400)
    followers.tell()
    followers.later(seconds=6)
    followers.tell()  # the wait is five minutes now
    assert followers.items("/hook") == [("lesson.published", first.id)] * 2
    followers.receiver.answers("/hook", 204)
    waited = followers.held.now + timedelta(seconds=10)
    followers.publish(EventRedacted(third.id, "een naam"))
    followers.held.now = waited  # it came within the wait
    followers.tell()
    assert followers.items("/hook")[2:] == [("recall.redacted", third.id)]
    assert followers.one(hook).failures == 2, "the other message waits on"
    followers.later(minutes=6)
    followers.tell()
    assert followers.items("/hook")[3:] == [("lesson.published", first.id), ("lesson.published", second.id)]
    assert followers.one(hook).failures == 0


def test_a_subscription_ends_with_what_its_owner_may_read(followers: Followers) -> None:
    partner = followers.follow("/partner", followers.partner(), "partners")
    account = account_owner("anna")
    with followers.hub.engine.begin() as connection:
        add_account(connection, "anna", "anna@example.nl", ["national"], followers.held.now)
    person = followers.follow("/anna", account)
    followers.publish(a_lesson("l-1"))
    followers.tell()
    with followers.hub.engine.begin() as connection:
        revoke_tokens_of(connection, partner_owner("Vilans"), followers.held.now)
        disable_account(connection, "anna", followers.held.now)
    followers.publish(a_lesson("l-2"))
    followers.tell()
    assert (len(followers.receiver.at("/partner")), len(followers.receiver.at("/anna"))) == (1, 1)
    assert {(followers.one(one).state, followers.one(one).why) for one in (partner, person)} == {("paused", "access")}
    followers.partner("Vilans", "public")
    followers.resume(partner)
    followers.tell()
    assert followers.one(partner).why == "access", "a token that reads less is no way back"
