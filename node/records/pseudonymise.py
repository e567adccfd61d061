"""Replace identifiers by keyed pseudonyms before anything is stored: HMAC-SHA256 over the unique ids of a batch."""

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from stdnum.nl import bsn

from connectors.sources.mapping import Linkage

MISSING: Final = "is empty"
NO_BSN: Final = "is not a valid citizen service number (11-test)"
_KEY_BYTES: Final = 32
_pc: Any = pyarrow.compute


class PseudonymKeyTooShort(Exception):
    """The key is shorter than the hash it keys (RFC 2104, section 3)."""


class Pseudonymiser:
    """The keyed function of one load; it remembers what it made until the load ends, in memory only.

    linkage `bsn` accepts numbers that pass the 11-test, padded to nine digits; `pseudonym` wraps whatever the source
    or a third party made (also how a key is rotated); `none` mixes in the source, so that nothing links across sources.
    """

    def __init__(self, key: bytes, linkage: Linkage, source: str) -> None:
        if len(key) < _KEY_BYTES:
            raise PseudonymKeyTooShort(f"The pseudonym key must have at least {_KEY_BYTES} bytes; create a new one.")
        self._keyed = HMAC(key, SHA256())
        prefix = f"{linkage}:{source}:" if linkage == "none" else f"{linkage}:"
        self._keyed.update(prefix.encode())
        self._normalise: Callable[[str], str | None] = _valid_bsn if linkage == "bsn" else str.strip
        self._made: dict[str, bytes | None] = {}

    def __repr__(self) -> str:
        return "Pseudonymiser()"

    def of(self, identifier: str) -> bytes | None:
        """Return the 32-byte pseudonym, or None where the identifier is empty or invalid."""
        if identifier not in self._made:
            normal = self._normalise(identifier)
            if normal:
                keyed = self._keyed.copy()
                keyed.update(normal.encode())
                self._made[identifier] = keyed.finalize()
            else:
                self._made[identifier] = None
        return self._made[identifier]


def pseudonymise(table: pa.Table, pseudonymiser: Pseudonymiser) -> pa.Table:
    """Return the table without `person_id`, with `pseudonym` (32 bytes or null) and `identifier_problem` instead.

    Unique ids are hashed first and joined back: on a table of visits that is a fraction of the rows.
    """
    encoded = table.column("person_id").combine_chunks().dictionary_encode()
    unique = [str(identifier) for identifier in encoded.dictionary.to_pylist()]
    made = [pseudonymiser.of(identifier) for identifier in unique]
    problems = [
        None if pseudonym is not None else (NO_BSN if identifier.strip() else MISSING)
        for identifier, pseudonym in zip(unique, made, strict=True)
    ]
    rest = table.drop_columns(["person_id"])
    rest = rest.append_column("pseudonym", pa.array(made, pa.binary()).take(encoded.indices))
    return rest.append_column("identifier_problem", pa.array(problems, pa.string()).take(encoded.indices))


def _valid_bsn(identifier: str) -> str | None:
    return bsn.compact(identifier) if bsn.is_valid(identifier) else None
