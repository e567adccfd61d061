"""A lesson that was destroyed is gone from the broker's own files, also where nothing else comes to the topic."""

import time
import zlib
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from hub.bootstrap import make_hub, open_partners_topic
from hub.config import Hub
from hub.flow import receive
from hub.partners_topic import LET_GO_AFTER
from schemas.payloads import EventRedacted
from tests.integration.test_attack_kafka import LESSONS, _rights
from tests.support.events import TestRegion, lesson
from tests.support.hub import RunningHub
from tests.support.hub_stores import Clock
from tests.support.kafka.broker import KafkaBroker
from tests.support.kafka.fixture import started_broker

pytestmark = [pytest.mark.real_kafka, pytest.mark.nightly]
# the times of the topic in a second each, as the test cannot wait for an hour
IN_SECONDS = {"segment.ms": "1000", "file.delete.delay.ms": "1000"}


def held(broker: KafkaBroker, body: bytes) -> bool:
    """Tell whether a message is in any file of the topic, packed or not."""
    return any(body in whole or any(body in one for one in _unpacked(whole)) for whole in _files(broker))


def _files(broker: KafkaBroker) -> list[bytes]:
    found = []
    for file in broker.files_of(LESSONS):
        try:
            found.append(file.read_bytes())
        except FileNotFoundError:  # the broker removed it meanwhile
            continue
    return found


def _unpacked(whole: bytes) -> list[bytes]:
    found, at = [], whole.find(b"\x1f\x8b\x08")
    while at >= 0:
        try:
            found.append(zlib.decompressobj(31).decompress(whole[at:]))
        except zlib.error:
            found.append(b"")
        at = whole.find(b"\x1f\x8b\x08", at + 1)
    return found


def test_the_words_of_a_destroyed_lesson_leave_the_brokers_files(tmp_path: Path) -> None:
    broker = started_broker()
    try:
        broker.add_user("hub")
        with closing(KafkaAdminClient(**broker.client_config())) as administrator:
            _rights().grant(administrator, {}, [])
            settings = {**_rights().COMPACTED, **IN_SECONDS}
            administrator.alter_configs([ConfigResource(ConfigResourceType.TOPIC, LESSONS, settings)])
        clock, made = Clock(), make_hub(tmp_path / "hub")
        hub = Hub(made.engine, made.key, made.settings, clock)
        region = RunningHub(hub).enrol(TestRegion("XR-ONE"))
        told = region.release([lesson()], "partners")[0]
        order = region.release([EventRedacted(told.id, "A name stood in it.")], "partners")[0]
        topic = open_partners_topic(hub, broker.client_config("hub"))
        for arriving in (told, order):
            assert receive([arriving.body], hub)[0].outcome == "accepted"
            assert topic.write() == 1
        assert held(broker, told.body)
        time.sleep(4)  # longer than a segment lasts here, and some turns of the cleaner
        assert held(broker, told.body), "a quiet topic keeps its last segment: else nothing needed to be told again"
        clock.move(seconds=LET_GO_AFTER / timedelta(seconds=1))
        assert topic.write() == 1
        deadline = time.monotonic() + 60
        while held(broker, told.body) and time.monotonic() < deadline:
            time.sleep(0.25)
        assert not held(broker, told.body)
        topic.close()
        made.engine.dispose()
    finally:
        broker.stop()
