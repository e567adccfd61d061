"""Verify one delivered event: everything that can be known from its bytes and the region's enrolled keys.

Whether it fits the chain is for `store` to say, which sees the neighbours.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from hub.intake.keyring import RegionKeys
from hub.intake.read_payload import read_payload
from hub.intake.refusal import Refusal
from schemas.canonical import NotCanonical, canonical_bytes
from schemas.cloudevents import CloudEvent, from_cloudevent
from schemas.codes import APPROVALS_NEEDED, REGION_CODE
from schemas.envelope import SALT_BYTES, Envelope, approval_message, check_in_bundle, check_signature
from schemas.envelope import payload_hash as salted_hash
from schemas.merkle import NotInBundle
from schemas.payloads import IndicatorCorrected, IndicatorPublished, Payload
from schemas.signature import PublicKey, Purpose, SignatureMismatch
from schemas.upcast import EventTypeUnknown, check_readable

LARGEST_EVENT: Final = 2 * 1024 * 1024  # bytes
_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")
_LARGEST_SEQUENCE = 2**31 - 1
_LONGEST_SUBJECT = 200  # characters


class EventTooLarge(Refusal):
    """An event of more than 2 MiB."""

    reason: ClassVar = "too_large"


class EventNotCanonical(Refusal):
    """Bytes that are no CloudEvent of ours, or whose id is not the hash of its envelope."""

    reason: ClassVar = "not_canonical"


class EventVersionUnknown(Refusal):
    """An event of a type or version that this hub cannot read (yet)."""

    reason: ClassVar = "unknown_type"


class RegionUnknown(Refusal):
    """An event of a region that is not enrolled."""

    reason: ClassVar = "unknown_region"


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


class RegionSetMismatch(Refusal):
    """Figures for another set of regions than the one this region was enrolled in."""

    reason: ClassVar = "region_set_mismatch"


@dataclass(frozen=True, slots=True)
class VerifiedEvent:
    """An event whose signatures, hashes, approvals and schema hold; made by `Verifier.verify` only."""

    id: str
    envelope: Envelope
    envelope_bytes: bytes
    salt: bytes  # empty, as the payload's bytes, where the event came without its payload
    payload_bytes: bytes
    payload: Payload | None


class Verifier:
    """Verifies the events of one delivery; a bundle's approvals are checked once, however many events it has."""

    def __init__(self, keyring: Mapping[str, RegionKeys], caller_region: str | None) -> None:
        """Take the enrolled keys per region, and the region of the caller's token (None behind a broker)."""
        self._keyring = keyring
        self._caller_region = caller_region
        self._approved: set[tuple[str, str, int, str, str]] = set()

    def verify(self, body: bytes) -> VerifiedEvent:
        """Verify one CloudEvent's bytes; raises a Refusal that names the reason."""
        event, envelope, salt, payload_bytes = _read(body)
        try:
            keys = self._keys(envelope.region)
            self._check_signature(envelope, keys)
            if salt and salted_hash(salt, payload_bytes) != envelope.payload_hash:
                raise PayloadAltered("The payload is not the one whose hash was signed; send the stored bytes again.")
            try:
                check_in_bundle(envelope)
            except NotInBundle as error:
                raise EventNotInBundle(str(error)) from error
            self._check_approvals(envelope, keys)
            payload = read_payload(envelope.type, payload_bytes) if salt else None
            _check_region_set(payload, keys)
        except Refusal as refusal:
            raise refusal.of(event.id, envelope.region) from refusal.__cause__
        return VerifiedEvent(event.id, envelope, canonical_bytes(envelope), salt, payload_bytes, payload)

    def _keys(self, region: str) -> RegionKeys:
        keys = self._keyring.get(region)
        if keys is None or not keys.service:
            raise RegionUnknown(f"Region {region} is not enrolled at this hub; enrol it with an invitation first.")
        if self._caller_region not in (None, region):
            raise RegionMismatch(
                f"The token belongs to region {self._caller_region} and the event to {region}; "
                "send each region's events with its own token."
            )
        return keys

    def _check_signature(self, envelope: Envelope, keys: RegionKeys) -> None:
        key = keys.signer(envelope.region, envelope.key_id, envelope.sequence)
        try:
            check_signature(envelope, key)
        except SignatureMismatch as error:
            raise EventSignatureMismatch(
                "The region's signature does not fit the envelope; send the stored bytes again."
            ) from error

    def _check_approvals(self, envelope: Envelope, keys: RegionKeys) -> None:
        bundle = envelope.bundle
        approvers = set()
        for approval in envelope.approvals:
            key = keys.approver(envelope.region, approval.key_id, envelope.sequence)
            if key is None:
                continue
            known = (envelope.region, bundle.root, bundle.size, approval.key_id, approval.signature)
            if known not in self._approved:
                _check_approval(key, envelope, approval.signature)
                self._approved.add(known)
            approvers.add(key.hex)
        needed = APPROVALS_NEEDED[envelope.type]
        if len(approvers) < needed:
            raise ApprovalMissing(
                f"The event carries {len(approvers)} approvals that hold and its type needs {needed}; "
                "let the bundle be approved first."
            )


def _check_approval(key: PublicKey, envelope: Envelope, signature: str) -> None:
    message = approval_message(envelope.region, envelope.bundle.root, envelope.bundle.size)
    try:
        key.verify(Purpose.APPROVAL, message, signature)
    except SignatureMismatch as error:
        raise EventSignatureMismatch(
            f"The approval by key {key.key_id} does not fit the bundle; let the reviewer sign it again."
        ) from error


def _read(body: bytes) -> tuple[CloudEvent, Envelope, bytes, bytes]:
    if len(body) > LARGEST_EVENT:
        raise EventTooLarge("The event is larger than 2 MiB; release fewer cells in one event.")
    try:
        event = msgspec.json.decode(body, type=CloudEvent)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise EventNotCanonical("The bytes are not a CloudEvent of ours; see /schemas/envelope.") from error
    if event.datacontenttype != "application/json":  # the one attribute that no hash covers
        raise EventNotCanonical("The event's datacontenttype is not application/json; see /schemas/envelope.")
    claimed = event.id if _HASH.fullmatch(event.id) else ""
    try:
        check_readable(event.type)
    except EventTypeUnknown as error:
        raise EventVersionUnknown(str(error)).of(claimed, None) from error
    try:
        envelope, salt, payload_bytes = from_cloudevent(event)
        _check_form(envelope, salt)
    except NotCanonical as error:
        raise EventNotCanonical(str(error)).of(claimed, None) from error
    except (RecursionError, OverflowError) as error:
        raise EventNotCanonical("The event is nested too deeply or holds too large a number.").of(
            claimed, None
        ) from error
    return event, envelope, salt or b"", payload_bytes or b""


def _check_form(envelope: Envelope, salt: bytes | None) -> None:
    """Insist on one spelling of every hash, key and signature, so that nobody can respell an event into another id."""
    bundle = envelope.bundle
    hashes: Sequence[str] = (envelope.previous, envelope.payload_hash, bundle.root, *bundle.path)
    key_ids = (envelope.key_id, *(a.key_id for a in envelope.approvals))
    signatures = (envelope.signature, *(a.signature for a in envelope.approvals))
    fits = (
        all(_HASH.fullmatch(h) for h in hashes)
        and all(_KEY_ID.fullmatch(k) for k in key_ids)
        and all(_SIGNATURE.fullmatch(s) for s in signatures)
        and REGION_CODE.fullmatch(envelope.region)
        and _TIME.fullmatch(envelope.time)
        and 1 <= envelope.sequence <= _LARGEST_SEQUENCE
        and 0 < len(envelope.subject) <= _LONGEST_SUBJECT
        and "\x00" not in envelope.subject  # PostgreSQL holds no such text
        and (salt is None or len(salt) == SALT_BYTES)
    )
    if not fits:
        raise NotCanonical("An attribute of the event is not in its one allowed form; see /schemas/envelope.")


def _check_region_set(payload: Payload | None, keys: RegionKeys) -> None:
    figures = payload.figures if isinstance(payload, IndicatorCorrected) else payload
    if isinstance(figures, IndicatorPublished) and figures.region_set != keys.region_set:
        raise RegionSetMismatch(
            f"The figures are for another set of regions than {keys.region_set}, in which the region is enrolled; "
            "correct the region's configuration."
        )
