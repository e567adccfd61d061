"""What people in a region read about sums of money and the organisations that were paid; none of it leaves."""

from collections.abc import Sequence
from typing import Final

from node.indicators.figures import ComputedIndicator
from node.release.disclosure import DisclosurePolicy, Statistic
from node.release.disclosure.history import every_figure, every_payee
from node.release.disclosure.organisations import concentrated
from schemas.definition import Text

WHO_IS_PAID: Final = (
    Text("Een betaalde organisatie", "An organisation that was paid"),
    Text("ook wat zij zelf kreeg, in elke cel", "also what it was paid itself, in every cell"),
)
"""The attacker `organisation`, and what it knows beside those before it in the certificate."""


def why_left_out(one: ComputedIndicator, sums: Statistic | None, policy: DisclosurePolicy) -> str | None:
    """Return why a sum of money cannot be released at all, None where it can; `sums` is its numerator, once joined."""
    name = f"{one.definition.id} {one.period} was left out"
    if one.unattributed:
        return (
            f"{name}: cost records of {', '.join(one.unattributed)} do not say which organisation was paid; map"
            " `organisation` there, or record under `legal` why that cannot be (`organisations_not_recorded: REASON`),"
            " and load again (docs/data-mapping.md)."
        )
    if sums is None or sums.organisations is None:
        return None
    figures = every_figure(sums)
    if not figures.any() or not concentrated(figures, every_payee(sums), policy)[figures > 0].all():
        return None
    return (
        f"{name}: in every figure of it fewer than {policy.minimum_organisations} organisations are paid, or two of"
        " them nearly everything, so that it tells what one of them was paid; take a wider area or more kinds of care."
    )


def hidden_for_few(sums: Statistic, hidden: Sequence[bool], policy: DisclosurePolicy) -> str | None:
    """Return a sentence on the figures of a sum that are hidden for the organisations paid in them, None for none.

    `hidden` says of each figure, in the order of `Statistic.cells`, whether it is.
    """
    few = concentrated(every_figure(sums), every_payee(sums), policy)
    number = sum(one and blank for one, blank in zip(few.tolist(), hidden, strict=True))
    if not number:
        return None
    return (
        f"Hidden by rule: {number} sums of money in which fewer than {policy.minimum_organisations} organisations are"
        " paid, or two of them nearly everything; a wider area or more kinds of care would show more."
    )


def left_to_who_is_paid(policy: DisclosurePolicy) -> Text:
    """Return what an organisation that was paid is left with."""
    share = int(policy.magnitude_width_share * 100)
    return Text(
        f"bij een beschermde som een marge van ten minste {share}% van wat anderen kregen",
        f"for a protected sum a range of at least {share}% of what others were paid",
    )


def not_tested(source: str, reason: str) -> Text:
    """Return what the certificate says of a source whose costs need not say who was paid."""
    return Text(
        f"Kosten uit {source} zeggen niet welke organisatie is betaald ({reason}); of het er ten minste drie zijn en er"
        " geen overheerst, is daar niet getoetst.",
        f"Costs from {source} do not say which organisation was paid ({reason}); whether they are at least three and"
        " none dominates is not tested there.",
    )
