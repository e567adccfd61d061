"""A region of the tests: its keys, its enrolment, and a valid signed chain of events to bend at will."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas import merkle
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.cloudevents import to_cloudevent
from schemas.codes import Audience, EventType, noun_of
from schemas.envelope import (
    CHAIN_START,
    SALT_BYTES,
    Approval,
    Bundle,
    Envelope,
    approval_message,
    bundle_leaf,
    event_id,
    signed,
)
from schemas.envelope import payload_hash as salted_hash
from schemas.fingerprint import fingerprint
from schemas.item_kinds import withdrawn_type
from schemas.items import ItemWithdrawn
from schemas.payloads import (
    PAYLOADS,
    Cell,
    Computed,
    IndicatorPublished,
    LessonPublished,
    Payload,
    about_of,
    quality_of,
)
from schemas.signature import Purpose, SigningKey
from schemas.values import Exact, Suppressed


@dataclass(frozen=True)
class SignedEvent:
    """One event of a test region, with everything it was made of."""

    envelope: Envelope
    salt: bytes
    payload: bytes

    @property
    def id(self) -> str:
        return event_id(self.envelope)

    @property
    def body(self) -> bytes:
        return to_cloudevent(self.envelope, self.salt, self.payload)


@dataclass
class TestRegion:
    """A region with fresh keys and a chain that goes on with every `release`."""

    __test__ = False

    code: str = "XR-DUINRAND"
    service: SigningKey = field(default_factory=SigningKey.generate)
    reviewers: tuple[SigningKey, ...] = field(
        default_factory=lambda: (SigningKey.generate(), SigningKey.generate(), SigningKey.generate())
    )
    chain: list[SignedEvent] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """What this region's people read out to the hub's operator."""
        return fingerprint(self.service.public.hex, [key.public.hex for key in self.reviewers])

    def enrolment(self, invitation: str) -> dict[str, object]:
        """Return the JSON that enrols this region."""
        reviewer_keys = [{"hex": key.public.hex, "role": "data owner"} for key in self.reviewers]
        message = {
            "region": self.code,
            "invitation_sha256": sha256_hex(invitation.encode()),
            "service_key": self.service.public.hex,
            "reviewer_keys": reviewer_keys,
        }
        return {
            "region": self.code,
            "invitation": invitation,
            "service_key": self.service.public.hex,
            "reviewer_keys": reviewer_keys,
            "proof": self.service.sign(Purpose.ENROLMENT, canonical_bytes(message)),
        }

    def release(
        self, payloads: Sequence[Payload], audience: Audience = "network", approvers: int = 2
    ) -> list[SignedEvent]:
        """Approve payloads as one bundle, sign them onto the chain, and return their events."""
        items = [self._item(payload, audience) for payload in payloads]
        leaves = [bundle_leaf(type_, subject, audience, hash_) for type_, subject, _, _, hash_ in items]
        root = merkle.root(leaves)
        message = approval_message(self.code, root, len(leaves))
        approvals = tuple(
            Approval(key.public.key_id, key.sign(Purpose.APPROVAL, message)) for key in self.reviewers[:approvers]
        )
        made = []
        for index, (type_, subject, salt, data, hash_) in enumerate(items):
            envelope = Envelope(
                region=self.code,
                sequence=len(self.chain) + 1,
                previous=self.chain[-1].id if self.chain else CHAIN_START,
                type=type_,
                subject=subject,
                time="2026-11-22T10:00:00.000Z",
                audience=audience,
                payload_hash=hash_,
                key_id=self.service.public.key_id,
                bundle=Bundle(root, index, len(leaves), merkle.proof(leaves, index)),
                approvals=approvals,
            )
            self.chain.append(SignedEvent(signed(envelope, self.service), salt, data))
            made.append(self.chain[-1])
        return made

    def _item(self, payload: Payload, audience: Audience) -> tuple[EventType, str, bytes, bytes, str]:
        fitting = (type_ for type_, shape in PAYLOADS.items() if isinstance(payload, shape))
        type_ = next(fitting, EventType.LESSON_PUBLISHED)  # a payload of no type of ours poses as a lesson
        if isinstance(payload, ItemWithdrawn):  # its type follows what it takes back
            nouns = (noun_of(one.envelope.type) for one in self.chain if one.id == payload.withdraws)
            type_ = withdrawn_type(next(nouns, "action"))
        if quality_of(payload) is not None:
            type_ = {EventType.INDICATOR_PUBLISHED: EventType.INDICATOR_PUBLISHED_V2}.get(
                type_, EventType.INDICATOR_CORRECTED_V2
            )
        if about_of(payload) is not None:
            type_ = {EventType.LESSON_PUBLISHED: EventType.LESSON_PUBLISHED_V2}.get(type_, EventType.LESSON_REVISED_V2)
        data = canonical_bytes(payload)
        salt = secrets.token_bytes(SALT_BYTES)
        return type_, sha256_hex(salt)[:32], salt, data, salted_hash(salt, data)


def diabetes(count: int, period: str = "2025") -> IndicatorPublished:
    """Return figures with one exact and one suppressed cell."""
    return IndicatorPublished(
        indicator="diabetes-prevalence",
        version=1,
        definition_hash="a" * 64,
        period=period,
        region_set="invented",
        division_year=2025,
        indicator_kind="proportion",
        dimensions=("sex",),
        cells=(Cell(("f",), Exact(count, 20_000)), Cell(("m",), Suppressed(0, 30, 100))),
        origin=Computed(("gp",), "plain; width 3", "b" * 64),
    )


def lesson(title: str = "Een les") -> LessonPublished:
    """Return a lesson in words that nobody wrote."""
    return LessonPublished(
        lesson="les-1",
        language="nl",
        title=title,
        context="context",
        barrier_or_opportunity="barrier",
        action="action",
        consequence="consequence",
        advice="advice",
        author_role="programme manager",
        themes=("diabetes",),
        steps=(1,),
        helix_voices=("practice",),
        indicators=(),
        licence="CC-BY-4.0",
    )
