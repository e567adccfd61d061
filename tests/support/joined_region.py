"""A hub that serves, a region that joined it by the commands a user types, and another region beside it.

Its fixtures are offered to all tests (tests/conftest.py); a module that needs them otherwise has its own of that name.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.journey import call, join_network
from schemas.cloudevents import BATCH_MEDIA_TYPE
from tests.support.events import TestRegion
from tests.support.network import Network, serving_network

SET = "GGD regions"


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """Offer a hub that serves, and that invites regions."""
    with serving_network(tmp_path) as found:
        yield found


@pytest.fixture
def home(network: Network, tmp_path: Path) -> Path:
    """Offer the folder of a node with two reviewers that joined the network."""
    folder = tmp_path / "region"
    invited = network.inviting("GG0001", "GGD One", SET)
    join_network(folder, ("GG0001", "GGD One", SET, "2020"), (), network.url, invited)
    return folder


def approved(home: Path, said: str) -> None:
    """Let the first reviewer approve the bundle that a command announced, publish it and ship."""
    found = re.search(r"Bundle (\S+) by", said)
    assert found is not None
    call(home, "review", "approve", found[1], "--key", str(home.parent / "region-reviewer-1.pem"))
    call(home, "release", "publish", found[1], "--author", "Data scientist")
    call(home, "ship")


class Neighbour:
    """Another region of the set, without a node of its own."""

    def __init__(self, network: Network) -> None:
        self.network, self.region = network, TestRegion("GG0002")
        asked = self.region.enrolment(network.invite("GG0002", "GGD Two", SET))
        self.token = requests.post(f"{network.url}/api/v1/enrolments", json=asked, timeout=30).json()["token"]
        network.approve("GG0002")

    @property
    def headers(self) -> dict[str, str]:
        """Return what shows who asks."""
        return {"Authorization": f"Bearer {self.token}"}

    def sends(self, payload: Any, audience: Any = "public") -> str:
        """Send an event over HTTP, as a node would, and return its id."""
        (made,) = self.region.release([payload], audience)
        sent = requests.post(
            f"{self.network.url}/api/v1/events",
            data=b"[" + made.body + b"]",
            headers=self.headers | {"Content-Type": BATCH_MEDIA_TYPE},
            timeout=30,
        )
        assert [one["outcome"] for one in sent.json()] == ["accepted"]
        return made.id
