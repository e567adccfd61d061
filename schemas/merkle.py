"""Merkle trees after RFC 6962 section 2.1: one signature covers many, and each proves by itself that it is among them.

Reviewers approve a bundle so, and the hub signs the receipts of a delivery so.
"""

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
    return root_and_proofs([leaf_hash(leaf) for leaf in leaves])[1]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf (32 bytes), from which its tree can be made again."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def root_and_proofs(hashes: Sequence[bytes]) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """Return the root and every leaf's audit path, each node hashed once, from at least one leaf's hash."""
    if not hashes:
        raise ValueError("A tree has at least one leaf.")
    level = list(hashes)
    beside: list[list[str]] = []  # level by level, the leaves first
    while len(level) > 1:
        beside.append([node.hex() for node in level])
        pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = [*pairs, level[-1]] if len(level) & 1 else pairs  # who has nobody beside it moves up
    paths: list[tuple[str, ...]] = [()]
    for names in reversed(beside):  # from the root down: a node's path is who stands beside it, then its parent's path
        paths = [
            (names[at ^ 1], *paths[at >> 1]) if at ^ 1 < len(names) else paths[at >> 1] for at in range(len(names))
        ]
    return level[0].hex(), tuple(paths)


def check(leaf: bytes, index: int, size: int, path: Sequence[str], expected_root: str) -> None:
    """Check an inclusion proof; raises NotInBundle."""
    if implied_root(leaf, index, size, path) != expected_root:
        raise NotInBundle("The event is not part of the bundle that the reviewers approved.")


def implied_root(leaf: bytes, index: int, size: int, path: Sequence[str]) -> str:
    """Return the root to which an inclusion proof leads (RFC 9162 section 2.1.3.2); raises NotInBundle.

    A proof of another form than a tree of this size gives leads nowhere. The steps are 64 hexadecimal digits each.
    """
    if not 0 <= index < size:
        raise NotInBundle("The event's place lies outside its release bundle.")
    node, last, computed = index, size - 1, leaf_hash(leaf)
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
    if last:
        raise NotInBundle("The event's inclusion proof is too short.")
    return computed.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        raise ValueError("A release bundle holds at least one item.")
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    cut = _split(len(leaves))
    return _node(_root(leaves[:cut]), _root(leaves[cut:]))


def _path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*_path(leaves[:cut], index), _root(leaves[cut:])]
    return [*_path(leaves[cut:], index - cut), _root(leaves[:cut])]
