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
    """Compose the server properties of a single KRaft node with SASL_SSL, SCRAM-SHA-512 and ACLs.

    Everything that is no port, path or password is the same wherever Regiohelix runs a broker.
    """
    return {
        **_roles(ports),
        **_authentication(passwords),
        **_encryption(paths),
        **_authorization(),
        **_storage(paths),
    }


def as_text(properties: Mapping[str, str]) -> str:
    """Render properties as a Java properties file.

    Values with a backslash, a line end or leading blanks need escapes; ``broker_properties`` gives none.
    """
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _roles(ports: Ports) -> dict[str, str]:
    client = f"CLIENT://127.0.0.1:{ports.client}"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{ports.controller}",
        "listeners": f"{client},CONTROLLER://127.0.0.1:{ports.controller}",
        "advertised.listeners": client,
        "listener.security.protocol.map": "CLIENT:SASL_SSL,CONTROLLER:SASL_SSL",
        "inter.broker.listener.name": "CLIENT",
    }


def _authentication(passwords: Passwords) -> dict[str, str]:
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return {
        "sasl.mechanism.inter.broker.protocol": CLIENT_MECHANISM,
        # SCRAM credentials live in the metadata log that the controller itself has yet to serve.
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.client.sasl.enabled.mechanisms": CLIENT_MECHANISM,
        "listener.name.client.scram-sha-512.sasl.jaas.config": (
            f'{scram} required username="{ADMIN}" password="{passwords.admin}";'
        ),
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{plain} required username="{ADMIN}" password="{passwords.controller}" '
            f'user_{ADMIN}="{passwords.controller}";'
        ),
    }


def _encryption(paths: Paths) -> dict[str, str]:
    return {
        "ssl.enabled.protocols": "TLSv1.3",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(paths.keystore),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(paths.truststore),
    }


def _authorization() -> dict[str, str]:
    return {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMIN}",
        "allow.everyone.if.no.acl.found": "false",
        "auto.create.topics.enable": "false",
    }


def _storage(paths: Paths) -> dict[str, str]:
    return {
        "log.dirs": str(paths.data),
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
    }
