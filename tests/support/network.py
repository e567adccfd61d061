"""A hub in a process of its own, and what a test asks of it: invitations, what it stores, and what it answers."""

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from connectors.database import writing
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.intake.enrol import invite
from tests.support.approval import approve_keys

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
def serving_network(folder: Path) -> Iterator[Network]:
    """Make a hub in a folder and serve it over HTTP until the block ends; raises HubDidNotStart."""
    home, log = folder / "hub", folder / "hub.log"
    hub = make_hub(home, {})
    command = [sys.executable, "-m", "hub", "serve", "--home", str(home), "--port", "0"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield Network(hub, home, log, _address(process, log))
    finally:
        process.terminate()
        process.wait(timeout=20)
        hub.engine.dispose()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        said = re.search(r"listens on (http://\S+:\d+)/", log.read_text(encoding="utf-8"))
        if said:
            return said[1]
        time.sleep(0.05)
    raise HubDidNotStart(f"The hub did not listen within {_START_SECONDS} seconds; see what it said in {log.name}.")
