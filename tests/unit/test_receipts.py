"""A receipt that was signed together with others verifies alone, and nothing else verifies in its place."""

from typing import Any

import msgspec
import pytest

from schemas import merkle
from schemas.canonical import canonical_bytes
from schemas.envelope import approval_message
from schemas.receipt import (
    Answer,
    Place,
    Receipt,
    check_answer,
    check_receipt,
    issued,
    leaf_hash,
    places,
    sign_together,
    understood,
)
from schemas.signature import Purpose, SignatureMismatch, SigningKey

HUB = SigningKey.generate()


def bare(number: int, region: str = "XR-DUINRAND", key: SigningKey = HUB) -> Receipt:
    return Receipt(f"{number:064x}", region, number, "2026-11-22T12:00:00Z", key.public.key_id)


def together(count: int, region: str = "XR-DUINRAND", key: SigningKey = HUB) -> list[Receipt]:
    receipts = [bare(number, region, key) for number in range(1, count + 1)]
    signature, found = sign_together(region, [leaf_hash(one) for one in receipts], key)
    return [
        msgspec.structs.replace(one, signature=signature, batch=place)
        for one, place in zip(receipts, found, strict=True)
    ]


def moved(receipt: Receipt, **change: Any) -> Receipt:
    assert isinstance(receipt.batch, Place)
    return msgspec.structs.replace(receipt, batch=msgspec.structs.replace(receipt.batch, **change))


def refused(receipt: Receipt, key: SigningKey = HUB) -> str:
    with pytest.raises(SignatureMismatch) as caught:
        check_receipt(receipt, key.public)
    return str(caught.value)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 200])
def test_each_verifies_alone_and_as_it_travels(count: int) -> None:
    for receipt in together(count):
        check_receipt(msgspec.json.decode(msgspec.json.encode(receipt), type=Receipt), HUB.public)
        check_answer(Answer(receipt.event_id, "accepted", receipt=receipt), HUB.public)


def test_a_batch_of_one_has_no_path_and_is_still_not_signed_alone() -> None:
    (receipt,) = together(1)
    assert receipt.batch == Place(0, 1, ())
    refused(msgspec.structs.replace(receipt, batch=msgspec.UNSET))


@pytest.mark.parametrize(
    "change",
    [
        {"event_id": "f" * 64},
        {"region": "XR-HEUVEL"},
        {"sequence": 6},
        {"accepted_at": "2026-11-22T11:59:59Z"},
        {"key_id": "0" * 16},
        {"signature": "00" * 64},
        {"signature": ""},
    ],
    ids=str,
)
def test_no_word_of_it_can_be_another(change: dict[str, Any]) -> None:
    refused(msgspec.structs.replace(together(7)[4], **change))


@pytest.mark.parametrize(
    "change",
    [
        {"index": 3},
        {"index": 5},
        {"index": -1},
        {"index": 7},
        {"size": 8},
        {"size": 6},
        {"size": 2**53},
        {"size": 0},
        {"path": ()},
    ],
    ids=str,
)
def test_no_other_place_can_be_claimed(change: dict[str, Any]) -> None:
    refused(moved(together(7)[4], **change))


def test_a_path_that_was_forged_cut_lengthened_or_spelt_otherwise_leads_nowhere() -> None:
    receipt = together(7)[4]
    assert isinstance(receipt.batch, Place)
    path = receipt.batch.path
    odd = "not in its one form"
    for wrong, said in (
        ((*path[:-1], "ab" * 32), "does not fit"),
        (path[::-1], "does not fit"),
        (path[:-1], "not one through a batch of its size"),
        ((*path, path[0]), "not one through a batch of its size"),
        ((path[0].upper(), *path[1:]), odd),
        ((path[0] + "00", *path[1:]), odd),
        ((" " + path[0][1:], *path[1:]), odd),
        (("", *path[1:]), odd),
    ):
        assert said in refused(moved(receipt, path=wrong))


def test_two_that_change_places_are_both_refused() -> None:
    one, other = together(8)[2:4]
    refused(msgspec.structs.replace(one, batch=other.batch))
    refused(msgspec.structs.replace(other, batch=one.batch))


def test_a_batch_that_was_cut_short_is_another_batch() -> None:
    receipts = together(8)
    rest = [leaf_hash(one) for one in receipts[:7]]
    for receipt, place in zip(receipts, places(rest), strict=False):
        refused(msgspec.structs.replace(receipt, batch=place))


def test_a_receipt_of_another_region_s_batch_serves_neither_region() -> None:
    ours, theirs = together(8)[4], together(8, "XR-HEUVEL")[4]
    refused(msgspec.structs.replace(ours, signature=theirs.signature))
    refused(msgspec.structs.replace(ours, signature=theirs.signature, batch=theirs.batch))
    refused(msgspec.structs.replace(theirs, region="XR-DUINRAND"))


def test_another_hub_s_key_does_not_fit() -> None:
    refused(together(4)[0], SigningKey.generate())


def test_a_signature_for_one_use_serves_no_other() -> None:
    """Neither a receipt's own signature, nor an approval of a bundle with the same leaves, nor the other way about."""
    receipts = [bare(number) for number in range(1, 5)]
    leaves = [leaf_hash(one) for one in receipts]
    root, _ = merkle.root_and_proofs(leaves)
    message = canonical_bytes({"key_id": HUB.public.key_id, "region": "XR-DUINRAND", "root": root, "size": 4})
    place = places(leaves)[0]
    check_receipt(
        msgspec.structs.replace(receipts[0], signature=HUB.sign(Purpose.RECEIPTS, message), batch=place), HUB.public
    )
    for purpose in set(Purpose) - {Purpose.RECEIPTS}:
        for said in (message, approval_message("XR-DUINRAND", root, 4)):
            refused(msgspec.structs.replace(receipts[0], signature=HUB.sign(purpose, said), batch=place))
    alone = issued(receipts[0], HUB)
    refused(msgspec.structs.replace(alone, batch=Place(0, 1, ())))
    refused(msgspec.structs.replace(alone, batch=place))
    (single,) = together(1)
    with pytest.raises(SignatureMismatch):
        HUB.public.verify(Purpose.RECEIPT, message, single.signature)


def test_what_cannot_be_signed_is_refused_like_any_other_forgery() -> None:
    for receipt in (issued(bare(1), HUB), together(2)[0]):
        refused(msgspec.structs.replace(receipt, sequence=2**53))


def test_who_speaks_the_first_protocol_gets_the_same_word_signed_alone() -> None:
    receipt = together(3)[1]
    answer = Answer(receipt.event_id, "duplicate", receipt=receipt)
    assert understood(answer, 2, HUB) is answer
    first = understood(answer, 1, HUB)
    assert (first.event_id, first.outcome) == (answer.event_id, "duplicate")
    assert first.receipt == issued(bare(2), HUB)
    assert b"batch" not in msgspec.json.encode(first)
    assert understood(first, 1, HUB) is first
    assert first.receipt is not None
    assert first.receipt.says_the_same(receipt)
    assert not first.receipt.says_the_same(together(3)[2])
    refusal = Answer("a" * 64, "refused", "reason", "detail")
    assert understood(refusal, 1, HUB) is refusal


def test_a_receipt_that_another_hub_signed_is_vouched_for_by_this_one() -> None:
    other = SigningKey.generate()
    receipt = together(3, key=other)[0]
    said = understood(Answer(receipt.event_id, "accepted", receipt=receipt), 1, HUB).receipt
    assert said == issued(bare(1), HUB)
