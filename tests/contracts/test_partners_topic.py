"""What partners are given by Kafka, on both databases: what they may read, in order, and how each lesson stands."""

from contextlib import closing
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import select

from connectors.database import writing
from connectors.transport.kafka_topic import KafkaTopicWriter
from hub import partners_topic
from hub.config import Hub
from hub.partners_topic import PartnersTopic, batch, begin_again, oldest_unwritten
from hub.tables.partners import partner_stream, partner_written
from schemas.cloudevents import CloudEvent, from_cloudevent
from schemas.codes import EventType
from schemas.delivery import TransportUnavailable
from schemas.envelope import check_signature, event_id
from schemas.payloads import EventRedacted, LessonPublished, LessonRevised, LessonWithdrawn
from tests.support.events import SignedEvent, TestRegion, diabetes, lesson
from tests.support.hub_stores import Clock, join
from tests.support.kafka.administration import SecuredBroker
from tests.support.partners_topic import Given, Topic
from tests.support.transports_kafka import HASTE, new_topic


@pytest.fixture
def given(stored_hub: Hub) -> Given:
    """Offer a hub that writes to a topic."""
    return Given(stored_hub)


def named(name: str, title: str = "Een les") -> LessonPublished:
    return msgspec.structs.replace(lesson(title), lesson=name)


def revised(earlier: SignedEvent, name: str, title: str = "Herzien") -> LessonRevised:
    return LessonRevised(earlier.id, "Een cijfer klopte niet.", named(name, title))


def test_partners_get_what_they_may_read_once_in_the_order_in_which_it_came(given: Given) -> None:
    assert given.tell() == []
    wanted = [given.say(named("a"), "public"), given.say(named("b"))]
    given.say(named("c"), "network")
    given.say(diabetes(800))
    wanted.append(given.say(revised(wanted[0], "a"), "public"))
    assert given.tell() == [one.id for one in wanted]
    assert given.tell() == []
    keys = [key.decode() for key, _ in given.topic.messages]
    assert keys == [wanted[0].id, wanted[1].id, wanted[0].id]


def test_a_message_is_the_regions_own_signed_event(given: Given) -> None:
    made = given.say(named("a"))
    given.tell()
    (_, body), *_ = given.topic.messages
    assert body == made.body
    envelope, salt, payload = from_cloudevent(msgspec.json.decode(body or b"", type=CloudEvent))
    check_signature(envelope, given.region.service.public)
    assert (event_id(envelope), salt, payload) == (made.id, made.salt, made.payload)


def test_late_comers_find_every_lesson_as_it_stands(given: Given) -> None:
    first = given.say(named("a"))
    others = [given.say(named(f"l-{number}")) for number in range(5)]
    given.tell()
    second = given.say(revised(first, "a"))
    took = given.say(LessonWithdrawn(others[0].id, "Het klopte niet."))
    given.say(EventRedacted(others[1].id, "Er stond een naam in."))
    given.tell()
    left = given.topic.compacted()
    assert left[first.id.encode()]["id"] == second.id
    assert left[others[0].id.encode()]["id"] == took.id
    assert others[1].id.encode() not in left
    assert {key.decode() for key in left} == {first.id, others[0].id, *(one.id for one in others[2:])}


def test_a_destroyed_lesson_has_a_notice_and_then_a_message_without_a_body(given: Given) -> None:
    made = given.say(named("a", "Hier stond een naam"))
    given.tell()
    order = given.say(EventRedacted(made.id, "Er stond een naam in."))
    assert given.tell() == [order.id, ""]
    assert {key for key, _ in given.topic.messages} == {made.id.encode()}
    assert "naam in" in (given.topic.messages[1][1] or b"").decode()


def test_what_was_destroyed_is_told_once_more_so_that_a_quiet_broker_lets_go_of_it(given: Given, clock: Clock) -> None:
    made, kept = given.say(named("a", "Hier stond een naam")), given.say(named("b"))
    given.tell()
    given.say(EventRedacted(made.id, "Er stond een naam in."))
    later = given.say(revised(kept, "b"))
    given.say(EventRedacted(kept.id, "Er stond een naam in."))
    given.tell()
    assert given.tell() == []
    clock.move(minutes=64)
    assert given.tell() == []
    clock.move(minutes=2)
    told = given.tell()
    assert sorted(told) == ["", later.id], "never the place of a wording that holds is taken"
    clock.move(days=2)
    assert given.tell() == []


def test_an_earlier_wording_that_is_destroyed_leaves_the_later_one_standing(given: Given) -> None:
    first = given.say(named("a"))
    given.tell()
    second = given.say(revised(first, "a"))
    order = given.say(EventRedacted(first.id, "Er stond een naam in."))
    assert given.tell() == [second.id, order.id, second.id]
    assert [one["id"] for one in given.topic.compacted().values()] == [second.id]


def test_a_destroyed_reason_leaves_the_withdrawal_without_it(given: Given) -> None:
    made = given.say(named("a"))
    given.tell()
    took = given.say(LessonWithdrawn(made.id, "Hier stond een naam."))
    given.tell()
    order = given.say(EventRedacted(took.id, "Er stond een naam in."))
    assert given.tell() == [order.id, took.id]
    (left,) = given.topic.compacted().values()
    assert (left["id"], left.get("data")) == (took.id, None)


def test_why_is_told_to_those_it_is_for_and_that_it_is_withdrawn_to_all(given: Given) -> None:
    made = given.say(named("a"))
    given.tell()
    took = given.say(LessonWithdrawn(made.id, "Een reden voor het netwerk."), "network")
    assert given.tell() == [took.id]
    body = given.topic.messages[-1][1] or b""
    assert b"reden" not in body
    assert msgspec.json.decode(body)["type"] == EventType.LESSON_WITHDRAWN


def test_what_partners_may_no_longer_read_is_not_given_to_them_now(given: Given) -> None:
    made, gone = given.say(named("a", "Ingetrokken")), given.say(named("b", "Vernietigd"))
    given.say(LessonWithdrawn(made.id, "Het klopte niet."))
    given.say(EventRedacted(gone.id, "Er stond een naam in."))
    assert given.tell() == []
    again = given.say(named("a", "Opnieuw"))
    assert given.tell() == [again.id]


def test_a_lesson_that_comes_back_has_the_key_it_had(given: Given) -> None:
    made = given.say(named("a"))
    given.tell()
    took = given.say(LessonWithdrawn(made.id, "Nog niet af."))
    again = given.say(named("a", "Nu wel"))
    given.tell()
    assert given.topic.told == [made.id, took.id, again.id] or given.topic.told == [
        made.id,
        took.id,
        again.id,
        again.id,
    ]
    assert list(given.topic.compacted()) == [made.id.encode()]
    assert given.topic.compacted()[made.id.encode()]["id"] == again.id


def test_what_comes_late_does_not_take_the_place_of_what_holds(given: Given) -> None:
    first, second = (given.region.release([one], "partners")[0] for one in (named("a"), named("b")))
    (third,) = given.region.release([revised(first, "a")], "partners")
    for made in (second, third):
        given.take(made)
    assert given.tell() == [second.id, third.id]
    given.take(first)
    assert given.tell() == [first.id, third.id]
    left = given.topic.compacted()
    assert left[given.topic.messages[1][0]]["id"] == third.id
    assert len({key for key, _ in given.topic.messages}) == 2


def test_no_region_takes_back_what_another_said(given: Given) -> None:
    made = given.say(named("a"))
    given.tell()
    other = join(given.hub, TestRegion("XR-ANDERS"))
    given.say(LessonWithdrawn(made.id, "Niet van mij."), region=other)
    given.say(EventRedacted(made.id, "Niet van mij."), region=other)
    assert given.tell() == []


@pytest.mark.parametrize("takes", [0, 1, 3])
def test_a_broker_that_goes_away_gets_the_same_again_in_the_same_order(given: Given, takes: int) -> None:
    made = [given.say(named(name)) for name in "abc"]
    made.append(given.say(revised(made[0], "a")))
    given.topic.takes = takes
    with pytest.raises(TransportUnavailable):
        given.writes.write()
    given.topic.takes = 10**6
    ids = [one.id for one in made]
    assert given.tell() == ids
    assert given.topic.told == ids[:takes] + ids


def test_a_hub_that_dies_before_it_noted_writes_the_same_ids_again(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [given.say(named(name)).id for name in "ab"]
    monkeypatch.setattr(partners_topic, "_note", dies)
    with pytest.raises(KeyboardInterrupt):
        given.writes.write()
    monkeypatch.undo()
    assert given.tell() == made
    assert given.topic.told == made + made


def dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_of_two_processes_one_writes_and_the_other_takes_over(given: Given, clock: Clock) -> None:
    other = Topic()
    second = PartnersTopic(given.hub, other)
    first = given.say(named("a"))
    assert given.writes.write() == 1
    later = given.say(named("b"))
    assert second.write() == 0
    clock.move(minutes=6)
    assert second.write() == 1
    assert (given.topic.told, other.told) == ([first.id], [later.id])
    last = given.say(named("c"))
    assert given.writes.write() == 0
    second.close()
    assert given.tell() == [last.id]
    given.writes.close()
    with given.hub.engine.connect() as connection:
        assert connection.execute(select(partner_stream)).all() == []


def test_batches_go_on_where_the_last_one_ended(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "AT_ONCE", 2)
    made = [given.say(named(f"l-{number}")).id for number in range(5)]
    assert given.tell() == made


def test_a_lost_topic_is_filled_again(given: Given) -> None:
    made = [given.say(named(name)).id for name in "ab"]
    given.tell()
    with writing(given.hub.engine) as connection:
        assert begin_again(connection) == 2
    given.writes.close()
    given.writes = PartnersTopic(given.hub, given.topic)
    assert given.tell() == made


def test_the_doctor_can_see_what_waits_and_nothing_of_a_topic_that_is_not_used(given: Given) -> None:
    given.say(named("a"))
    with given.hub.engine.connect() as connection:
        assert oldest_unwritten(connection) is None
    given.tell()
    with given.hub.engine.connect() as connection:
        assert oldest_unwritten(connection) is None
    given.say(named("b"))
    with given.hub.engine.connect() as connection:
        assert oldest_unwritten(connection) == "2026-11-22T12:00:00Z"
        assert len(connection.execute(select(partner_written)).all()) == 1


@pytest.mark.real_kafka
def test_a_real_broker_keeps_keys_order_and_what_is_to_be_forgotten(
    running_hub: Any, kafka_broker: SecuredBroker
) -> None:
    given = Given(running_hub.hub)
    name = new_topic(kafka_broker)
    writer = KafkaTopicWriter({**kafka_broker.client_config(), **HASTE}, name)
    given.writes = PartnersTopic(given.hub, writer)
    first, second = given.say(named("a")), given.say(named("b"))
    given.writes.write()
    order = given.say(EventRedacted(first.id, "Er stond een naam in."))
    given.writes.write()
    given.writes.close()
    place, read = TopicPartition(name, 0), list[tuple[bytes, bytes | None]]()
    with closing(KafkaConsumer(**kafka_broker.client_config(), auto_offset_reset="earliest")) as consumer:
        consumer.assign([place])
        while consumer.position(place) < consumer.end_offsets([place])[place]:
            read += [(one.key, one.value) for found in consumer.poll(timeout_ms=1000).values() for one in found]
    assert [key.decode() for key, _ in read] == [first.id, second.id, first.id, first.id]
    assert [body for _, body in read] == [first.body, second.body, order.body, None]
