"""A ledger file of a test region, as a node would export it: receipts by a hub's key, destroyed payloads left out."""

from collections.abc import Iterator

import msgspec

from schemas.codes import KEY_EVENTS, Audience
from schemas.ledger_file import FIRST_FORMAT, FORMAT, LedgerEntry, LedgerHeader, LedgerKey, entry, write_ledger
from schemas.ledger_keys import keys_of
from schemas.payloads import EventRedacted, KeyEnrolled, KeyRevoked, key_proof_message
from schemas.receipt import Receipt, issued, leaf_hash, sign_together
from schemas.signature import Purpose, SigningKey
from schemas.upcast import read_payload
from tests.support.events import TestRegion, diabetes, lesson

TOGETHER = 3  # of the last events, whose receipts were signed together


def storied(code: str) -> tuple[TestRegion, SigningKey]:
    """Return a region of ten events (figures, lessons, a rotation, a redaction) and the key that it began with."""
    region = TestRegion(code)
    region.release([diabetes(800), diabetes(900, "2024")], "public")
    region.release([lesson("first")], "partners", approvers=1)
    region.release([lesson("second")], "network", approvers=1)
    new = SigningKey.generate()
    proof = new.sign(Purpose.ENROLMENT, key_proof_message(code, new.public.hex, "service"))
    region.release([KeyEnrolled(new.public.hex, "service", "service", proof)], "public")
    old, region.service = region.service, new
    region.release([KeyRevoked(old.public.key_id, "A new key took its place.")], "public")
    region.release([lesson("third")], "public", approvers=1)
    region.release([EventRedacted(region.chain[6].id, "A word too many.")], "public", approvers=1)
    region.release([diabetes(810, "2023"), diabetes(910, "2022")], "public")
    return region, old


def header_of(
    region: TestRegion, service: SigningKey, hub: SigningKey, audience: Audience = "network", form: int = FORMAT
) -> LedgerHeader:
    """Return the header; `service` is the key that the chain began with."""
    first = (
        LedgerKey(service.public.hex, "service", "service", 1, None),
        *(LedgerKey(key.public.hex, "reviewer", "data owner", 1, None) for key in region.reviewers),
    )
    bare = LedgerHeader(form, region.code, region.code.title(), "invented", audience, hub.public.hex, first)
    events = [
        (one.envelope.sequence, read_payload(one.envelope.type, one.payload))
        for one in region.chain
        if one.envelope.type in KEY_EVENTS
    ]
    return msgspec.structs.replace(bare, keys=keys_of(bare, events))


def receipts_of(region: TestRegion, hub: SigningKey, together: int) -> list[Receipt]:
    """Return the receipts, the last of them signed together."""
    alone = max(0, len(region.chain) - together)
    bare = [
        Receipt(one.id, region.code, number + 1, f"2026-11-22T12:00:{min(number, alone):02}Z", hub.public.key_id)
        for number, one in enumerate(region.chain)
    ]
    receipts = [issued(one, hub) for one in bare[:alone]]
    if bare[alone:]:
        signature, places = sign_together(region.code, [leaf_hash(one) for one in bare[alone:]], hub)
        receipts += [
            msgspec.structs.replace(one, signature=signature, batch=place)
            for one, place in zip(bare[alone:], places, strict=True)
        ]
    return receipts


def entries_of(region: TestRegion, hub: SigningKey, together: int = TOGETHER) -> Iterator[LedgerEntry]:
    """Yield the entries, the payloads that a redaction names left out."""
    gone = {}
    for one in region.chain:
        said = msgspec.json.decode(one.payload)
        if "redacts" in said:
            gone[said["redacts"]] = one.id
    for one, receipt in zip(region.chain, receipts_of(region, hub, together), strict=True):
        data = None if one.id in gone else (one.salt, one.payload)
        yield entry(one.envelope, data, gone.get(one.id), receipt)


def ledger(code: str, hub: SigningKey, audience: Audience = "network") -> list[bytes]:
    """Return the lines of a whole file."""
    region, first = storied(code)
    return list(write_ledger(header_of(region, first, hub, audience), entries_of(region, hub)))


def first_ledger(code: str, hub: SigningKey) -> list[bytes]:
    """Return the lines of a file as they were before receipts were signed together."""
    region, first = storied(code)
    return list(write_ledger(header_of(region, first, hub, form=FIRST_FORMAT), entries_of(region, hub, together=0)))
