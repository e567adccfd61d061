"""Controlled rounding, read by someone who knows that what can go out exactly is not rounded."""

import msgspec
import numpy as np

from node.indicators.figures import Axis, ComputedIndicator
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import ProtectedRelease, protect_run
from schemas.catalogue import catalogue
from schemas.values import Exact, Rounded

POLICY = DisclosurePolicy()
FIRST = (100, 100)  # women, men


def _release(people: tuple[int, int], earlier: Earlier, seed: int | None) -> ProtectedRelease:
    what = msgspec.structs.replace(catalogue()["pop.persons"], id="counted", dimensions=("sex",))
    counted = np.array(people)
    one = ComputedIndicator(what, "2025", (Axis("sex", ("f", "m")),), counted, counted, None, None, ("gp",))
    random = None if seed is None else np.random.default_rng(seed)
    return protect_run([one], (), earlier, POLICY, "demo", 2025, random)


def _before() -> Earlier:
    (first,) = _release(FIRST, Earlier(), None).items
    return Earlier(dict(first.remembered), first.vintages)


def _seen(people: tuple[int, int], earlier: Earlier) -> set[str]:
    """All that readers can come to see of these records: the draw gives every rounding a chance."""
    found = set()
    for seed in range(6):
        values = {cell.nodes[0]: cell.value for cell in _release(people, earlier, seed).items[0].payload.cells}
        if isinstance(values["total"], Rounded):
            found.add(" ".join(str(values[node].value) for node in ("f", "m", "total")))
        else:
            assert isinstance(values["total"], Exact)
    return found


def test_a_rounded_figure_leaves_room_for_whoever_knows_the_rules() -> None:
    """Men show a change of -38, which is no multiple of ten and so went out exactly; what do women leave?"""
    earlier = _before()
    possible: dict[str, list[int]] = {}
    for women in range(-10, 51):
        for seen in _seen((FIRST[0] + women, FIRST[1] - 38), earlier):
            if seen.split()[1] == "62":
                possible.setdefault(seen, []).append(women)
    pinned = {seen: changes for seen, changes in possible.items() if max(changes) - min(changes) < POLICY.width}
    assert not pinned, pinned  # 29 women came where 20 are told: in all, 9 persons went
