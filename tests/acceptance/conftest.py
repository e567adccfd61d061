"""One hub with the 25 GGD regions, each with a node of its own: made once, read by several tests."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo import ggd
from demo.journey import call, join_network, let_out
from tests.support.network import Network, serving_network

MEMBERS = ggd.DATA.parent / "regions" / "municipalities_2023.csv"


@dataclass(frozen=True)
class HealthMonitor:
    """The hub, the folder with a node home per region code, and the region of every municipality."""

    network: Network
    homes: Path
    region_of: dict[str, str]


@pytest.fixture(scope="session")
def health_monitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HealthMonitor]:
    """Carry the shipped Health Monitor through 25 nodes to one hub, with the commands a region types."""
    homes = tmp_path_factory.mktemp("health-monitor")
    with MEMBERS.open(encoding="utf-8", newline="") as file:
        members = list(csv.DictReader(file))
    with serving_network(homes) as network:
        for code, name in sorted({row["region"]: row["region_name"] for row in members}.items()):
            invited = network.inviting(code, name, ggd.REGION_SET)
            join_network(homes / code, (code, name, ggd.REGION_SET, "2024"), (), network.url, invited)
            let_out(homes / code, "table", str(ggd.FIGURES), str(ggd.DATA / "mapping.yaml"))
            call(homes / code, "ship")
        yield HealthMonitor(network, homes, {row["municipality"]: row["region"] for row in members})
