"""What a careless analyst tries with the commands: each is stopped, or held until it is safe, with what to do."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.sources.synthetic import PERIOD, SYNTHETIC_REGIONS, write_region
from demo.journey import approve_definitions, call, join_network
from tests.support.network import Network, serving_network

REGION = SYNTHETIC_REGIONS[0]
LESSON = {
    "lesson": "les-1", "language": "nl", "title": "Titel", "context": "c", "barrier_or_opportunity": "b",
    "action": "a", "consequence": "g", "advice": "Begin klein.", "author_role": "r", "themes": [], "steps": [1],
    "helix_voices": ["practice"], "indicators": [], "licence": "CC BY 4.0",
}  # fmt: skip
MAPPING = {
    "separator": ",", "encoding": "utf-8", "area_column": "code", "filters": {}, "no_area": [""],
    "period": {"column": "day", "unit": "day"}, "division_year": 2024, "numbers": "count", "decimals": 0,
    "complete": False, "owner": "Owner", "table": "table", "url": "https://example.org", "licence": "CC0",
    "retrieved_on": "2026-03-22", "values": {"number": "c19.reported_total"},
    "membership": {
        "file": "members.csv", "separator": ",", "encoding": "utf-8", "area_column": "area", "region_column": "region",
    },
}  # fmt: skip


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
    return folder


def table(home: Path, **changes: object) -> tuple[str, str]:
    """Write a public table of this region with its mapping, and return both files."""
    (home.parent / "members.csv").write_text(f"area,region\nXG-ZANDWIJK,{REGION.code}\n")
    (home.parent / "table.csv").write_text("code,day,number\nXG-ZANDWIJK,2026-03-02,300\n")
    (home.parent / "mapping.yaml").write_text(yaml.safe_dump({**MAPPING, **changes}))
    return str(home.parent / "table.csv"), str(home.parent / "mapping.yaml")


def lesson(home: Path, **changes: object) -> None:
    file = home.parent / "lesson.yaml"
    file.write_text(yaml.safe_dump({**LESSON, **changes}, allow_unicode=True), encoding="utf-8")
    call(home, "lesson", "add", str(file), "--author", "Author")


def records(home: Path) -> None:
    folder = home.parent / "extracts"
    write_region(folder, REGION)
    approve_definitions(home, "h.dm_prev", "pop.persons")
    for source in ("gemeente", "verzekeraar", "huisarts"):
        call(home, "source", "load", str(folder / f"{source}.yaml"))


def bundle_in(said: str) -> str:
    found = re.search(r"B\d{8}-[0-9a-f]{8}", said)
    assert found, said
    return found[0]


def approve(home: Path, bundle: str, number: int, expected: int = 0) -> str:
    key = str(home.parent / f"{home.name}-reviewer-{number}.pem")
    return call(home, "review", "approve", bundle, "--key", key, expected=expected)


def publish(home: Path, bundle: str, expected: int = 0) -> str:
    return call(home, "release", "publish", bundle, "--author", "Author", expected=expected)


def seen(home: Path, bundle: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call(home, "review", "show", bundle, "--json"))
    return found


def test_a_name_in_a_lesson_is_stopped_and_the_way_on_is_named(home: Path) -> None:
    lesson(home, advice="Vraag mevrouw Jansen hoe het moet.")
    said = call(home, "release", "lesson", "les-1", "--author", "Author", "--audience", "partners", expected=1)
    assert "may name a person" in said
    assert "advice" in said
    assert "lesson findings les-1" in said
    assert "Jansen" not in said
    assert json.loads(call(home, "release", "list", "--json")) == []
    lesson(home, advice="Vraag de praktijkondersteuner hoe het moet.")
    call(home, "release", "lesson", "les-1", "--author", "Author", "--audience", "partners")


def test_percentages_of_small_groups_are_hidden_with_their_range(home: Path) -> None:
    records(home)
    said = call(
        home, "release", "prepare", "--period", PERIOD, "--indicator", "h.dm_prev", "--author", "Author",
        "--audience", "public",
    )  # fmt: skip
    (item,) = seen(home, bundle_in(said))["items"]
    values = [row["value"]["en"] for row in item["rows"]]
    hidden = [value for value in values if value.startswith("hidden: ")]
    bare = [value for value in values if value.endswith("; denominator hidden")]
    shown = [value for value in values if value not in (*hidden, *bare)]
    counts = [int(re.findall(r"\(([\d,]+) of|$", value)[0].replace(",", "")) for value in shown]
    counts += [int(value.partition(";")[0].replace(",", "")) for value in bare]
    assert not any(0 < count < 10 for count in counts)
    assert any(count >= 10 for count in counts)
    assert hidden
    assert all(re.match(r"hidden: [\d.,]+ (to|or more)", value) for value in hidden)
    assert item["attackers"][1]["en"].startswith("One who also knows our rules")
    text = call(home, "review", "show", bundle_in(said), "--all", "--lang", "nl")
    assert max(len(line) for line in text.splitlines() if "Next:" not in line) <= 80
    assert "verborgen: " in text


def test_an_author_neither_approves_their_own_table_nor_publishes_it_without_others(home: Path) -> None:
    said = call(home, "release", "table", *table(home), "--author", "first  REVIEWER", "--audience", "public")
    bundle = bundle_in(said)
    assert "another reviewer must decide" in approve(home, bundle, 1, expected=1)
    assert "still needs approvals" in publish(home, bundle, expected=1)
    approve(home, bundle, 2)
    assert "still needs approvals" in publish(home, bundle, expected=1)
    assert json.loads(call(home, "ledger", "--json")) == []


def test_a_table_without_a_licence_is_not_even_frozen(home: Path) -> None:
    files = table(home, licence=" ")
    said = call(home, "release", "table", *files, "--author", "Author", "--audience", "public", expected=1)
    assert "licence" in said
    assert json.loads(call(home, "release", "list", "--json")) == []


def test_what_the_officer_holds_is_not_published_until_it_is_lifted(home: Path) -> None:
    key = str(home.parent / "officer.pem")
    call(home, "review", "dpo", "add", "--name", "Officer", "--key", key)
    bundle = bundle_in(call(home, "release", "table", *table(home), "--author", "Author", "--audience", "public"))
    assert "is no reviewer" in call(home, "review", "approve", bundle, "--key", key, expected=1)
    for number in (1, 2):
        approve(home, bundle, number)
    held = call(home, "review", "dpo", "hold", bundle, "--reason", "The owner is still asked.", "--key", key)
    assert "cannot leave" in held
    refused = publish(home, bundle, expected=1)
    assert f"Officer holds bundle {bundle}" in refused
    assert "The owner is still asked" in refused
    assert "review dpo lift" in refused
    out = str(home.parent / "certificate.md")
    assert "is held" in call(home, "release", "certificate", bundle, "--out", out, expected=1)
    again = call(home, "release", "table", *table(home), "--author", "Author", "--audience", "public", expected=1)
    assert "on hold by the data protection officer" in again
    lifted = call(home, "review", "dpo", "lift", bundle, "--reason", "The owner agreed.", "--key", key)
    assert "is approved" in lifted
    publish(home, bundle)
    call(home, "release", "certificate", bundle, "--out", out, "--lang", "nl")
    text = Path(out).read_text(encoding="utf-8")
    assert "Stilgezet door Officer" in text
    assert "Ondertekend op" in text
    assert "officer.pem" not in text
    assert "Next due:" in call(home, "release", "list")


def test_a_region_without_records_puts_a_table_and_a_lesson_into_one_bundle(home: Path) -> None:
    lesson(home)
    said = call(
        home, "release", "prepare", "--period", PERIOD, "--table", *table(home), "--lesson", "les-1",
        "--author", "Author", "--audience", "partners",
    )  # fmt: skip
    assert "partners of the network; not the public" in said
    bundle = bundle_in(said)
    assert [item["kind"]["en"] for item in seen(home, bundle)["items"]] == ["new figures", "new lesson"]
    for number in (1, 2):
        approve(home, bundle, number)
    publish(home, bundle)
    assert call(home, "ship") == "2 events sent, 2 accepted, 0 refused."


def test_computing_again_after_approval_changes_nothing_of_what_was_approved(network: Network, home: Path) -> None:
    records(home)
    prepare = (
        "release", "prepare", "--period", PERIOD, "--indicator", "pop.persons", "--author", "Author",
        "--audience", "public",
    )  # fmt: skip
    bundle = bundle_in(call(home, *prepare))
    folder, later = home.parent / "before", home.parent / "after"
    call(home, "review", "show", bundle, "--out", str(folder))
    for number in (1, 2):
        approve(home, bundle, number)
    call(home, "source", "load", str(home.parent / "extracts" / "verzekeraar.yaml"))
    call(home, "measure", "--period", PERIOD, "--indicator", "pop.persons")
    call(home, *prepare)
    call(home, "review", "show", bundle, "--out", str(later))
    names = ["000.en.md", "000.json", "000.nl.md", "manifest.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all((folder / name).read_bytes() == (later / name).read_bytes() for name in names)
    publish(home, bundle)
    call(home, "ship")
    (held,) = network.rows("SELECT payload FROM event")
    assert held["payload"] == (folder / "000.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("review", "show", "B0"), "no bundle B0"),
        (("release", "answer", "B0", "mostly_hidden", "--reason", "r", "--author", "A"), "no bundle B0"),
        (("release", "certificate", "B0", "--out", "c.md"), "no bundle B0"),
    ],
)
def test_an_unknown_bundle_is_named_at_every_command_of_the_desk(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in call(home, *arguments, expected=1)


def test_reviewers_of_one_organisation_are_told_when_they_join(tmp_path: Path) -> None:
    other = tmp_path / "other"
    call(
        other, "init", "--region", "XR-OTHER", "--name", "Other", "--region-set", "invented", "--division-year", PERIOD,
        "--hub-url", "http://127.0.0.1:9",
    )  # fmt: skip
    said = [
        call(
            other,
            "review",
            "join",
            "--name",
            name,
            "--organisation",
            "Hospital",
            "--key",
            str(tmp_path / f"{name}.pem"),
        )
        for name in ("A", "B")
    ]
    assert "two organisations" not in said[0]
    assert "All 2 reviewers sign for Hospital; figures need reviewers of two organisations." in said[1]


def test_a_lesson_without_an_audience_is_a_wrong_call_where_nobody_can_be_asked(home: Path) -> None:
    lesson(home)
    assert "--audience" in call(home, "release", "lesson", "les-1", "--author", "Author", expected=2)
