"""Judge a total before it is shown: beside all that its reader sees, and beside what was shown before."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from hub.comparison import Withheld
from schemas.joint import Cut, Finding, Publication, Total, in_pairs, joint, narrowest, place, taken
from schemas.values import Exact, Suppressed

from .audit import Contradicted, audit
from .budget import Budget, BudgetSpent, NotProven

Verdict = Literal["shown"] | Withheld
SHOWN: Final[Verdict] = "shown"


def judge(
    total: Total,
    seen: Sequence[Publication],
    earlier: Sequence[Total],
    sets: Mapping[str, Sequence[str]],
    budget: Budget | None = None,
) -> Verdict:
    """Return whether a total may be shown to a reader who sees these publications and was shown the earlier totals.

    It may not where a hidden figure of its cut has less room than was promised beside it, whoever took that room: a
    total of the published regions would hand the missing one to whoever knows the nation. Nor may it take room from
    any other hidden figure, also not for one who remembers the earlier totals.
    """
    budget = budget or Budget()
    try:
        beside = together(seen, sets, [total], budget)
        if any(one.hidden.key.cut == total.cut for one in beside):
            return "would_narrow_hidden_figure"
        if beside and taken(beside, _found(seen, sets, (), budget)):
            return "would_narrow_hidden_figure"
        if earlier:
            after = _found(seen, sets, [*earlier, total], budget)
            if after and taken(after, _found(seen, sets, earlier, budget)):
                return "would_narrow_hidden_figure"
    except BudgetSpent:
        return "beyond_budget"
    except NotProven:
        return "not_proven"
    return SHOWN


def exact_figures(seen: Sequence[Publication]) -> dict[tuple[str, Cut], tuple[int, int | None] | None]:
    """Return by event and cut what its region published of itself, exactly; None where it says more than one thing."""
    found: dict[tuple[str, Cut], tuple[int, int | None] | None] = {}
    for one in seen:
        for cell in one.payload.cells:
            area, cut = place(one.region, one.payload.dimensions, cell.nodes)
            if area != one.region:
                continue
            exact = (cell.value.numerator, cell.value.denominator) if isinstance(cell.value, Exact) else None
            is_same = found.get((one.event_id, cut), exact) == exact
            found[one.event_id, cut] = exact if is_same else None
    return found


def adds_nothing(total: Total, exact: Mapping[tuple[str, Cut], tuple[int, int | None] | None]) -> bool:
    """Tell whether a total is the sum of figures that its reader sees exactly.

    Its equation then holds whatever the hidden figures are: no unknown is in it, so that the model with it and the one
    without are the same, and what was found without it holds beside it as well.
    """
    parts = [exact.get((event_id, total.cut)) for _, event_id in total.parts]
    if any(part is None for part in parts):
        return False
    pairs = [part for part in parts if part is not None]
    wholes = [whole for _, whole in pairs if whole is not None]
    whole = sum(wholes) if len(wholes) == len(pairs) else None
    return total.numerator == sum(part for part, _ in pairs) and total.denominator == whole


def together(
    seen: Sequence[Publication],
    sets: Mapping[str, Sequence[str]],
    totals: Sequence[Total] = (),
    budget: Budget | None = None,
) -> list[Finding]:
    """Return the hidden figures that have too little room beside all this, save what their region did alone.

    What a region tells of one figure at several times it has audited itself, with more knowledge. Raises NotProven.
    """
    if not totals and not any(isinstance(cell.value, Suppressed) for one in seen for cell in one.payload.cells):
        return []
    budget = budget or Budget()
    found = _found(seen, sets, totals, budget)
    for region in sorted({one.hidden.region for one in found}):
        alone = _found([one for one in seen if one.region == region], sets, (), budget)
        own = [one for one in found if one.hidden.region == region]
        found = [one for one in found if one.hidden.region != region] + taken(own, alone)
    return found


def _found(
    seen: Sequence[Publication],
    sets: Mapping[str, Sequence[str]],
    totals: Sequence[Total] = (),
    budget: Budget | None = None,
) -> list[Finding]:
    """Audit all of it together; of a part that contradicts itself, what every two that speak there say and does fit.

    Raises NotProven.
    """
    budget = budget or Budget()
    audited = audit(joint(seen, totals, sets), budget=budget)
    if not audited.contradicted:
        return list(audited.findings)
    findings = list(audited.findings)
    speak = {event_id for part in audited.contradicted for event_id in part.told_by}
    for some in in_pairs([one for one in seen if one.event_id in speak]):
        again = audit(joint(some, [], sets), budget=budget)
        if again.contradicted and len(some) == 1:
            raise Contradicted("What one event says contradicts itself, so that no range follows.")
        findings += again.findings
    if any(row.was_shown for part in audited.contradicted for row in part.rows):
        for total in totals:  # beside what it is made of, and nothing else
            made_of = {event_id for _, event_id in total.parts}
            again = audit(joint([one for one in seen if one.event_id in made_of], [total], {}), budget=budget)
            if again.contradicted:
                raise Contradicted("A total contradicts what it is made of, so that no range follows.")
            findings += again.findings
    return narrowest(findings)
