"""A load that is killed leaves nothing half-loaded and nothing beside the store, and a repeat comes out whole."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from node.__main__ import main
from node.records.store import open_store, records_path
from tests.support.sources import SOUND_NUMBERS, register_file, source, visits_file, written

ANN, BEN, CAS = SOUND_NUMBERS
ROOT = Path(__file__).parents[2]
INIT = (
    "init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year", "2025",
    "--hub-url", "http://localhost:1",
)  # fmt: skip
REGISTER = f"bsn;born;sex\n{ANN};01-02-1950;V\n{BEN};03-04-1960;M\n"
CORRECTED = f"bsn;born;sex\n{ANN};01-02-1951;V\n{CAS};31-02-2000;V\n{BEN};03-04-1960;M\n"
VISITS = f"bsn;date\n{ANN};01-01-2024\n{BEN};02-01-2024\n"
MORE = f"bsn;date\n{ANN};01-01-2024\n{ANN};05-01-2024\n{BEN};02-01-2024\n{BEN};02-01-2024\n"
RECORDS = ("person", "encounter", "source_person", "identity", "rejected_row")
AT_BATCH = """
import os, sys
from node.__main__ import main
from node.records import ingest
real, done = ingest.pseudonymise, []
def pseudonymise(*given):
    done.append(1)
    if len(done) == int(sys.argv[1]):
        os.kill(os.getpid(), 9)
    return real(*given)
ingest.pseudonymise = pseudonymise
main(sys.argv[2:])
"""
AT_COMMIT = """
import os, sys
from node.__main__ import main
from node.records import load
real = load.keep_load
def keep_load(connection, *given):
    real(connection, *given)
    connection.commit()
    os.kill(os.getpid(), 9)
load.keep_load = keep_load
main(sys.argv[2:])
"""
SPILLING = """
import os, pathlib, sys
from node.records.store import open_store
store = open_store(pathlib.Path(sys.argv[1]), read_only=False)
store.execute("SET memory_limit = '60MB'; SET threads = 1; BEGIN")
store.execute("CREATE TEMP TABLE staged AS SELECT hash(range) AS one, hash(-range) AS other FROM range(8000000)")
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main([*INIT, "--home", str(tmp_path / "node")]) == 0
    assert main(["source", "load", str(_extract(tmp_path, REGISTER, VISITS)), "--home", str(tmp_path / "node")]) == 0
    capsys.readouterr()
    return tmp_path / "node"


def _extract(tmp_path: Path, persons: str, visits: str) -> Path:
    document = source(register_file(), visits_file(), id="register", max_reject_share=0.5)
    return written(tmp_path / "in", document, persons=persons, visits=visits)


def _content(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    with open_store(records_path(home), read_only=True) as store:
        tables = [name for (name,) in store.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: store.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in tables}


def _records(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    content = _content(home)
    return {name: content[name] for name in RECORDS}


def _killed(program: str, *arguments: object) -> None:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == -9, ended.stderr


def test_a_load_killed_while_it_reads_leaves_what_was_and_its_repeat_is_whole(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, other = _content(home), Path(shutil.copytree(home, tmp_path / "other"))
    mapping = _extract(tmp_path, CORRECTED, MORE)
    _killed(AT_BATCH, 2, "source", "load", mapping, "--home", home)  # all persons are read, and no visit
    assert _content(home) == before
    assert main(["source", "load", str(mapping), "--home", str(home)]) == 0
    told = capsys.readouterr().out
    assert "persons.csv: 3 rows read = 2 loaded + 1 rejected + 0 duplicates + 0 objected + 0 outside" in told
    assert "visits.csv: 4 rows read = 3 loaded + 0 rejected + 1 duplicates + 0 objected + 0 outside" in told
    assert main(["source", "load", str(mapping), "--home", str(other)]) == 0  # never killed
    assert _records(home) == _records(other) != {name: before[name] for name in RECORDS}


def test_a_load_killed_once_it_is_committed_is_loaded_and_its_repeat_changes_nothing(
    home: Path, tmp_path: Path
) -> None:
    before = _records(home)
    mapping = _extract(tmp_path, CORRECTED, MORE)
    _killed(AT_COMMIT, 0, "source", "load", mapping, "--home", home)
    loaded = _content(home)
    assert {name: loaded[name] for name in RECORDS} != before
    assert main(["source", "load", str(mapping), "--home", str(home)]) == 0
    assert _content(home) == loaded


def test_what_a_killed_process_spilled_of_the_records_goes_and_only_its_owner_could_read_it(tmp_path: Path) -> None:
    path = records_path(tmp_path)
    folder = path.with_name(f"{path.name}.tmp")
    _killed(SPILLING, path)
    assert sum(file.stat().st_size for file in folder.iterdir()) > 1_000_000
    assert folder.stat().st_mode & 0o777 == 0o700
    open_store(path, read_only=True).close()
    assert list(folder.iterdir())  # another process may be reading: not taken away from it
    open_store(path, read_only=False).close()
    assert not list(folder.iterdir())
