"""A hub in a process of its own, and what a test asks of it: invitations, what it stores, and what it answers."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from connectors.database import writing
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.intake.enrol import invite
from tests.support.approval import approve_keys
from tests.support.forks import Fork

_START_SECONDS = 120


class HubDidNotStart(RuntimeError):
    """A hub process that ended or kept silent instead of listening."""


@dataclass(frozen=True)
class Network:
    """A serving hub: `home` holds its files, `log` all that its process said."""

    hub: Hub
    home: Path
    log: Path
    url: str

    def invite(self, code: str, name: str, region_set: str) -> str:
        """Register a region at the hub and return its invitation."""
        with writing(self.hub.engine) as connection:
            return invite(connection, code, name, region_set, self.hub.clock())

    def inviting(self, code: str, name: str, region_set: str) -> Callable[[str], str]:
        """Return what gives a region its invitation for the keys whose fingerprint it reads out."""

        def invited(fingerprint: str) -> str:
            with writing(self.hub.engine) as connection:
                return invite(connection, code, name, region_set, self.hub.clock(), fingerprint)

        return invited

    def approve(self, code: str) -> None:
        """Approve the keys with which a region waits."""
        with writing(self.hub.engine) as connection:
            approve_keys(connection, code, self.hub.clock())

    def get(self, path: str, **query: str) -> requests.Response:
        """Fetch an address of the hub as any reader could."""
        return requests.get(f"{self.url}{path}", params=query, timeout=30)

    def rows(self, query: str) -> list[sqlite3.Row]:
        """Read the hub's database file, past the hub's own code."""
        with closing(sqlite3.connect(self.home / "hub.sqlite")) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(query).fetchall()


@contextmanager
def serving_network(folder: Path, database: str | None = None) -> Iterator[Network]:
    """Make a hub in a folder, on SQLite or a database, and serve it until the block ends; raises HubDidNotStart."""
    home, log = folder / "hub", folder / "hub.log"
    environ = {} if database is None else {"REGIOHELIX_HUB_DATABASE": database}
    hub = make_hub(home, environ)
    try:
        process = Fork(["serve", "--home", str(home), "--port", "0"], log, {**os.environ, **environ})
        with _ended(process):
            yield Network(hub, home, log, _address(process, log))
    finally:
        hub.engine.dispose()


@contextmanager
def serving_hub(home: Path, log: Path, environ: Mapping[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """Serve the hub in a folder over HTTP until the block ends: its address and process; raises HubDidNotStart."""
    command = [sys.executable, "-m", "hub", "serve", "--home", str(home), "--port", "0"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, **(environ or {})}
        )
    with _ended(process):
        yield _address(process, log), process.pid


@contextmanager
def _ended(process: subprocess.Popen[bytes] | Fork) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _address(process: subprocess.Popen[bytes] | Fork, log: Path) -> str:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        said = re.search(r"listens on (http://\S+:\d+)/", log.read_text(encoding="utf-8") if log.exists() else "")
        if said:
            return said[1]
        time.sleep(0.05)
    raise HubDidNotStart(f"The hub did not listen within {_START_SECONDS} seconds; see what it said in {log.name}.")


@contextmanager
def hub_process(home: Path, log: Path, **environ: str) -> Iterator[tuple[int, str]]:
    """Serve a hub's folder in a process of its own, and give its id and address; raises HubDidNotStart."""
    with serving_hub(home, log, environ) as (address, number):
        yield number, address
