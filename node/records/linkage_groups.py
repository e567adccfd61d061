"""Group linked pairs into persons, the surest pair first, and never against what contradicts it.

Two rows of one source without duplicates stay two persons (one to one between such sources); so do rows that a number
of the same kind tells apart. Where the evidence does not say which of two candidates is meant, neither is taken.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from .linkage_model import MODEL, THRESHOLD, Pair

MARGIN_BITS: Final = 3.0  # how much likelier than a rival a candidate must be: eight to one
_SUREST: Final = 1 - 1e-12


@dataclass(frozen=True)
class Groups:
    """`of[i]` is the group of place i, named by its lowest place; `linked` are the pairs that were followed.

    `contradicted`, `undecided` and `crowded` count pairs above the threshold that were not: something spoke against
    them, a rival was as likely, or the group held another row of that source already.
    """

    of: tuple[int, ...]
    linked: tuple[Pair, ...]
    contradicted: int
    undecided: int
    crowded: int


def group(pairs: Sequence[Pair], apart: Sequence[str | None], contradictions: Sequence[Pair]) -> Groups:
    """Group the places 0..n-1; `apart[i]` names the source in which each row is another person, None where not.

    `pairs` are candidates of any probability, `contradictions` those that may not end in one group.
    """
    sure = [pair for pair in pairs if pair.rule != MODEL or pair.probability >= THRESHOLD]
    free = [pair for pair in sure if pair.contradiction is None]
    merging = _Merging(len(apart), apart, contradictions)
    undecided = _undecided(free, merging)
    linked: list[Pair] = []
    crowded = 0
    for pair in sorted(free, key=_order):
        if (pair.left, pair.right) in undecided:
            continue
        if merging.merge(pair.left, pair.right):
            linked.append(pair)
        else:
            crowded += 1
    of = tuple(merging.find(place) for place in range(len(apart)))
    return Groups(of, tuple(linked), len(sure) - len(free), len(undecided), crowded)


def _order(pair: Pair) -> tuple[bool, float, int, int]:
    return pair.rule == MODEL, -pair.probability, pair.left, pair.right


def _bits(pair: Pair) -> float:
    probability = min(pair.probability, _SUREST)
    return log2(probability / (1 - probability))


def _undecided(pairs: Sequence[Pair], merging: "_Merging") -> set[tuple[int, int]]:
    """Return the pairs of a row with two candidates that cannot be one person and are about as likely."""
    at: Mapping[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        at[pair.left].append(pair)
        at[pair.right].append(pair)
    found: set[tuple[int, int]] = set()
    for place, candidates in at.items():
        best = max(candidates, key=lambda pair: (_bits(pair), -pair.left, -pair.right))
        other = _other(best, place)
        rivals = [
            pair
            for pair in candidates
            if pair is not best
            and _bits(best) - _bits(pair) < MARGIN_BITS
            and merging.stay_apart(other, _other(pair, place))
        ]
        if rivals:
            found |= {(pair.left, pair.right) for pair in (best, *rivals)}
    return found


def _other(pair: Pair, place: int) -> int:
    return pair.right if pair.left == place else pair.left


class _Merging:
    """Disjoint sets (Tarjan 1975) that refuse a union of members that must stay apart."""

    def __init__(self, size: int, apart: Sequence[str | None], contradictions: Sequence[Pair]) -> None:
        self._parent = list(range(size))
        self._sources: list[frozenset[str]] = [frozenset() if name is None else frozenset({name}) for name in apart]
        self._members: dict[int, tuple[int, ...]] = {place: (place,) for place in range(size)}
        self._against: Mapping[int, set[int]] = defaultdict(set)
        for pair in contradictions:
            self._against[pair.left].add(pair.right)
            self._against[pair.right].add(pair.left)

    def find(self, place: int) -> int:
        """Return the lowest place of a place's group."""
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place

    def stay_apart(self, left: int, right: int) -> bool:
        """Tell whether the groups of two places may not become one."""
        left, right = self.find(left), self.find(right)
        if left == right:
            return False
        if self._sources[left] & self._sources[right]:
            return True
        against = {other for member in self._members[left] for other in self._against.get(member, ())}
        return not against.isdisjoint(self._members[right])

    def merge(self, left: int, right: int) -> bool:
        """Make one group of two; False where they must stay apart."""
        if self.stay_apart(left, right):
            return False
        low, high = sorted((self.find(left), self.find(right)))
        if low != high:
            self._parent[high] = low
            self._sources[low] |= self._sources[high]
            self._members[low] += self._members.pop(high)
        return True
