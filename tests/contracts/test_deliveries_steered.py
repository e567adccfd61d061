"""What owners do to their subscriptions while messages go out: replays, new secrets, tests, removal; and the log."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from hub.bootstrap import make_hub
from hub.serving import subscriptions
from hub.serving.announced import announce
from hub.serving.attempts import new_claim, settle, take
from hub.serving.coming import coming
from hub.serving.delivering import LOG_KEPT, deliver, forget_old_attempts
from hub.serving.search import fitting_among
from schemas.payloads import EventRedacted
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.followers import HERE, Followers, following
from tests.support.held_by_hub import a_lesson
from tests.support.receivers import answered


@pytest.fixture
def followers(chains_at_hub: ChainsAtHub) -> Iterator[Followers]:
    with following(chains_at_hub) as found:
        yield found


def test_a_replay_sends_again_from_a_moment_under_the_same_numbers(followers: Followers) -> None:
    hook = followers.follow("/hook")
    events = [followers.publish(a_lesson(f"l-{one}"))[0].id for one in range(3)]
    moment = f"{followers.held.now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    followers.tell()
    followers.do(subscriptions.replay, hook, moment, followers.held.now, "test")
    followers.tell()
    assert [event for _, event in followers.items("/hook")] == [*events, *events[1:]]
    numbers = [one.headers["webhook-id"] for one in followers.receiver.got]
    assert numbers[3:] == numbers[1:3]
    assert [one.number for one in followers.log(hook)] == [1] * 5, "attempts are counted anew"


def test_a_replay_that_is_asked_for_while_something_is_sent_begins_where_it_was_told_to(followers: Followers) -> None:
    hook = followers.follow("/hook")
    followers.publish(a_lesson("l-1"), a_lesson("l-2"))
    announce(followers.hub.engine, followers.hub.clock)
    claim = new_claim()
    due = take(followers.hub, hook, claim)
    assert due is not None
    followers.do(subscriptions.replay, hook, "2000-01-01T00:00:00Z", followers.held.now, "test")
    settle(followers.hub, due, followers.poster.post(due.address, due.headers, due.message.body))
    followers.later(minutes=3)
    followers.tell()
    assert len(followers.items("/hook")) == 3


def test_others_write_while_a_replay_looks_for_what_it_sends(
    followers: Followers, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = followers.follow("/hook", q="rooster")
    followers.publish(*(a_lesson(f"l-{one}") for one in range(3)))
    last = followers.publish(a_lesson("l-rooster", title="Het rooster"))[0]
    followers.tell()
    followers.do(subscriptions.replay, hook, "2000-01-01T00:00:00Z", followers.held.now, "test")
    written: list[str] = []

    def looks(*given: Any) -> Any:
        written.append(followers.partner(f"P{len(written)}"))
        return fitting_among(*given)

    monkeypatch.setattr("hub.serving.coming.fitting_among", looks)
    followers.tell()
    assert [event for _, event in followers.items("/hook")] == [last.id] * 2
    assert len(written) >= 2


def test_what_is_told_by_another_process_while_this_one_looks_is_not_sent_twice(
    followers: Followers, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = followers.follow("/hook")
    lesson = followers.publish(a_lesson("l-1"))[0]
    followers.tell()
    followers.publish(EventRedacted(lesson.id, "een naam"))
    real, others = coming, [followers.poster.post]

    def looks(*given: Any) -> Any:
        found = real(*given)
        if others:
            deliver(followers.hub, others.pop(), hook)
        return found

    monkeypatch.setattr("hub.serving.attempts.coming", looks)
    followers.tell()
    kinds = [kind for kind, _ in followers.items("/hook")]
    assert kinds == ["lesson.published", "recall.redacted"]


def test_a_renewed_secret_signs_beside_the_old_one_for_a_day(followers: Followers) -> None:
    hook = followers.follow("/hook")
    old = followers.secrets[hook]
    renew = lambda connection, one, **how: subscriptions.renew_secret(connection, followers.hub, one, "test", **how)  # noqa: E731
    _, new = followers.do(renew, hook)
    followers.publish(a_lesson("l-1"))
    followers.tell()
    both = followers.receiver.got[0]
    assert both.headers["webhook-signature"].count("v1,") == 2
    assert both.read(old, followers.held.now) == both.read(new, followers.held.now)
    followers.later(days=1)
    followers.publish(a_lesson("l-2"))
    followers.tell()
    one = followers.receiver.got[1]
    one.read(new, followers.held.now)
    with pytest.raises(Exception, match="No matching signature"):
        one.read(old, followers.held.now)
    _, last = followers.do(lambda connection, found: renew(connection, found, is_lost=True), hook)
    followers.publish(a_lesson("l-3"))
    followers.tell()
    with pytest.raises(Exception, match="No matching signature"):
        followers.receiver.got[2].read(new, followers.held.now)
    assert followers.receiver.got[2].read(last, followers.held.now)["type"] == "lesson.published"


def test_a_test_is_sent_once_also_to_who_is_paused_and_moves_nothing(followers: Followers) -> None:
    hook = followers.follow("/hook")
    followers.do(subscriptions.pause, hook, followers.held.now, "test")
    lesson = followers.publish(a_lesson("l-1"))[0]
    number = followers.do(subscriptions.ask_for_test, hook)
    followers.receiver.answers("/hook", 500)
    followers.tell()
    followers.later(hours=1)
    followers.tell()
    assert [one.headers["webhook-id"] for one in followers.receiver.got] == [number]
    assert followers.outcomes(hook) == ["refused"]
    followers.receiver.answers("/hook", 204)
    followers.resume(hook)
    followers.tell()
    assert followers.items("/hook") == [("webhook.test", ""), ("lesson.published", lesson.id)]


def test_a_subscription_removed_while_it_is_sent_leaves_nothing(followers: Followers) -> None:
    hook = followers.follow("/hook")
    followers.publish(a_lesson("l-1"))
    announce(followers.hub.engine, followers.hub.clock)
    due = take(followers.hub, hook, new_claim())
    assert due is not None
    followers.do(subscriptions.remove, hook, followers.held.now, "test")
    assert not settle(followers.hub, due, followers.poster.post(due.address, due.headers, due.message.body))
    assert followers.log(hook) == []


def test_the_log_is_kept_for_three_months_and_holds_nothing_of_an_answer(followers: Followers) -> None:
    hook = followers.follow("/hook")
    followers.receiver.ways["/hook"] = lambda handler, _: answered(handler, 500, {"X-Secret": "een geheim woord"})
    followers.publish(a_lesson("l-1"))
    followers.tell()
    assert "een geheim woord" not in repr(followers.log(hook))
    followers.held.now += LOG_KEPT - timedelta(hours=1)
    forget_old_attempts(followers.hub)
    assert len(followers.log(hook)) == 1
    followers.later(hours=2)
    forget_old_attempts(followers.hub)
    assert followers.log(hook) == []


def test_a_secret_that_another_key_sealed_pauses_and_is_mended_by_a_new_one(
    followers: Followers, tmp_path: Any
) -> None:
    hook = followers.follow("/hook")
    followers.publish(a_lesson("l-1"))
    announce(followers.hub.engine, followers.hub.clock)
    other = make_hub(tmp_path / "other", {})
    deliver(type(other)(followers.hub.engine, other.key, followers.hub.settings, followers.hub.clock),
            followers.poster.post, hook)  # fmt: skip
    other.engine.dispose()
    assert (followers.one(hook).why, followers.receiver.got) == ("secret", [])
    assert HERE in followers.one(hook).address
    _, secret = followers.do(
        lambda connection, one: subscriptions.renew_secret(connection, followers.hub, one, "test", is_lost=True), hook
    )
    followers.resume(hook)
    followers.tell()
    assert followers.receiver.got[0].read(secret, followers.held.now)["type"] == "lesson.published"
