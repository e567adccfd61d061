"""Files of a home folder: whole or not there, and private from their first byte."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectors import snapshot
from connectors.database import open_engine, upgrade
from connectors.files import make_private, seen_by_others, write_whole
from hub.bootstrap import MIGRATIONS


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
