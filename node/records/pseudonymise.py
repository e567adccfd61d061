"""Replace identifiers by keyed pseudonyms before anything is stored: HMAC-SHA256 over the unique ids of a batch."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn

from schemas.quality import LinkageMethod
from schemas.refused import Refused

MISSING: Final = "is empty"
NO_BSN: Final = "is not a valid citizen service number (11-test)"
_KEY_BYTES: Final = 32
OWN_NUMBERS: Final = ("none", "probabilistic")  # linkages whose identifiers are one source's own
_pc: Any = pyarrow.compute  # its stubs know scalars and arrays, and not their combination
_NOBODY: Final[Mapping[bytes, bytes]] = MappingProxyType({})


class PseudonymKeyTooShort(Refused):
    """The key is shorter than the hash it keys (RFC 2104, section 3)."""


PseudonymKeys = bytes | Sequence[bytes]


def key_chain(keys: PseudonymKeys) -> tuple[bytes, ...]:
    """Return the keys in order of age; raises PseudonymKeyTooShort."""
    chain = (keys,) if isinstance(keys, bytes) else tuple(keys)
    if not chain or any(len(key) < _KEY_BYTES for key in chain):
        raise PseudonymKeyTooShort(f"The pseudonym key must have at least {_KEY_BYTES} bytes; create a new one.")
    return chain


class Wrapping:
    """How a renewed key goes over a pseudonym that an earlier one made: HMAC(new key, old pseudonym)."""

    def __init__(self, key: bytes) -> None:
        self._keyed = HMAC(key_chain(key)[0], SHA256())
        self._keyed.update(b"wrapped:")

    def __repr__(self) -> str:
        return "Wrapping()"

    def of(self, pseudonym: bytes) -> bytes:
        """Return the pseudonym that takes the place of an earlier one."""
        keyed = self._keyed.copy()
        keyed.update(pseudonym)
        return keyed.finalize()


class Pseudonymiser:
    """The keyed function of one load; it remembers what it made until the load ends, in memory only.

    linkage `bsn` accepts numbers that pass the 11-test, padded to nine digits; `pseudonym` wraps whatever the source
    or a third party made; `none` and `probabilistic` mix in the source, so that nothing links across sources by itself.
    `keys` is one key, or all there were, the oldest first: each renewal wraps what the one before made.
    `same` says under which pseudonym a person goes whom the linkage found to be another source's.
    """

    def __init__(
        self, keys: PseudonymKeys, linkage: LinkageMethod, source: str, same: Mapping[bytes, bytes] = _NOBODY
    ) -> None:
        chain = key_chain(keys)
        self._keyed = HMAC(chain[0], SHA256())
        prefix = f"{linkage}:{source}:" if linkage in OWN_NUMBERS else f"{linkage}:"
        self._keyed.update(prefix.encode())
        self._wrap = [Wrapping(key) for key in chain[1:]]
        self._same = same
        self._normalise: Callable[[str], str | None] = _valid_bsn if linkage == "bsn" else str.strip
        self._made: dict[str, bytes | None] = {}
        self._known: Any = pa.array([], pa.string())
        self._pseudonyms: Any = pa.array([], pa.binary())

    def __repr__(self) -> str:
        return "Pseudonymiser()"

    def of(self, identifier: str) -> bytes | None:
        """Return the 32-byte pseudonym, or None where the identifier is empty or invalid."""
        if identifier not in self._made:
            normal = self._normalise(identifier)
            if normal:
                keyed = self._keyed.copy()
                keyed.update(normal.encode())
                pseudonym = keyed.finalize()
                for wrap in self._wrap:
                    pseudonym = wrap.of(pseudonym)
                self._made[identifier] = self._same.get(pseudonym, pseudonym)
            else:
                self._made[identifier] = None
        return self._made[identifier]

    def of_all(self, identifiers: Any) -> Any:
        """Return the pseudonyms of distinct identifiers, both in Arrow; what a batch had before is looked up."""
        places = _pc.index_in(identifiers, value_set=self._known)
        unseen = identifiers.filter(_pc.is_null(places))
        if len(unseen):
            made = pa.array([self.of(str(one)) for one in unseen.to_pylist()], pa.binary())
            self._known = pa.concat_arrays([self._known, unseen])
            self._pseudonyms = pa.concat_arrays([self._pseudonyms, made])
            places = _pc.index_in(identifiers, value_set=self._known)
        return self._pseudonyms.take(places)


def pseudonymise(table: pa.Table, pseudonymiser: Pseudonymiser) -> pa.Table:
    """Return the table without `person_id`, with `pseudonym` (32 bytes or null) and `identifier_problem` instead.

    Unique ids are hashed first and joined back: on a table of visits that is a fraction of the rows.
    """
    encoded = table.column("person_id").combine_chunks().dictionary_encode()
    unique = encoded.dictionary.cast(pa.string())
    made = pseudonymiser.of_all(unique)
    empty = _pc.equal(_pc.utf8_trim_whitespace(unique), "")
    problems = _pc.if_else(_pc.is_valid(made), pa.scalar(None, pa.string()), _pc.if_else(empty, MISSING, NO_BSN))
    rest = table.drop_columns(["person_id"])
    rest = rest.append_column("pseudonym", made.take(encoded.indices))
    return rest.append_column("identifier_problem", problems.take(encoded.indices))


def _valid_bsn(identifier: str) -> str | None:
    try:
        return str(bsn.validate(identifier))
    except ValidationError:
        return None
