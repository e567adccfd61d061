"""What a ledger file is held against: its reviewers, the hub's receipts, the hub's daily heads."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from schemas.refused import Refused

from .codes import APPROVALS_NEEDED, REGION_CODE
from .envelope import Envelope, approval_message
from .heads import Heads
from .history import HistoryRewritten, check_days
from .ledger_file import FIRST_FORMAT, FORMAT, LedgerEntry, LedgerHeader, LedgerLine
from .ledger_keys import KeyHistory
from .receipt import Receipt, check_receipt
from .signature import PublicKey, Purpose, SignatureMismatch

_HASH: Final = re.compile(r"[0-9a-f]{64}")
Kind = Literal["removed", "inserted", "reordered", "altered", "truncated"]


class LedgerFileWrong(Refused, ValueError):
    """A ledger file that is not what was signed; `sequence` is the place (0: the header) and `kind` what was done."""

    def __init__(self, sequence: int, kind: Kind, fact: str) -> None:
        """Take the place, the kind, and the fact that the sentence states."""
        super().__init__(f"{fact} ({kind} at event {sequence}).")
        self.sequence, self.kind = sequence, kind


def check_header(line: LedgerLine, hub_key: PublicKey | None) -> LedgerHeader:
    """Return the first line as a header of a form that this version reads; raises LedgerFileWrong."""
    if not isinstance(line, LedgerHeader):
        raise LedgerFileWrong(0, "removed", "The file does not begin with a header")
    if line.format not in (FIRST_FORMAT, FORMAT):
        fact = f"The file's format is {line.format} and this version reads {FIRST_FORMAT} and {FORMAT}"
        raise LedgerFileWrong(0, "altered", fact)
    if not REGION_CODE.fullmatch(line.region):
        raise LedgerFileWrong(0, "altered", "The header's region code has another form")
    if line.hub_key is not None and not _HASH.fullmatch(line.hub_key):
        raise LedgerFileWrong(0, "altered", "The header's hub key is not 64 hexadecimal digits")
    if hub_key is not None and line.hub_key != hub_key.hex:
        raise LedgerFileWrong(0, "altered", "The header names another hub key than the one that was given")
    return line


@lru_cache(4096)  # one bundle's approval is carried by each of its events
def _check_approval(key: str, region: str, root: str, size: int, signature: str) -> None:
    PublicKey(key).verify(Purpose.APPROVAL, approval_message(region, root, size), signature)


def check_heads_of(header: LedgerHeader, ids: Sequence[str], days: Sequence[Heads], key: PublicKey | None) -> None:
    """Hold a whole chain against daily heads; raises LedgerFileWrong, HistoryRewritten or SignatureMismatch."""
    if not days:
        return
    if key is None:
        raise LedgerFileWrong(0, "altered", "The header names no hub key, so the daily heads cannot be held against it")
    check_days(days, key)
    for day in days:
        for head in day.heads:
            if head.region != header.region:
                continue
            if head.sequence > len(ids):
                fact = f"The heads of {day.as_of[:10]} name event {head.sequence} and the file ends at {len(ids)}"
                raise LedgerFileWrong(len(ids) + 1, "truncated", fact)
            if ids[head.sequence - 1] != head.event_id:
                raise HistoryRewritten(
                    f"The heads of {day.as_of[:10]} name another event at place {head.sequence} than the file."
                )


def check_approvals(envelope: Envelope, keys: KeyHistory) -> None:
    """Check that as many reviewers approved as the event's type needs; raises SignatureMismatch."""
    bundle = envelope.bundle
    approvers: set[str] = set()
    for approval in envelope.approvals:
        reviewer = keys.holding(approval.key_id, "reviewer", envelope.sequence)
        if reviewer is not None:
            _check_approval(reviewer.hex, envelope.region, bundle.root, bundle.size, approval.signature)
            approvers.add(reviewer.hex)
    needed = APPROVALS_NEEDED[envelope.type]
    if len(approvers) < needed:
        raise SignatureMismatch(f"it carries {len(approvers)} approvals that hold and its type needs {needed}")


def check_receipt_of(line: LedgerEntry, receipt: Receipt, hub_key: PublicKey | None) -> None:
    """Check that the hub signed this receipt for this event; raises LedgerFileWrong."""
    place = line.envelope.sequence
    try:
        if hub_key is None or receipt.key_id != hub_key.key_id:
            raise SignatureMismatch("it is not by the hub whose key the header gives")
        if (receipt.event_id, receipt.region, receipt.sequence) != (line.id, line.envelope.region, place):
            raise SignatureMismatch("it is for another event")
        check_receipt(receipt, hub_key)
    except SignatureMismatch as error:
        fact = f"The receipt of event {place} does not verify: {str(error).rstrip('.')}"
        raise LedgerFileWrong(place, "altered", fact) from error
