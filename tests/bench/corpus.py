"""Signed events in bulk: real signatures, bundles and chains, made quickly enough for ten million cells."""

import random
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import msgspec

from schemas import merkle
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.cloudevents import CloudEvent
from schemas.codes import EventType, region_urn
from schemas.envelope import CHAIN_START, SALT_BYTES, Approval, Bundle, Envelope, approval_message, bundle_leaf
from schemas.envelope import payload_hash as salted_hash
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.signature import Purpose
from schemas.values import Exact, Suppressed
from tests.support.events import TestRegion

BUNDLE: Final = 20  # events approved together
_VARIANTS: Final = 16
_FIRST_DAY: Final = date(2000, 1, 1)
_encoder = msgspec.json.Encoder(order="sorted")


class _Data(msgspec.Struct):
    salt: str
    payload: msgspec.Raw


_Wire = msgspec.defstruct("_Wire", [("data", _Data | None, None)], bases=(CloudEvent,), frozen=True)


class Corpus:
    """A region whose chain goes on with every batch; the same seed gives the same figures, keys and salts differ."""

    def __init__(self, region: TestRegion, cells: int, seed: int = 20_261_122) -> None:
        """Make figures of that many cells each, 15% of them suppressed."""
        self.region = region
        self.cells = cells
        chance = random.Random(seed)  # noqa: S311  # figures, not secrets
        self._payloads = [canonical_bytes(_figures(cells, chance)) for _ in range(_VARIANTS)]
        self._sequence = 0
        self._previous = CHAIN_START

    def bodies(self, events: int) -> Iterator[bytes]:
        """Sign and yield the next events of the chain."""
        for start in range(0, events, BUNDLE):
            yield from self._bundle(min(BUNDLE, events - start))

    def _bundle(self, size: int) -> Iterator[bytes]:
        items = [self._item(self._sequence + place) for place in range(size)]
        leaves = [bundle_leaf(EventType.INDICATOR_PUBLISHED, salt.hex()[:32], "network", h) for salt, _, h in items]
        root = merkle.root(leaves)
        message = approval_message(self.region.code, root, size)
        approvals = tuple(
            Approval(key.public.key_id, key.sign(Purpose.APPROVAL, message)) for key in self.region.reviewers[:2]
        )
        for place, (salt, payload, hash_) in enumerate(items):
            bundle = Bundle(root, place, size, merkle.proof(leaves, place))
            yield self._signed(salt, payload, hash_, bundle, approvals)

    def _item(self, number: int) -> tuple[bytes, bytes, str]:
        period = (_FIRST_DAY + timedelta(days=number % 9000)).isoformat().encode()
        payload = self._payloads[number % _VARIANTS].replace(b'"2000-01-01"', b'"' + period + b'"', 1)
        salt = secrets.token_bytes(SALT_BYTES)
        return salt, payload, salted_hash(salt, payload)

    def _signed(
        self, salt: bytes, payload: bytes, hash_: str, bundle: Bundle, approvals: tuple[Approval, ...]
    ) -> bytes:
        self._sequence += 1
        key = self.region.service
        envelope = Envelope(
            region=self.region.code,
            sequence=self._sequence,
            previous=self._previous,
            type=EventType.INDICATOR_PUBLISHED,
            subject=salt.hex()[:32],
            time="2026-11-22T10:00:00.000Z",
            audience="network",
            payload_hash=hash_,
            key_id=key.public.key_id,
            bundle=bundle,
            approvals=approvals,
        )
        envelope = msgspec.structs.replace(envelope, signature=key.sign(Purpose.ENVELOPE, _encoder.encode(envelope)))
        whole = _encoder.encode(envelope)
        self._previous = sha256_hex(whole)
        wire = _Wire(
            specversion="1.0",
            id=self._previous,
            source=region_urn(envelope.region),
            type=envelope.type,
            subject=envelope.subject,
            time=envelope.time,
            datacontenttype="application/json",
            audience=envelope.audience,
            sequence=envelope.sequence,
            previous=envelope.previous,
            payloadhash=hash_,
            keyid=envelope.key_id,
            bundle=f"{bundle.index}/{bundle.size}:{bundle.root}:{','.join(bundle.path)}",
            approvals=",".join(f"{one.key_id}:{one.signature}" for one in approvals),
            signature=envelope.signature,
            data=_Data(salt.hex(), msgspec.Raw(payload)),
        )
        return _encoder.encode(wire)


def _figures(cells: int, chance: random.Random) -> IndicatorPublished:
    made = []
    for place in range(cells):
        nodes = (f"{place % 18 * 5:02d}+", "fm"[place // 18 % 2], f"GM{place // 36:04d}")
        exact = Exact(chance.randrange(10, 5000), chance.randrange(6000, 20_000))
        made.append(Cell(nodes, exact if chance.random() < 0.85 else Suppressed(0, 30, chance.randrange(100, 900))))
    return IndicatorPublished(
        indicator="diabetes-prevalence",
        version=1,
        definition_hash="a" * 64,
        period="2000-01-01",
        region_set="invented",
        division_year=2025,
        indicator_kind="proportion",
        dimensions=("age", "sex", "area"),
        cells=tuple(made),
        origin=Computed(("gp", "insurer"), "plain; width 3", "b" * 64),
    )
