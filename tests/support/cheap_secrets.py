"""What a guess at a password or passphrase costs, made small for the run: nobody guesses here.

In earnest one takes 64 MiB and a tenth of a second, and a backup's 128 MiB and half a second; a run makes a thousand.
A test that is about the price asks for `real_price`.
"""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from argon2 import PasswordHasher

import connectors.archive
import node.web.desk.accounts
from hub.identity import passwords

REAL: tuple[tuple[ModuleType, str, Any], ...] = tuple(
    (owner, name, getattr(owner, name))
    for owner, name in ((passwords, "_hasher"), (node.web.desk.accounts, "_N"), (connectors.archive, "_SCRYPT"))
)
_CHEAP = (PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), 2**8, {**REAL[2][2], "n": 2**8})


@pytest.fixture(scope="session", autouse=True)
def _guesses_are_cheap() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for (owner, name, _), cheap in zip(REAL, _CHEAP, strict=True):
            patch.setattr(owner, name, cheap)
        yield


@pytest.fixture
def real_price(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let passwords and passphrases cost what they cost in earnest."""
    for owner, name, real in REAL:
        monkeypatch.setattr(owner, name, real)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()
