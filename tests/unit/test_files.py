"""Files of a home folder: whole or not there, and private from their first byte."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from prometheus_client import CollectorRegistry

from connectors import snapshot
from connectors.archive import Manifest, write_archive
from connectors.database import open_engine, upgrade
from connectors.files import make_private, seen_by_others, write_whole
from hub.__main__ import main as hub_main
from hub.bootstrap import MIGRATIONS
from hub.commands import serving
from node.__main__ import main as node_main
from schemas.codes import PROTOCOL


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as a full disk or a quota would."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_file_that_finds_no_room_leaves_nothing_and_the_former_one_stays(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    write_whole(file, "port = 1\n")
    with room_for(8192), pytest.raises(OSError, match=r"hub\.toml"):
        write_whole(file, "#" * 20_000)
    assert [path.name for path in tmp_path.iterdir()] == ["hub.toml"]
    assert file.read_text(encoding="utf-8") == "port = 1\n"


def test_what_is_made_is_private_and_rights_that_let_others_read_are_seen(tmp_path: Path) -> None:
    file = tmp_path / "home" / "store.sqlite"
    file.parent.mkdir(0o755)
    file.parent.chmod(0o755)
    make_private(file)
    make_private(file)
    write_whole(file.with_name("node.toml"), "x")
    assert [path.stat().st_mode & 0o777 for path in file.parent.iterdir()] == [0o600, 0o600]
    assert not seen_by_others(file)
    file.chmod(0o644)
    assert seen_by_others(file)
    file.parent.chmod(0o700)
    assert not seen_by_others(file)


def test_a_copy_of_the_store_that_finds_no_room_is_refused_in_a_sentence(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    upgrade(engine, MIGRATIONS)
    engine.dispose()
    (tmp_path / ".backup-x").mkdir()
    with room_for(100_000), pytest.raises(snapshot.SnapshotNotTaken, match="No backup was made"):
        snapshot.take(engine, MIGRATIONS, tmp_path / ".backup-x" / "hub.sqlite")
    engine.dispose()


def test_a_status_that_cannot_be_written_costs_a_line_and_not_the_intake(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    registry = CollectorRegistry()
    serving._write_status(tmp_path / "nowhere" / "hub.prom", registry)
    assert "is not there" in caplog.text
    serving._write_status(tmp_path / "hub.prom", registry)
    assert (tmp_path / "hub.prom").is_file()


@pytest.mark.parametrize(("made", "by"), [("node", hub_main), ("hub", node_main)])
def test_a_backup_of_the_other_side_names_the_command_that_restores_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], made: Literal["node", "hub"], by: Callable[[list[str]], int]
) -> None:
    manifest = Manifest(made, "XR-A", "2026-11-22T12:00:00Z", PROTOCOL, "0001", {}, ())
    write_archive(tmp_path / "file", manifest, {}, None)
    assert by(["restore", str(tmp_path / "file"), "--home", str(tmp_path / "home")]) == 1
    assert f"`python -m {made} restore`" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
