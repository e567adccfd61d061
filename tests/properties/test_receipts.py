"""Receipts signed together, any number of any content: each verifies, and no single change to one does."""

from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import merkle
from schemas.receipt import Place, Receipt, check_receipt, leaf_hash, places, sign_together
from schemas.signature import SignatureMismatch, SigningKey

HUB: Final = SigningKey.generate()
calm = settings(deadline=None, max_examples=25)  # each makes and checks a batch of signatures
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
bare = st.builds(
    Receipt,
    event_id=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    region=st.just("XR-DUINRAND"),
    sequence=st.integers(1, 2**53 - 1),
    accepted_at=texts,
    key_id=st.just(HUB.public.key_id),
)


def signed(receipts: list[Receipt]) -> list[Receipt]:
    signature, found = sign_together("XR-DUINRAND", [leaf_hash(one) for one in receipts], HUB)
    return [
        msgspec.structs.replace(one, signature=signature, batch=place)
        for one, place in zip(receipts, found, strict=True)
    ]


@calm
@given(st.lists(bare, min_size=1, max_size=17))
def test_each_verifies_alone_after_its_journey(receipts: list[Receipt]) -> None:
    for receipt in signed(receipts):
        check_receipt(msgspec.json.decode(msgspec.json.encode(receipt), type=Receipt), HUB.public)


@calm
@given(st.lists(bare, min_size=2, max_size=20, unique_by=lambda one: one.event_id), st.data())
def test_a_receipt_verifies_at_its_own_place_only(receipts: list[Receipt], data: st.DataObject) -> None:
    found = signed(receipts)
    one, other = data.draw(st.permutations(found))[:2]
    size = data.draw(st.integers(1, 64).filter(lambda number: number != len(found)))
    assert isinstance(one.batch, Place)
    for place in (other.batch, msgspec.structs.replace(one.batch, size=size)):
        with pytest.raises(SignatureMismatch):
            check_receipt(msgspec.structs.replace(one, batch=place), HUB.public)


@calm
@given(st.lists(bare, min_size=2, max_size=20), st.data())
def test_no_digit_of_a_path_can_be_another(receipts: list[Receipt], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(signed(receipts)))
    assert isinstance(one.batch, Place)
    step = data.draw(st.integers(0, len(one.batch.path) - 1))
    digit = data.draw(st.integers(0, 63))
    path = list(one.batch.path)
    other = data.draw(st.sampled_from("0123456789abcdef").filter(lambda to: to != path[step][digit]))
    path[step] = path[step][:digit] + other + path[step][digit + 1 :]
    with pytest.raises(SignatureMismatch):
        check_receipt(
            msgspec.structs.replace(one, batch=msgspec.structs.replace(one.batch, path=tuple(path))), HUB.public
        )


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_the_tree_made_level_by_level_is_the_one_of_the_standard(leaves: list[bytes]) -> None:
    """RFC 6962's own recursive definition, beside the one that hashes each node once."""
    root, paths = merkle.root_and_proofs([merkle.leaf_hash(leaf) for leaf in leaves])
    assert root == merkle.root(leaves)
    assert paths == tuple(merkle.proof(leaves, index) for index in range(len(leaves)))
    assert [one.path for one in places([merkle.leaf_hash(leaf) for leaf in leaves])] == list(paths)
