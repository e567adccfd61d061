"""A region compares ways to cut a release, chooses one, and the hub shows it for what it is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from connectors.sources.synthetic import PERIOD, SYNTHETIC_REGIONS, write_region
from demo.journey import approve_definitions, call, join_network
from tests.support.network import Network, serving_network

REGION = SYNTHETIC_REGIONS[0]
ASKED = ("--period", PERIOD, "--indicator", "h.dm_prev")


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with serving_network(tmp_path) as made:
        yield made


@pytest.fixture
def home(network: Network, tmp_path: Path) -> Path:
    folder = tmp_path / "region"
    invited = network.inviting(REGION.code, REGION.name, "invented")
    join_network(
        folder, (REGION.code, REGION.name, "invented", PERIOD), tuple(REGION.municipalities), network.url, invited
    )
    write_region(tmp_path / "extracts", REGION)
    approve_definitions(folder, "h.dm_prev", "pop.persons")
    for source in ("gemeente", "verzekeraar", "huisarts"):
        call(folder, "source", "load", str(tmp_path / "extracts" / f"{source}.yaml"))
    return folder


def test_a_coarser_cut_is_compared_chosen_released_and_shown(home: Path, network: Network) -> None:
    tried = json.loads(call(home, "release", "alternatives", *ASKED, "--json"))
    words = [one["en"] for one in tried]
    assert words[0] == "as defined"
    assert "without sex" in words
    assert tried[0]["indicators"]["h.dm_prev"]["hidden"] > 0
    said = call(home, "release", "alternatives", *ASKED, "--lang", "nl")
    assert said.count("verliest het minst") == 1
    assert "Niets is bewaard" in said
    assert "afkeuren" not in said
    assert json.loads(call(home, "release", "list", "--json")) == []

    ages = tried[words.index("ages two by two")]["ages"]["h.dm_prev"]
    cut = ("--without", "sex", "--ages", f"h.dm_prev={','.join(ages)}")
    said = call(home, "release", "prepare", *ASKED, *cut, "--author", "Author", "--audience", "public")
    assert "cut more coarsely, as chosen: without sex; " in said
    bundle = re.search(r"B\d{8}-[0-9a-f]{8}", said)
    assert bundle
    stands = call(home, "release", "alternatives", *ASKED)
    assert f"have it rejected first: `python -m node review reject {bundle[0]} --reason TEXT --key FILE`" in stands
    for number in (1, 2):
        call(home, "review", "approve", bundle[0], "--key", str(home.parent / f"{home.name}-reviewer-{number}.pem"))
    call(home, "release", "publish", bundle[0], "--author", "Author")
    call(home, "ship")

    address = f"{network.url}/api/v1/indicators/h.dm_prev/comparison"
    whole = requests.get(address, params={"period": PERIOD}, timeout=20).json()
    (row,) = whole["rows"]
    assert row["value"]["kind"] == "exact"
    by_sex = requests.get(address, params={"period": PERIOD, "by": "sex:f"}, timeout=20)
    assert by_sex.status_code == 400
    assert "no figures for this node of sex" in by_sex.json()["detail"]

    again = call(home, "release", "prepare", *ASKED, "--author", "Author", "--audience", "public", expected=1)
    assert "The item stands already as it is" in again  # cut as before, without being told


def test_a_cut_that_cannot_be_is_refused_before_anything_is_kept(home: Path) -> None:
    prepare = ("release", "prepare", *ASKED, "--author", "Author", "--audience", "public")
    assert "dimensions that can be left out: sex" in call(home, *prepare, "--without", "colour", expected=1)
    assert "make each of whole bands" in call(home, *prepare, "--ages", "0-33,34+", expected=1)
    assert "given twice" in call(home, *prepare, "--ages", "0-17,18+", "--ages", "0+", expected=2)
    assert json.loads(call(home, "release", "list", "--json")) == []
