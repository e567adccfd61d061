"""Merkle trees after RFC 6962 section 2.1: one approval signs a bundle, each event proves that it is part of it."""

import hashlib
from collections.abc import Sequence


class NotInBundle(ValueError):
    """An inclusion proof that does not lead to the approved root."""


def root(leaves: Sequence[bytes]) -> str:
    """Return the tree's root (64 hex digits) over at least one leaf."""
    return _root(leaves).hex()


def proof(leaves: Sequence[bytes], index: int) -> tuple[str, ...]:
    """Return the audit path of one leaf, from the leaf upwards."""
    return tuple(node.hex() for node in _path(leaves, index))


def proofs(leaves: Sequence[bytes]) -> tuple[tuple[str, ...], ...]:
    """Return the audit path of every leaf, each node of the tree hashed once; at least one leaf."""
    _, paths = _root_and_paths(leaves)
    return tuple(tuple(node.hex() for node in path) for path in paths)


def check(leaf: bytes, index: int, size: int, path: Sequence[str], expected_root: str) -> None:
    """Check an inclusion proof (RFC 9162 section 2.1.3.2); raises NotInBundle."""
    if not 0 <= index < size:
        raise NotInBundle("The event's place lies outside its release bundle.")
    node, last, computed = index, size - 1, _leaf(leaf)
    for step in path:
        if last == 0:
            raise NotInBundle("The event's inclusion proof is too long.")
        sibling = bytes.fromhex(step)
        if node & 1 or node == last:
            computed = _node(sibling, computed)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            computed = _node(computed, sibling)
        node >>= 1
        last >>= 1
    if last or computed.hex() != expected_root:
        raise NotInBundle("The event is not part of the bundle that the reviewers approved.")


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        raise ValueError("A release bundle holds at least one item.")
    if len(leaves) == 1:
        return _leaf(leaves[0])
    cut = _split(len(leaves))
    return _node(_root(leaves[:cut]), _root(leaves[cut:]))


def _path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*_path(leaves[:cut], index), _root(leaves[cut:])]
    return [*_path(leaves[cut:], index - cut), _root(leaves[:cut])]


def _root_and_paths(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    if len(leaves) <= 1:
        return _root(leaves), [[]]
    cut = _split(len(leaves))
    (left, before), (right, after) = _root_and_paths(leaves[:cut]), _root_and_paths(leaves[cut:])
    return _node(left, right), [*([*path, right] for path in before), *([*path, left] for path in after)]
