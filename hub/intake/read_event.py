"""Read one delivered body: the envelope in full, the payload as bytes that nobody has looked into yet."""

import re
from functools import lru_cache
from typing import Any, ClassVar, Final, cast

import msgspec

from hub.intake.refusal import Refusal, unreadable
from schemas.canonical import sha256_hex
from schemas.cloudevents import CloudEvent
from schemas.codes import AUDIENCES, REGION_CODE, Audience, EventType
from schemas.envelope import SALT_BYTES, Approval, Bundle, Envelope
from schemas.upcast import EventTypeUnknown, check_readable

LARGEST_EVENT: Final = 2 * 1024 * 1024  # bytes
_LARGEST_SEQUENCE: Final = 2**31 - 1
_LONGEST_SUBJECT: Final = 200  # characters
_APPROVALS_REMEMBERED: Final = 1024
_LONGEST_REMEMBERED: Final = 2048  # characters
_HASH: Final = "[0-9a-f]{64}"
_KEY: Final = "[0-9a-f]{16}"
_SIGNATURE: Final = "[0-9a-f]{128}"
_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|\+00:00)"
_PLACE: Final = "0|[1-9][0-9]{0,14}"  # below 2**53
_APPROVAL: Final = f"{_KEY}:{_SIGNATURE}"
# One spelling of every hash, key, signature and number, so that nobody can respell an event into another id.
# All of them in one go; none can hold the bar that parts them.
_FORM = re.compile(
    rf"1\.0\|application/json\|urn:regiohelix:region:(?P<region>{REGION_CODE.pattern.strip('^$')})\|{_TIME}\|{_HASH}"
    rf"\|{_HASH}\|{_KEY}\|{_SIGNATURE}\|(?P<index>{_PLACE})/(?P<size>{_PLACE}):(?P<root>{_HASH})"
    rf":(?P<path>(?:{_HASH}(?:,{_HASH})*)?)"
)
_APPROVALS = re.compile(f"(?:{_APPROVAL}(?:,{_APPROVAL})*)?")
_CLAIM = re.compile(_HASH)


class EventTooLarge(Refusal):
    """An event of more than 2 MiB."""

    reason: ClassVar = "too_large"


class EventNotCanonical(Refusal):
    """Bytes that are no CloudEvent of ours, or whose id is not the hash of its envelope."""

    reason: ClassVar = "not_canonical"


class EventVersionUnknown(Refusal):
    """An event of a type or version that this hub cannot read (yet)."""

    reason: ClassVar = "unknown_type"


class ReadEvent(msgspec.Struct, frozen=True, gc=False):
    """An event whose id is the hash of its envelope; nothing else of it was checked. Made by `read_event` only."""

    id: str
    envelope: Envelope
    envelope_bytes: bytes
    salt: bytes  # empty, as the payload, where the event came without its payload
    payload: bytes  # as sent, canonical or not


class _RawData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    salt: str
    payload: msgspec.Raw


_Wire = msgspec.defstruct(
    "_Wire", [("data", _RawData | None, None)], bases=(CloudEvent,), frozen=True, forbid_unknown_fields=True
)
_decoder = msgspec.json.Decoder(_Wire)
_encoder = msgspec.json.Encoder(order="sorted")
_TYPES: Final = {one.value: one for one in EventType}


def read_event(body: bytes) -> ReadEvent:
    """Read a CloudEvent's bytes; raises EventTooLarge, EventNotCanonical, EventVersionUnknown or EventUnreadable."""
    try:
        return _read(body)
    except (Refusal, MemoryError):
        raise
    except Exception as error:  # whatever it is, it is about this event alone
        raise unreadable(error) from error


def _read(body: bytes) -> ReadEvent:
    if len(body) > LARGEST_EVENT:
        raise EventTooLarge("The event is larger than 2 MiB; release fewer cells in one event.")
    try:
        event = cast(Any, _decoder.decode(body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise EventNotCanonical("The bytes are not a CloudEvent of ours; see /schemas/envelope.") from error
    try:
        check_readable(event.type)
        envelope, salt = _envelope(event), _salt(event)
        envelope_bytes = envelope_in_bytes(envelope)
        if event.id != sha256_hex(envelope_bytes):
            raise EventNotCanonical("The event's id is not the hash of its envelope.")
    except EventTypeUnknown as error:
        raise EventVersionUnknown(str(error)).of(_claimed(event), None) from error
    except EventNotCanonical as refusal:
        raise refusal.of(_claimed(event), None) from None
    return ReadEvent(event.id, envelope, envelope_bytes, salt, bytes(event.data.payload) if salt else b"")


def envelope_in_bytes(envelope: Envelope) -> bytes:
    """Return the canonical bytes of an envelope that was read here: in its one form it holds nothing to look for."""
    return _encoder.encode(envelope)


def _envelope(event: CloudEvent) -> Envelope:
    form = _FORM.fullmatch(
        f"{event.specversion}|{event.datacontenttype}|{event.source}|{event.time}|{event.previous}"
        f"|{event.payloadhash}|{event.keyid}|{event.signature}|{event.bundle}"
    )
    fits = (
        form is not None
        and event.audience in AUDIENCES
        and 1 <= event.sequence <= _LARGEST_SEQUENCE
        and 0 < len(event.subject) <= _LONGEST_SUBJECT
        and "\x00" not in event.subject  # PostgreSQL holds no such text
    )
    if form is None or not fits:
        raise EventNotCanonical("An attribute of the event is not in its one allowed form; see /schemas/envelope.")
    region, index, size, root, path = form.groups()
    return Envelope(
        region=region,
        sequence=event.sequence,
        previous=event.previous,
        type=_TYPES[event.type],
        subject=event.subject,
        time=event.time,
        audience=cast(Audience, event.audience),
        payload_hash=event.payloadhash,
        key_id=event.keyid,
        bundle=Bundle(root, int(index), int(size), tuple(path.split(",")) if path else ()),
        approvals=_approvals_of(event.approvals),
        signature=event.signature,
    )


def _approvals_of(text: str) -> tuple[Approval, ...]:
    # the events of one bundle carry the same text; a huge one is not worth its memory
    return _approvals(text) if len(text) <= _LONGEST_REMEMBERED else _approvals.__wrapped__(text)


@lru_cache(_APPROVALS_REMEMBERED)
def _approvals(text: str) -> tuple[Approval, ...]:
    if not _APPROVALS.fullmatch(text):
        raise EventNotCanonical("An approval of the event is not in its one allowed form; see /schemas/envelope.")
    pairs = [item.split(":") for item in text.split(",")] if text else []
    return tuple(Approval(key_id, signature) for key_id, signature in pairs)


def _salt(event: Any) -> bytes:
    if event.data is None:
        return b""
    try:
        salt = bytes.fromhex(event.data.salt)
    except ValueError:
        salt = b""
    if len(salt) != SALT_BYTES:
        raise EventNotCanonical("The event's salt is not 64 hexadecimal digits; send the stored bytes again.")
    return salt


def _claimed(event: CloudEvent) -> str:
    return event.id if _CLAIM.fullmatch(event.id) else ""
