"""Extracts on their way in by the desk's pages: a folder for each source, its files, its mapping, and nothing outside.

A mapping that came by a page reads files of its own folder alone: no other folder, and no database.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import yaml

from connectors.sources import SourceRefused
from connectors.sources.sample import samples
from connectors.sources.suggest import suggest
from connectors.sources.suggestion_text import mapping_text
from node.release.refusal import ReleaseRefused
from schemas.plain_yaml import YamlNotPlain, read_yaml

MAPPING: Final = "mapping.yaml"
LARGEST: Final = 2 * 1024**3  # bytes of one file
_FOLDER: Final = "sources"
_SOURCE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}\.(csv|csv\.gz|xlsx|parquet)")
_KINDS: Final = ("csv", "xlsx", "parquet")
_KEYS: Final = (
    "id", "kind", "legal", "max_reject_share", "unique_persons", "covers", "complete_until", "precedence",
    "objections", "files",
)  # fmt: skip
_PIECE: Final = 1024 * 1024
_RESERVE: Final = 512 * 1024**2  # bytes of the disk that a file on its way leaves to the node's own stores


class InboxRefused(ReleaseRefused):
    """A file, name or mapping that cannot come in by a page; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A source's folder: its files with their sizes in bytes, and whether a mapping lies there."""

    source: str
    files: tuple[tuple[str, int], ...]
    has_mapping: bool


def incoming(home: Path) -> tuple[Incoming, ...]:
    """Return every folder in order of name."""
    root = home / _FOLDER
    return tuple(_read(one) for one in sorted(root.iterdir()) if one.is_dir()) if root.is_dir() else ()


def folder(home: Path, source: str) -> Path:
    """Return a source's folder, made where it is not there, for its owner only; raises InboxRefused."""
    place = _place(home, source)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def find(home: Path, source: str) -> Incoming:
    """Return one folder; raises InboxRefused where its name is none, or it is not there: looking makes nothing."""
    place = _place(home, source)
    if not place.is_dir():
        raise InboxRefused(f"There is no folder '{source}' here; begin it under 'Sources'.")
    return _read(place)


def receive(home: Path, source: str, name: str, body: BinaryIO, length: int) -> None:
    """Keep a file whole or not at all, over an earlier one of its name; raises InboxRefused."""
    if not _FILE.fullmatch(name):
        raise InboxRefused("This file's name ends in none of .csv, .csv.gz, .xlsx and .parquet, or holds odd signs.")
    if not 0 < length <= LARGEST:
        raise InboxRefused(f"A file of 1 byte to {LARGEST // 1024**3} GB can come in by this page; load it by command.")
    place = folder(home, source)
    clear(place)
    part, descriptor = _begun(place)
    left = length
    try:
        with os.fdopen(descriptor, "wb") as file:
            while left:
                _require_room(place, left)
                piece = body.read(min(_PIECE, left))
                if not piece:
                    raise InboxRefused("The file broke off on its way; send it again.")
                file.write(piece)
                left -= len(piece)
            file.flush()
            part.replace(place / name)  # while it is locked: nobody takes it for a leftover
    finally:
        part.unlink(missing_ok=True)


def clear(place: Path) -> None:
    """Delete from a folder what a killed process left of files on their way; one still on its way is locked."""
    for part in place.glob(".part*"):
        with suppress(FileNotFoundError, BlockingIOError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink(missing_ok=True)


def clear_all(home: Path) -> None:
    """Do so in every folder."""
    for one in incoming(home):
        clear(home / _FOLDER / one.source)


def mapping(home: Path, source: str) -> str:
    """Return a source's mapping as it was kept, or a proposal from its files; empty where there is neither.

    A proposal is made of headings and the forms of a sample, and shows no value. Raises SourceRefused.
    """
    place, files = _place(home, source), find(home, source).files
    if (place / MAPPING).is_file():
        return (place / MAPPING).read_text(encoding="utf-8")
    found = [suggest(sample) for name, _ in files for sample in samples(place / name)]
    if not found:
        return ""
    if len({one.sample.kind for one in found}) > 1:
        raise SourceRefused("The files are of several kinds; give each kind a folder of its own.")
    return mapping_text(found, source)


def keep_mapping(home: Path, source: str, text: str) -> Path:
    """Keep a mapping that reads this folder's files alone, and return its path; raises InboxRefused."""
    document = document_of(text)
    if not isinstance(document, Mapping) or document.get("kind") not in _KINDS:
        raise InboxRefused(f"The mapping: `kind` is none of {', '.join(_KINDS)}; load others by command.")
    if document.get("id") != source:
        raise InboxRefused(f"The mapping: `id` is not '{source}', the name of its folder.")
    for key in document:
        if key not in _KEYS:
            raise InboxRefused(
                f"The mapping: `{str(key)[:40]}` could lead out of this folder, or is unknown; leave it out, or load "
                "this source by command."
            )
    for name in _named(document):
        if not isinstance(name, str) or not _FILE.fullmatch(name):
            raise InboxRefused("The mapping: a `file` is no name of a file in this folder; name it without a path.")
    to = folder(home, source) / MAPPING
    to.write_text(text, encoding="utf-8")
    return to


def document_of(text: str) -> Any:
    """Return the plain values of a mapping that came by a page; raises InboxRefused naming the line."""
    try:
        return read_yaml(text)
    except YamlNotPlain as error:
        raise InboxRefused(f"The mapping: {error}") from error
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f"line {place.line + 1} " if place else ""
        raise InboxRefused(f"The mapping: {line}is not YAML; correct it.") from error


def forget_files(home: Path, source: str) -> None:
    """Delete a source's files, its mapping excepted: what was loaded need not lie here twice."""
    for name, _ in find(home, source).files:
        (_place(home, source) / name).unlink()


def forget(home: Path, source: str) -> None:
    """Delete a source's folder with all that lies in it."""
    find(home, source)
    shutil.rmtree(_place(home, source))


def _place(home: Path, source: str) -> Path:
    """Return where a source's folder is, or would be; raises InboxRefused."""
    if not _SOURCE.fullmatch(source):
        raise InboxRefused(f"'{source}' is no name of a source; write lower-case letters, digits, - and _.")
    return home / _FOLDER / source


def _begun(place: Path) -> tuple[Path, int]:
    """Return a file of its own for one upload, open and locked, for its owner only."""
    while True:
        part = place / f".part.{secrets.token_hex(8)}"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return part, descriptor
        os.close(descriptor)  # between these two lines another upload took it for a leftover


def _require_room(place: Path, left: int) -> None:
    """Raise InboxRefused where the rest would leave too little: asked at each piece, for others write as well."""
    if shutil.disk_usage(place).free < left + _RESERVE:
        raise InboxRefused(
            f"The node's disk has no room for this file: {left // 1024**2 + 1} MB are to come, and "
            f"{_RESERVE // 1024**2} MB stay free. Make room on the disk, then send it again."
        )


def _named(document: Any) -> Iterator[object]:
    """Yield whatever stands under a key `file`, however deep."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            if key == "file":
                yield value
            else:
                yield from _named(value)
    elif isinstance(document, list):
        for one in document:
            yield from _named(one)


def _read(place: Path) -> Incoming:
    files = sorted(one for one in place.iterdir() if _FILE.fullmatch(one.name))
    return Incoming(place.name, tuple((one.name, one.stat().st_size) for one in files), (place / MAPPING).is_file())
