"""A real Apache Kafka broker: one KRaft node under this machine's Java, with SASL_SSL and access rules."""

import base64
import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from tests.support.kafka.administration import POLL_SECONDS, SecuredBroker
from tests.support.kafka.certificates import write_stores
from tests.support.kafka.jars import HERE, cache_folder, find_java, provide_jars
from tests.support.kafka.settings import (
    ADMIN,
    CLIENT_MECHANISM,
    Passwords,
    Paths,
    Ports,
    as_text,
    broker_properties,
)

START_PATIENCE_SECONDS = 60.0
STOP_PATIENCE_SECONDS = 15.0
LOG_TAIL_LINES = 40
# Below the range Linux hands out to outgoing connections: none takes a port between kill and restart.
PORTS = range(20_000, 30_000)
TRIES_WITH_OTHER_PORTS = 3
PORT_TAKEN = "Address already in use"


class BrokerDidNotStart(RuntimeError):
    """The broker ended or did not answer in time; the message ends in its log's last lines, no secrets."""


class BrokerNotRunning(RuntimeError):
    """Something was asked of a broker that was not started."""


class KafkaBroker(SecuredBroker):
    """One Kafka node with its own ports, data, certificate authority and passwords, gone once it is stopped.

    Its process dies with the thread that started it (Linux), so start it from the main thread.
    """

    admin = ADMIN

    def __init__(self) -> None:
        super().__init__()
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._java: list[str] = []
        self._controller_password = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start an empty broker and return once its administrator can log in.

        Raises JavaMissing, JarsNotFetched, JarDigestMismatch or BrokerDidNotStart.
        """
        java = find_java()
        jars = provide_jars(cache_folder())
        self._java = [str(java), "-Xmx512m", "-cp", os.pathsep.join(map(str, jars))]
        self._java.append(f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}")
        for remaining in reversed(range(TRIES_WITH_OTHER_PORTS)):
            self._folder = Path(tempfile.mkdtemp(prefix="regiohelix-kafka-"))
            try:
                self._format()
                self._launch()
            except BrokerDidNotStart as failure:
                self.stop()
                if not remaining or PORT_TAKEN not in str(failure):
                    raise
            except BaseException:
                self.stop()
                raise
            else:
                return

    def stop(self) -> None:
        """Stop the broker and remove its data; harmless when it is not running."""
        self._end(signal.SIGTERM)
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def kill(self) -> None:
        """End the broker's process at once (SIGKILL), as a crash would; its data stays."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start the broker again on the data and the ports it had.

        One that still runs is stopped in an orderly way first. Raises BrokerNotRunning if it was never
        started, BrokerDidNotStart.
        """
        self._home()
        self._end(signal.SIGTERM)
        self._launch()

    def files_of(self, topic: str) -> list[Path]:
        """Return the files in which the broker keeps a topic's messages, those that it is about to remove as well."""
        return [one for one in (self._home() / "data").glob(f"{topic}-*/*") if ".log" in one.name]

    def log_tail(self) -> str:
        """Give the last lines of the broker's log, with every password struck out."""
        log = self._home() / "broker.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        tail = "\n".join(text.splitlines()[-LOG_TAIL_LINES:])
        for password in (self._controller_password, *self._passwords.values()):
            tail = tail.replace(password, "***")
        return tail

    def _home(self) -> Path:
        if self._folder is None:
            raise BrokerNotRunning("This broker was not started: call start() first.")
        return self._folder

    def _format(self) -> None:
        home = self._home()
        ports = Ports(*free_ports(2))
        keystore, self.ca_file = write_stores(home)
        self.bootstrap = f"127.0.0.1:{ports.client}"
        passwords = Passwords(admin=secrets.token_urlsafe(24), controller=secrets.token_urlsafe(24))
        self._passwords = {ADMIN: passwords.admin}
        self._controller_password = passwords.controller
        properties = broker_properties(ports, Paths(home / "data", keystore, self.ca_file), passwords)
        settings = _write_private(home / "server.properties", as_text(properties))
        arguments = ["--standalone", f"--cluster-id={_cluster_id()}", f"--config={settings}"]
        arguments.append(f"--add-scram={CLIENT_MECHANISM}=[name={ADMIN},password={passwords.admin}]")
        # In a file, since any user of the machine can read a command line.
        listed = _write_private(home / "format.arguments", "\n".join(arguments))
        command = [*self._java, "-XX:TieredStopAtLevel=1", "kafka.tools.StorageTool", "format", f"@{listed}"]
        with (home / "broker.log").open("wb") as log:
            # Its standard output shows the credential's keys, so only its complaints are kept.
            run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=log, check=False)
        listed.unlink()
        if run.returncode != 0:
            raise BrokerDidNotStart(f"Kafka's storage could not be formatted; it said:\n{self.log_tail()}")

    def _launch(self) -> None:
        home = self._home()
        command = [*_dying_with_parent(), *self._java, "kafka.Kafka", str(home / "server.properties")]
        with (home / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        host, port = self.bootstrap.rsplit(":", 1)
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        while not _answers(trust, host, int(port)):
            if self._process.poll() is not None:
                raise BrokerDidNotStart(f"Kafka ended while starting; its log ends:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise BrokerDidNotStart(f"Kafka did not answer in time; its log ends:\n{self.log_tail()}")
            time.sleep(POLL_SECONDS)
        remaining = max(deadline - time.monotonic(), 1.0) * 1000
        try:
            KafkaAdminClient(**self.client_config(), bootstrap_timeout_ms=remaining).close()
        except KafkaError as refusal:
            raise BrokerDidNotStart(f"Kafka refused its administrator:\n{self.log_tail()}") from refusal

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_PATIENCE_SECONDS)
        self._process.kill()
        self._process.wait()
        self._process = None


def free_ports(count: int) -> list[int]:
    """Find TCP ports on 127.0.0.1 that nothing listens on now; another process may still be faster."""
    found: list[int] = []
    # Chance only spreads parallel runs over the range; nothing secret hangs on it.
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
        if len(found) == count:
            return found
    raise BrokerDidNotStart(f"No {count} free ports between {PORTS.start} and {PORTS.stop}: close something.")


def _answers(trust: ssl.SSLContext, host: str, port: int) -> bool:
    try:
        with (
            socket.create_connection((host, port), timeout=2) as plain,
            trust.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except OSError:
        return False


def _dying_with_parent() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


def _cluster_id() -> str:
    return base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")


def _write_private(file: Path, text: str) -> Path:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return file
