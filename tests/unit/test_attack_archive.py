"""Backups made by somebody else: links, devices, bombs and names that lead elsewhere are refused or plain files."""

import hashlib
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from connectors.archive import ArchiveDamaged, ArchiveUnreadable, Manifest, Part, extract

WHERE_TO = b"/etc/passwd"


def _backup(file: Path, entries: list[tuple[str, bytes, int]], **changed: object) -> Path:
    """Write a backup whose manifest holds, each part with the kind of file that the zip says it is."""
    listed = tuple(Part(name, hashlib.sha256(data).hexdigest(), len(data)) for name, data, _ in entries)
    manifest = Manifest("hub", "hub", "2026-11-22T00:00:00Z", 1, "0001", {}, (), listed)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, kind in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (kind | 0o777) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
        archive.writestr("manifest.json", msgspec.json.encode(msgspec.structs.replace(manifest, **changed)))
    return file


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFDIR])
def test_whatever_the_zip_says_a_part_is_it_becomes_a_plain_file(tmp_path: Path, kind: int) -> None:
    extract(_backup(tmp_path / "backup", [("store.sqlite", WHERE_TO, kind)]), tmp_path / "out", None)
    made = tmp_path / "out" / "store.sqlite"
    assert stat.S_ISREG(made.lstat().st_mode)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert made.read_bytes() == WHERE_TO


def test_a_link_that_waits_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "store.sqlite").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        extract(_backup(tmp_path / "backup", [("store.sqlite", b"x", stat.S_IFREG)]), tmp_path / "out", None)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["..", "../x", "a/../../x", "/x", "a\\..\\x", "a/b/c", "", "C:x", "~/x"])
def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    good = ("store.sqlite", b"x", stat.S_IFREG)
    file = _backup(tmp_path / "backup", [good, (name, b"x", stat.S_IFREG)])
    with pytest.raises(ArchiveDamaged):
        extract(file, tmp_path / "out", None)
    assert not (tmp_path / "out").exists()


def test_a_part_larger_than_the_manifest_says_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    zeros = bytes(64 << 20)
    file = _backup(tmp_path / "backup", [("store.sqlite", zeros, stat.S_IFREG)],
                   parts=(Part("store.sqlite", hashlib.sha256(b"x").hexdigest(), 1),))  # fmt: skip
    assert file.stat().st_size < 1 << 20
    with pytest.raises(ArchiveDamaged):
        extract(file, tmp_path / "out", None)
    assert not (tmp_path / "out").exists()


def test_a_manifest_that_unfolds_is_refused_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("manifest.json", "w") as target:
        for _ in range(64):
            target.write(b"[" * (1 << 20))
    with pytest.raises(ArchiveUnreadable):
        extract(file, tmp_path / "out", None)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"[" * (8 << 20))
    code = """
import sys
from pathlib import Path
from connectors.archive import ArchiveUnreadable, extract
try:
    extract(Path(sys.argv[1]), Path(sys.argv[2]), None)
except ArchiveUnreadable:
    print("refused")
"""
    call = [sys.executable, "-c", code, file, tmp_path / "out"]
    said = subprocess.run(call, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (said.stdout, said.stderr) == ("refused\n", "")
