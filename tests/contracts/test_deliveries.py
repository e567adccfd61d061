"""Deliveries when something is in the way: dead, slow and hanging endpoints, crashes, several processes, replays."""

from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest

from hub.serving import subscriptions
from hub.serving.announced import announce
from hub.serving.attempts import WAITS, new_claim, take
from hub.serving.delivering import deliver
from hub.serving.lanes import OF_AN_OWNER
from hub.serving.subscriptions import HostNamedWithoutPort, check_ports
from schemas.payloads import LessonWithdrawn
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.followers import HERE, Followers, delivering, following, soon
from tests.support.held_by_hub import a_lesson


@pytest.fixture
def followers(chains_at_hub: ChainsAtHub) -> Iterator[Followers]:
    with following(chains_at_hub) as found:
        yield found


def test_ten_attempts_over_three_days_then_it_is_paused_and_nothing_is_lost(followers: Followers) -> None:
    assert sum(WAITS) == 75 * 3600 + 35 * 60 + 5
    hook = followers.follow("/hook")
    followers.receiver.answers("/hook", 503)
    first, second = followers.publish(a_lesson("l-1"), a_lesson("l-2"))
    followers.tell()
    for tried, wait in enumerate(WAITS, 1):
        assert (followers.one(hook).state, followers.one(hook).failures) == ("active", tried)
        followers.later(seconds=wait * 0.89 - 1)  # times are kept in whole seconds
        followers.tell()
        assert len(followers.receiver.got) == tried, "sooner than jitter allows"
        followers.later(seconds=wait * 0.22 + 2)
        followers.tell()
    assert followers.items("/hook") == [("lesson.published", first.id)] * 10
    assert len({one.headers["webhook-id"] for one in followers.receiver.got}) == 1
    found = followers.one(hook)
    assert (found.state, found.why, found.failures) == ("paused", "unanswered", 10)
    assert [(one.number, one.status, one.outcome) for one in followers.log(hook)] == [
        (number, 503, "refused") for number in range(1, 11)
    ]
    followers.receiver.answers("/hook", 204)
    followers.later(days=30)
    followers.tell()
    assert len(followers.receiver.got) == 10, "paused is paused"
    followers.resume(hook)
    followers.tell()
    assert followers.items("/hook")[10:] == [("lesson.published", first.id), ("lesson.published", second.id)]


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "why"),
    [
        (410, {}, "gone", "gone"),
        (302, {"Location": "http://127.0.0.1/elsewhere"}, "redirected", ""),
        (404, {}, "refused", ""),
    ],
)
def test_what_an_endpoint_answers_is_told_to_its_owner(
    followers: Followers, status: int, headers: dict[str, str], outcome: str, why: str
) -> None:
    hook = followers.follow("/hook")
    followers.receiver.answers("/hook", status, **headers)
    followers.publish(a_lesson("l-1"))
    followers.tell()
    assert followers.outcomes(hook) == [outcome]
    assert (followers.one(hook).why, followers.log(hook)[0].status) == (why, status)
    assert [one.path for one in followers.receiver.got] == ["/hook"]


def test_an_address_that_has_come_to_lead_inside_pauses_at_once(followers: Followers) -> None:
    hook = followers.follow("/hook")
    followers.poster = type(followers.poster)()  # the operator has taken the host's name back
    followers.publish(a_lesson("l-1"))
    followers.tell()
    assert (followers.outcomes(hook), followers.one(hook).why) == (["address"], "address")
    assert followers.receiver.got == []


def test_the_hub_does_not_start_while_a_named_host_lacks_the_port_that_a_subscription_goes_to(
    followers: Followers,
) -> None:
    hook, place = followers.follow("/hook"), followers.receiver.place
    with followers.hub.engine.connect() as connection:
        check_ports(connection, {place})
        with pytest.raises(HostNamedWithoutPort, match=f"{hook} cannot be served.* add {place} to it"):
            check_ports(connection, {HERE})
    followers.do(subscriptions.pause, hook, followers.held.now, "test")
    with followers.hub.engine.connect() as connection:
        check_ports(connection, {HERE})


def test_healthy_endpoints_are_told_while_others_hang_fail_or_lead_away(followers: Followers) -> None:
    ways = {
        0: lambda path: followers.receiver.hangs(path),
        1: lambda path: followers.receiver.answers(path, 500),
        2: lambda path: followers.receiver.answers(path, 307, Location="/elsewhere"),
    }
    made: dict[str, str] = {}
    owners = [followers.partner(f"P{one}", "network") for one in range(5)]
    for number in range(50):
        path = f"/{number}"
        if number % 5 in ways:
            ways[number % 5](path)
        made[path] = followers.follow(path, owners[number % 5], is_looked=number == 0)
    healthy = [path for path in made if int(path[1:]) % 5 > 2]
    hanging = [path for path in made if int(path[1:]) % 5 == 0]
    first = followers.publish(a_lesson("l-1"))[0].id
    announce(followers.hub.engine, followers.hub.clock)
    with delivering(followers) as work:
        work.deliver_what_is_due(followers.hub)
        assert soon(lambda: all(len(followers.receiver.at(path)) == 1 for path in healthy))
        assert all(followers.outcomes(made[path]) == [] for path in hanging), "they hang on"
        work.deliver_what_is_due(followers.hub)  # who is being served is left to it
        later = followers.publish(a_lesson("l-9"))[0].id
        announce(followers.hub.engine, followers.hub.clock)

        def all_have_it() -> bool:
            work.deliver_what_is_due(followers.hub)
            return all(len(followers.receiver.at(path)) == 2 for path in healthy)

        assert soon(all_have_it)
    expected = [("lesson.published", first), ("lesson.published", later)]
    assert [path for path in healthy if followers.items(path) != expected] == []
    followers.receiver.ways.clear()
    followers.later(minutes=10)
    followers.tell()
    got = {path: [event for _, event in dict.fromkeys(followers.items(path))] for path in made}
    assert got == {path: [first, later] for path in made}, "nothing is lost, and all is in order"


def test_one_owner_with_many_slow_endpoints_delays_nobody_elses(followers: Followers) -> None:
    greedy, other = followers.partner("Greedy", "network"), followers.partner("Other", "network")
    followers.follow("/other", other)
    for number in range(20):
        followers.follow(f"/{number}", greedy, is_looked=False)
    for path in ("/other", *(f"/{number}" for number in range(20))):
        followers.receiver.answers(path, 503)
    followers.publish(a_lesson("l-1"))
    followers.tell()  # all have failed once, so all are in the lane of those that wait for each other
    for number in range(20):
        followers.receiver.hangs(f"/{number}")
    followers.receiver.answers("/other", 204)
    followers.receiver.got.clear()
    followers.later(minutes=1)
    with delivering(followers) as work:
        work.deliver_what_is_due(followers.hub)
        assert soon(lambda: len(followers.receiver.at("/other")) == 1)
        assert len(followers.receiver.got) <= 1 + OF_AN_OWNER[1]


def test_what_dies_between_sending_and_keeping_is_sent_again_under_the_same_number(followers: Followers) -> None:
    hook = followers.follow("/hook")
    lesson = followers.publish(a_lesson("l-1"))[0]
    announce(followers.hub.engine, followers.hub.clock)
    died = take(followers.hub, hook, new_claim())
    assert died is not None
    followers.poster.post(died.address, died.headers, died.message.body)  # and then the process is gone
    followers.tell()
    assert len(followers.receiver.got) == 1, "its claim holds for a while"
    followers.later(minutes=3)
    followers.publish(LessonWithdrawn(lesson.id, "klopte niet"))
    followers.tell()
    assert followers.items("/hook") == [("lesson.published", lesson.id), ("recall.withdrawn", lesson.id)]
    assert len({one.headers["webhook-id"] for one in followers.receiver.got}) == 2, "another message"


def test_the_same_message_keeps_its_number_and_body_after_a_crash(followers: Followers) -> None:
    hook = followers.follow("/hook")
    followers.publish(a_lesson("l-1"))
    announce(followers.hub.engine, followers.hub.clock)
    died = take(followers.hub, hook, new_claim())
    assert died is not None
    followers.poster.post(died.address, died.headers, died.message.body)
    followers.later(minutes=3)
    followers.tell()
    first, again = followers.receiver.got
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
    assert first.headers["webhook-timestamp"] != again.headers["webhook-timestamp"]
    again.read(followers.secrets[hook], followers.held.now)


def test_several_processes_send_nothing_twice(followers: Followers) -> None:
    hooks = [followers.follow(f"/{number}") for number in range(4)]
    followers.publish(*(a_lesson(f"l-{one}") for one in range(3)))
    barrier = Barrier(4)

    def work() -> None:
        barrier.wait()
        announce(followers.hub.engine, followers.hub.clock)
        for hook in hooks:
            deliver(followers.hub, followers.poster.post, hook)

    threads = [Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    followers.tell()
    got = [(one.path, one.headers["webhook-id"]) for one in followers.receiver.got]
    assert len(got) == len(set(got)) == 12


def test_what_is_slow_but_answers_keeps_its_order_in_the_other_lane(followers: Followers) -> None:
    hook = followers.follow("/hook")
    events = followers.publish(*(a_lesson(f"l-{one}") for one in range(3)))

    def slowly(address: str, headers: Any, body: bytes) -> Any:
        return followers.poster.post(address, headers, body)._replace(milliseconds=9000)

    for _ in events:
        followers.tell(slowly)  # one at a time, so that it takes no thread from others for long
    assert followers.items("/hook") == [("lesson.published", one.id) for one in events]
    assert [one.milliseconds for one in followers.log(hook)] == [9000] * 3


def test_an_error_that_nobody_foresaw_is_told_without_its_text_and_tried_again(
    followers: Followers, caplog: pytest.LogCaptureFixture
) -> None:
    hook = followers.follow("/hook")
    followers.publish(a_lesson("l-1"))
    announce(followers.hub.engine, followers.hub.clock)
    real = followers.poster

    class Broken:
        def post(self, *_: Any) -> Any:
            raise RuntimeError("een woord uit de les")

    followers.poster = Broken()  # type: ignore[assignment]
    with delivering(followers) as work:
        work.deliver_what_is_due(followers.hub)
        work.wait()
        work.deliver_what_is_due(followers.hub)
    assert f"A delivery to subscription {hook} ended by a RuntimeError." in caplog.text
    assert "een woord uit de les" not in caplog.text
    followers.poster = real
    followers.later(minutes=3)
    followers.tell()
    assert len(followers.receiver.got) == 1
