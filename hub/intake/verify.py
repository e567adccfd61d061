"""Verify one delivery's events: everything that can be known from their bytes and the regions' enrolled keys.

Whether they fit the chain is for `store` to say, which sees the neighbours.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, Final

import msgspec

from hub.intake.keyring import HeldKey, RegionKeys
from hub.intake.minimum import shortfall
from hub.intake.read_event import EventNotCanonical, ReadEvent, envelope_in_bytes
from hub.intake.read_payload import read_canonical, read_payload
from hub.intake.refusal import Refusal, unreadable
from schemas.canonical import NotCanonical, canonical_bytes
from schemas.citation import CitationPublished
from schemas.codes import APPROVALS_NEEDED
from schemas.envelope import Approval, Envelope, approval_message, check_in_bundle
from schemas.envelope import payload_hash as salted_hash
from schemas.items import ItemRevised
from schemas.knowledge_items import ReusePublished
from schemas.merkle import NotInBundle
from schemas.payloads import IndicatorCorrected, IndicatorPublished, Payload, ReplyPublished, ReplyRevised, ReplyWaived
from schemas.signature import PublicKey, Purpose, SignatureMismatch

_APPROVALS_REMEMBERED: Final = 4096  # signatures that held; what did not hold is looked at again


class RegionUnknown(Refusal):
    """An event of a region that is not enrolled."""

    reason: ClassVar = "unknown_region"


class KeysNotApproved(Refusal):
    """An event of a region whose keys' fingerprint nobody at the hub has compared yet."""

    reason: ClassVar = "not_approved"


class RegionMismatch(Refusal):
    """An event of another region than the one whose token brought it."""

    reason: ClassVar = "region_mismatch"


class EventSignatureMismatch(Refusal):
    """A signature that does not fit its key and message."""

    reason: ClassVar = "signature_mismatch"


class PayloadAltered(Refusal):
    """A payload that is not the one whose hash was signed."""

    reason: ClassVar = "payload_altered"


class EventNotInBundle(Refusal):
    """An event that is no part of the bundle its approvals cover."""

    reason: ClassVar = "not_in_bundle"


class ApprovalMissing(Refusal):
    """An event with fewer reviewers' approvals than its type needs."""

    reason: ClassVar = "approval_missing"


class OwnLessonCited(Refusal):
    """A citation of a lesson of the citing region itself."""

    reason: ClassVar = "own_lesson_cited"


class RegionSetMismatch(Refusal):
    """Figures or a reply for another set of regions than the one this region was enrolled in."""

    reason: ClassVar = "region_set_mismatch"


class VerifiedEvent(msgspec.Struct, frozen=True, gc=False):
    """An event whose signatures, hashes, approvals and schema hold; made by `Verifier.verify` only."""

    id: str
    envelope: Envelope
    envelope_bytes: bytes
    salt: bytes  # empty, as the payload's bytes, where the event came without its payload
    payload_bytes: bytes
    payload: Payload | None  # figures without their cells, which nobody asks for here and which are large
    shortfall: str | None = None  # what of the figures breaks the network's minimum; said of what is new only


class Verifier:
    """Verifies the events of one delivery.

    One verified signature covers the run before it: an envelope commits to its predecessor's whole envelope, so whoever
    signed the later one vouches for the earlier one. A predecessor that names the same key as its authentic successor
    therefore needs no check of its own; every other event is checked by itself, and refused by itself.
    """

    def __init__(
        self, keyring: Mapping[str, RegionKeys], caller_region: str | None, events: Sequence[ReadEvent]
    ) -> None:
        """Take the keys per region, the region of the caller's token (None behind a broker), and all the events."""
        self._keyring = keyring
        self._caller_region = caller_region
        self._successors: dict[str, list[ReadEvent]] = {}
        self._verdicts: dict[str, Refusal | None] = {}
        self._approved: dict[tuple[str, str, int, tuple[Approval, ...]], list[HeldKey]] = {}
        for event in events:
            self._successors.setdefault(event.envelope.previous, []).append(event)
        for event in sorted(events, key=_last_first):
            if event.id not in self._verdicts:
                self._verdicts[event.id] = self._verdict(event)

    def is_authentic(self, event: ReadEvent) -> bool:
        """Tell whether a key of its region that holds at its place vouches for an event of the delivery."""
        return self._verdicts[event.id] is None

    def verify(self, event: ReadEvent) -> VerifiedEvent:
        """Verify one event of the delivery; raises a Refusal that names the reason."""
        envelope = event.envelope
        try:
            if (refusal := self._verdicts[event.id]) is not None:
                raise refusal
            payload = read_canonical(envelope.type, event.payload) if event.salt else None
            # A payload in another form than ours is held to the hash of its canonical form.
            payload_bytes = event.payload if payload or not event.salt else _canonical(event.payload)
            if event.salt and salted_hash(event.salt, payload_bytes) != envelope.payload_hash:
                raise PayloadAltered("The payload is not the one whose hash was signed; send the stored bytes again.")
            try:
                check_in_bundle(envelope)
            except NotInBundle as error:
                raise EventNotInBundle(str(error)) from error
            keys = self._keyring[envelope.region]
            self._check_approvals(envelope, keys)
            if event.salt and payload is None:
                payload = read_payload(envelope.type, payload_bytes)
            _check_region_set(payload, keys)
            _check_cited(payload, envelope.region)
            lacks = shortfall(payload, payload_bytes)
        except Refusal as refusal:
            raise refusal.of(event.id, envelope.region) from refusal.__cause__
        except MemoryError:
            raise
        except Exception as error:  # whatever it is, it is about this event alone
            raise unreadable(error).of(event.id, envelope.region) from error
        return VerifiedEvent(event.id, envelope, event.envelope_bytes, event.salt, payload_bytes, _slim(payload), lacks)

    def _check_approvals(self, envelope: Envelope, keys: RegionKeys) -> None:
        bundle = envelope.bundle
        carried = (envelope.region, bundle.root, bundle.size, envelope.approvals)
        known = self._approved.get(carried)  # events of one bundle carry the same
        if known is not None and all(one.holds_at(envelope.sequence) for one in known):
            number = len(known)
        else:
            holding = _approvers(envelope, keys)
            number = len({one.key.hex for one in holding})
            if number == len(envelope.approvals):  # else some count at another place of the chain only
                self._approved[carried] = holding
        needed = APPROVALS_NEEDED[envelope.type]
        if number < needed:
            raise ApprovalMissing(
                f"The event carries {number} approvals that hold and its type needs {needed}; "
                "let the bundle be approved first."
            )

    def _verdict(self, event: ReadEvent) -> Refusal | None:
        envelope = event.envelope
        try:
            key = self._keys(envelope.region).signer(envelope.region, envelope.key_id, envelope.sequence)
            if not any(self._vouches(one, event) for one in self._successors.get(event.id, ())):
                _check_signature(envelope, key)
        except Refusal as refusal:
            return refusal
        except MemoryError:
            raise
        except Exception as error:  # whatever it is, it is about this event alone
            return unreadable(error)
        return None

    def _vouches(self, later: ReadEvent, earlier: ReadEvent) -> bool:
        one, other = later.envelope, earlier.envelope
        return (
            (one.region, one.key_id, one.sequence) == (other.region, other.key_id, other.sequence + 1)
            and later.id in self._verdicts
            and self.is_authentic(later)
        )

    def _keys(self, region: str) -> RegionKeys:
        keys = self._keyring.get(region)
        if keys is None or not keys.service:
            raise RegionUnknown(f"Region {region} is not enrolled at this hub; enrol it with an invitation first.")
        if keys.awaiting:
            raise KeysNotApproved(
                f"The keys of region {region} wait for approval; let its people read their fingerprint to the hub's "
                "operator (`python -m node fingerprint`)."
            )
        if self._caller_region not in (None, region):
            raise RegionMismatch(
                f"The token belongs to region {self._caller_region} and the event to {region}; "
                "send each region's events with its own token."
            )
        return keys


def _last_first(event: ReadEvent) -> tuple[str, int]:
    return event.envelope.region, -event.envelope.sequence


def _check_signature(envelope: Envelope, key: PublicKey) -> None:
    message = envelope_in_bytes(msgspec.structs.replace(envelope, signature=""))
    try:
        key.verify(Purpose.ENVELOPE, message, envelope.signature)
    except SignatureMismatch as error:
        raise EventSignatureMismatch(
            "The region's signature does not fit the envelope; send the stored bytes again."
        ) from error


def _approvers(envelope: Envelope, keys: RegionKeys) -> list[HeldKey]:
    """Return the keys of an event's approvals that hold at its place, each signature checked."""
    found = []
    for approval in envelope.approvals:
        held = keys.approver(envelope.region, approval.key_id, envelope.sequence)
        if held is not None:
            _check_approval(held.key, envelope.region, envelope.bundle.root, envelope.bundle.size, approval.signature)
            found.append(held)
    return found


@lru_cache(_APPROVALS_REMEMBERED)  # one bundle's approval is carried by each of its events
def _check_approval(key: PublicKey, region: str, root: str, size: int, signature: str) -> None:
    try:
        key.verify(Purpose.APPROVAL, approval_message(region, root, size), signature)
    except SignatureMismatch as error:
        raise EventSignatureMismatch(
            f"The approval by key {key.key_id} does not fit the bundle; let the reviewer sign it again."
        ) from error


def _canonical(payload: bytes) -> bytes:
    try:
        return canonical_bytes(msgspec.json.decode(payload))
    except NotCanonical as error:
        raise EventNotCanonical(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EventNotCanonical("The payload is not JSON; send the stored bytes again.") from error
    except (RecursionError, OverflowError) as error:
        raise EventNotCanonical("The event is nested too deeply or holds too large a number.") from error


def _slim(payload: Payload | None) -> Payload | None:
    match payload:
        case IndicatorPublished():
            return msgspec.structs.replace(payload, cells=())
        case IndicatorCorrected(figures=figures):
            return msgspec.structs.replace(payload, figures=msgspec.structs.replace(figures, cells=()))
    return payload


def _check_cited(payload: Payload | None, region: str) -> None:
    said = payload.item if isinstance(payload, ItemRevised) else payload
    if isinstance(said, ReusePublished) and said.of_region == region:
        raise OwnLessonCited("The reuse is of an item of its own region; say what became of another region's.")
    if isinstance(payload, CitationPublished) and payload.lesson_region == region:
        raise OwnLessonCited("The citation is of a lesson of its own region; revise that lesson, or cite another's.")


def _check_region_set(payload: Payload | None, keys: RegionKeys) -> None:
    match payload:
        case IndicatorCorrected(figures=figures):
            named = figures.region_set
        case ReplyRevised(reply=reply):
            named = reply.region_set
        case IndicatorPublished() | ReplyPublished() | ReplyWaived():
            named = payload.region_set
        case _:
            return
    if named != keys.region_set:
        what = "figures are" if isinstance(payload, IndicatorPublished | IndicatorCorrected) else "reply is"
        raise RegionSetMismatch(
            f"The {what} for another set of regions than {keys.region_set}, in which the region is enrolled; "
            "correct the region's configuration."
        )
