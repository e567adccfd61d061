"""Corrections as a user types them: a table released again, an edited lesson, a withdrawal, a redaction."""

import json
from pathlib import Path

import pytest
import yaml

from demo.journey import call, let_out
from tests.support.joined_region import approved
from tests.support.network import Network

MEMBERS = "area,region\nGM0001,GG0001\nGM0002,GG0001\n"
MAPPING = {
    "separator": ",", "encoding": "utf-8", "area_column": "code", "filters": {}, "no_area": [""],
    "period": {"column": "day", "unit": "day"}, "division_year": 2020, "numbers": "count", "decimals": 0,
    "complete": True, "owner": "Owner", "table": "table", "url": "https://example.org", "licence": "CC0",
    "retrieved_on": "2020-03-22", "values": {"number": "c19.reported_total"},
    "membership": {
        "file": "members.csv", "separator": ",", "encoding": "utf-8", "area_column": "area", "region_column": "region",
    },
}  # fmt: skip
FIRST = "code,day,number\nGM0001,2020-03-02,3\nGM0002,2020-03-02,4\nGM0001,2020-03-03,5\nGM0001,2020-03-04,5\n"
SECOND = "code,day,number\nGM0001,2020-03-02,30\n,2020-03-02,7\nGM0001,2020-03-03,5\n"
REASON = ("--reason", "The owner counted again.")
LESSON = {
    "lesson": "les-1", "language": "nl", "title": "Titel", "context": "c", "barrier_or_opportunity": "b",
    "action": "a", "consequence": "g", "advice": "Advies.", "author_role": "r", "themes": [], "steps": [1],
    "helix_voices": ["practice"], "indicators": [], "licence": "CC BY 4.0",
}  # fmt: skip


@pytest.fixture
def home(home: Path, tmp_path: Path) -> Path:
    (tmp_path / "members.csv").write_text(MEMBERS)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(MAPPING))
    return home


def table(home: Path, text: str) -> tuple[str, str, str]:
    file = home.parent / "table.csv"
    file.write_text(text)
    return "table", str(file), str(home.parent / "mapping.yaml")


def ledger(home: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(call(home, "ledger", "--json"))
    return found


def test_a_table_released_again_says_to_reviewers_what_changed_and_reaches_the_hub(
    network: Network, home: Path
) -> None:
    let_out(home, *table(home, FIRST))
    again = ("release", *table(home, FIRST), "--author", "A", "--audience", "public")
    assert "All 3 items stand already" in call(home, *again, expected=1)
    again = ("release", *table(home, SECOND), "--author", "A", "--audience", "public")
    assert "say why with --reason" in call(home, *again, expected=1)
    said = let_out(home, *table(home, SECOND), *REASON)
    for line in (
        "1 row of table.csv belongs to no area and was left out.",
        "Against what stands: 0 new, 1 corrected, 1 withdrawn, 1 unchanged and left out.",
        "c19.reported_total 2020-03-02: 1 cell changed, 0 added, 1 gone; the largest change is 2020-03-02 GM0001 "
        "from 3 to 30.",
        "Reason given: The owner counted again.",
        "Withdrawal of c19.reported_total 2020-03-04",
    ):
        assert line in said
    shown = call(home, "review", "show", json.loads(call(home, "release", "list", "--json"))[-1]["id"])
    assert "the largest change is 2020-03-02 GM0001 from 3 to 30." in shown
    call(home, "ship")
    kinds = [entry["type"].split(".")[3] for entry in ledger(home)]
    assert kinds == ["published", "published", "published", "corrected", "withdrawn"]
    assert {entry["hub"] for entry in ledger(home)} == {"accepted"}
    rows = network.rows("SELECT kind, reason FROM superseded ORDER BY sequence")
    assert [tuple(row) for row in rows] == [("corrected", REASON[1]), ("withdrawn", REASON[1])]


def test_a_lesson_is_revised_withdrawn_and_destroyed_from_the_desk(network: Network, home: Path) -> None:
    file = home.parent / "lesson.yaml"
    for advice, more in (("Begin met de huisarts.", ()), ("Begin met de wijk.", ("--reason", "Reworded."))):
        file.write_text(yaml.safe_dump(LESSON | {"advice": advice}, allow_unicode=True))
        call(home, "lesson", "add", str(file), "--author", "Writer")
        said = let_out(home, "lesson", "les-1", *more, reviewers=1)
        assert more or "advice: Begin met de huisarts." in said
    assert "advice was: Begin met de huisarts." in said
    assert "advice is:  Begin met de wijk." in said
    call(home, "ship")
    first, second = (entry["id"] for entry in ledger(home))
    refused = call(home, "withdraw", first, "--reason", "Wrong.", "--author", "A", expected=1)
    assert f"was replaced by event {second}" in refused
    said = call(home, "redact", first, "--reason", "A person can be recognised.", "--author", "A")
    assert "destroyed here, at the hub and at every subscriber" in said
    approved(home, said)
    approved(home, call(home, "withdraw", second, "--reason", "Wrong.", "--author", "A"))
    lines = call(home, "ledger").splitlines()
    assert (lines[0].endswith("payload destroyed"), lines[1].endswith(LESSON["title"])) == (True, True)
    assert "holds nothing of what was destroyed" in call(home, "scrub")
    assert [file.name for file in home.rglob("*") if file.is_file() and b"huisarts." in file.read_bytes()] == []
    held = {row["id"]: row["payload"] for row in network.rows("SELECT id, payload FROM event")}
    assert (held[first], b"wijk" in held[second], len(held)) == (b"", True, 4)
    kinds = [tuple(row) for row in network.rows("SELECT kind, event_id FROM superseded ORDER BY sequence")]
    assert kinds == [("revised", first), ("redacted", first), ("withdrawn", second)]


def test_a_reason_that_names_somebody_and_an_unknown_event_are_refused(home: Path) -> None:
    let_out(home, *table(home, FIRST))
    event = ledger(home)[0]["id"]
    for verb in ("withdraw", "redact"):
        named = call(home, verb, event, "--reason", "Bel 06-12345678.", "--author", "A", expected=1)
        assert "may name a person" in named
        assert "12345678" not in named
        assert "not on this region's chain" in call(home, verb, "0" * 64, *REASON, "--author", "A", expected=1)
