"""How the tests come by a broker, and what they are told when they cannot have one."""

import hashlib
import socket
from pathlib import Path

import pytest

from tests.support.kafka import broker as broker_module
from tests.support.kafka import fixture, jars
from tests.support.kafka.administration import RightNotGranted, SecuredBroker, UserNotCreated
from tests.support.kafka.broker import BrokerDidNotStart, BrokerNotRunning, KafkaBroker
from tests.support.kafka.given import ADDRESS, CA_FILE, PASSWORD, BrokerSettingMissing, GivenBroker
from tests.support.kafka.settings import Passwords, Paths, Ports, broker_properties, shared_properties

pytest_plugins = ["tests.support.kafka.fixture"]

PORTS = Ports(client=1, controller=2)
PATHS = Paths(data=Path("data"), keystore=Path("server.pem"), truststore=Path("ca.pem"))
PASSWORDS = Passwords(admin="first-secret", controller="second-secret")


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Record one small jar, put it in the cache, and take Maven away; give the jar."""
    jar = tmp_path / "cache" / "one.jar"
    jar.parent.mkdir()
    jar.write_bytes(b"as recorded")
    digests = tmp_path / "digests"
    digests.write_text(f"{hashlib.sha256(b'as recorded').hexdigest()}  one.jar\n", encoding="ascii")
    monkeypatch.setattr(jars, "DIGESTS", digests)
    monkeypatch.setenv("PATH", "")
    return jar


def test_jars_that_are_in_the_cache_need_no_maven(recorded: Path) -> None:
    assert jars.provide_jars(recorded.parent) == [recorded]


def test_a_cached_jar_that_was_altered_is_not_used(recorded: Path) -> None:
    recorded.write_bytes(b"altered")
    with pytest.raises(jars.JarsNotFetched):
        jars.provide_jars(recorded.parent)


@pytest.mark.parametrize("brought", [{"one.jar": b"other"}, {"one.jar": b"as recorded", "two.jar": b""}, {}])
def test_jars_other_than_recorded_are_refused(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, brought: dict[str, bytes]
) -> None:
    def bring(folder: Path) -> None:
        folder.mkdir()
        for name, content in brought.items():
            (folder / name).write_bytes(content)

    recorded.unlink()
    monkeypatch.setattr(jars, "_fetch", bring)
    with pytest.raises(jars.JarDigestMismatch):
        jars.provide_jars(recorded.parent)
    assert not recorded.exists()


@pytest.fixture
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("without_java")
def test_a_machine_without_java_skips_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_REAL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Java 17"):
        fixture.started_broker()


@pytest.mark.usefixtures("without_java")
def test_a_machine_without_java_fails_when_real_parts_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_REAL", "1")
    with pytest.raises(jars.JavaMissing):
        fixture.started_broker()


def test_no_listener_is_without_encryption_and_login() -> None:
    protocols = shared_properties()["listener.security.protocol.map"].split(",")
    assert {protocol.split(":")[1] for protocol in protocols} == {"SASL_SSL"}


def test_passwords_stand_in_the_login_settings_only() -> None:
    with_secret = {name for name, value in broker_properties(PORTS, PATHS, PASSWORDS).items() if "secret" in value}
    assert {name.rsplit(".", 3)[-1] for name in with_secret} == {"config"}
    assert all(name.endswith(".sasl.jaas.config") for name in with_secret)
    assert "secret" not in repr(PASSWORDS)


@pytest.mark.real_kafka
@pytest.mark.parametrize("setting", ["node.id", "authorizer.class.name"])
@pytest.mark.usefixtures("kafka_broker")
def test_a_failed_start_gives_the_reason_without_a_password(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    known: list[str] = []

    def spoiled(ports: Ports, paths: Paths, passwords: Passwords) -> dict[str, str]:
        known.append(passwords.admin)
        return broker_properties(ports, paths, passwords) | {setting: passwords.admin}

    monkeypatch.setattr(broker_module, "broker_properties", spoiled)
    with pytest.raises(BrokerDidNotStart) as failure:
        KafkaBroker().start()
    assert "***" in str(failure.value)
    assert known[0] not in str(failure.value)


@pytest.mark.real_kafka
@pytest.mark.usefixtures("kafka_broker")
def test_a_port_that_was_taken_meanwhile_is_exchanged_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    find_ports = broker_module.free_ports
    with socket.create_server(("127.0.0.1", 0)) as earlier:
        taken = earlier.getsockname()[1]
        answers = [[taken, *find_ports(1)], find_ports(2)]
        monkeypatch.setattr(broker_module, "free_ports", lambda count: answers.pop(0))
        with KafkaBroker() as broker:
            assert not broker.bootstrap.endswith(f":{taken}")
    assert answers == []


def test_a_broker_that_never_started_cannot_be_restarted() -> None:
    with pytest.raises(BrokerNotRunning):
        KafkaBroker().restart()


@pytest.mark.real_kafka
def test_a_user_the_broker_refuses_is_reported(kafka_broker: SecuredBroker) -> None:
    with pytest.raises(UserNotCreated):
        kafka_broker.add_user("")


@pytest.mark.real_kafka
def test_a_right_the_broker_refuses_is_reported(kafka_broker: SecuredBroker) -> None:
    with pytest.raises(RightNotGranted):
        kafka_broker.allow("somebody", "READ", topic="")


@pytest.mark.real_kafka
@pytest.mark.parametrize("resources", [{}, {"topic": "one", "group": "two"}])
def test_a_right_is_on_one_thing(kafka_broker: SecuredBroker, resources: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        kafka_broker.allow("somebody", "READ", **resources)


def test_a_given_broker_needs_more_than_an_address() -> None:
    with pytest.raises(BrokerSettingMissing, match=f"{PASSWORD} and {CA_FILE}"):
        GivenBroker({ADDRESS: "127.0.0.1:9092"})


@pytest.mark.real_kafka
def test_a_broker_that_runs_already_can_be_given(kafka_broker: SecuredBroker) -> None:
    password = kafka_broker.client_config()["sasl_plain_password"]
    given = GivenBroker({ADDRESS: kafka_broker.bootstrap, PASSWORD: password, CA_FILE: str(kafka_broker.ca_file)})
    given.add_user("somebody")
    assert given.client_config("somebody")["bootstrap_servers"] == kafka_broker.bootstrap
