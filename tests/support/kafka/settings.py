"""The broker's server properties, as one function of what differs between two installations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ADMIN = "admin"
CLIENT_MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True)
class Ports:
    """Name the two TCP ports the broker listens on, both on 127.0.0.1."""

    client: int
    controller: int


@dataclass(frozen=True)
class Paths:
    """Name the broker's data folder and its two PEM stores."""

    data: Path
    keystore: Path
    truststore: Path


@dataclass(frozen=True)
class Passwords:
    """Hold the administrator's password and the one the broker uses towards its own controller."""

    admin: str = field(repr=False)
    controller: str = field(repr=False)


def broker_properties(ports: Ports, paths: Paths, passwords: Passwords) -> dict[str, str]:
    """Compose the server properties of a single KRaft node with SASL_SSL, SCRAM-SHA-512 and access rules."""
    return {
        **shared_properties(),
        **_addresses(ports),
        **_files(paths),
        **_logins(passwords),
        **_haste(),
    }


def shared_properties() -> dict[str, str]:
    """Compose what is the same wherever Regiohelix runs a single broker.

    What differs is left out: addresses, files, logins, and the haste of a test.
    """
    return {**_roles(), **_authentication(), **_authorization(), **_replication()}


def as_text(properties: Mapping[str, str]) -> str:
    """Render properties as a Java properties file.

    Values with a backslash, a line end or leading blanks need escapes; ``broker_properties`` gives none.
    """
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _roles() -> dict[str, str]:
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENT",
        "listener.security.protocol.map": "CLIENT:SASL_SSL,CONTROLLER:SASL_SSL",
        "ssl.enabled.protocols": "TLSv1.3",
        "ssl.keystore.type": "PEM",
        "ssl.truststore.type": "PEM",
    }


def _authentication() -> dict[str, str]:
    return {
        "listener.name.client.sasl.enabled.mechanisms": CLIENT_MECHANISM,
        "sasl.mechanism.inter.broker.protocol": CLIENT_MECHANISM,
        # SCRAM credentials live in the metadata log that the controller itself has yet to serve.
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
    }


def _authorization() -> dict[str, str]:
    return {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMIN}",
        "allow.everyone.if.no.acl.found": "false",
        "auto.create.topics.enable": "false",
    }


def _replication() -> dict[str, str]:
    return {
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
    }


def _addresses(ports: Ports) -> dict[str, str]:
    client, controller = f"127.0.0.1:{ports.client}", f"127.0.0.1:{ports.controller}"
    return {
        "listeners": f"CLIENT://{client},CONTROLLER://{controller}",
        "advertised.listeners": f"CLIENT://{client}",
        "controller.quorum.bootstrap.servers": controller,
    }


def _files(paths: Paths) -> dict[str, str]:
    return {
        "log.dirs": str(paths.data),
        "ssl.keystore.location": str(paths.keystore),
        "ssl.truststore.location": str(paths.truststore),
    }


def _logins(passwords: Passwords) -> dict[str, str]:
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return {
        "listener.name.client.scram-sha-512.sasl.jaas.config": (
            f'{scram} required username="{ADMIN}" password="{passwords.admin}";'
        ),
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{plain} required username="{ADMIN}" password="{passwords.controller}" '
            f'user_{ADMIN}="{passwords.controller}";'
        ),
    }


def _haste() -> dict[str, str]:
    return {
        "group.initial.rebalance.delay.ms": "0",
        # A killed broker is let in again once its former session has run out, by default after 9 seconds.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # What is to be forgotten is looked for every 15 seconds by default.
        "log.cleaner.backoff.ms": "500",
    }
