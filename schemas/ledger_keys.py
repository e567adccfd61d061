"""Which keys hold where in a chain that is read from its beginning, held against what a ledger file's header says."""

import re
from collections.abc import Iterable
from typing import Final

from schemas.refused import Refused

from .ledger_file import LedgerHeader, LedgerKey
from .payloads import KeyEnrolled, KeyRevoked, Payload, key_proof_message
from .signature import PublicKey, Purpose

_HASH: Final = re.compile(r"[0-9a-f]{64}")


class KeyHistoryWrong(Refused, ValueError):
    """A key event or a header that does not fit the chain's keys."""


class KeyHistory:
    """The keys of one chain: those it began with, and what its key events said so far."""

    def __init__(self, header: LedgerHeader) -> None:
        """Take the keys with which the chain begins; raises KeyHistoryWrong."""
        self._region = header.region
        self._told = header.keys
        self._held: dict[str, LedgerKey] = {}
        for key in header.keys:
            if not _HASH.fullmatch(key.hex):
                raise KeyHistoryWrong("a key is not 64 hexadecimal digits")
            if key.from_sequence == 1:
                self._held[_id(key)] = LedgerKey(key.hex, key.use, key.role, 1, None)
        if sum(key.use == "service" for key in self._held.values()) != 1:
            raise KeyHistoryWrong("a chain begins with one service key")

    @property
    def keys(self) -> tuple[LedgerKey, ...]:
        """Return the keys so far, in the order in which they came to hold."""
        return tuple(sorted(self._held.values(), key=lambda key: (key.from_sequence, key.use != "service", key.hex)))

    def holding(self, key_id: str, use: str, sequence: int) -> LedgerKey | None:
        """Return the key of this id and use that holds at a place, None where there is none."""
        key = self._held.get(key_id)
        return key if key is not None and key.use == use and key.holds_at(sequence) else None

    def apply(self, payload: Payload, sequence: int) -> None:
        """Heed a key event; every other payload changes nothing. Raises KeyHistoryWrong or SignatureMismatch."""
        match payload:
            case KeyEnrolled() as new:
                if not _HASH.fullmatch(new.key):
                    raise KeyHistoryWrong("the key that it enrols is not 64 hexadecimal digits")
                message = key_proof_message(self._region, new.key, new.use)
                PublicKey(new.key).verify(Purpose.ENROLMENT, message, new.proof)
                role = "service" if new.use == "service" else new.role
                key = LedgerKey(new.key, new.use, role, sequence + 1, None)
                self._held.setdefault(_id(key), key)
            case KeyRevoked(key_id=key_id):
                gone = self._held.get(key_id)
                if gone is None:
                    raise KeyHistoryWrong("it revokes a key that the region does not have")
                if gone.until_sequence is None:
                    self._held[key_id] = LedgerKey(gone.hex, gone.use, gone.role, gone.from_sequence, sequence + 1)

    def check_as_told(self) -> None:
        """Raise KeyHistoryWrong unless the header names these keys, with these places."""
        if self._told != self.keys:
            raise KeyHistoryWrong("it names other keys, or other places where they hold, than the key events do")


def keys_of(header: LedgerHeader, key_events: Iterable[tuple[int, Payload]]) -> tuple[LedgerKey, ...]:
    """Return all keys of a chain for its header, from those it began with and its key events, in their order."""
    history = KeyHistory(header)
    for sequence, payload in key_events:
        history.apply(payload, sequence)
    return history.keys


def _id(key: LedgerKey) -> str:
    return PublicKey(key.hex).key_id
