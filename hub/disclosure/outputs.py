"""Judge a total before it is shown: beside all that its reader sees, and beside what was shown before."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from hub.comparison import Withheld
from schemas.joint import Publication, Total, joint

from .audit import Finding, NotProven, audit

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
        beside = audit(joint(seen, [total], sets)).findings
        if any(one.hidden.key.cut == total.cut for one in beside):
            return "would_narrow_hidden_figure"
        if beside and _taken(beside, audit(joint(seen, [], sets)).findings):
            return "would_narrow_hidden_figure"
        if earlier:
            after = audit(joint(seen, [*earlier, total], sets)).findings
            if after and _taken(after, audit(joint(seen, earlier, sets)).findings):
                return "would_narrow_hidden_figure"
    except NotProven:
        return "not_proven"
    return SHOWN


def _taken(after: Sequence[Finding], before: Sequence[Finding]) -> list[Finding]:
    """Return the figures that have less room after than before."""
    known = {one.about: one for one in before}
    return [one for one in after if one.is_narrower_than(known.get(one.about))]
