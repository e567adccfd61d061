"""What a node asks its hub of comparisons, over HTTP: until when others wait for figures, and whether there are any."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.transport.comparing_http import ComparisonReader
from schemas.delivery import TransportUnavailable
from schemas.values import Exact
from tests.support.held_by_hub import figures
from tests.support.joined_region import SET, Neighbour
from tests.support.network import Network, serving_network


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    monkeypatch.setenv("REGIOHELIX_HUB_REPLY_DAYS", "14")
    with serving_network(tmp_path) as network:
        yield network


def test_a_region_reads_until_when_others_wait_and_whether_there_is_anything_to_reply_to(network: Network) -> None:
    other = Neighbour(network)
    reader = ComparisonReader(network.url, "GG0002", SET, lambda: other.token)
    assert not reader.has_figures("h.dm_prev", "2025")
    other.sends(figures("h.dm_prev", {("total",) * 3: Exact(120, 1000)}, region_set=SET))
    (waits,) = reader.awaited()
    assert (waits.indicator, waits.period, len(waits.visible_from)) == ("h.dm_prev", "2025", 20)
    assert reader.has_figures("h.dm_prev", "2025")
    assert not reader.has_figures("h.dm_prev", "2031")


def test_a_hub_that_is_away_says_nothing() -> None:
    reader = ComparisonReader("http://127.0.0.1:9", "GG0001", SET, lambda: "token")
    with pytest.raises(TransportUnavailable):
        reader.awaited()
