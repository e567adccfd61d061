"""One backup in one file: a zip of parts and a manifest; under a passphrase every part is encrypted.

Encryption is AES-256-GCM over pieces of 1 MiB, with a key that scrypt (RFC 7914) makes of the passphrase and a salt of
this archive; name, number and end of each part are bound in, so that no piece can be moved, repeated or cut off.
"""

import errno
import hashlib
import os
import re
import secrets
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from schemas.refused import Refused

FORMAT: Final = 1
SHORTEST_PASSPHRASE: Final = 12  # characters
_MANIFEST: Final = "manifest.json"
_LARGEST_MANIFEST: Final = 16 * 1024 * 1024  # bytes
_PIECE: Final = 1024 * 1024
_TAG: Final = 16  # bytes that AES-GCM adds to a piece
_SCRYPT: Final = {"length": 32, "n": 2**17, "r": 8, "p": 1}  # as OWASP advises for passwords: 128 MiB a guess
# what Python's zipfile raises, by where the damage is: a length, a name, the method, the packed bytes, a flag
_NO_ARCHIVE: Final = (
    zipfile.BadZipFile, KeyError, msgspec.MsgspecError, EOFError, zlib.error, NotImplementedError, RuntimeError,
    ValueError, OverflowError, struct.error,
)  # fmt: skip
_NAME: Final = re.compile(r"^[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)?$")


class ArchiveExists(Refused, FileExistsError):
    """A file that is there already where a backup was to be written."""


class ArchiveUnreadable(Refused, ValueError):
    """A file that is no backup of this format."""


class ArchiveDamaged(Refused, ValueError):
    """A backup in which a part is not what the manifest says."""


class PassphraseMissing(Refused, PermissionError):
    """A backup with secrets in it, without the passphrase that guards them."""


class PassphraseWrong(Refused, PermissionError):
    """A passphrase that does not open the backup."""


class PassphraseTooShort(Refused, ValueError):
    """A passphrase that could be guessed."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup, `sha256` and `size` (bytes) as stored."""

    name: str
    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds; `heads` gives each region's last sequence and event id, `salt` is None where nothing is
    encrypted."""

    side: Literal["node", "hub"]
    name: str
    made_at: str
    protocol: int
    revision: str
    heads: dict[str, tuple[int, str]]
    left_out: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    salt: str | None = None
    format: int = FORMAT


def write_archive(file: Path, manifest: Manifest, parts: Mapping[str, Path], passphrase: str | None) -> Manifest:
    """Write a backup whole or not at all, readable by its owner only, and return its manifest.

    Raises ArchiveExists or PassphraseTooShort.
    """
    if file.exists():
        raise ArchiveExists(f"{file} is there already; name a new file, since no backup is written over another.")
    salt = secrets.token_bytes(16) if passphrase else None
    key = _key(passphrase, salt) if passphrase and salt else None
    if not file.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such folder", os.fspath(file.parent))
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as raw:
            method = zipfile.ZIP_STORED if key else zipfile.ZIP_DEFLATED
            with zipfile.ZipFile(raw, "w", method) as archive:
                listed = tuple(_add(archive, n, name, path, key) for n, (name, path) in enumerate(parts.items()))
                whole = msgspec.structs.replace(manifest, parts=listed, salt=salt.hex() if salt else None)
                archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(whole), indent=2))
            raw.flush()
            os.fsync(raw.fileno())
        os.link(unfinished, file)  # unlike a rename, this never replaces a file that came meanwhile
    except FileExistsError as error:
        raise ArchiveExists(f"{file} is there already; name a new file.") from error
    except OSError as error:
        error.filename = os.fspath(file)  # a full disk names none, and the unfinished file is gone
        raise
    finally:
        unfinished.unlink(missing_ok=True)
    return whole


def read_manifest(file: Path) -> Manifest:
    """Return what a backup says it holds; raises ArchiveUnreadable, or FileNotFoundError."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
                raise ArchiveUnreadable(f"{file} has a manifest too large to be one; take another backup.")
            manifest = msgspec.json.decode(archive.read(_MANIFEST), type=Manifest)
    except ArchiveUnreadable:
        raise
    except (*_NO_ARCHIVE, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # which is a place before the file's beginning
            raise
        raise ArchiveUnreadable(
            f"{file} is no whole backup: it was cut off, damaged, or is another file; use another backup."
        ) from error
    if manifest.format != FORMAT:
        raise ArchiveUnreadable(
            f"{file} has format {manifest.format}, this version reads format {FORMAT}; use the version that made it."
        )
    return manifest


def extract(file: Path, folder: Path, passphrase: str | None) -> Manifest:
    """Check every part against the manifest and write them into a folder, each readable by its owner only.

    Raises ArchiveUnreadable, ArchiveDamaged, PassphraseMissing or PassphraseWrong.
    """
    manifest = read_manifest(file)
    if manifest.salt and not passphrase:
        raise PassphraseMissing(f"{file} is encrypted; give its passphrase.")
    key = _key(passphrase, bytes.fromhex(manifest.salt)) if manifest.salt and passphrase else None
    with zipfile.ZipFile(file) as archive:
        for part in manifest.parts:
            _check(archive, part, file)
        for number, part in enumerate(manifest.parts):
            _write(folder / part.name, _opened(archive, number, part, key, file))
    return manifest


def _add(archive: zipfile.ZipFile, number: int, name: str, path: Path, key: AESGCM | None) -> Part:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        pieces: Iterable[bytes] = iter(lambda: source.read(_PIECE), b"")
        for piece in _sealed(pieces, number, name, key) if key else pieces:
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return Part(name, digest.hexdigest(), size)


def _sealed(pieces: Iterable[bytes], number: int, name: str, key: AESGCM) -> Iterator[bytes]:
    for place, piece, is_last in _with_last(pieces):
        yield key.encrypt(_nonce(number, place), piece, _bound(name, is_last))


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """Give each piece its place and whether it is the last; nothing at all gives one empty piece."""
    waiting, place = None, 0
    for piece in pieces:
        if waiting is not None:
            yield place, waiting, False
            place += 1
        waiting = piece
    yield place, waiting or b"", True


def _check(archive: zipfile.ZipFile, part: Part, file: Path) -> None:
    damaged = ArchiveDamaged(f"{file}: part {part.name} is not what the manifest says; use another backup.")
    if not _NAME.fullmatch(part.name):
        raise damaged
    digest = hashlib.sha256()
    try:
        if archive.getinfo(part.name).file_size != part.size:
            raise damaged
        for piece in _read(archive, part.name, _PIECE):
            digest.update(piece)
    except ArchiveDamaged:
        raise
    except (*_NO_ARCHIVE, OSError) as error:
        raise damaged from error
    if digest.hexdigest() != part.sha256:
        raise damaged


def _opened(archive: zipfile.ZipFile, number: int, part: Part, key: AESGCM | None, file: Path) -> Iterator[bytes]:
    if key is None:
        yield from _read(archive, part.name, _PIECE)
        return
    try:
        for place, piece, is_last in _with_last(_read(archive, part.name, _PIECE + _TAG)):
            yield key.decrypt(_nonce(number, place), piece, _bound(part.name, is_last))
    except InvalidTag as error:
        raise PassphraseWrong(f"The passphrase does not open {file}; try the one it was made with.") from error


def _read(archive: zipfile.ZipFile, name: str, size: int) -> Iterator[bytes]:
    with archive.open(name) as source:
        read: Callable[[], Any] = lambda: source.read(size)  # noqa: E731 - named for its type
        yield from iter(read, b"")


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        try:
            for piece in pieces:
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        except OSError as error:
            error.filename = os.fspath(path)
            raise


def _key(passphrase: str, salt: bytes) -> AESGCM:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseTooShort(f"The passphrase is too short; use at least {SHORTEST_PASSPHRASE} characters.")
    return AESGCM(Scrypt(salt=salt, **_SCRYPT).derive(passphrase.encode()))


def _nonce(number: int, place: int) -> bytes:
    return number.to_bytes(4, "big") + place.to_bytes(8, "big")


def _bound(name: str, is_last: bool) -> bytes:
    return name.encode() + (b"\x00last" if is_last else b"\x00more")
