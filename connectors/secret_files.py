"""Files with a secret: read and written so that nobody but their owner can, and no earlier one is left lying."""

import os
import secrets
from pathlib import Path

from schemas.refused import Refused


class SecretExposed(Refused, PermissionError):
    """A secret file that others than its owner can read."""


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, replacing an earlier one whole."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def replace_secret(path: Path, data: bytes) -> None:
    """Put a secret in the place of an earlier one, whose bytes are then overwritten where they lay."""
    with path.open("r+b") as former:
        size = path.stat().st_size
        write_secret(path, data)
        former.write(secrets.token_bytes(size))
        former.flush()
        os.fsync(former.fileno())


def read_secret(path: Path) -> bytes:
    """Read a secret file; raises SecretExposed where group or others have any right on it."""
    if path.stat().st_mode & 0o077:
        raise SecretExposed(f"{path} can be read by others; run `chmod 600 {path}`, and replace the key if in doubt.")
    return path.read_bytes()
