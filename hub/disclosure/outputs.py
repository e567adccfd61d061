"""Judge a total before it is shown: beside all that its reader sees, and beside what was shown before."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from hub.comparison import Withheld
from schemas.joint import Finding, Publication, Total, in_pairs, joint, narrowest, taken

from .audit import Contradicted, NotProven, audit

Verdict = Literal["shown"] | Withheld
SHOWN: Final[Verdict] = "shown"


def judge(
    total: Total,
    seen: Sequence[Publication],
    earlier: Sequence[Total],
    sets: Mapping[str, Sequence[str]],
) -> Verdict:
    """Return whether a total may be shown to a reader who sees these publications and was shown the earlier totals.

    It may not where a hidden figure of its cut has less room than was promised beside it, whoever took that room: a
    total of the published regions would hand the missing one to whoever knows the nation. Nor may it take room from
    any other hidden figure, also not for one who remembers the earlier totals.
    """
    try:
        beside = together(seen, sets, [total])
        if any(one.hidden.key.cut == total.cut for one in beside):
            return "would_narrow_hidden_figure"
        if beside and taken(beside, _found(seen, sets)):
            return "would_narrow_hidden_figure"
        if earlier:
            after = _found(seen, sets, [*earlier, total])
            if after and taken(after, _found(seen, sets, earlier)):
                return "would_narrow_hidden_figure"
    except NotProven:
        return "not_proven"
    return SHOWN


def together(
    seen: Sequence[Publication], sets: Mapping[str, Sequence[str]], totals: Sequence[Total] = ()
) -> list[Finding]:
    """Return the hidden figures that have too little room beside all this, save what their region did alone.

    What a region tells of one figure at several times it has audited itself, with more knowledge. Raises NotProven.
    """
    found = _found(seen, sets, totals)
    for region in sorted({one.hidden.region for one in found}):
        alone = _found([one for one in seen if one.region == region], sets)
        own = [one for one in found if one.hidden.region == region]
        found = [one for one in found if one.hidden.region != region] + taken(own, alone)
    return found


def _found(
    seen: Sequence[Publication], sets: Mapping[str, Sequence[str]], totals: Sequence[Total] = ()
) -> list[Finding]:
    """Audit all of it together; of a part that contradicts itself, what every two that speak there say and does fit.

    Raises NotProven.
    """
    audited = audit(joint(seen, totals, sets))
    if not audited.contradicted:
        return list(audited.findings)
    findings = list(audited.findings)
    speak = {event_id for part in audited.contradicted for event_id in part.told_by}
    for some in in_pairs([one for one in seen if one.event_id in speak]):
        again = audit(joint(some, [], sets))
        if again.contradicted and len(some) == 1:
            raise Contradicted("What one event says contradicts itself, so that no range follows.")
        findings += again.findings
    if any(row.was_shown for part in audited.contradicted for row in part.rows):
        for total in totals:  # beside what it is made of, and nothing else
            made_of = {event_id for _, event_id in total.parts}
            again = audit(joint([one for one in seen if one.event_id in made_of], [total], {}))
            if again.contradicted:
                raise Contradicted("A total contradicts what it is made of, so that no range follows.")
            findings += again.findings
    return narrowest(findings)
