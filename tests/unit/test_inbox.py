"""Extracts on their way in: uploads at once, broken off, too large for the disk, and folders nobody began."""

import io
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from node.work import inbox

Usage = namedtuple("Usage", "total used free")


class Slow(io.BytesIO):
    """A body during which something else happens once, after its first piece."""

    def __init__(self, body: bytes, meanwhile: Callable[[], None]) -> None:
        super().__init__(body)
        self._meanwhile = [meanwhile]

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() and self._meanwhile:
            self._meanwhile.pop()()
        return super().read(min(size or 0, 3))


def left_in(home: Path) -> set[str]:
    return {one.name for one in (home / "sources" / "register").iterdir()}


def test_two_uploads_to_one_folder_at_once_are_both_kept_whole(tmp_path: Path) -> None:
    def other() -> None:
        inbox.receive(tmp_path, "register", "b.csv", io.BytesIO(b"other"), 5)

    inbox.receive(tmp_path, "register", "a.csv", Slow(b"the first one", other), 13)
    place = tmp_path / "sources" / "register"
    assert ((place / "a.csv").read_bytes(), (place / "b.csv").read_bytes()) == (b"the first one", b"other")
    assert left_in(tmp_path) == {"a.csv", "b.csv"}
    assert oct((place / "a.csv").stat().st_mode)[-3:] == "600"


def test_what_a_killed_upload_left_is_cleared_by_the_next_and_at_start(tmp_path: Path) -> None:
    place = inbox.folder(tmp_path, "register")
    (place / ".part.0123").write_bytes(b"half")
    inbox.receive(tmp_path, "register", "a.csv", io.BytesIO(b"whole"), 5)
    assert left_in(tmp_path) == {"a.csv"}
    (place / ".part.0123").write_bytes(b"half")
    inbox.clear_all(tmp_path)
    assert left_in(tmp_path) == {"a.csv"}


def test_a_file_that_the_disk_has_no_room_for_is_refused_also_halfway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [2 * 1024**3]
    monkeypatch.setattr(inbox.shutil, "disk_usage", lambda _: Usage(room[0], 0, room[0]))

    def others_fill_it() -> None:
        room[0] = 1024

    with pytest.raises(inbox.InboxRefused, match="1 MB are to come, and 512 MB stay free"):
        inbox.receive(tmp_path, "register", "a.csv", Slow(b"the first one", others_fill_it), 13)
    assert left_in(tmp_path) == set()
    with pytest.raises(inbox.InboxRefused, match="no room"):
        inbox.receive(tmp_path, "register", "a.csv", io.BytesIO(b"x"), 1)


def test_an_upload_that_breaks_off_leaves_the_earlier_file(tmp_path: Path) -> None:
    inbox.receive(tmp_path, "register", "a.csv", io.BytesIO(b"first"), 5)
    with pytest.raises(inbox.InboxRefused, match="broke off"):
        inbox.receive(tmp_path, "register", "a.csv", io.BytesIO(b"se"), 6)
    assert (tmp_path / "sources" / "register" / "a.csv").read_bytes() == b"first"
    assert left_in(tmp_path) == {"a.csv"}


def test_looking_at_a_folder_or_forgetting_it_makes_none(tmp_path: Path) -> None:
    for look in (inbox.find, inbox.mapping, inbox.forget, inbox.forget_files):
        with pytest.raises(inbox.InboxRefused, match="no folder 'nobody'"):
            look(tmp_path, "nobody")
    assert list(tmp_path.iterdir()) == []
