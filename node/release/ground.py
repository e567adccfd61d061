"""Ground: an evaluation may leave only where every figure that it rests on has left before it, for all its readers.

So it discloses nothing new: whoever may read it may read all of these figures and could estimate the same.
"""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from schemas.codes import Audience, may_read
from schemas.evaluation import EvaluationFigures, EvaluationPublished
from schemas.payloads import IndicatorPublished
from schemas.values import Exact

from .refusal import ReleaseRefused
from .scan import by_rule
from .standing import EventUnknown, StandingItem, of_event, shown
from .words.deidentifier import UNSEEN, Deidentifier
from .words.spelling import plain
from .words.trace import PLACE, outermost


class FiguresNotPublished(ReleaseRefused):
    """An evaluation that rests on figures which this region did not publish, or on none."""


class FiguresChanged(ReleaseRefused):
    """An evaluation that rests on figures which were corrected or withdrawn since it was made."""


class FiguresForFewer(ReleaseRefused):
    """An evaluation for readers who may not read all the figures that it rests on."""


class EvaluationNamesPerson(ReleaseRefused):
    """An evaluation in whose words the scan found traces of a person."""


@dataclass(frozen=True, slots=True)
class GroundedEvaluation:
    """An evaluation whose every figure was found on this region's chain; only ground makes one.

    `unseen` says what the scan of its words could not look for, empty where all was looked for.
    """

    payload: EvaluationPublished = field(repr=False)
    unseen: str


_MENDS: Final = "publish the figures first (`release prepare`), or evaluate over the periods that are published"


def ground(
    connection: Connection, payload: EvaluationPublished, audience: Audience, deidentifier: Deidentifier | None = None
) -> GroundedEvaluation:
    """Hold an evaluation to this region's own chain, and scan the words that people wrote in it.

    Raises FiguresNotPublished, FiguresChanged, FiguresForFewer, EvaluationNamesPerson or DeidentifierFailed.
    """
    check_figures(connection, payload, audience)
    texts = [plain(one) for one in (payload.title.nl, payload.title.en, payload.intervention, payload.made_by)]
    marked = deidentifier.find(texts) if deidentifier is not None else ((),) * len(texts)
    for text, more in zip(texts, marked, strict=True):
        # towns are let pass: the areas of an intervention are no secret, and nobody can let a finding stand here
        found = [one.kind for one in outermost((*by_rule(text), *more)) if one.kind != PLACE]
        if found:
            raise EvaluationNamesPerson(
                f"The title or id of an intervention, or the role of who made its evaluation, may name a person (looks "
                f"like {found[0]}); reword it with `python -m node intervention record`, or --role."
            )
    return GroundedEvaluation(payload, UNSEEN if deidentifier is None else "")


def check_figures(connection: Connection, payload: EvaluationPublished, audience: Audience) -> None:
    """Check that every figure still stands as published, for all readers of the evaluation; raises as `ground`."""
    if not payload.figures:
        raise FiguresNotPublished(f"The evaluation of '{payload.intervention}' names no published figure; {_MENDS}.")
    areas: set[str] = set()
    for one in payload.figures:
        stood = _published(connection, payload, one)
        if shown(connection, stood.subject) != one.event_id:
            raise FiguresChanged(
                f"The figures of {payload.indicator} {one.period} were corrected or withdrawn after the evaluation of "
                f"'{payload.intervention}' was made; make it anew."
            )
        if not may_read(audience, stood.audience):
            raise FiguresForFewer(
                f"The figures of {payload.indicator} {one.period} are for {stood.audience}, so an evaluation made of "
                f"them cannot be for {audience}; choose --audience {stood.audience}."
            )
        areas |= _exact_areas(stood)
    if missing := [one for one in (*payload.areas, *payload.compared) if one not in areas]:
        raise FiguresNotPublished(f"No exact figure of {payload.indicator} in {missing[0]} was published; {_MENDS}.")
    told = {one.period for one in payload.figures}
    if len(told) < len(payload.figures) or not told <= {*payload.before, *payload.after}:
        raise FiguresNotPublished(
            f"The evaluation of '{payload.intervention}' names figures of periods that it does not use; make it anew."
        )


def _published(connection: Connection, payload: EvaluationPublished, one: EvaluationFigures) -> StandingItem:
    """Return the figures of an event on this region's chain that the evaluation may rest on."""
    try:
        found = of_event(connection, one.event_id)
    except EventUnknown as error:
        raise FiguresNotPublished(
            f"The evaluation of '{payload.intervention}' rests on figures of {one.period} that this region did not "
            f"publish (event {one.event_id[:16]}); {_MENDS}."
        ) from error
    content = None if found is None else found.content
    is_same = isinstance(content, IndicatorPublished) and (
        (content.indicator, content.definition_hash, content.period)
        == (payload.indicator, payload.definition_hash, one.period)
    )
    if found is None or not is_same:
        raise FiguresNotPublished(
            f"Event {one.event_id[:16]} does not hold {payload.indicator} of {one.period} as the evaluation of "
            f"'{payload.intervention}' counts it; {_MENDS}."
        )
    return found


def _exact_areas(stood: StandingItem) -> set[str]:
    content = stood.content
    if not isinstance(content, IndicatorPublished) or "area" not in content.dimensions:
        return set()
    place = content.dimensions.index("area")
    return {cell.nodes[place] for cell in content.cells if isinstance(cell.value, Exact)}
