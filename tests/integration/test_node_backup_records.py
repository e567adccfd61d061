"""Linked records in a backup: only when asked for, only encrypted, never while they change, never beyond their date."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.archive import read_manifest
from node.__main__ import main
from node.records.store import open_store, records_path
from tests.support.small_region import small_region

SOURCE = "INSERT INTO source VALUES (?, 'c', 'p', 'l', 'a', 'bsn', ['all'], ?, 1, ?, NULL, NULL)"
PERSON = "INSERT INTO source_person VALUES (?, ?, DATE '1950-01-01', 'f', 'GM0001', NULL)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a node with two sources, of which one should be gone by now."""
    monkeypatch.setenv("REGIOHELIX_BACKUP_PASSPHRASE", "a passphrase for the drill")
    region = small_region(tmp_path / "node", "http://127.0.0.1:9")
    region.node.engine.dispose()
    today = datetime.now(UTC).date()
    records = open_store(records_path(tmp_path / "node"), read_only=False)
    for number, (name, until) in enumerate((("gone", today - timedelta(days=1)), ("kept", date(2099, 1, 1)))):
        records.execute(SOURCE, [name, until, today])
        records.execute(PERSON, [name, number])
    records.execute("CHECKPOINT")
    records.close()
    return tmp_path / "node"


def test_records_stay_out_unless_asked_for(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "backup"), "--home", str(home)]) == 0
    assert "linked records are left out" in capsys.readouterr().out
    manifest = read_manifest(tmp_path / "backup")
    assert manifest.left_out == ("records",)
    assert "records.duckdb" not in {part.name for part in manifest.parts}


def test_records_come_back_without_what_is_past_its_date(tmp_path: Path, home: Path) -> None:
    assert main(["backup", str(tmp_path / "backup"), "--with-records", "--home", str(home)]) == 0
    assert main(["restore", str(tmp_path / "backup"), "--home", str(tmp_path / "new")]) == 0
    records = open_store(records_path(tmp_path / "new"), read_only=True)
    assert records.execute("SELECT id FROM source").fetchall() == [("kept",)]
    assert records.execute("SELECT source FROM source_person").fetchall() == [("kept",)]
    records.close()
    assert records_path(tmp_path / "new").stat().st_mode & 0o077 == 0


def test_records_that_are_being_changed_or_unguarded_are_refused(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = ["backup", str(tmp_path / "backup"), "--with-records", "--home", str(home)]
    unfinished = home / "records.duckdb.wal"
    unfinished.write_bytes(b"x")
    assert main(backup) == 1
    assert "unfinished changes" in capsys.readouterr().err
    unfinished.unlink()
    monkeypatch.delenv("REGIOHELIX_BACKUP_PASSPHRASE")
    assert main([*backup, "--without-secrets"]) == 1
    assert "passphrase" in capsys.readouterr().err
    assert not (tmp_path / "backup").exists()
