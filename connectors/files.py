"""Files of a home folder that are whole or not there, and that nobody but their owner can read."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write a text file that only its owner can read; where it cannot be written whole, nothing is left of it."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(text.encode())
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(file)
    except OSError as error:
        error.filename = error.filename or os.fspath(file)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def make_private(file: Path) -> None:
    """Make an empty file that only its owner can read, where there is none; SQLite gives its rights to what it adds."""
    if not file.exists():
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))


def seen_by_others(file: Path) -> bool:
    """Tell whether others on this machine can read a file: its own rights allow it, and its folder lets them in."""
    return bool(file.stat().st_mode & 0o044 and file.parent.stat().st_mode & 0o011)


@contextmanager
def in_use(file: Path) -> Iterator[None]:
    """Have a file say that this process is at work, for as long as it lives; several may say so at once.

    Where the file cannot be made, as on a full disk, the work goes on unsaid.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)  # as the system does where the process is killed: nobody is at work then


def is_in_use(file: Path) -> bool | None:
    """Tell whether a process says by this file that it is at work; None where none ever did."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
