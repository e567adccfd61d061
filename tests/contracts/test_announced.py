"""The list of what each audience can be told of: in order, once, whoever adds to it, also of what came late."""

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from hub.flow import receive
from hub.intake.rebuild import rebuild
from hub.serving import announced
from hub.serving.announced import Announcing, announce, before, last_announced
from hub.tables import announcement
from schemas.cloudevents import to_cloudevent
from schemas.codes import Audience
from schemas.payloads import EventRedacted, LessonRevised, LessonWithdrawn
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.followers import Followers, following
from tests.support.held_by_hub import a_lesson


@pytest.fixture
def followers(chains_at_hub: ChainsAtHub) -> Iterator[Followers]:
    with following(chains_at_hub) as found:
        yield found


def listed(followers: Followers, reader: Audience = "network") -> list[tuple[str, str]]:
    with followers.hub.engine.connect() as connection:
        wanted = select(announcement).where(announcement.c.audience == reader).order_by(announcement.c.id)
        return [(one.kind, one.told) for one in connection.execute(wanted)]


def test_a_hub_that_held_lessons_before_lists_them_in_their_order_at_their_times(
    followers: Followers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announced, "_MOST", 2)  # a few at a time
    made = [followers.publish(a_lesson(f"l-{one}"), a_lesson(f"m-{one}")) for one in range(3)]
    gone = followers.publish(LessonWithdrawn(made[0][0].id, "klopte niet"))[0]
    destroyed = followers.publish(EventRedacted(made[0][1].id, "een naam"))[0]
    last = followers.publish(a_lesson("n-1"))[0]
    while announce(followers.hub.engine, followers.hub.clock):
        pass
    live = [one.id for pair in made[1:] for one in pair]
    assert listed(followers, "public") == [
        *(("published", one) for one in live),
        ("withdrawn", gone.id),
        ("redacted", destroyed.id),
        ("published", last.id),
    ]
    with followers.hub.engine.connect() as connection:
        found = connection.execute(select(announcement.c.at).where(announcement.c.audience == "public")).scalars()
        assert sorted(one[11:13] for one in found) == ["14", "14", "15", "15", "16", "17", "18"]


def test_what_came_late_is_listed_when_it_came_and_found_by_a_replay_since_then(followers: Followers) -> None:
    late = followers.region.release([a_lesson("l-1")], "public")[0]
    bare = to_cloudevent(late.envelope, None, None)
    assert receive([bare], followers.hub)[0].outcome == "accepted"
    followers.follow("/hook")
    other = followers.publish(a_lesson("l-2"))[0]
    followers.tell()
    assert followers.items("/hook") == [("lesson.published", other.id)]
    followers.later(days=1)
    moment = f"{followers.held.now:%Y-%m-%dT%H:%M:%SZ}"
    assert receive([late.body], followers.hub)[0].outcome in ("accepted", "duplicate")
    followers.tell()
    assert followers.items("/hook")[1:] == [("lesson.published", late.id)]
    with followers.hub.engine.connect() as connection:
        assert before(connection, "public", moment) == last_announced(connection, "public") - 1


def test_several_that_add_list_everything_once(followers: Followers) -> None:
    made = followers.publish(*(a_lesson(f"l-{one}") for one in range(5)))
    followers.publish(LessonRevised(made[0].id, "beter", a_lesson("l-0", "Nieuwer")))
    barrier = Barrier(3)

    def work() -> None:
        barrier.wait()
        announce(followers.hub.engine, followers.hub.clock)

    threads = [Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = listed(followers)
    assert len(found) == len(set(found)) == 5
    assert found[-1][0] == "revised"


def test_projections_that_are_made_again_announce_nothing_again(followers: Followers) -> None:
    followers.publish(a_lesson("l-1"), a_lesson("l-2"))
    announce(followers.hub.engine, followers.hub.clock)
    before_it = listed(followers)
    rebuild(followers.hub.engine)
    announce(followers.hub.engine, followers.hub.clock)
    assert listed(followers) == before_it


def test_the_schedule_looks_only_where_something_came(followers: Followers, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []
    real = announce

    def counted(*given: object, **how: bool) -> int:
        looked.append(how["everything"])
        return real(followers.hub.engine, followers.hub.clock, **how)

    monkeypatch.setattr(announced, "announce", counted)
    announcing = Announcing()
    ask = (followers.hub.engine, followers.hub.clock)
    assert announcing.announce_what_came(*ask) == 0
    assert [announcing.announce_what_came(*ask) for _ in range(3)] == [0, 0, 0]
    assert looked == [True]
    lesson = followers.publish(a_lesson("l-1"))[0]
    assert announcing.announce_what_came(*ask) == 3
    assert announcing.announce_what_came(*ask) == 0
    followers.publish(LessonWithdrawn(lesson.id, "klopte niet"))
    assert announcing.announce_what_came(*ask) == 3
    assert len(looked) <= 5
