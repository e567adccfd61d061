"""Passwords: hashed with Argon2id, and compared in the same time whether or not there is anything to compare with."""

import secrets
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from schemas.refused import Refused

SHORTEST: Final = 12  # characters
LONGEST: Final = 200
_hasher: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)  # 3 passes, 64 MiB, 4 lanes


class PasswordUnfit(Refused, ValueError):
    """A password that is too short, too long or the account's own name."""


def hash_password(password: str, *known: str) -> str:
    """Return the Argon2id hash of a fit password; `known` are words it must not hold. Raises PasswordUnfit."""
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise PasswordUnfit(f"A password has {SHORTEST} to {LONGEST} characters; a few words together do well.")
    if len(set(text)) < 4 or any(word and word.casefold() in text.casefold() for word in known):
        raise PasswordUnfit("The password repeats itself or holds the account's own name; choose other words.")
    return _hasher.hash(text)


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password fits a kept hash; without one, the same work is done and the answer is no."""
    text = _normal(password[: LONGEST + 1])
    try:
        _hasher.verify(kept or _nobodys_hash(), text)
    except VerifyMismatchError:
        return False
    return kept is not None


def renewed(kept: str, password: str) -> str | None:
    """Return a fresh hash of a password that fits, where the kept one was made with other costs than today's."""
    return _hasher.hash(_normal(password)) if _hasher.check_needs_rehash(kept) else None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)  # two keyboards write one é in two ways
