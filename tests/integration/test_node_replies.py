"""A reply as a user types it: written, scanned, approved, shipped, read beside the comparison, revised, taken back."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from demo.journey import call
from hub.audit import utc_text
from hub.serving.opening import open_figures
from node.knowledge.replies import ReplyUnreadable, read_reply
from schemas.payloads import ReplyWaived
from schemas.values import Exact
from tests.support.held_by_hub import figures
from tests.support.joined_region import SET, Neighbour, approved
from tests.support.network import Network, serving_network

COMPARISON = "/api/v1/indicators/h.dm_prev/comparison"
REPLY = {
    "reply": "diabetes-2025", "indicator": "h.dm_prev", "period": "2025", "language": "nl",
    "text": "Bij ons tellen ook mensen mee die elders staan ingeschreven.", "author_role": "datamanager",
}  # fmt: skip


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    monkeypatch.setenv("REGIOHELIX_HUB_REPLY_DAYS", "14")
    with serving_network(tmp_path) as network:
        yield network


def reads(neighbour: Neighbour) -> Any:
    where = f"{neighbour.network.url}{COMPARISON}"
    return requests.get(where, headers=neighbour.headers, timeout=30).json()


def written(home: Path, **changed: str) -> str:
    file = home.parent / "reply.yaml"
    file.write_text(yaml.safe_dump(REPLY | changed, allow_unicode=True), encoding="utf-8")
    return str(file)


def write(home: Path, *more: str, expected: int = 0, **changed: str) -> str:
    given = ("--author", "Data manager", "--audience", "public", *more)
    return call(home, "reply", "write", written(home, **changed), *given, expected=expected)


def test_a_reply_goes_from_a_persons_file_to_the_readers_of_the_comparison(network: Network, home: Path) -> None:
    other = Neighbour(network)
    other.sends(figures("h.dm_prev", {("total",) * 3: Exact(120, 1000)}, region_set=SET))
    held = network.get(COMPARISON)
    assert (held.status_code, len(held.json()["visible_from"])) == (404, 20)

    nothing = write(home, expected=1, period="2031")
    assert "No region released figures of h.dm_prev over 2031" in nothing
    refused = write(home, expected=1, text="Meneer Jansen (BSN 123456782) belde ons.")
    assert "Reply 'diabetes-2025.nl' may name a person" in refused
    assert "to decide on" in call(home, "reply", "findings", "diabetes-2025.nl")
    said = write(home)
    assert "text: Bij ons tellen ook mensen mee" in said
    assert "for public" in said
    approved(home, said)
    assert [one["text"] for one in reads(other)["replies"]] == [REPLY["text"]]
    assert network.get(COMPARISON).status_code == 404

    other.sends(ReplyWaived("h.dm_prev", "2025", SET, utc_text(network.hub.clock())))
    assert open_figures(network.hub.engine, network.hub.clock) == 1
    (reply,) = network.get(COMPARISON).json()["replies"]
    assert (reply["region"], reply["author_role"]) == ("GG0001", "datamanager")
    assert REPLY["text"] in network.get("/compare/h.dm_prev").text

    assert "say why with --reason" in write(home, expected=1, text="Wij tellen iedereen mee.")
    said = write(home, "--reason", "Clearer.", text="Wij tellen iedereen mee.")
    assert "text was: Bij ons" in said
    approved(home, said)
    (reply,) = network.get(COMPARISON).json()["replies"]
    assert (reply["text"], reply["correction"]["reason"]) == ("Wij tellen iedereen mee.", "Clearer.")

    (listed,) = json.loads(call(home, "reply", "list", "--json"))
    assert (listed["name"], listed["state"], listed["event"]) == ("diabetes-2025.nl", "released", reply["event_id"])
    approved(home, call(home, "reply", "withdraw", "diabetes-2025.nl", "--reason", "No longer so.", "--author", "A"))
    (reply,) = network.get(COMPARISON).json()["replies"]
    assert (reply["text"], reply["correction"]["kind"]) == (None, "withdrawn")
    again = call(home, "reply", "withdraw", "diabetes-2025.nl", "--reason", "So.", "--author", "A", expected=1)
    assert "Readers see no reply 'diabetes-2025.nl'" in again

    waived = ("reply", "waive", "--period", "2025", "--author", "Data manager", "--indicator")
    assert "There is no indicator h.nothing" in call(home, *waived, "h.nothing", expected=1)
    approved(home, call(home, *waived, "h.dm_prev"))
    assert reads(other)["waived"] == ["GG0001", "GG0002"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reply": "Een Naam"}, "field `reply` is the reply's own name"),
        ({"indicator": "h.nothing"}, "field `indicator` names none"),
        ({"period": "vorig jaar"}, "field `period` is a year"),
        ({"text": " "}, "field `text` is empty or longer than 4000"),
        ({"text": "a" * 4001}, "field `text` is empty or longer than 4000"),
        ({"author_role": ""}, "field `author_role` is empty"),
        ({"as_known_on": "gisteren"}, "field `as_known_on` is not written as"),
        ({"as_known_on": "2999-01-01T00:00:00Z"}, "field `as_known_on` has not been yet"),
        ({"language": "fr"}, "field `language` has another form"),
        ({"extra": "x"}, "has another form"),
    ],
)
def test_a_reply_that_no_hub_takes_is_refused_in_one_sentence(
    tmp_path: Path, changed: dict[str, str], sentence: str
) -> None:
    home = tmp_path / "region"
    with pytest.raises(ReplyUnreadable, match=re.escape(sentence)) as refused:
        read_reply(Path(written(home, **changed)), SET, datetime(2026, 11, 22, tzinfo=UTC))
    assert "\n" not in str(refused.value)
