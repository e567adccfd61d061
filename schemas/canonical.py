"""Canonical JSON (RFC 8785, JCS) for everything that is hashed or signed.

Only strings, integers within +/- 2**53 - 1, booleans, null, arrays and objects with ASCII keys take part: decimals
travel as strings, so no float ever has to be written the same way twice. On that subset, sorted compact
UTF-8 JSON equals JCS; `tests/properties` holds it against the reference implementation.
"""

import hashlib
from typing import Any

import msgspec

_LARGEST_SAFE_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3 (IEEE 754 double)
_encoder = msgspec.json.Encoder(order="sorted")


class NotCanonical(ValueError):
    """A value or byte string that has no place in canonical JSON."""


def canonical_bytes(value: Any) -> bytes:
    """Return the canonical JSON bytes of a builtin value or of a msgspec struct.

    Raises NotCanonical where a float, an unsafe integer or a non-ASCII key takes part.
    """
    builtin = msgspec.to_builtins(value, order="sorted")
    _check(builtin)
    return _encoder.encode(builtin)


def parse_canonical(data: bytes) -> Any:
    """Parse bytes that must be in canonical form; raises NotCanonical for anything else."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotCanonical("The bytes are not JSON; send RFC 8785 canonical JSON.") from error
    if canonical_bytes(value) != data:
        raise NotCanonical("The JSON is not in canonical form (RFC 8785); sort keys, drop blanks.")
    return value


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of the bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _check(value: Any) -> None:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        if abs(value) > _LARGEST_SAFE_INTEGER:
            raise NotCanonical("An integer lies outside +/- 2**53 - 1; write it as a string.")
    elif isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise NotCanonical("A text holds a lone surrogate; send valid Unicode.") from error
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise NotCanonical("Object keys must be ASCII text.")
            if not (type(inner) is str and inner.isascii()):  # most values are, and nothing is wrong with them
                _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            if not (type(inner) is str and inner.isascii()):
                _check(inner)
    else:
        raise NotCanonical(f"A value of type {type(value).__name__} cannot be signed; decimals travel as strings.")
