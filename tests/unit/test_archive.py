"""A backup file: whole or not at all, nothing readable without the passphrase, every change noticed."""

import zipfile
from pathlib import Path

import pytest

from connectors import archive
from connectors.archive import Manifest, extract, read_manifest, write_archive

PASSPHRASE = "a long enough passphrase"
SECRET = b"the private key itself"
LARGE = bytes(range(256)) * 4096 * 2  # two whole pieces and nothing over


def manifest() -> Manifest:
    return Manifest("node", "XR-A", "2026-11-22T12:00:00Z", 1, "0003", {"XR-A": (3, "f" * 64)}, ("records",))


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Path]:
    found = {"secrets/service.pem": SECRET, "store.sqlite": LARGE, "empty": b""}
    made = {}
    for number, (name, data) in enumerate(found.items()):
        made[name] = tmp_path / str(number)
        made[name].write_bytes(data)
    return made


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_every_part_comes_back_and_only_its_owner_can_read_it(
    tmp_path: Path, parts: dict[str, Path], passphrase: str | None
) -> None:
    file = tmp_path / "backup"
    written = write_archive(file, manifest(), parts, passphrase)
    assert extract(file, tmp_path / "out", passphrase) == written == read_manifest(file)
    for name, path in parts.items():
        assert (tmp_path / "out" / name).read_bytes() == path.read_bytes()
        assert (tmp_path / "out" / name).stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_without_the_passphrase_nothing_is_readable(tmp_path: Path, parts: dict[str, Path]) -> None:
    file = tmp_path / "backup"
    write_archive(file, manifest(), parts, PASSPHRASE)
    assert SECRET not in file.read_bytes()
    assert LARGE[:64] not in file.read_bytes()
    with pytest.raises(archive.PassphraseMissing):
        extract(file, tmp_path / "out", None)
    with pytest.raises(archive.PassphraseWrong):
        extract(file, tmp_path / "out", "another long passphrase")


def test_a_short_passphrase_is_refused_and_no_file_is_left(tmp_path: Path, parts: dict[str, Path]) -> None:
    with pytest.raises(archive.PassphraseTooShort):
        write_archive(tmp_path / "backup", manifest(), parts, "short")
    assert not (tmp_path / "backup").exists()


def test_no_backup_is_written_over_another(tmp_path: Path, parts: dict[str, Path]) -> None:
    (tmp_path / "backup").write_bytes(b"kept")
    with pytest.raises(archive.ArchiveExists):
        write_archive(tmp_path / "backup", manifest(), parts, None)
    assert (tmp_path / "backup").read_bytes() == b"kept"


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_changed_cut_or_missing_part_is_noticed(
    tmp_path: Path, parts: dict[str, Path], passphrase: str | None
) -> None:
    file = tmp_path / "backup"
    write_archive(file, manifest(), parts, passphrase)
    whole = {name: zipfile.ZipFile(file).read(name) for name in (*parts, "manifest.json")}
    bends = {
        "changed": whole | {"store.sqlite": whole["store.sqlite"][:-1] + bytes([whole["store.sqlite"][-1] ^ 1])},
        "cut": whole | {"store.sqlite": whole["store.sqlite"][: 1024 * 1024]},
        "missing": {name: data for name, data in whole.items() if name != "empty"},
    }
    for name, bent in bends.items():
        with zipfile.ZipFile(tmp_path / name, "w") as made:
            for part, data in bent.items():
                made.writestr(part, data)
        with pytest.raises(archive.ArchiveDamaged):
            extract(tmp_path / name, tmp_path / f"out-{name}", passphrase)
        assert not (tmp_path / f"out-{name}").exists()


def test_no_part_is_written_outside_the_folder(tmp_path: Path, parts: dict[str, Path]) -> None:
    for number, name in enumerate(("../escaped", "/escaped", "a/../../escaped", "secrets/..")):
        file = tmp_path / f"backup{number}"
        write_archive(file, manifest(), {name: parts["store.sqlite"]}, None)
        with pytest.raises(archive.ArchiveDamaged):
            extract(file, tmp_path / "out", None)
    assert not (tmp_path / "escaped").exists()


def test_what_is_no_backup_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no backup")
    with zipfile.ZipFile(tmp_path / "zip", "w") as other:
        other.writestr("something", "else")
    for name in ("text", "zip"):
        with pytest.raises(archive.ArchiveUnreadable, match="no whole backup"):
            read_manifest(tmp_path / name)


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_backup_with_any_byte_changed_or_cut_off_is_refused_or_comes_back_whole(
    tmp_path: Path, passphrase: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_SCRYPT", {"length": 32, "n": 2, "r": 8, "p": 1})  # its cost is not what is tested
    part = tmp_path / "part"
    part.write_bytes(SECRET * 20)
    write_archive(tmp_path / "backup", manifest(), {"store.sqlite": part}, passphrase)
    whole = (tmp_path / "backup").read_bytes()
    refused = 0
    for place in range(0, len(whole), 3):
        bent = tmp_path / "bent"
        bent.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        out = tmp_path / f"out-{place}"
        try:
            extract(bent, out, passphrase)
        except (archive.ArchiveUnreadable, archive.ArchiveDamaged, archive.PassphraseWrong, archive.PassphraseMissing):
            refused += 1
        else:
            assert (out / "store.sqlite").read_bytes() == part.read_bytes()
    assert refused > len(whole) // 6
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(archive.ArchiveUnreadable, match="cut off"):
        extract(tmp_path / "cut", tmp_path / "out", passphrase)
