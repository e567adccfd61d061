"""A region's egress ledger as a file: what was signed, what was released to an audience, and the hub's receipts.

JSON lines in canonical form: a header, a line per event in order of the chain, a trailer. Each line's `check` hashes
the line and the check before it, so that a change is found at its own line also where nothing there was signed.
"""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final, Literal, TypeVar

import msgspec

from .canonical import NotCanonical, canonical_bytes, parse_canonical, sha256_hex
from .codes import Audience, may_read
from .envelope import CHAIN_START, Envelope, event_id
from .fingerprint import fingerprint
from .receipt import Receipt

FORMAT: Final = 2
FIRST_FORMAT: Final = 1  # in which each receipt is signed by itself
LARGEST_LINE: Final = 4 * 1024 * 1024  # bytes; an event is 2 MiB at most
_FIRST_CHECK: Final = CHAIN_START


class LedgerKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public key (64 hexadecimal digits) and where in the chain it holds: from <= sequence < until."""

    hex: str
    use: Literal["service", "reviewer"]
    role: str
    from_sequence: int
    until_sequence: int | None

    def holds_at(self, sequence: int) -> bool:
        """Tell whether the key holds at this place of the chain."""
        return self.from_sequence <= sequence and (self.until_sequence is None or sequence < self.until_sequence)


class LedgerHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="header"):
    """Whose chain it is, which payloads the file holds, and the keys of the region and the hub.

    No signature covers the names, the roles and the keys that hold from event 1: those keys are known by `fingerprint`,
    which the region's people read out, and the hub's key by the hub's team.
    """

    format: int
    region: str
    name: str
    region_set: str
    audience: Audience
    hub_key: str | None
    keys: tuple[LedgerKey, ...]
    check: str = ""

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the keys with which the chain begins; empty where there is no service key."""
        first = [key for key in self.keys if key.from_sequence == 1]
        services = [key.hex for key in first if key.use == "service"]
        return fingerprint(services[0], [key.hex for key in first if key.use == "reviewer"]) if services else ""


class LedgerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="event"):
    """One event; salt (hex) and payload are absent where destroyed, and where the file's audience may not read them.

    `destroyed_by` is the event that had them destroyed; `receipt` is absent where the hub gave none.
    """

    id: str
    envelope: Envelope
    salt: str | None
    payload: dict[str, Any] | None
    destroyed_by: str | None
    receipt: Receipt | None
    check: str = ""

    def payload_bytes(self) -> tuple[bytes, bytes] | None:
        """Return the salt and the canonical payload, None where they are absent; raises NotCanonical or ValueError."""
        if self.salt is None or self.payload is None:
            return None
        return bytes.fromhex(self.salt), canonical_bytes(self.payload)


class LedgerTrailer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="trailer"):
    """How many events there are, and the id of the last one (64 zeros where there is none)."""

    events: int
    head: str
    check: str = ""


LedgerLine = LedgerHeader | LedgerEntry | LedgerTrailer
_Line = TypeVar("_Line", bound=LedgerLine)
_decoder: Final[msgspec.json.Decoder[LedgerLine]] = msgspec.json.Decoder(LedgerLine)


def checked(line: _Line, before: str) -> _Line:
    """Return a line with its check: the SHA-256 over the check before it and the line without its own."""
    bare = msgspec.structs.replace(line, check="")
    return msgspec.structs.replace(line, check=sha256_hex(before.encode() + canonical_bytes(bare)))


def write_ledger(header: LedgerHeader, entries: Iterable[LedgerEntry]) -> Iterator[bytes]:
    """Yield the lines of a ledger file; the same header and entries give the same bytes.

    Payloads beyond the header's audience are left out, with the word on who destroyed them; envelopes stay.
    """
    first = checked(header, _FIRST_CHECK)
    yield canonical_bytes(first) + b"\n"
    check, count, head = first.check, 0, CHAIN_START
    for one in entries:
        kept = one
        if not may_read(header.audience, one.envelope.audience):
            kept = msgspec.structs.replace(one, salt=None, payload=None, destroyed_by=None)
        line = checked(kept, check)
        yield canonical_bytes(line) + b"\n"
        check, count, head = line.check, count + 1, one.id
    yield canonical_bytes(checked(LedgerTrailer(count, head), check)) + b"\n"


def entry(
    envelope: Envelope, data: tuple[bytes, bytes] | None, destroyed_by: str | None, receipt: Receipt | None
) -> LedgerEntry:
    """Return the entry of one event; `data` are its salt and canonical payload bytes, None where destroyed."""
    salt, payload = (None, None) if data is None else (data[0].hex(), msgspec.json.decode(data[1], type=dict[str, Any]))
    return LedgerEntry(event_id(envelope), envelope, salt, payload, destroyed_by, receipt)


def read_line(line: bytes) -> LedgerLine:
    """Read one line with its line feed; raises NotCanonical."""
    if not line.endswith(b"\n"):
        raise NotCanonical("it ends without a line feed, or is longer than 4 MiB")
    try:
        parse_canonical(line[:-1])
        return _decoder.decode(line)
    except NotCanonical as error:
        raise NotCanonical("it is not in canonical form (RFC 8785)") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotCanonical("it is not a line of a ledger file") from error


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of an open file, in pieces where one is longer than a line may be."""
    while line := file.readline(LARGEST_LINE):
        yield line
