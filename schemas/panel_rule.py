"""Which helices' scores may be told beside a panel's: the rule that the node applies and the hub holds it to.

It looks at how many answered and never at what: that a score is hidden tells nothing of the answers.
"""

from collections.abc import Mapping

from .assessment import FEWEST_FOR_MEDIAN, HELICES, Helix


def told_helices(answers: Mapping[Helix, int]) -> frozenset[Helix]:
    """Return the helices of which a score may be told, by how many of each answered.

    At least five of a helix, and no one to four are left over: they would be what is known of the panel less what is
    known of the others. Then the smallest that could be told is left out as well, the first of the list among equals.
    """
    told = {helix for helix in HELICES if answers.get(helix, 0) >= FEWEST_FOR_MEDIAN}
    while told and 0 < sum(n for helix, n in answers.items() if helix not in told) < FEWEST_FOR_MEDIAN:
        told.remove(min(told, key=lambda helix: (answers[helix], HELICES.index(helix))))
    return frozenset(told)
