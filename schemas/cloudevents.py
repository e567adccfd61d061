"""CloudEvents 1.0 in JSON: the form in which events travel, over HTTP in batches and over Kafka one by one.

Extension attributes carry the envelope's fields; `id` is the envelope's hash, so a receiver rebuilds the canonical
envelope from the attributes and can check every one of them.
"""

from typing import Any, Final

import msgspec

from .canonical import NotCanonical, canonical_bytes
from .codes import region_urn
from .envelope import Approval, Bundle, Envelope, event_id

BATCH_MEDIA_TYPE: Final = "application/cloudevents-batch+json"
MEDIA_TYPE: Final = "application/cloudevents+json"


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part only an event's audience sees: the salt (hex) and the payload."""

    salt: str
    payload: dict[str, Any]


class CloudEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event on the wire."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    audience: str
    sequence: int
    previous: str
    payloadhash: str
    keyid: str
    bundle: str  # index/size:root:sibling,sibling,...
    approvals: str  # key:signature,key:signature
    signature: str
    data: Data | None = None  # None: withheld, because it was destroyed; the chain stays whole without it


def to_cloudevent(envelope: Envelope, salt: bytes | None, payload: bytes | None) -> bytes:
    """Return the CloudEvent's JSON bytes for an envelope and its canonical payload bytes, None where destroyed."""
    bundle = envelope.bundle
    event = CloudEvent(
        specversion="1.0",
        id=event_id(envelope),
        source=region_urn(envelope.region),
        type=envelope.type,
        subject=envelope.subject,
        time=envelope.time,
        datacontenttype="application/json",
        audience=envelope.audience,
        sequence=envelope.sequence,
        previous=envelope.previous,
        payloadhash=envelope.payload_hash,
        keyid=envelope.key_id,
        bundle=f"{bundle.index}/{bundle.size}:{bundle.root}:{','.join(bundle.path)}",
        approvals=",".join(f"{a.key_id}:{a.signature}" for a in envelope.approvals),
        signature=envelope.signature,
        data=None if salt is None or payload is None else Data(salt.hex(), msgspec.json.decode(payload)),
    )
    return canonical_bytes(event)


def from_cloudevent(event: CloudEvent) -> tuple[Envelope, bytes | None, bytes | None]:
    """Return (envelope, salt, canonical payload bytes), the last two None where the event comes without its payload.

    Raises NotCanonical for attributes that do not fit.
    """
    try:
        envelope = msgspec.convert(
            {
                "region": event.source.rsplit(":", 1)[-1],
                "sequence": event.sequence,
                "previous": event.previous,
                "type": event.type,
                "subject": event.subject,
                "time": event.time,
                "audience": event.audience,
                "payload_hash": event.payloadhash,
                "key_id": event.keyid,
                "bundle": _bundle(event.bundle),
                "approvals": _approvals(event.approvals),
                "signature": event.signature,
            },
            Envelope,
        )
        salt = None if event.data is None else bytes.fromhex(event.data.salt)
    except (ValueError, msgspec.ValidationError) as error:
        raise NotCanonical("The CloudEvent's attributes do not make an envelope; see /schemas/envelope.") from error
    if event.source != region_urn(envelope.region) or event.specversion != "1.0":
        raise NotCanonical("The CloudEvent's source or specversion is not ours; see /schemas/envelope.")
    if event.id != event_id(envelope):
        raise NotCanonical("The event's id is not the hash of its envelope.")
    return envelope, salt, None if event.data is None else canonical_bytes(event.data.payload)


def _bundle(text: str) -> Bundle:
    place, root, path = text.split(":")
    index, size = place.split("/")
    return Bundle(root=root, index=int(index), size=int(size), path=tuple(path.split(",")) if path else ())


def _approvals(text: str) -> tuple[Approval, ...]:
    pairs = [item.split(":") for item in text.split(",")] if text else []
    return tuple(Approval(key_id=key, signature=signature) for key, signature in pairs)
