"""What a region's, a stranger's and the hub's own login can do on a real broker with our rules.

Each does what is its own and no more; what is refused did not happen either, as the administrator sees.
"""

import importlib.util
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError, KafkaTimeoutError
from sqlalchemy import select

from connectors.transport.kafka import KafkaSender
from hub.bootstrap import make_hub, open_partners_topic, open_receiver
from hub.flow import receive
from hub.tables import event
from schemas.codes import TOPICS
from schemas.delivery import Parcel
from schemas.payloads import EventRedacted
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.hub import RunningHub
from tests.support.kafka.broker import KafkaBroker
from tests.support.kafka.fixture import started_broker
from tests.support.kafka.settings import CLIENT_MECHANISM

pytestmark = pytest.mark.real_kafka
RIGHTS = Path(__file__).parents[2] / "deploy" / "kafka" / "rights.py"
REGIONS = {"region_one": "XR-ONE", "region_two": "XR-TWO"}
PARTNER = "partner_a"
EVENTS, RECEIPTS = "regiohelix.indicators", "regiohelix.receipts"
LESSONS = "regiohelix.partners.lessons"
OF_HUB = ("User:hub", "*", ACLOperation.READ, ACLPermissionType.ALLOW, ResourcePattern(ResourceType.TOPIC, EVENTS))
FOR_ONE = ("User:region_one", *OF_HUB[1:])


def _rights() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rights", RIGHTS)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def broker() -> Iterator[KafkaBroker]:
    """Start a broker of its own, with the logins and the rules of a network of two regions."""
    started = started_broker()
    for user in ("hub", *REGIONS, PARTNER, "stranger"):
        started.add_user(user)
    with closing(KafkaAdminClient(**started.client_config())) as administrator:
        _rights().grant(administrator, REGIONS, [PARTNER])
    yield started
    started.stop()


@contextmanager
def _refused(what: str) -> Iterator[list[Any]]:
    """Let the block fail, or put an answer into the list, with this word in it."""
    answers: list[Any] = []
    try:
        yield answers
    except KafkaError as error:
        answers.append(type(error))
    assert re.search(what, str(answers)), answers


ACTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "make a topic": ("Authorization", lambda one: one.create_topics({"regiohelix.mine": {"num_partitions": 1}})),
    "delete a topic": ("Authorization", lambda one: one.delete_topics([EVENTS])),
    "delete events": (
        "AuthorizationFailed|UnknownTopic",
        lambda one: one.delete_records({TopicPartition(EVENTS, 0): 1}),
    ),
    "widen a topic": ("Authorization", lambda one: one.create_partitions({EVENTS: 3})),
    "give itself a right": ("Authorization", lambda one: one.create_acls([ACL(*FOR_ONE)])),
    "read the rules": ("Authorization", lambda one: one.describe_acls(ACLFilter(*OF_HUB))),
    "take the hub's right": ("Authorization", lambda one: one.delete_acls([ACLFilter(*OF_HUB)])),
    "read another's login": ("Authorization", lambda one: one.describe_user_scram_credentials(["hub"])),
    "set another's password": (
        "hub",
        lambda one: one.alter_user_scram_credentials(
            [UserScramCredentialUpsertion("hub", CLIENT_MECHANISM, "of the thief", iterations=8192)]
        ),
    ),
    "read the hub's group": ("Authorization", lambda one: one.describe_groups(["regiohelix-hub"])),
    "delete the hub's group": ("Authorization", lambda one: one.delete_groups(["regiohelix-hub"])),
    "read a neighbour's place": (
        "Authorization",
        lambda one: one.list_group_offsets({"regiohelix-node-XR-TWO": None}),
    ),
}


@pytest.mark.parametrize("user", ["region_one", PARTNER, "stranger"])
@pytest.mark.parametrize("act", ACTS)
def test_a_region_and_a_stranger_change_and_learn_nothing(broker: KafkaBroker, user: str, act: str) -> None:
    what, do = ACTS[act]
    with closing(KafkaAdminClient(**broker.client_config(user))) as client, _refused(what) as answers:
        answers.append(do(client))
    with closing(KafkaAdminClient(**broker.client_config())) as administrator:
        topics = administrator.describe_topics([EVENTS])
        assert len(topics[0]["partitions"]) == 1
        assert "regiohelix.mine" not in administrator.list_topics()
        assert administrator.describe_acls(ACLFilter(*OF_HUB))[0]
        assert not administrator.describe_acls(ACLFilter(*FOR_ONE))[0]
    KafkaAdminClient(**broker.client_config("hub")).close()  # its password is what it was


def test_a_region_cannot_keep_less_of_the_events_than_the_broker_was_told(broker: KafkaBroker) -> None:
    name = "max.message.bytes"
    with closing(KafkaAdminClient(**broker.client_config())) as administrator:
        before = administrator.describe_configs([ConfigResource(ConfigResourceType.TOPIC, EVENTS)])
        less = [ConfigResource(ConfigResourceType.TOPIC, EVENTS, {name: "1"})]
        with (
            closing(KafkaAdminClient(**broker.client_config("region_one"))) as client,
            pytest.raises((KafkaError, ValueError)),  # it may not even see which settings there are
        ):
            client.alter_configs(less)
        assert administrator.describe_configs([ConfigResource(ConfigResourceType.TOPIC, EVENTS)]) == before


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        *(("region_one", RECEIPTS), ("hub", EVENTS), ("stranger", EVENTS), ("stranger", RECEIPTS)),
        *(("region_one", LESSONS), (PARTNER, LESSONS), ("stranger", LESSONS)),
        *(
            (PARTNER, EVENTS),
            (PARTNER, "regiohelix.knowledge"),
            (PARTNER, RECEIPTS),
            (PARTNER, "regiohelix.dead-letters"),
        ),
    ],
)
def test_each_writes_to_its_own_side_only(broker: KafkaBroker, user: str, topic: str) -> None:
    # who may write nowhere is not even given a producer's number; the rule of the topic itself is what is asked here
    config = {**broker.client_config(user), "enable_idempotence": False}
    with closing(KafkaProducer(**config)) as producer, _refused("Authorization"):
        producer.send(topic, b"forged").get(timeout=20)


@pytest.mark.parametrize(
    ("user", "topic", "group"),
    [
        ("region_one", EVENTS, None),
        ("region_one", RECEIPTS, "regiohelix-node-XR-TWO"),
        ("region_one", RECEIPTS, "regiohelix-hub"),
        ("stranger", RECEIPTS, None),
        ("region_one", LESSONS, None),
        ("stranger", LESSONS, None),
        (PARTNER, EVENTS, None),
        (PARTNER, "regiohelix.knowledge", None),
        (PARTNER, RECEIPTS, None),
        (PARTNER, "regiohelix.dead-letters", None),
        (PARTNER, LESSONS, "regiohelix-partner-partner_b"),
        (PARTNER, LESSONS, "regiohelix-hub"),
    ],
)
def test_each_reads_its_own_side_in_its_own_group_only(
    broker: KafkaBroker, user: str, topic: str, group: str | None
) -> None:
    config = {**broker.client_config(user), "group_id": group, "auto_offset_reset": "earliest"}
    with closing(KafkaConsumer(**config, enable_auto_commit=False)) as consumer, _refused("Authorization"):
        if group is None:
            consumer.assign([TopicPartition(topic, 0)])
            consumer.end_offsets([TopicPartition(topic, 0)])  # who may write may know the end, and no more
        else:
            consumer.subscribe([topic])
        consumer.poll(timeout_ms=20_000)


@pytest.mark.parametrize(
    "bend",
    [
        {"security_protocol": "PLAINTEXT"},
        {"security_protocol": "SASL_PLAINTEXT"},
        {"security_protocol": "SSL"},
        {"sasl_mechanism": "PLAIN"},
        {"sasl_mechanism": "SCRAM-SHA-256"},
        {"sasl_plain_password": "guessed"},
    ],
    ids=lambda bend: "-".join(bend.values()),
)
def test_nobody_comes_in_without_tls_login_or_our_mechanism(broker: KafkaBroker, bend: dict[str, str]) -> None:
    with pytest.raises(KafkaError):
        KafkaAdminClient(**{**broker.client_config("region_one"), **bend}, bootstrap_timeout_ms=1500)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_tls_is_refused(broker: KafkaBroker, version: ssl.TLSVersion) -> None:
    old = ssl.create_default_context(cafile=str(broker.ca_file))
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = version
    host, port = broker.bootstrap.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname=host)


def test_a_partner_reads_what_the_hub_wrote_for_partners_in_a_group_of_its_own(
    broker: KafkaBroker, tmp_path: Path
) -> None:
    hub = make_hub(tmp_path / "hub")
    one = RunningHub(hub).enrol(TestRegion("XR-ONE"))
    made = one.release([lesson()], "partners")[0]
    order = one.release([EventRedacted(made.id, "A name stood in it.")], "partners")[0]
    topic = open_partners_topic(hub, broker.client_config("hub"))
    for arriving in (made, order):
        assert receive([arriving.body], hub)[0].outcome == "accepted"
        assert topic.write() == 1
    topic.close()
    hub.engine.dispose()
    config = {**broker.client_config(PARTNER), "group_id": f"regiohelix-partner-{PARTNER}"}
    read: list[tuple[bytes, bytes | None]] = []
    with closing(KafkaConsumer(LESSONS, **config, auto_offset_reset="earliest")) as consumer:
        deadline = time.monotonic() + 40
        while len(read) < 3 and time.monotonic() < deadline:
            read += [(each.key, each.value) for found in consumer.poll(timeout_ms=500).values() for each in found]
    assert read == [(made.id.encode(), body) for body in (made.body, order.body, None)]


def test_the_topic_of_partners_keeps_the_last_word_on_each_lesson_and_forgets_the_others(broker: KafkaBroker) -> None:
    with closing(KafkaAdminClient(**broker.client_config())) as administrator:
        told = administrator.describe_configs([ConfigResource(ConfigResourceType.TOPIC, LESSONS)])
    for name, value in _rights().COMPACTED.items():
        assert re.search(rf"{re.escape(name)}\W+.{{0,40}}?{re.escape(value)}", str(told)), name


def test_a_login_that_was_taken_back_lets_nobody_in(broker: KafkaBroker) -> None:
    broker.add_user("leaver")
    with closing(KafkaAdminClient(**broker.client_config())) as administrator:
        administrator.alter_user_scram_credentials([UserScramCredentialDeletion("leaver", CLIENT_MECHANISM)])
    with pytest.raises(KafkaTimeoutError):
        KafkaAdminClient(**broker.client_config("leaver"), bootstrap_timeout_ms=1500)


def test_what_one_region_writes_in_anothers_name_is_refused_and_answered_to_its_name(
    broker: KafkaBroker, tmp_path: Path
) -> None:
    """Both regions may write to the topic; who an event is from is said by its signature and by nothing else."""
    hub = make_hub(tmp_path / "hub")
    inside = RunningHub(hub)
    one, two = inside.enrol(TestRegion("XR-ONE")), inside.enrol(TestRegion("XR-TWO"))
    forged = TestRegion("XR-TWO", service=one.service, reviewers=one.reviewers)
    bodies = [forged.release([diabetes(1)])[0], two.release([diabetes(800)])[0]]
    sender = KafkaSender(broker.client_config("region_one"), "XR-ONE")
    receiver = open_receiver(hub, {**broker.client_config("hub"), "auto_offset_reset": "earliest"})
    try:
        sender.send([Parcel(each.id, "XR-TWO", TOPICS[each.envelope.type], each.body) for each in bodies])
        kept: list[str] = []
        deadline = time.monotonic() + 40
        while not kept and time.monotonic() < deadline:
            receiver.receive()
            with hub.engine.connect() as connection:
                kept = list(connection.scalars(select(event.c.id)))
    finally:
        sender.close()
        receiver.close()
        hub.engine.dispose()
    assert kept == [bodies[1].id], "the true event holds, whoever carried it, and the forged one does not"
