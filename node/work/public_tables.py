"""Public tables on their way in by the desk's pages: a folder for each, with its file, who lies where, and a mapping.

They stay there, since a table is published again next year; nothing here is of persons. A mapping reads its own folder
alone.
"""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.release.refusal import ReleaseRefused

from .inbox import document_of
from .taking_over import Taken, taken

_FOLDER: Final = "tables"
_MAPPING: Final = "mapping.yaml"
_TABLE: Final = "table"  # a folder within, which holds the table alone
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()-]{0,99}\.(csv|csv\.gz|xlsx)")


class TableRefused(ReleaseRefused):
    """A file, name or mapping of a public table that cannot come in by a page; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it came in: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A public table that is kept here: its file, that of who lies where, and its mapping; None of what is lacking."""

    name: str
    table: Path | None
    members: Path | None
    mapping: Path | None

    @property
    def is_whole(self) -> bool:
        """Tell whether all three are here."""
        return None not in (self.table, self.members, self.mapping)

    @property
    def text(self) -> str:
        """Return the mapping as it was written, empty where there is none."""
        return self.mapping.read_text(encoding="utf-8") if self.mapping is not None else ""


def kept(home: Path) -> tuple[KeptTable, ...]:
    """Return every table in order of name."""
    root = home / _FOLDER
    return tuple(_read(one) for one in sorted(root.iterdir()) if one.is_dir()) if root.is_dir() else ()


def find(home: Path, name: str) -> KeptTable:
    """Return one table; raises TableRefused where its name is none, or it is not there: looking makes nothing."""
    place = _place(home, name)
    if not place.is_dir():
        raise TableRefused(f"There is no table '{name}' here; begin it under 'Public tables'.")
    return _read(place)


def keep(home: Path, name: str, table: Brought | None, members: Brought | None, mapping: str | None) -> None:
    """Keep what came in, each over an earlier one, all of it or nothing; raises TableRefused, InboxRefused."""
    place = _place(home, name)
    for one in (table, members):
        if one is not None and not _FILE.fullmatch(one.name):
            raise TableRefused(
                "A file's name ends in none of .csv, .csv.gz and .xlsx, or holds odd signs; rename it, then choose it "
                "again."
            )
    if mapping is not None:
        _check_own(mapping)
    for folder in (place.parent, place, place / _TABLE):
        folder.mkdir(mode=0o700, exist_ok=True)
    if table is not None:
        _replace(place / _TABLE, table)
    if members is not None:
        _replace(place, members)
    if mapping is not None:
        _write(place / _MAPPING, mapping.encode())


def look(one: KeptTable, region: str) -> Taken:
    """Read what a region would take over of a table; raises TableRefused, and as `taking_over.taken` does."""
    if one.table is None or one.members is None or one.mapping is None:
        raise TableRefused("The table, who lies where and the mapping are needed; bring in what is lacking.")
    return taken(one.table, one.mapping, region)


def mark(one: KeptTable) -> str:
    """Return a mark of all that is kept of a table: another one where any of it changed since somebody looked."""
    parts = [path.read_bytes() for path in (one.table, one.members, one.mapping) if path is not None]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def forget(home: Path, name: str) -> None:
    """Delete what is kept of a table; what was released of it stays."""
    find(home, name)
    shutil.rmtree(_place(home, name))


def _check_own(text: str) -> None:
    """Raise TableRefused where a mapping names a file outside of its own folder."""
    document = document_of(text)
    membership = document.get("membership") if isinstance(document, Mapping) else None
    name = membership.get("file") if isinstance(membership, Mapping) else None
    if name is not None and not (isinstance(name, str) and _FILE.fullmatch(name)):
        raise TableRefused("The mapping: `membership.file` is no name of a file beside it; name it without a path.")


def _place(home: Path, name: str) -> Path:
    """Return where a table's folder is, or would be; raises TableRefused."""
    if not _NAME.fullmatch(name):
        raise TableRefused(f"'{name[:40]}' is no name of a table; write lower-case letters, digits, - and _.")
    return home / _FOLDER / name


def _read(place: Path) -> KeptTable:
    return KeptTable(
        place.name,
        next(iter(_files(place / _TABLE)), None),
        next(iter(_files(place)), None),
        place / _MAPPING if (place / _MAPPING).is_file() else None,
    )


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if _FILE.fullmatch(one.name)) if folder.is_dir() else []


def _replace(folder: Path, one: Brought) -> None:
    """Write a file whole, then delete the one whose place it takes."""
    former = _files(folder)
    _write(folder / one.name, one.content)
    for path in former:
        if path.name != one.name:
            path.unlink()


def _write(to: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner only."""
    part = to.with_name(f".part.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
