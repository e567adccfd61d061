"""What two regions released leaves as ledger files, which anyone verifies and an empty hub takes in whole."""

import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from click.testing import CliRunner
from flask.testing import FlaskClient

from demo.journey import call, join_network, let_out
from hub.__main__ import main as hub_command
from hub.bootstrap import application, make_hub, open_hub
from hub.intake.receipts import receipts
from schemas.__main__ import cli
from tests.integration.test_node_corrections import LESSON, MAPPING
from tests.support.network import Network, serving_network

CODES = ("GG0001", "GG0002")
MEMBERS = "area,region\nGM0001,GG0001\nGM0002,GG0002\n"
FIRST = "code,day,number\nGM0001,2020-03-02,3\nGM0002,2020-03-02,4\nGM0001,2020-03-03,5\nGM0002,2020-03-03,5\n"
SECOND = "code,day,number\nGM0001,2020-03-02,30\nGM0002,2020-03-02,44\n"
REASON = ("--reason", "The owner counted again.")
KEPT = {
    "event": "id, region, sequence, previous, type, subject, audience, bundle_root, bundle_index, envelope, salt, "
    "payload, accepted_at",
    "indicator_payload": "*",
    "lesson": "*",
    "superseded": "*",
    "key": "region, key_id, hex, use, role, from_sequence, until_sequence",
    "region": "code, name, region_set, awaiting",
}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with serving_network(tmp_path_factory.mktemp("network")) as network:
        for code in CODES:
            live(network, code)
        yield network


def live(network: Network, code: str) -> None:
    """Let a region release, correct, withdraw, destroy a lesson, and change its key."""
    home = home_of(network, code)
    invited = network.inviting(code, f"GGD {code}", "GGD regions")
    join_network(home, (code, f"GGD {code}", "GGD regions", "2020"), (), network.url, invited)
    folder = home.parent
    (folder / "members.csv").write_text(MEMBERS)
    (folder / "mapping.yaml").write_text(yaml.safe_dump(MAPPING))
    let_out(home, *table(folder, FIRST))
    call(home, "ship")
    time.sleep(1)  # receipts tell whole seconds
    approved(home, call(home, "key", "rotate", "--author", "Author"), 2)
    let_out(home, *table(folder, SECOND), *REASON)
    words(home, "Begin met de huisarts.")
    call(home, "ship")
    bundles = json.loads(call(home, "release", "list", "--json"))
    approved(home, next(one["id"] for one in bundles if one["state"] == "under_review"), 2)  # the old key's end
    words(home, "Begin met de wijk.", "--reason", "Reworded.")
    first = next(one["id"] for one in ledger(home) if "lesson" in one["type"])
    time.sleep(1)
    approved(home, call(home, "redact", first, "--reason", "A person can be recognised.", "--author", "A"), 1)
    last = [one["id"] for one in ledger(home) if "lesson" in one["type"]][-1]
    approved(home, call(home, "withdraw", last, "--reason", "Wrong.", "--author", "A"), 1)
    figures = next(one["id"] for one in ledger(home) if "corrected" in one["type"])
    approved(home, call(home, "redact", figures, "--reason", "A wrong table.", "--author", "A"), 1)


def home_of(network: Network, code: str) -> Path:
    return network.home.parent / code


def table(folder: Path, text: str) -> tuple[str, str, str]:
    (folder / "table.csv").write_text(text)
    return "table", str(folder / "table.csv"), str(folder / "mapping.yaml")


def words(home: Path, advice: str, *more: str) -> None:
    file = home.parent / "lesson.yaml"
    file.write_text(yaml.safe_dump(LESSON | {"advice": advice}, allow_unicode=True))
    call(home, "lesson", "add", str(file), "--author", "Writer")
    let_out(home, "lesson", "les-1", *more, reviewers=1)


def approved(home: Path, said: str, reviewers: int) -> None:
    found = re.search(r"B\d{8}-[0-9a-f]{8}", said)
    assert found is not None
    for number in range(reviewers):
        call(home, "review", "approve", found[0], "--key", str(home.parent / f"{home.name}-reviewer-{number + 1}.pem"))
    call(home, "release", "publish", found[0], "--author", "Data scientist")
    call(home, "ship")


def ledger(home: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(call(home, "ledger", "--json"))
    return found


def exported(network: Network, folder: Path, audience: str = "network") -> list[Path]:
    files = [folder / f"{code}-{audience}.jsonl" for code in CODES]
    for code, file in zip(CODES, files, strict=True):
        call(home_of(network, code), "ledger", "export", str(file), "--audience", audience)
    return files


def held(home: Path) -> dict[str, list[Sequence[Any]]]:
    with closing(sqlite3.connect(home / "hub.sqlite")) as connection:
        found = {
            name: sorted(connection.execute(f"SELECT {columns} FROM {name}").fetchall(), key=repr)
            for name, columns in KEPT.items()
        }
    hub = open_hub(home)
    with hub.engine.connect() as connection:  # as they are given: of a batch the first hub keeps no whole receipts
        given = [msgspec.json.encode(one) for code in CODES for one in receipts(connection, code, 0, 500)]
    hub.engine.dispose()
    return found | {"receipts": [(one,) for one in given]}


def replayed(network: Network, files: Sequence[Path], home: Path, expected: int = 0, **other: str) -> None:
    said = [] if home.exists() else [make_hub(home, {}).engine.dispose()]
    assert said in ([], [None])
    hub_key = other.get("hub_key", network.hub.key.public.hex)
    fingerprints = [other.get("fingerprint") or first_fingerprint(file) for file in files]
    given = [word for one in fingerprints for word in ("--fingerprint", one)]
    command = ["ledger", "replay", *map(str, files), "--hub-key", hub_key, *given, "--home", str(home)]
    assert hub_command(command) == expected


def first_fingerprint(file: Path) -> str:
    """Return what the region's people read out when they enrolled; the command prints it for comparison."""
    said = CliRunner().invoke(cli, ["verify", str(file)]).output
    return said.rpartition(": ")[2].strip()


def test_the_same_state_exports_to_the_same_bytes_which_anyone_verifies(network: Network, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    for one, other in zip(exported(network, tmp_path), exported(network, tmp_path / "again"), strict=True):
        assert one.read_bytes() == other.read_bytes()
        said = CliRunner().invoke(cli, ["verify", str(one), "--hub-key", network.hub.key.public.hex])
        assert said.exit_code == 0
        assert f"{len(ledger(home_of(network, one.name[:6])))} events" in said.output
        assert "2 destroyed, 0 payloads left out" in said.output
        assert hub_command(["ledger", "verify", str(one)]) == 0


def test_no_name_of_a_reviewer_and_no_destroyed_word_is_in_the_file(network: Network, tmp_path: Path) -> None:
    for file in exported(network, tmp_path):
        text = file.read_text(encoding="utf-8")
        assert "huisarts" not in text
        with closing(sqlite3.connect(home_of(network, file.name[:6]) / "node.sqlite")) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM reviewer")]
        assert len(names) == 2
        assert not any(name in text for name in names)


def test_a_changed_byte_ends_verifying_with_one_sentence(network: Network, tmp_path: Path) -> None:
    file = exported(network, tmp_path)[0]
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(line for number, line in enumerate(lines) if number != 3))
    said = CliRunner().invoke(cli, ["verify", str(file)])
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    assert "Event 3 is missing: event 4 follows event 2 (removed at event 3)." in said.output


def test_a_file_that_lacks_the_last_event_is_told_by_the_hub_only(
    network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = exported(network, tmp_path)[0]
    assert hub_command(["ledger", "verify", str(file), "--url", network.url]) == 0
    home = home_of(network, CODES[0])
    count = len(ledger(home))
    words(home, "Begin met de buurt.")
    call(home, "ship")
    assert hub_command(["ledger", "verify", str(file)]) == 0  # nothing in the file can tell that it lacks the last
    assert hub_command(["ledger", "verify", str(file), "--url", network.url]) == 1
    assert f"name event {count + 1} and the file ends at {count} (truncated at event {count + 1})" in (
        capsys.readouterr().err
    )


def test_export_writes_over_nothing_and_show_is_what_ledger_says(network: Network, tmp_path: Path) -> None:
    file = exported(network, tmp_path)[0]
    home = home_of(network, CODES[0])
    before = file.read_bytes()
    call(home, "ledger", "export", str(file), "--audience", "public", expected=1)
    assert file.read_bytes() == before
    assert call(home, "ledger", "show") == call(home, "ledger")
    assert call(home, "ledger", "verify").splitlines()[0] == call(home, "ledger").splitlines()[-1]


def answers(home: Path, moments: Sequence[str]) -> list[bytes]:
    hub = open_hub(home)
    try:
        client: FlaskClient = application(hub).test_client()
        found = [
            client.get(
                "/api/v1/indicators/c19.reported_total/comparison",
                query_string={"period": "2020-03-02", "set": "GGD regions", "as_known_on": moment},
            )
            for moment in moments
        ]
        assert {one.status_code for one in found} == {200}
        return [one.data for one in found]
    finally:
        hub.engine.dispose()


def test_an_empty_hub_takes_the_files_in_and_holds_what_the_first_one_held(network: Network, tmp_path: Path) -> None:
    files = exported(network, tmp_path)
    replayed(network, files, tmp_path / "hub")
    first, second = held(network.home), held(tmp_path / "hub")
    assert {name: len(rows) for name, rows in second.items() if not rows} == {}
    assert len(second["receipts"]) == len(second["event"])
    assert {b'"batch":{' in row[0] for row in second["receipts"]} == {True, False}
    for name, rows in first.items():
        assert second[name] == rows, name
    moments = sorted({str(row[12]) for row in first["event"]})
    assert len(moments) >= 6
    ours = answers(network.home, moments)
    assert answers(tmp_path / "hub", moments) == ours
    assert len({json.dumps(json.loads(one)["rows"]) for one in ours}) > 1
    assert hub_command(["rebuild", "--check", "--home", str(tmp_path / "hub")]) == 0


def test_a_hub_that_holds_the_region_takes_nothing_in(
    network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = exported(network, tmp_path)
    replayed(network, files[:1], tmp_path / "hub")
    before = held(tmp_path / "hub")
    replayed(network, files, tmp_path / "hub", expected=1)
    assert "holds GG0001 already" in capsys.readouterr().err
    assert held(tmp_path / "hub") == before


def test_nothing_is_taken_in_without_the_operators_two_confirmations(
    network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = exported(network, tmp_path)
    for wrong, sentence in (
        ({"hub_key": "ab" * 32}, "names another hub key than the one that was given"),
        ({"fingerprint": "ab" * 16}, "None of the fingerprints given"),
    ):
        replayed(network, files[:1], tmp_path / "hub", expected=1, **wrong)
        assert sentence in capsys.readouterr().err
    replayed(network, exported(network, tmp_path, "public")[:1], tmp_path / "hub", expected=1)
    assert "lacks payloads" in capsys.readouterr().err
    assert not any(held(tmp_path / "hub").values())


def test_a_file_that_turns_out_wrong_at_its_end_leaves_nothing_behind(
    network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = exported(network, tmp_path)[0]
    fingerprint = first_fingerprint(file)
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    replayed(network, [file], tmp_path / "hub", expected=1, fingerprint=fingerprint)
    assert "without its trailer" in capsys.readouterr().err
    assert not any(held(tmp_path / "hub").values())
