"""Histories of releases: whoever holds every vintage pins no protected figure and no change of 1 to 9 persons."""

import itertools
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.histories import STEPS, Released, history
from tests.support.vintage_attacker import Figure, Hints, VintageAttacker

WIDTH = 3.0  # persons, as the policy promises
NEAR = 1e-5
MOST_CHANGES = 40  # changes of blank figures looked at per history, drawn at random


def leaks(released: Released, seed: int) -> Iterator[str]:
    """Everything that all published payloads together tell of few persons."""
    told = VintageAttacker(released.payloads, Hints(), released.public)
    blank, shown = told.blank - set(told.shown), told.shown
    hints, vague = released.hints(blank, shown, every_change=not released.naive)
    attacker = VintageAttacker(released.payloads, hints, released.public)
    for figure in sorted(vague - set(shown)):
        low, high = attacker.range_of({figure: 1})
        if high - low < WIDTH * (1 - NEAR):
            yield f"{figure} lies in [{low:.1f}, {high:.1f}]"
    hints, _ = released.hints(blank, shown, every_change=False)
    yield from _telling_changes(released, VintageAttacker(released.payloads, hints, released.public), seed)


def _telling_changes(released: Released, attacker: VintageAttacker, seed: int) -> Iterator[str]:
    pairs = []
    for one, other in itertools.permutations(released.truth, 2):
        if one[:2] == other[:2] and one[3] == other[3] and one[2] < other[2]:
            pairs.append((one, other))
    certain = [pair for pair in pairs if all(figure in attacker.shown for figure in pair)]
    for one, other in certain:
        if 1 <= abs(attacker.shown[other] - attacker.shown[one]) <= 9:
            yield f"{one} changed by few until release {other[2]}"
    rests = [(_rest(one), _rest(other)) for one, other in pairs if one[0] != "people"]
    rests += [pair for pair in pairs if pair not in certain]
    random = np.random.default_rng(seed)
    for place in random.permutation(len(rests))[:MOST_CHANGES].tolist():
        one, other = rests[place]
        low, high = attacker.range_of({other: 1, one: -1})
        if high - low < 1 - NEAR and 1 - NEAR <= abs((low + high) / 2) <= 9 + NEAR:
            yield f"{one} changed by few until release {other[2]}"


def _rest(figure: Figure) -> Figure:
    return (f"rest of {figure[0]}", *figure[1:])


def run(seeds: range) -> tuple[Counter[str], dict[int, list[str]], int]:
    """Live through histories; return what happened, what leaked by seed, and in how many a naive node leaked."""
    happened: Counter[str] = Counter()
    found: dict[int, list[str]] = {}
    caught = 0
    for seed in seeds:
        steps, released = history(seed)
        happened.update(steps)
        happened.update(released.counts)
        if leaked := list(leaks(released, seed)):
            found[seed] = leaked
        _, naive = history(seed, naive=True)
        caught += next(leaks(naive, seed), None) is not None
    return happened, found, caught


def test_no_history_tells_of_few_persons_and_naive_releases_do() -> None:
    happened, found, caught = run(range(len(STEPS)))
    assert found == {}
    assert caught >= len(STEPS) // 2
    assert happened["corrected"]
    assert happened["waiting"]


@pytest.mark.nightly
def test_a_hundred_histories_tell_of_no_few_persons() -> None:
    happened, found, caught = run(range(100, 200))
    print(f"100 histories: {dict(happened)}; naive releases leaked in {caught}")
    assert found == {}
    assert all(happened[step] for step in STEPS)
    assert caught >= 50
    assert happened["corrected"] >= 20
    assert happened["waiting"] >= 20
