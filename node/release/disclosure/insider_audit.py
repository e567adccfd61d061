"""The auditor's organisations: what one of them works out of the others, from what it was paid itself.

Written apart from insiders.py: here every figure is a set of leaves, and each organisation is put to the solver.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .leaves import Figure, Table, pools_of
from .policy import DisclosurePolicy
from .statistic import Statistic
from .versions import Key, Picture
from .widths import SLACK, Constraint, Measured, Target, measure

Together = list[Figure]  # one figure, or several of one sum that tell too much together as well

FAULT = "has too narrow a range for an organisation that was paid there"


def insider_faults(
    pictures: Sequence[Picture], statistics: Mapping[Key, Statistic], policy: DisclosurePolicy
) -> tuple[list[tuple[Figure, str]], str]:
    """Return the figures of which an organisation works out too much, and the solver's worst status.

    `pictures` are all vintages, the present one last; what an organisation was paid then, it still knows.
    """
    found, status = [], "optimal"
    for key in pictures[-1].tables:
        drawn = [picture.tables[key] for picture in pictures if key in picture.tables]
        for asked, measured in _attacks(statistics[key], drawn, policy):
            found += [(asked[i][0], FAULT) for i, width in enumerate(measured.widths) if width < 1 - SLACK]
            status = measured.status if measured.status != "optimal" else status
    return found, status


def _attacks(
    statistic: Statistic, drawn: Sequence[Table], policy: DisclosurePolicy
) -> Iterator[tuple[list[Together], Measured]]:
    """Let each organisation attack the protected sums of one statistic that all of them together might narrow."""
    every = [one for table in drawn for one in table.values()]
    codes = sorted({code for one in every if one.is_open for code in one.paid})
    protected = [[one] for one in every if one.is_protected and one.is_sum]
    protected += [pool for table in drawn for pool in pools_of(statistic, table, policy) if pool[0].is_sum]
    if not codes or not protected:
        return
    whole = [_target(one, sum(figure.value for figure in one), policy) for one in protected]
    together = measure([_known(one, tuple(one.paid), policy) for one in every], whole)
    doubtful = [one for one, width in zip(protected, together.widths, strict=True) if width < 1 - SLACK]
    if together.status != "optimal":
        doubtful = protected
    for code in codes:
        others = [(one, sum(max(0, part.value - max(part.paid.get(code, 0), 0)) for part in one)) for one in doubtful]
        asked = [(one, rest) for one, rest in others if rest > 0]
        if asked:
            known = [_known(one, (code,), policy) for one in every]
            yield [one for one, _ in asked], measure(known, [_target(*one, policy) for one in asked])


def _known(one: Figure, codes: Sequence[str], policy: DisclosurePolicy) -> Constraint:
    """What is known of a figure by an organisation that was paid in it; by several, the most that any one knows."""
    low, high = one.bounds(policy, knows_status=True)
    own = [one.paid[code] for code in codes if code in one.paid]
    if own and len(one.paid) == 1 and one.says_who_was_paid:
        low = high = float(one.value)
    elif own:
        low = max(low, min(float(max(own)), float(one.value)))
    return Constraint(one.columns, one.signs, low - one.value, high - one.value)


def _target(together: Together, amount: int, policy: DisclosurePolicy) -> Target:
    share = policy.magnitude_width_share
    columns = np.concatenate([one.columns for one in together])
    signs = np.concatenate([one.signs for one in together])
    return Target(columns, signs, float(max(1, -(-amount * share.numerator // share.denominator))))
