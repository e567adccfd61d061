"""Signatures, envelopes and inclusion proofs: what was signed verifies, and nothing else does."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import merkle
from schemas.canonical import canonical_bytes
from schemas.envelope import (
    Approval,
    Bundle,
    Envelope,
    check_in_bundle,
    check_signature,
    event_id,
    parse_envelope,
    signed,
)
from schemas.merkle import NotInBundle
from schemas.signature import PublicKey, Purpose, SignatureMismatch, SigningKey
from tests.support.events import TestRegion, diabetes, lesson

REGION = TestRegion()
ENVELOPE = REGION.release([diabetes(800), lesson(), diabetes(810, "2024")])[1].envelope
CHANGES: dict[str, Any] = {
    "region": "XR-VEENKANT",
    "sequence": 3,
    "previous": "0" * 64,
    "type": "nl.regiohelix.indicator.published.v1",
    "subject": "f" * 32,
    "time": "2026-11-22T10:00:00.001Z",
    "audience": "public",
    "payload_hash": "e" * 64,
    "key_id": "d" * 16,
    "bundle": msgspec.structs.replace(ENVELOPE.bundle, index=0),
    "approvals": ENVELOPE.approvals[:1],
    "signature": "0" * 128,
}
PURPOSES = st.sampled_from(list(Purpose))
KEY, OTHER = SigningKey.generate(), SigningKey.generate()


@given(st.binary(max_size=100), PURPOSES)
def test_what_is_signed_verifies(message: bytes, purpose: Purpose) -> None:
    KEY.public.verify(purpose, message, KEY.sign(purpose, message))


@given(st.binary(max_size=100), PURPOSES, PURPOSES, st.binary(min_size=1, max_size=4))
def test_a_signature_serves_no_other_purpose_key_or_message(
    message: bytes, purpose: Purpose, other: Purpose, more: bytes
) -> None:
    signature = KEY.sign(purpose, message)
    wrong = [(OTHER.public, purpose, message), (KEY.public, purpose, message + more)]
    if other is not purpose:
        wrong.append((KEY.public, other, message))
    for key, use, text in wrong:
        with pytest.raises(SignatureMismatch):
            key.verify(use, text, signature)


@given(st.text(max_size=140))
def test_any_text_for_a_signature_is_refused_and_breaks_nothing(signature: str) -> None:
    with pytest.raises(SignatureMismatch):
        KEY.public.verify(Purpose.ENVELOPE, b"message", signature)


def test_a_key_that_is_no_key_is_refused() -> None:
    with pytest.raises(SignatureMismatch):
        PublicKey("00").verify(Purpose.ENVELOPE, b"message", "0" * 128)


def test_an_envelope_verifies_and_reads_back() -> None:
    check_signature(ENVELOPE, REGION.service.public)
    check_in_bundle(ENVELOPE)
    assert parse_envelope(canonical_bytes(ENVELOPE)) == ENVELOPE


def test_every_field_of_an_envelope_is_tried() -> None:
    assert set(CHANGES) == set(Envelope.__struct_fields__)


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_a_changed_field_breaks_the_signature_and_the_id(field: str) -> None:
    changed = msgspec.structs.replace(ENVELOPE, **{field: CHANGES[field]})
    assert event_id(changed) != event_id(ENVELOPE)
    with pytest.raises(SignatureMismatch):
        check_signature(changed, REGION.service.public)


@pytest.mark.parametrize("field", sorted(Bundle.__struct_fields__))
def test_a_changed_part_of_the_bundle_breaks_the_signature(field: str) -> None:
    changes: dict[str, Any] = {"root": "0" * 64, "index": 2, "size": 4, "path": ENVELOPE.bundle.path[:1]}
    bundle = msgspec.structs.replace(ENVELOPE.bundle, **{field: changes[field]})
    changed = msgspec.structs.replace(ENVELOPE, bundle=bundle)
    with pytest.raises(SignatureMismatch):
        check_signature(changed, REGION.service.public)


@pytest.mark.parametrize("field", ["type", "subject", "audience", "payload_hash"])
def test_what_reviewers_approved_cannot_be_changed_by_signing_again(field: str) -> None:
    changed = signed(msgspec.structs.replace(ENVELOPE, **{field: CHANGES[field]}), REGION.service)
    with pytest.raises(NotInBundle):
        check_in_bundle(changed)


@given(st.integers(0, 1), st.integers(0, 127))
def test_a_changed_approval_breaks_the_signature(place: int, digit: int) -> None:
    one = ENVELOPE.approvals[place]
    other = "0" if one.signature[digit] != "0" else "1"
    bent = Approval(one.key_id, one.signature[:digit] + other + one.signature[digit + 1 :])
    approvals = tuple(bent if number == place else kept for number, kept in enumerate(ENVELOPE.approvals))
    with pytest.raises(SignatureMismatch):
        check_signature(msgspec.structs.replace(ENVELOPE, approvals=approvals), REGION.service.public)


@pytest.mark.parametrize("size", range(1, 41))
def test_every_leaf_is_proved_at_its_own_place_only(size: int) -> None:
    leaves = [b"leaf %d" % number for number in range(size)]
    root = merkle.root(leaves)
    assert merkle.proofs(leaves) == tuple(merkle.proof(leaves, index) for index in range(len(leaves)))
    for index, leaf in enumerate(leaves):
        path = merkle.proof(leaves, index)
        merkle.check(leaf, index, size, path, root)
        wrong = [(b"another", index, size, path), (leaf, index, size, (*path, "0" * 64)), (leaf, size, size, path)]
        wrong += [(leaf, index, size, path[:-1])] if path else []
        wrong += [(leaf, (index + 1) % size, size, path)] if size > 1 else []
        for attempt in wrong:
            with pytest.raises(NotInBundle):
                merkle.check(*attempt, root)


def test_a_tree_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        merkle.root([])


def test_a_proof_that_is_not_hexadecimal_is_refused() -> None:
    bent = msgspec.structs.replace(ENVELOPE, bundle=msgspec.structs.replace(ENVELOPE.bundle, path=("x", "y")))
    with pytest.raises(NotInBundle):
        check_in_bundle(bent)
