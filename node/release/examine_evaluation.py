"""What the desk finds in an evaluation: published figures left out, doubts, and figures that may soon change."""

from collections.abc import Iterator

from sqlalchemy import Connection

from schemas.evaluation import EvaluationPublished, outcome_of
from schemas.payloads import IndicatorPublished

from .beside import beside
from .standing import StandingItem, of_indicators
from .states import BundleState

_DOUBTS = frozenset({"doubted", "no_effect_to_read"})


def evaluation_findings(connection: Connection, one: EvaluationPublished) -> Iterator[tuple[str, str]]:
    """Yield codes of `finding_kinds` with their details: periods and checks, nothing of a person."""
    used = {found.period for found in one.figures}
    considered = {*one.before, *one.after, *one.left_out}
    standing = [found for found in of_indicators(connection, [one.indicator]) if _is_alike(found, one, used)]
    if left := sorted(period for period in map(_period, standing) if period not in considered):
        yield "figures_left_out", ", ".join(left)
    if outcome_of(one) in _DOUBTS:
        yield "effect_doubted", ", ".join(check.id for check in one.checks if check.verdict in ("failed", "imprecise"))
    subjects = {found.subject: _period(found) for found in standing if _period(found) in used}
    waiting = {
        subjects[found.subject]
        for found in beside(connection)
        if found.subject in subjects and found.state is not BundleState.REJECTED
    }
    if waiting:
        yield "figures_in_review", ", ".join(sorted(waiting))


def _is_alike(found: StandingItem, one: EvaluationPublished, used: set[str]) -> bool:
    """Tell whether figures could have taken part: of the same definition, by area, over periods of the same length."""
    content = found.content
    if not isinstance(content, IndicatorPublished) or "area" not in content.dimensions:
        return False
    lengths = {(len(period), "Q" in period) for period in used}
    return content.definition_hash == one.definition_hash and (len(content.period), "Q" in content.period) in lengths


def _period(found: StandingItem) -> str:
    return found.content.period if isinstance(found.content, IndicatorPublished) else ""
