"""The fingerprint of a region's keys: what two people read to each other before the first event is believed."""

import re
from collections.abc import Iterable
from typing import Final

from .canonical import canonical_bytes, sha256_hex

_DIGITS: Final = 32  # 128 bits: nobody finds other keys with the same ones
_GROUP: Final = 4
_FORM: Final = re.compile(f"[0-9a-f]{{{_DIGITS}}}")


def fingerprint(service_key: str, reviewer_keys: Iterable[str]) -> str:
    """Return the fingerprint of a service key and its reviewers' keys (each 64 hexadecimal digits), in any order.

    32 hexadecimal digits of the SHA-256 over all of them, in groups of four.
    """
    digest = sha256_hex(canonical_bytes({"service": service_key, "reviewers": sorted(reviewer_keys)}))[:_DIGITS]
    return " ".join(digest[place : place + _GROUP] for place in range(0, _DIGITS, _GROUP))


def digits_of(text: str) -> str:
    """Return the digits of a fingerprint as people type it: without blanks, dashes and capitals."""
    return "".join(text.split()).replace("-", "").replace(":", "").lower()


def is_fingerprint(text: str) -> bool:
    """Tell whether a text has the form of a fingerprint, as people type it."""
    return _FORM.fullmatch(digits_of(text)) is not None
