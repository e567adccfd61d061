"""What the guide through the six steps looks at: what was loaded, recorded and released here, as counts and names."""

from datetime import date
from pathlib import Path

from sqlalchemy import Connection, select

from node.knowledge import interventions
from node.knowledge.steps import Facts, Released, Sources
from node.records.inventory import inventory
from node.records.store import records_path
from node.release.standing import same_place, standing
from node.tables import event, item
from schemas.catalogue import catalogue
from schemas.evaluation import EvaluationPublished
from schemas.payloads import IndicatorPublished, LessonPublished

from .counting import open_records


def facts(home: Path, connection: Connection, today: date) -> Facts:
    """Return what is loaded, recorded and released in the node of a home folder."""
    signed = connection.scalars(select(item.c.subject).join(event, same_place()).distinct()).all()
    contents = [one.content for one in standing(connection, signed).values()]
    known = catalogue()
    figures = [one for one in contents if isinstance(one, IndicatorPublished)]
    lessons = [one for one in contents if isinstance(one, LessonPublished)]
    return Facts(
        today=today,
        sources=_sources(home),
        released=[
            Released(one.indicator, one.period, known[one.indicator].axis) for one in figures if one.indicator in known
        ],
        interventions=interventions.interventions(connection),
        lessons_released=sorted(one.lesson for one in lessons),
        indicators_of_lessons=frozenset(name for one in lessons for name in one.indicators),
        evaluated=frozenset(one.intervention for one in contents if isinstance(one, EvaluationPublished)),
    )


def _sources(home: Path) -> Sources:
    if not records_path(home).is_file():
        return Sources((), 0, {}, 0)
    with open_records(home) as records:
        found = inventory(records)
    return Sources(found.sources, found.persons, found.rows, found.without_area)
