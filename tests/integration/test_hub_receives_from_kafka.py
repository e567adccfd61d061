"""The hub behind a real broker: what regions send is verified, stored with its position, and answered."""

import time
from collections.abc import Sequence
from contextlib import closing

import msgspec
import pytest
from kafka import KafkaProducer
from sqlalchemy import func, select

from connectors.transport.kafka import KafkaSender
from connectors.transport.kafka_notices import Letter
from hub.bootstrap import open_receiver
from hub.tables import event, transport_position
from schemas.codes import DEAD_LETTERS_TOPIC, PROTOCOL_HEADER
from schemas.delivery import Parcel
from schemas.receipt import Answer, Place, check_answer, check_receipt
from tests.support.events import TestRegion, diabetes
from tests.support.hub import RunningHub
from tests.support.kafka.administration import SecuredBroker
from tests.support.transports_kafka import HASTE, new_region, new_topic, values_in

PATIENCE_SECONDS = 30.0


def collected(sender: KafkaSender, count: int) -> Sequence[Answer]:
    answers: list[Answer] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while len(answers) < count and time.monotonic() < until:
        answers += sender.collect()
    return answers


@pytest.mark.real_kafka
def test_events_over_a_real_broker_are_stored_once_and_answered(
    running_hub: RunningHub, kafka_broker: SecuredBroker
) -> None:
    region = running_hub.enrol(TestRegion(new_region()))
    topic = new_topic(kafka_broker)
    config = {**kafka_broker.client_config(), **HASTE}
    sender = KafkaSender(config, region.code)
    made = region.release([diabetes(800), diabetes(810, "2024")])
    parcels = [Parcel(one.id, region.code, topic, one.body) for one in made]
    for expected in ("accepted", "duplicate"):
        receiver = open_receiver(running_hub.hub, config, (topic,))
        sender.send(parcels)
        taken, until = 0, time.monotonic() + PATIENCE_SECONDS
        while taken < 2 and time.monotonic() < until:
            taken += receiver.receive()
        receiver.close()
        answers = collected(sender, 2)
        assert [(a.event_id, a.outcome) for a in answers] == [(one.id, expected) for one in made]
        for answer in answers:
            assert answer.receipt is not None
            check_receipt(answer.receipt, running_hub.hub.key.public)
    sender.close()
    with running_hub.hub.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(event)) == 2
        place = transport_position.c.topic == topic
        assert connection.scalar(select(transport_position.c.next_offset).where(place)) == 4


@pytest.mark.real_kafka
def test_each_node_behind_a_broker_is_answered_in_the_form_that_its_messages_say_it_reads(
    running_hub: RunningHub, kafka_broker: SecuredBroker
) -> None:
    """A node of before among the others: its messages name the first protocol, or none."""
    region = running_hub.enrol(TestRegion(new_region()))
    topic = new_topic(kafka_broker)
    config = {**kafka_broker.client_config(), **HASTE}
    made = region.release([diabetes(800 + year, str(2015 + year)) for year in range(4)])
    with closing(KafkaProducer(**config)) as producer:
        for one, said in zip(made, (b"2", b"1", None, b"2"), strict=True):
            headers = [] if said is None else [(PROTOCOL_HEADER, said)]
            producer.send(topic, key=region.code.encode(), value=one.body, headers=headers)
        producer.flush()
    receiver = open_receiver(running_hub.hub, config, (topic,))
    taken, until = 0, time.monotonic() + PATIENCE_SECONDS
    while taken < 4 and time.monotonic() < until:
        taken += receiver.receive()
    receiver.close()
    with closing(KafkaSender(config, region.code)) as sender:
        answers = collected(sender, 4)
    receipts = [one.receipt for one in answers if one.receipt is not None]
    assert [one.event_id for one in receipts] == [one.id for one in made]
    assert [isinstance(one.batch, Place) for one in receipts] == [True, False, False, True]
    for receipt in receipts:
        check_receipt(receipt, running_hub.hub.key.public)


@pytest.mark.real_kafka
def test_who_watches_dead_letters_learns_where_a_refused_message_lies_and_why_and_not_what_it_says(
    running_hub: RunningHub, kafka_broker: SecuredBroker
) -> None:
    region = running_hub.enrol(TestRegion(new_region()))
    topic = new_topic(kafka_broker)
    config = {**kafka_broker.client_config(), **HASTE}
    sender = KafkaSender(config, region.code)
    good, other = region.release([diabetes(800), diabetes(810, "2024")])
    bad = other.body.replace(b'"network"', b'"public"', 1)
    sender.send([Parcel(good.id, region.code, topic, good.body), Parcel(other.id, region.code, topic, bad)])
    receiver = open_receiver(running_hub.hub, config, (topic,))
    taken, until = 0, time.monotonic() + PATIENCE_SECONDS
    while taken < 2 and time.monotonic() < until:
        taken += receiver.receive()
    receiver.close()
    sender.close()
    told = [value for value in values_in(kafka_broker, DEAD_LETTERS_TOPIC) if topic.encode() in value]
    assert len(told) == 1
    notice = msgspec.json.decode(told[0], type=Letter)
    assert (notice.topic, notice.partition, notice.offset) == (topic, 0, 1)
    assert notice.answer.outcome == "refused"
    check_answer(notice.answer, running_hub.hub.key.public)
    assert other.payload not in told[0]
    assert b'"numerator"' not in told[0]  # a figure's digits can be in any signature
