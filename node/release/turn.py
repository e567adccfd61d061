"""Take turns: one process at a time does what must not be done twice at once; one that dies gives its turn back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text

_SHIPPING: Final = 7_243_115_910  # any constant: one shipper at a time per PostgreSQL database


@contextmanager
def shipping(engine: Engine) -> Iterator[bool]:
    """Give True to the one process that may ship this outbox now, and False to every other.

    On PostgreSQL an advisory lock says who it is, beside an SQLite database a locked file.
    """
    if engine.dialect.name == "postgresql":
        # Outside a transaction: an open one would keep the database from tidying up for as long as shipping takes.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            mine = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _SHIPPING}))
            try:
                yield mine
            finally:
                if mine:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _SHIPPING})
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield True
        return
    with holding(Path(f"{database}.shipping")) as mine:
        yield mine


@contextmanager
def holding(file: Path) -> Iterator[bool]:
    """Give True to the one process that holds this file now, and False to every other; the file stays, empty."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)  # which gives the lock back
