"""Bring the index of words up to what each audience may read: the live wording of every lesson and evaluation.

Triggers note the regions whose items changed, in the transaction that changed them. Whoever searches looks at those
regions first, so an answer never lags behind; the schedule does so too, so that readers seldom wait for it.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, text

from connectors.database import writing
from hub import tables
from hub.knowledge.index import Texts, kept_words, words_of
from hub.serving.evaluations import live_evaluations
from hub.serving.lesson_states import lesson_states
from hub.tables.search import search_facet, search_item, search_stale
from schemas.codes import AUDIENCES, Audience
from schemas.evaluation import EvaluationPublished, EvaluationRevised
from schemas.payloads import LessonPublished, LessonRevised
from schemas.upcast import read_payload

LESSON: Final = "lesson"
EVALUATION: Final = "evaluation"
KINDS: Final = (LESSON, EVALUATION)
ALL: Final = ""  # as a region: every one
_LOCK: Final = 7_243_115_906  # any constant: one at a time per PostgreSQL database
_LONGEST_VALUE: Final = 100  # characters of a facet's value, as the column; a longer one is none
_MOST_VALUES: Final = 100  # of one facet of one item: each is a row that every count looks at
_CHUNK: Final = 400


class _Made(NamedTuple):
    """An item ready to be put into an index: its row, its words as they are kept, and its facets."""

    about: dict[str, str]
    title: list[str]
    body: list[str]
    facets: list[tuple[str, str]]


def catch_up(engine: Engine) -> int:
    """Look at the items of every region that changed and return how many regions that were; harmless to do again."""
    with engine.connect() as connection:
        if connection.scalar(select(search_stale.c.id).limit(1)) is None:
            return 0
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        # taken away before anything is looked at: what changes meanwhile notes its region again
        regions = set(connection.scalars(delete(search_stale).returning(search_stale.c.region)))
        if ALL in regions:
            regions = set(connection.scalars(select(tables.region.c.code)))
        for region in sorted(regions):
            _index(connection, region)
    return len(regions)


def _index(connection: Connection, region: str) -> None:
    made: dict[str, _Made] = {}  # what is in the index of one audience is mostly in that of the next as well
    for reader in AUDIENCES:
        lessons = {one.event_id: one.accepted_at for one in lesson_states(connection, reader, region).live()}
        live = lessons | live_evaluations(connection, reader, region)
        here = (search_item.c.region == region, search_item.c.reader == reader)
        held = {row.event_id: row.id for row in connection.execute(select(search_item).where(*here))}
        for event_id in sorted(held.keys() - live.keys()):
            connection.execute(delete(search_item).where(search_item.c.id == held[event_id]))
        new = sorted(live.keys() - held.keys())
        for row in _events(connection, [one for one in new if one not in made]):
            made[row.id] = _made(LESSON if row.id in lessons else EVALUATION, row)
        for event_id in new:
            _put(connection, reader, made[event_id], live[event_id])


def _events(connection: Connection, event_ids: list[str]) -> Iterator[Any]:
    event = tables.event.c
    for start in range(0, len(event_ids), _CHUNK):
        chunk = event_ids[start : start + _CHUNK]
        columns = (event.id, event.type, event.region, event.payload)
        yield from connection.execute(select(*columns).where(event.id.in_(chunk))).all()


def _made(kind: str, row: Any) -> _Made:
    payload: Any = read_payload(row.type, row.payload)
    title, body, facets = _lesson(payload) if kind == LESSON else _evaluation(payload)
    found = {
        (name, value)
        for name, values in ({"kind": (kind,), "region": (row.region,)} | facets).items()
        for value in islice(dict.fromkeys(values), _MOST_VALUES)
        if 0 < len(value) <= _LONGEST_VALUE
    }
    about = {"kind": kind, "region": row.region, "event_id": row.id}
    return _Made(about, kept_words(title), kept_words(body), sorted(found))


def _put(connection: Connection, reader: Audience, made: _Made, told_at: str) -> None:
    values = {"reader": reader, "told_at": told_at, **made.about}
    item: int = connection.execute(insert(search_item).values(**values).returning(search_item.c.id)).scalar_one()
    rows = [{"item": item, "reader": reader, "name": name, "value": value} for name, value in made.facets]
    connection.execute(insert(search_facet), rows)
    words_of(connection.dialect.name).put(connection, reader, item, made.title, made.body)


def _lesson(payload: LessonPublished | LessonRevised) -> tuple[Texts, Texts, dict[str, Iterable[str]]]:
    said = payload.lesson if isinstance(payload, LessonRevised) else payload
    parts = (said.context, said.barrier_or_opportunity, said.action, said.consequence, said.advice)
    facets: dict[str, Iterable[str]] = {
        "theme": said.themes,
        "step": [str(one) for one in said.steps],
        "voice": said.helix_voices,
        "indicator": said.indicators,
        "language": (said.language,),
    }
    if (about := said.about) is not None:
        facets |= {"aim": about.aims, "change": about.changes, "lens": about.lenses, "rainbow": about.rainbow}
        facets |= {"principle": [str(one) for one in about.principles], "phase": about.phases}
        facets |= {"scope": () if about.scope is None else (about.scope,)}
    return {said.language: (said.title,)}, {said.language: (*parts, said.author_role, *said.themes)}, facets


def _evaluation(payload: EvaluationPublished | EvaluationRevised) -> tuple[Texts, Texts, dict[str, Iterable[str]]]:
    said = payload.evaluation if isinstance(payload, EvaluationRevised) else payload
    body = (said.reading, said.how, *said.assumptions, *(one.words for one in said.checks))
    title: Texts = {"nl": (said.title.nl,), "en": (said.title.en,)}
    return title, {"nl": [one.nl for one in body], "en": [one.en for one in body]}, {"indicator": (said.indicator,)}
