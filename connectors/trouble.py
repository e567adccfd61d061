"""Why a database or a disk does not do what it is asked, in words for who runs it: what is wrong, and what mends it.

Read from the codes of SQLite (https://www.sqlite.org/rescode.html) and PostgreSQL (appendix A of its manual). The
database's own text is looked at and never passed on: it could quote a value.
"""

import errno
import os
import re
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong and what mends it, each the part of a sentence; `is_damage` where only a backup helps."""

    what: str
    mend: str
    is_damage: bool = False

    @property
    def sentence(self) -> str:
        """Return both as one sentence, to stand behind "The database: "."""
        return f"{self.what}; {self.mend}."


_LEAST_ROOM: Final = 1024 * 1024  # bytes, below which no transaction can count on being kept

FULL: Final = Trouble("its disk is full", "make room there and try again, nothing was lost")
DAMAGED: Final = Trouble(
    "its file is damaged, or is no SQLite database",
    "stop every process on it, keep the file aside, and restore the last backup into a new folder",
    is_damage=True,
)
AWAY: Final = Trouble("it does not answer", "start it, or correct the setting `database`")
_READ_ONLY: Final = Trouble(
    "it takes no writes", "let this program's user write to the file and its folder, or name the primary server"
)
_CLOSED: Final = Trouble(
    "its file cannot be opened", "check that its folder is there, that this program's user may write in it, and room"
)
_LOCKED: Final = Trouble(
    "another process keeps it locked", "wait until that command has ended and try again, or stop what holds the file"
)
_UNREADABLE: Final = Trouble("its disk fails to read or write", "check the disk; then `doctor`, and a backup")
_LOGIN: Final = Trouble(
    "it refuses this user or password", "correct user and password in the setting `database`, or pg_hba.conf"
)
_NO_SUCH: Final = Trouble("it has no database of that name", "correct the name in the setting `database`, or create it")
_STARTING: Final = Trouble("it is starting up or shutting down", "wait a minute and try again")
_CROWDED: Final = Trouble(
    "it takes no more connections", "end some, or raise max_connections; each process here opens up to fifteen"
)
_RIGHTS: Final = Trouble(
    "its user lacks a right on a table", "let the user in the setting `database` own the tables, or grant it all rights"
)
_OTHER_TABLES: Final = Trouble(
    "its tables are not those that this program makes",
    "check that `database` names the right one; else restore the last backup into a new folder",
)

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_AUTH: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_IOERR: _UNREADABLE,
}
_STATES: Final = {
    "53100": FULL, "25006": _READ_ONLY, "55P03": _LOCKED, "40P01": _LOCKED, "57P03": _STARTING, "57P01": _STARTING,
    "53300": _CROWDED, "28P01": _LOGIN, "28000": _LOGIN, "3D000": _NO_SUCH, "42501": _RIGHTS, "42P01": _OTHER_TABLES,
    "42703": _OTHER_TABLES, "58030": _UNREADABLE, "XX001": DAMAGED, "XX002": DAMAGED,
}  # fmt: skip
# libpq gives no code where the connection fails; what the server said then names no value of a table
_SAID: Final = (
    (
        re.compile("password authentication failed|no password supplied|no pg_hba.conf entry|role .* does not exist"),
        _LOGIN,
    ),
    (re.compile("database .* does not exist"), _NO_SUCH),
    (re.compile("starting up|shutting down|recovery mode"), _STARTING),
    (re.compile("too many clients|connection slots"), _CROWDED),
)


def trouble(error: SQLAlchemyError | sqlite3.Error) -> Trouble:
    """Return what is wrong with a database that failed, and what mends it."""
    if isinstance(error, PoolExhausted):
        return _CROWDED
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        found = _of_sqlite(cause)
    else:
        found = _STATES.get(str(getattr(cause, "sqlstate", None)))
        if found is None and isinstance(error, OperationalError):
            found = _of_server(str(cause))
    return found or Trouble(
        f"it does not answer as it should ({type(error).__name__})", "look at its own log and its disk, then `doctor`"
    )


def takes_no_writes(engine: Engine) -> Trouble | None:
    """Return why a database that answers would keep nothing new, None where it would; nothing is written for that.

    SQLite: the rights on its file and folder, and room on its disk. PostgreSQL: a standby, or set to read only; its
    disk is for its own monitoring. Raises what SQLAlchemy raises where it does not answer.
    """
    name = engine.url.database
    if engine.url.get_backend_name() == "sqlite":
        if not name or name == ":memory:":
            return None
        folder = Path(name).parent
        if not (os.access(name, os.W_OK) and os.access(folder, os.W_OK)):
            return _READ_ONLY
        return FULL if shutil.disk_usage(folder).free < _LEAST_ROOM else None
    with engine.connect() as connection:
        is_read_only = connection.scalar(text("SELECT current_setting('transaction_read_only') = 'on'"))
    return _READ_ONLY if is_read_only else None


def no_room(error: OSError) -> bool:
    """Tell whether a file could not be written for want of room: a full disk, a quota or a limit on a file's size."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def of_file(error: OSError) -> str:
    """Return what is wrong with a file, as one sentence with what to do."""
    if error.errno is None and str(error):
        return str(error)  # raised here, with a sentence of its own
    name = "A file" if error.filename is None else str(error.filename)
    if no_room(error):
        where = "a disk" if error.filename is None else f"the disk of {error.filename}"
        return f"There is no room on {where}; make room and try again: what was begun is undone."
    if isinstance(error, FileNotFoundError):
        return f"{name} is not there; correct the name, or make the folder it lies in."
    if isinstance(error, PermissionError):
        return f"{name} may not be used by this user; run this as the user who owns it, or correct its rights."
    return f"{name}: {error.strerror or type(error).__name__}; correct that and try again."


def _of_sqlite(error: sqlite3.Error) -> Trouble | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF == sqlite3.SQLITE_ERROR and str(error).startswith(("no such table", "no such column")):
        return _OTHER_TABLES
    return _SQLITE.get(code & 0xFF)


def _of_server(said: str) -> Trouble:
    return next((found for words, found in _SAID if words.search(said)), AWAY)


def of_records(error: Exception) -> str:
    """Return what is wrong with the engine of the records, and what mends it, by the error's kind alone.

    Its text is never passed on: it could hold a record's value.
    """
    if type(error).__name__ == "OutOfMemoryException":
        return (
            "The memory, and the disk beside the record store, did not suffice for this; give the machine, service or "
            "container more memory, make room on the disk, then try again."
        )
    return f"The record store failed ({type(error).__name__}); check the disk's free space, then try again."
