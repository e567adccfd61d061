"""The broker of docker-compose.yml, from its own files: settings, start script, secrets, rights.

Only the container is missing: the two scripts of Kafka's image are stood in for by the Java classes that they call.
"""

import contextlib
import os
import shlex
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import TopicAuthorizationFailedError
from sqlalchemy import func, select

from connectors.transport.kafka import KafkaSender
from connectors.transport.kafka_client import LARGEST_MESSAGE
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.tables import event
from schemas.codes import TOPICS
from schemas.delivery import Parcel
from tests.support.composed import Service
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.hub import RunningHub
from tests.support.kafka.broker import free_ports
from tests.support.kafka.jars import HERE, JarsNotFetched, JavaMissing, cache_folder, find_java, provide_jars

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PATIENCE_SECONDS = 60.0

pytestmark = pytest.mark.real_kafka


def _scripts(folder: Path) -> Path:
    """Write what the image's scripts come down to: the Java class, with the same arguments."""
    try:
        java, jars = find_java(), provide_jars(cache_folder())
    except (JavaMissing, JarsNotFetched) as reason:
        if os.environ.get("REQUIRE_REAL") == "1":
            raise
        pytest.skip(f"no real Kafka: {reason}")
    log = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
    command = shlex.join([str(java), "-Xmx512m", "-cp", os.pathsep.join(map(str, jars)), log])
    folder.mkdir()
    for script, main in (("kafka-storage.sh", "kafka.tools.StorageTool"), ("kafka-server-start.sh", "kafka.Kafka")):
        (folder / script).write_text(f'#!/bin/sh\nexec {command} {main} "$@"\n')
        (folder / script).chmod(0o700)
    return folder


def _settings(folder: Path, secrets: Path, client: int, controller: int) -> Path:
    """Copy the settings with this machine's addresses and files in place of the container's."""
    text = (DEPLOY / "kafka" / "server.properties").read_text(encoding="utf-8")
    for there, here in (
        ("0.0.0.0:9092", f"127.0.0.1:{client}"),
        ("kafka:9092", f"127.0.0.1:{client}"),
        ("127.0.0.1:9093", f"127.0.0.1:{controller}"),
        ("/var/lib/kafka/data", str(folder / "data")),
        ("/run/secrets", str(secrets)),
    ):
        assert there in text
        text = text.replace(there, here)
    file = folder / "server.properties"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start the broker and run the rights script twice; gives the environment both ran with."""
    folder = tmp_path_factory.mktemp("composed")
    secrets = folder / "secrets"
    scripts = _scripts(folder / "bin")
    made = subprocess.run(["sh", str(DEPLOY / "make-secrets.sh"), str(secrets)], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr.decode()
    client, controller = free_ports(2)
    environment = {
        **os.environ,
        "KAFKA_BIN": str(scripts),
        "KAFKA_SECRETS": str(secrets),
        "KAFKA_SETTINGS": str(_settings(folder, secrets, client, controller)),
        "KAFKA_USERS": "hub region_one region_two",
        "KAFKA_REGIONS": "region_one:XR-ONE region_two:XR-TWO",
        "KAFKA_BROKER": f"127.0.0.1:{client}",
        "TMPDIR": str(folder),
    }
    with (folder / "broker.log").open("wb") as log:
        broker = subprocess.Popen(["sh", str(DEPLOY / "kafka" / "start.sh")], env=environment, stdout=log, stderr=log)
        try:
            _wait(broker, client, secrets / "kafka_ca", folder / "broker.log")
            for _ in range(2):
                rights = [sys.executable, "-W", "ignore", str(DEPLOY / "kafka" / "rights.py")]
                granted = subprocess.run(rights, env=environment, capture_output=True, text=True, check=False)
                assert granted.returncode == 0, granted.stderr
            yield environment
        finally:
            broker.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                broker.wait(15)
            broker.kill()
            broker.wait()


def _wait(broker: subprocess.Popen[bytes], port: int, ca_file: Path, log: Path) -> None:
    trust = ssl.create_default_context(cafile=str(ca_file))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert broker.poll() is None, log.read_text(errors="replace")[-2000:]
        assert time.monotonic() < deadline, "the composed broker did not answer in time"
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=2) as plain,
            trust.wrap_socket(plain, server_hostname="localhost"),
        ):
            return
        time.sleep(0.1)


def _login(environment: dict[str, str], user: str) -> dict[str, Any]:
    secrets = Path(environment["KAFKA_SECRETS"])
    return {
        "bootstrap_servers": environment["KAFKA_BROKER"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": (secrets / f"kafka_{user}_password").read_text(),
        "ssl_cafile": str(secrets / "kafka_ca"),
    }


def _first(environment: dict[str, str], user: str, topic: str) -> bytes:
    consumer = KafkaConsumer(**_login(environment, user), group_id=None, auto_offset_reset="earliest")
    try:
        consumer.assign([TopicPartition(topic, 0)])
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=500).values():
                return bytes(records[0].value)
    finally:
        consumer.close()
    raise AssertionError(f"{user} read nothing from {topic} in 20 s")


def _send(environment: dict[str, str], user: str, topic: str, value: bytes) -> None:
    producer = KafkaProducer(**_login(environment, user))
    try:
        producer.send(topic, value).get(timeout=20)
    finally:
        producer.close()


def test_a_region_writes_what_the_hub_reads_and_reads_the_hubs_receipts(composed: dict[str, str]) -> None:
    _send(composed, "region_one", "regiohelix.indicators", b"an event")
    assert _first(composed, "hub", "regiohelix.indicators") == b"an event"
    _send(composed, "hub", "regiohelix.receipts", b"a receipt")
    assert _first(composed, "region_two", "regiohelix.receipts") == b"a receipt"


def test_an_event_of_two_mebibytes_fits_its_topic(composed: dict[str, str]) -> None:
    login = {**_login(composed, "region_one"), "max_request_size": LARGEST_MESSAGE}
    with contextlib.closing(KafkaProducer(**login)) as producer:
        producer.send("regiohelix.knowledge", os.urandom(2 * 1024 * 1024)).get(timeout=20)


def test_no_region_reads_another_regions_events(composed: dict[str, str]) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        _first(composed, "region_two", "regiohelix.indicators")


def test_no_region_can_write_a_receipt(composed: dict[str, str]) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        _send(composed, "region_one", "regiohelix.receipts", b"forged")


def test_two_workers_of_the_compose_file_share_the_topics_and_each_can_leave(
    composed: dict[str, str], postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = composed["KAFKA_SECRETS"]
    settings = {"HUB_DATABASE": postgres_url.replace("+psycopg", "")}
    places = [
        {"kafka:9092": composed["KAFKA_BROKER"], "/run/secrets": secrets, "/tmp/r": f"{tmp_path}/{n}-r"}  # noqa: S108
        for n in "ab"
    ]
    names = ("hub-worker-one", "hub-worker-two")
    workers = [Service(name, tmp_path / "hub", here, settings) for name, here in zip(names, places, strict=True)]
    monkeypatch.setenv("REGIOHELIX_HUB_DATABASE", settings["HUB_DATABASE"])
    hub = make_hub(tmp_path / "hub")
    region = RunningHub(hub).enrol(TestRegion("XR-ONE"))
    sender = KafkaSender(_login(composed, "region_one"), region.code)
    processes = [worker.start(log=tmp_path / "log") for worker in workers]
    try:
        for number, left in enumerate((*processes, None)):
            made = region.release([diabetes(800 + number, f"202{number}"), lesson(f"Les {number}")])
            sender.send([Parcel(one.id, region.code, TOPICS[one.envelope.type], one.body) for one in made])
            _wait_until(lambda: _held(hub) == len(region.chain), tmp_path / "log")
            if left is not None:
                worker = workers[processes.index(left)]
                _wait_until(worker.healthy, tmp_path / "log")
                if left is processes[0]:
                    left.terminate()
                    assert left.wait(PATIENCE_SECONDS) == 0, (tmp_path / "log").read_text()
        processes[1].terminate()
        assert processes[1].wait(PATIENCE_SECONDS) == 0, (tmp_path / "log").read_text()
    finally:
        for process in processes:
            process.kill()
            process.wait()
        sender.close()
        hub.engine.dispose()
    assert "Traceback" not in (tmp_path / "log").read_text()


def _held(hub: Hub) -> int:
    with hub.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(event)) or 0


def _wait_until(is_so: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def test_the_broker_keeps_no_password_where_others_can_read_it(composed: dict[str, str]) -> None:
    folder = Path(composed["TMPDIR"])
    secret = (Path(composed["KAFKA_SECRETS"]) / "kafka_admin_password").read_text()
    holders = [file for file in folder.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    assert holders
    assert [file.name for file in holders if file.stat().st_mode & 0o077] == []
    assert "format.arguments" not in {file.name for file in holders}
