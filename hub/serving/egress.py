"""What left one region, link by link: for anybody to read and to verify, at most a page of its chain at a time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from hub.intake.keyring import RegionKeys, keyring
from hub.intake.ledger import LedgerEntry, chain, page
from hub.intake.refusal import Refusal
from schemas.canonical import NotCanonical
from schemas.codes import APPROVALS_NEEDED, Audience, EventType
from schemas.envelope import (
    CHAIN_START,
    Envelope,
    approval_message,
    check_in_bundle,
    check_signature,
    event_id,
    parse_envelope,
    payload_hash,
)
from schemas.merkle import NotInBundle
from schemas.signature import Purpose, SignatureMismatch

PAGE: Final = 50  # links on a page: few enough to verify all of them while the reader waits
Fault = Literal["unreadable", "altered", "order", "signature", "approvals", "payload"]


class Link(msgspec.Struct, frozen=True):
    """One event: its place, what it is and for whom, who approved it, and whether its content was destroyed.

    `roles` are on whose behalf reviewers signed. `fault` is what does not hold; None where all holds or nothing was
    looked at. What cannot be read has neither type nor audience.
    """

    sequence: int
    id: str
    accepted_at: str
    type: EventType | None
    audience: Audience | None
    roles: tuple[str, ...]
    is_destroyed: bool
    fault: Fault | None = None


class Egress(msgspec.Struct, frozen=True):
    """A page of a region's chain, the newest first; `page` counts from 1. `verified`: how many links were checked."""

    links: tuple[Link, ...]
    page: int
    pages: int
    total: int
    verified: int

    @property
    def faults(self) -> int:
        """How many links do not hold."""
        return sum(one.fault is not None for one in self.links)


def egress(connection: Connection, reader: Audience, code: str, number: int, *, is_verified: bool) -> Egress:
    """Return a page of what left a region, verified where that is asked; the newest page where `number` is none.

    Verified are of each link: its id, that it follows the one before it, the region's signature by a key that held
    there, that enough reviewers approved the bundle it is in, and its content where the reader may have it. Raises
    RegionNotListed.
    """
    standing = chain(connection, code)
    last = standing.last_sequence or 0
    pages = max(1, -(-last // PAGE))
    number = number if 1 <= number <= pages else 1
    until = last - (number - 1) * PAGE
    begin = max(0, until - PAGE)
    entries = page(connection, code, reader, max(0, begin - 1), until - max(0, begin - 1))
    roles = _roles(connection, code)
    keys = keyring(connection, [code]).get(code)
    before = {entry.sequence: entry.id for entry in entries}
    links = [
        _link(entry, roles, keys, before.get(entry.sequence - 1), is_verified)
        for entry in entries
        if entry.sequence > begin
    ]
    return Egress(tuple(reversed(links)), number, pages, standing.events, len(links) if is_verified else 0)


def approvers(links: Sequence[Link]) -> dict[str, int]:
    """Return on whose behalf reviewers approved these links, and how often."""
    return dict(Counter(role for link in links for role in link.roles).most_common())


def _roles(connection: Connection, code: str) -> dict[str, str]:
    key = tables.key.c
    mine = (key.region == code, key.use == "reviewer")
    return {row.key_id: row.role for row in connection.execute(select(key.key_id, key.role).where(*mine))}


def _link(
    entry: LedgerEntry, roles: Mapping[str, str], keys: RegionKeys | None, before: str | None, is_verified: bool
) -> Link:
    try:
        envelope = parse_envelope(entry.envelope)
    except NotCanonical:
        fault: Fault | None = "unreadable" if is_verified else None
        return Link(entry.sequence, entry.id, entry.accepted_at, None, None, (), is_destroyed=False, fault=fault)
    signed = tuple(roles[one.key_id] for one in envelope.approvals if one.key_id in roles)
    found = _fault(entry, envelope, keys, before) if is_verified else None
    gone = entry.destroyed_by is not None
    return Link(
        entry.sequence, entry.id, entry.accepted_at, envelope.type, envelope.audience, signed, gone, found
    )  # fmt: skip


def _fault(entry: LedgerEntry, envelope: Envelope, keys: RegionKeys | None, before: str | None) -> Fault | None:
    """Return the first thing that does not hold. A link whose predecessor is not here yet cannot break the order."""
    if event_id(envelope) != entry.id:
        return "altered"
    expected = CHAIN_START if entry.sequence == 1 else before
    if envelope.sequence != entry.sequence or (expected is not None and envelope.previous != expected):
        return "order"
    try:
        if keys is None:
            return "signature"
        check_signature(envelope, keys.signer(envelope.region, envelope.key_id, entry.sequence))
        check_in_bundle(envelope)
    except (SignatureMismatch, NotInBundle, Refusal):
        return "signature"
    if not _is_approved(envelope, keys, entry.sequence):
        return "approvals"
    if entry.payload is not None and payload_hash(entry.salt or b"", entry.payload) != envelope.payload_hash:
        return "payload"
    return None


def _is_approved(envelope: Envelope, keys: RegionKeys, place: int) -> bool:
    message = approval_message(envelope.region, envelope.bundle.root, envelope.bundle.size)
    held: set[str] = set()
    for approval in envelope.approvals:
        try:
            reviewer = keys.approver(envelope.region, approval.key_id, place)
            if reviewer is not None:
                reviewer.key.verify(Purpose.APPROVAL, message, approval.signature)
                held.add(approval.key_id)
        except (SignatureMismatch, Refusal):
            return False
    return len(held) >= APPROVALS_NEEDED[envelope.type]
