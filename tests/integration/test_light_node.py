"""A light node, by the commands of its own page: a first lesson, the move to a machine of its own, records later."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest
import requests

from demo.journey import call
from hub.__main__ import main as hub_main
from hub.bootstrap import application, make_hub
from node.__main__ import main
from node.config import read_settings
from node.records.store import records_path
from tests.support.served import served
from tests.unit.test_node_commands import INIT

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "light-node.md"
STEPS = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    hub = make_hub(tmp_path / ".demo" / "hub", {})
    with served(application(hub)) as port:
        yield port
    hub.engine.dispose()


@pytest.mark.nightly  # some twenty-five processes; what they do is tried in this one below
def test_who_follows_the_page_publishes_moves_and_widens(tmp_path: Path, port: int) -> None:
    parts = STEPS.findall(PAGE.read_text(encoding="utf-8"))
    assert len(parts) == 3, "the first lesson, the move, and records later"
    look = (
        "python -m node ledger --home own/node > ledger.txt",
        "python -m node action add bellen --title 'Blijf bellen' --owner-role arts --due 2030-01-01 --author Visser "
        "--audience public --home own/node",
        'BUNDLE=$(python -m node release list --home own/node | grep "^B" | tail -n 1 | cut -d" " -f1)',
        'python -m node review approve "$BUNDLE" --key regions/xr-nieuw/b.pem --home own/node',
        'python -m node release publish "$BUNDLE" --author Visser --home own/node',
        "python -m node ship --home own/node",
        "python -m node doctor --backup-days 0 --json --home own/node > doctor.json",
    )
    steps = "\n".join([*parts[:2], *look, parts[2]]).replace("127.0.0.1:8420", f"127.0.0.1:{port}")
    here = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    here["REGIOHELIX_BACKUP_PASSPHRASE"] = "a passphrase for the move"
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", steps], cwd=tmp_path, env=here, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:] + ran.stdout[-2000:]
    site = f"http://127.0.0.1:{port}/api/v1"
    (lesson,) = requests.get(f"{site}/lessons", timeout=30).json()["lessons"]
    (action,) = requests.get(f"{site}/learning/actions", timeout=30).json()["actions"]
    assert (lesson["region"], action["region"], action["item"]) == ("XR-NIEUW", "XR-NIEUW", "bellen")
    assert "verifies" in (tmp_path / "ledger.txt").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "doctor.json").read_text(encoding="utf-8"))["well"] is True
    own, host = tmp_path / "own" / "node", tmp_path / "regions" / "xr-nieuw" / "node"
    assert (read_settings(own).light, read_settings(host).light) == (False, True)
    assert [(home / "secrets" / "pseudonym").is_file() for home in (own, host)] == [True, False]


def test_a_light_node_moves_with_its_key_and_chain_and_goes_on(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", "a passphrase for the move")
    host, own, hub_home = tmp_path / "host", tmp_path / "own", str(tmp_path / ".demo" / "hub")
    lesson = re.search(r"<<'YAML'\n(.*?)YAML\n", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert lesson is not None
    (tmp_path / "lesson.yaml").write_text(lesson[1], encoding="utf-8")

    def let_out(home: Path, said: str) -> None:
        bundle = re.search(r"Bundle (\S+) by", said)
        assert bundle is not None
        call(home, "review", "approve", bundle[1], "--key", str(tmp_path / "0.pem"))
        call(home, "release", "publish", bundle[1], "--author", "Visser")
        call(home, "ship")

    call(host, *INIT[:-1], f"http://127.0.0.1:{port}", "--light")
    for number, organisation in enumerate(("GP cooperative", "Municipality")):
        key = ("--key", str(tmp_path / f"{number}.pem"))
        call(host, "review", "join", "--name", f"Person {number}", "--organisation", organisation, *key)
    invited = ("--region-set", "invented", "--fingerprint", call(host, "fingerprint"), "--home", hub_home)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert hub_main(["invite", "XR-DUINRAND", "--name", "Duinrand", *invited]) == 0
    call(host, "enrol", "--invitation", said.getvalue().strip())
    call(host, "lesson", "add", str(tmp_path / "lesson.yaml"), "--author", "Visser")
    readers = ("--author", "Visser", "--audience", "public")
    let_out(host, call(host, "release", "lesson", "bel-eerst", *readers))

    call(host, "backup", str(tmp_path / "moving.backup"))
    call(own, "restore", str(tmp_path / "moving.backup"))
    call(own, "catch-up")
    given = ("--title", "Blijf bellen", "--owner-role", "arts", "--due", "2030-01-01")
    let_out(own, call(own, "action", "add", "bellen", *given, *readers))
    call(own, "widen", "--author", "Visser")
    assert "verifies" in call(own, "ledger")
    (action,) = requests.get(f"http://127.0.0.1:{port}/api/v1/learning/actions", timeout=30).json()["actions"]
    assert (action["region"], action["item"], action["state"]) == ("XR-DUINRAND", "bellen", "open")
    assert (read_settings(own).light, read_settings(host).light) == (False, True)
    keys = [(home / "secrets" / "service.pem").read_bytes() for home in (own, host)]
    assert keys[0] == keys[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main([*INIT, "--light", "--home", str(tmp_path / "node")]) == 0
    capsys.readouterr()

    def opened(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a light node opened an engine for records")

    monkeypatch.setattr(duckdb, "connect", opened)
    return tmp_path / "node"


@pytest.mark.parametrize(
    "arguments",
    [
        ("source", "load", "mapping.yaml"),
        ("source", "list"),
        ("measure", "--period", "2024"),
        ("release", "prepare", "--period", "2024", "--author", "Visser", "--audience", "public"),
        ("linkage", "report"),
        ("source", "object", "list.csv", "--column", "bsn"),
        ("key", "rotate-pseudonym"),
        ("plan", "measure", "p", "--unit", "year", "--audience", "public", "--at", "daily 03:30", "--author", "Visser"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_light_node_refuses_records_and_says_how_to_hold_them(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert main([*arguments, "--home", str(home)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "is a light node" in told
    assert "`python -m node widen`" in told
    assert not records_path(home).exists()


def test_a_light_node_is_well_without_records_and_is_widened_once(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def doctor() -> str:
        main(["doctor", "--json", "--home", str(home)])
        return str({one["about"] for one in json.loads(capsys.readouterr().out)["findings"]} & {"records", "secrets"})

    assert doctor() == "set()"
    assert main(["widen", "--author", "Visser", "--home", str(home)]) == 0
    capsys.readouterr()
    assert doctor() == "{'records'}"
    assert main(["widen", "--author", "Visser", "--home", str(home)]) == 1
    assert "is no light node" in capsys.readouterr().err
    assert main(["measure", "--period", "2024", "--home", str(home)]) == 1
    assert "No source is loaded here yet" in capsys.readouterr().err
    monkeypatch.setenv("REGIOHELIX_NODE_LIGHT", "true")
    assert main(["widen", "--author", "Visser", "--home", str(home)]) == 1
    assert "REGIOHELIX_NODE_LIGHT says so" in capsys.readouterr().err
