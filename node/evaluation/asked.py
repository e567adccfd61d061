"""An evaluation as it is asked for, made from what this region published and turned into what its event says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from node.indicators import approved
from node.knowledge.interventions import Intervention, find
from node.release.standing import of_indicators
from schemas.catalogue import catalogue
from schemas.definition import IndicatorDefinition
from schemas.evaluation import (
    EvaluationCheck,
    EvaluationEstimate,
    EvaluationFigures,
    EvaluationLevel,
    EvaluationPublished,
)

from .evaluate import Evaluated, Method, evaluate
from .interrupted import Season
from .published import Published, published_over_time
from .refusal import EvaluationRefused

METHOD_VERSION: Final = 3  # raise it with every change by which the same figures could give another outcome


class OutcomeNotRecorded(EvaluationRefused):
    """An outcome by which the intervention was not to be judged when it was recorded."""


class LevelWrong(EvaluationRefused):
    """An outcome that counts everyone, told as what happened to those who took part."""


class RoleMissing(EvaluationRefused):
    """An evaluation of which nobody says who made it."""


@dataclass(frozen=True, slots=True)
class AskedEvaluation:
    """What is to be evaluated for publication, over which periods and how; `made_by` is a role, never a name.

    `compared` empty: all other areas; `season` None: the one usual for the length of a period.
    """

    intervention: str
    periods: tuple[str, ...]
    made_by: str
    outcome: str | None = None
    method: Method = "did"
    compared: Sequence[str] = ()
    season: Season | None = None
    level: EvaluationLevel = "population"


def outcome_asked(found: Intervention, asked: str | None) -> str:
    """Return the indicator to judge an intervention by, its goal's where none is asked; raises OutcomeNotRecorded."""
    if asked is not None and asked not in found.measures:
        raise OutcomeNotRecorded(
            f"'{found.id}' is not judged by {asked} but by {', '.join(found.measures)}; choose one of these, or record "
            "the intervention anew with that outcome."
        )
    return asked or found.goal.indicator


def standing_figures(connection: Connection, indicator: str, periods: Sequence[str]) -> Published:
    """Return what this region published of an indicator by area and still stands; raises NothingPublished."""
    definition = approved.computable(connection).get(indicator, catalogue()[indicator])
    return published_over_time(list(of_indicators(connection, [indicator])), definition, periods)


def made(connection: Connection, asked: AskedEvaluation) -> EvaluationPublished:
    """Make an evaluation of published figures alone, as its event is to say it.

    Raises InterventionUnknown, or an EvaluationRefused.
    """
    if not asked.made_by.strip():
        raise RoleMissing("Nobody says who made the evaluation; write a role with --role, not a name.")
    found = find(connection, asked.intervention)
    standing = standing_figures(connection, outcome_asked(found, asked.outcome), asked.periods)
    _check_level(standing.figures.definition, asked.level)
    result = evaluate(found, standing.figures, asked.method, asked.compared, asked.season, standing.readers)
    return told(result, standing, asked)


def _check_level(definition: IndicatorDefinition, level: EvaluationLevel) -> None:
    population = definition.population
    if level == "intervention" and (population is None or not population.criteria):
        raise LevelWrong(
            f"{definition.id} counts all residents of an area and not those who took part; leave --level at "
            "population, or choose an outcome that is counted among them."
        )


def told(result: Evaluated, standing: Published, asked: AskedEvaluation) -> EvaluationPublished:
    """Return what the event of an evaluation says, which was estimated from figures that stand."""
    used = {*result.before, *result.after}
    return EvaluationPublished(
        evaluation=".".join((result.intervention, result.indicator, result.method, asked.level)),
        intervention=result.intervention,
        title=result.title,
        start=result.start,
        level=asked.level,
        indicator=result.indicator,
        version=standing.figures.definition.version,
        definition_hash=result.definition_hash,
        unit=result.unit,
        method=result.method,
        method_version=METHOD_VERSION,
        how=result.how,
        assumptions=result.assumptions,
        areas=result.areas,
        compared=result.compared,
        clusters=len(result.areas) + len(result.compared) if result.method == "did" else 1,
        before=result.before,
        after=result.after,
        left_out=result.left_out,
        estimates=tuple(
            EvaluationEstimate(one.name, f"{one.value:f}", f"{one.low:f}", f"{one.high:f}", f"{one.p:f}")
            for one in result.estimates
        ),
        checks=tuple(EvaluationCheck(one.id, one.verdict, one.words) for one in result.checks),
        reading=result.reading,
        figures=tuple(
            EvaluationFigures(event_id, period)
            for period, event_id in sorted(standing.events.items())
            if period in used
        ),
        made_by=asked.made_by.strip(),
    )
