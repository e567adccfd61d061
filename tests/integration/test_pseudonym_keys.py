"""The pseudonyms' key is renewed: the same persons are found, wherever the process fell, and from a backup too."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from node.__main__ import main
from node.records.store import open_store, records_path
from tests.support.sources import SOUND_NUMBERS, register_file, source, visits_file, written

REGISTER = "bsn;born;sex\n" + "".join(f"{one};01-02-1950;V\n" for one in SOUND_NUMBERS)
VISITS = "bsn;date\n" + "".join(f"{one};01-0{month}-2024\n" for one in SOUND_NUMBERS for month in (1, 2))
FALLING = """
import os, pathlib, signal, sys
from node.__main__ import main
from node.records import rotate
from node.commands import pseudonyms

def fall(*_):
    os.kill(os.getpid(), signal.SIGKILL)

where = sys.argv.pop(1)
if where == "after one column":
    wrap, done = rotate._wrap, []
    rotate._wrap = lambda *given: fall() if done else done.append(1) or wrap(*given)
elif where == "before the key is in place":
    pathlib.Path.rename = fall
elif where == "before the store":
    pseudonyms.wrap_pseudonyms = fall
main(sys.argv[1:])
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "home"
    monkeypatch.setenv("REGIOHELIX_NODE_HOME", str(made))
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", "a passphrase for the drill")
    assert main(["init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year",
                 "2023", "--hub-url", "http://127.0.0.1:9"]) == 0  # fmt: skip
    written(tmp_path / "register", source(register_file(), id="register"), persons=REGISTER)
    written(tmp_path / "clinic", source(visits_file(), id="clinic"), visits=VISITS)
    load(tmp_path)
    return made


def load(tmp_path: Path) -> None:
    for name in ("register", "clinic"):
        assert main(["source", "load", str(tmp_path / name / "source.yaml")]) == 0


def people(home: Path) -> dict[int, bytes]:
    connection = open_store(records_path(home), read_only=True)
    try:
        assert connection.execute("SELECT count(*) FROM encounter").fetchall() == [(6,)]
        return dict(connection.execute("SELECT person_id, pseudonym FROM identity").fetchall())
    finally:
        connection.close()


def rotate() -> None:
    assert main(["key", "rotate-pseudonym"]) == 0


def test_loads_after_two_renewals_find_the_same_persons(home: Path, tmp_path: Path) -> None:
    before = people(home)
    rotate()
    rotate()
    after = people(home)
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    load(tmp_path)
    assert people(home) == after
    names = sorted(path.name for path in (home / "secrets").glob("pseudonym*"))
    assert names == ["pseudonym", "pseudonym.2", "pseudonym.3"]
    assert {path.stat().st_mode & 0o777 for path in (home / "secrets").iterdir()} == {0o600}


@pytest.mark.parametrize("where", ["before the store", "after one column", "before the key is in place"])
def test_a_renewal_that_was_killed_is_finished_by_the_next(home: Path, tmp_path: Path, where: str) -> None:
    before = people(home)
    fell = subprocess.run([sys.executable, "-c", FALLING, where, "key", "rotate-pseudonym"], check=False, timeout=120)
    assert fell.returncode == -signal.SIGKILL
    begun = (home / "secrets" / "pseudonym.next").read_bytes()
    if where == "before the key is in place":
        assert main(["source", "load", str(tmp_path / "clinic" / "source.yaml")]) == 1
    else:
        load(tmp_path)
        assert people(home) == before
    rotate()
    assert (home / "secrets" / "pseudonym.2").read_bytes() == begun
    assert not (home / "secrets" / "pseudonym.next").exists()
    after = people(home)
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    load(tmp_path)
    assert people(home) == after


def test_a_load_between_store_and_key_is_refused_with_what_to_do(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(
        [sys.executable, "-c", FALLING, "before the key is in place", "key", "rotate-pseudonym"],
        check=False,
        timeout=120,
    )
    capsys.readouterr()
    assert main(["source", "load", str(tmp_path / "clinic" / "source.yaml")]) == 1
    assert capsys.readouterr().err == (
        "Refused: records.duckdb holds pseudonyms made with 2 keys and secrets/ has 1; finish `key rotate-pseudonym`, "
        "or put the keys back that belong to these records.\n"
    )
    assert main(["doctor"]) == 1
    assert "a renewal of the pseudonyms' key is not finished" in capsys.readouterr().out


@pytest.mark.parametrize("with_records", [True, False])
def test_a_backup_brings_the_whole_chain_of_keys_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_records: bool
) -> None:
    rotate()
    after = people(home)
    more = ["--with-records"] if with_records else []
    assert main(["backup", str(tmp_path / "backup"), *more]) == 0
    again = tmp_path / "again"
    monkeypatch.setenv("REGIOHELIX_NODE_HOME", str(again))
    assert main(["restore", str(tmp_path / "backup")]) == 0
    load(tmp_path)
    assert set(people(again).values()) == set(after.values())
