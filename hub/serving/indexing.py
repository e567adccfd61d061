"""Bring the index of words up to what each audience may read: the live wording of every lesson and evaluation.

Triggers note the regions whose items changed, in the transaction that changed them. Whoever searches looks at those
regions first, so an answer never lags behind; the schedule does so too, so that readers seldom wait for it. A lesson is
found by what citations of it say as well, for those who may read these.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, text, union

from connectors.database import writing
from hub import tables
from hub.knowledge.index import ItemWords, Texts, cited_words, kept_words, words_of
from hub.serving.citations import CitedContext, contexts
from hub.serving.evaluations import evaluation_said, live_evaluations
from hub.serving.items import live_knowledge
from hub.serving.lesson_evidence import changed_anywhere
from hub.serving.lesson_states import LessonStates, lesson_states
from hub.serving.telling import EVERYTHING, Untold, begin_era, tell, untold
from hub.tables.search import search_facet, search_item, search_mark, search_stale, search_told
from schemas.about import LessonAbout
from schemas.canonical import sha256_hex
from schemas.codes import AUDIENCES, KNOWLEDGE_NOUNS, Audience, Language, noun_of
from schemas.evaluation import EvaluationPublished, EvaluationRevised
from schemas.items import Item, ItemRevised, texts
from schemas.payloads import LessonPublished, LessonRevised
from schemas.upcast import read_payload

LESSON: Final = "lesson"
EVALUATION: Final = "evaluation"
KINDS: Final = (LESSON, EVALUATION, *KNOWLEDGE_NOUNS)
_LOCK: Final = 7_243_115_906  # any constant: one at a time per PostgreSQL database
_LONGEST_VALUE: Final = 100  # characters of a facet's value, as the column; a longer one is none
_MOST_VALUES: Final = 100  # of one facet of one item: each is a row that every count looks at
_TAGS: Final = {"theme": "themes", "step": "steps", "voice": "helix_voices", "indicator": "indicators"}
_CHUNK: Final = 400


class _Made(NamedTuple):
    """An item ready to be put into an index: its row, its words as they are kept, and its facets."""

    about: dict[str, str]
    title: list[str]
    body: list[str]
    facets: list[tuple[str, str]]


class _Live(NamedTuple):
    """An item that a reader may find: since when (UTC text), by the words of which citations, and a hash of these."""

    told_at: str
    citations: Sequence[CitedContext] = ()
    cited: str = ""


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
        if EVERYTHING in regions:
            regions = _with_words(connection)
            begin_era(connection)
        looked_at = sorted(regions | _cited_by(connection, regions))
        tell(connection, [one for region in looked_at for one in _index(connection, region)])
    return len(regions)


def _with_words(connection: Connection) -> set[str]:
    """Return the regions that have something for an index, or had: of hundreds that have figures only, few do."""
    kinds = (tables.lesson, tables.evaluation, tables.item, search_item, search_told)
    found = [select(table.c.region) for table in kinds]
    destroyed = select(tables.superseded.c.region).where(tables.superseded.c.kind == "redacted")
    return set(connection.scalars(union(*found, destroyed)))


def _cited_by(connection: Connection, regions: set[str]) -> set[str]:
    """Return the regions whose lessons these cite: a citation withdrawn, or opened by its evidence, is noted there."""
    cited, lesson = tables.citation.c, tables.lesson.c
    found: set[str] = set()
    for start in range(0, len(regions), _CHUNK):
        chunk = sorted(regions)[start : start + _CHUNK]
        query = select(lesson.region).join(tables.citation, cited.lesson == lesson.event_id)
        found |= set(connection.scalars(query.where(cited.region.in_(chunk)).distinct()))
    return found


def _index(connection: Connection, region: str) -> list[Untold]:
    """Index the items of a region, and return what its readers were not told of yet."""
    news: list[Untold] = []
    evidence = changed_anywhere(connection, region)
    made: dict[str, _Made] = {}  # what is in the index of one audience is mostly in that of the next as well
    for reader in AUDIENCES:
        states = lesson_states(connection, reader, region)
        news += untold(connection, reader, region, states, evidence)
        lessons = _lessons(connection, reader, region, states)
        items = live_knowledge(connection, reader, region)
        told = items | live_evaluations(connection, reader, region)
        live = lessons | {one: _Live(at) for one, at in told.items()}
        here = (search_item.c.region == region, search_item.c.reader == reader)
        rows = connection.execute(select(search_item).where(*here))
        held = {row.event_id: (row.id, row.cited) for row in rows}
        kept = {one: item for one, (item, cited) in held.items() if one in live and live[one].cited == cited}
        for event_id in sorted(held.keys() - kept.keys()):
            connection.execute(delete(search_item).where(search_item.c.id == held[event_id][0]))
        new = sorted(live.keys() - kept.keys())
        for row in _events(connection, [one for one in new if one not in made]):
            kind = LESSON if row.id in lessons else noun_of(row.type) if row.id in items else EVALUATION
            made[row.id] = _made(kind, row)
        for event_id in new:
            kept[event_id] = _put(connection, reader, made[event_id], live[event_id])
        _set_mark(connection, reader, region, [(item, one, live[one].cited) for one, item in kept.items()])
    return news


def _lessons(connection: Connection, reader: Audience, region: str, states: LessonStates) -> dict[str, _Live]:
    """Return the lessons of a region that a reader may find, by event."""
    said = contexts(connection, reader, region)
    found: dict[str, _Live] = {}
    for one in states.live():
        of_it = said.get(one.key[1], ()) if one.key else ()
        cited = sha256_hex(",".join(each.event_id for each in of_it).encode()) if of_it else ""
        found[one.event_id] = _Live(one.accepted_at, of_it, cited)
    return found


def _set_mark(connection: Connection, reader: Audience, region: str, items: Sequence[tuple[int, str, str]]) -> None:
    """Keep the mark of a region's items where it is another, so that what is held of them elsewhere is read again."""
    mark = sha256_hex(repr(sorted(items)).encode())
    table = search_mark.c
    here = (table.reader == reader, table.region == region)
    if connection.scalar(select(table.mark).where(*here)) != mark:
        connection.execute(delete(search_mark).where(*here))
        connection.execute(insert(search_mark).values(reader=reader, region=region, mark=mark))


def found_by(row: Any) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return by which words, as they are kept, and by which facets a lesson's wording is found; `row` is its event."""
    made = _made(LESSON, row)
    return frozenset((*made.title, *made.body)), frozenset(made.facets)


def _events(connection: Connection, event_ids: list[str]) -> Iterator[Any]:
    event = tables.event.c
    for start in range(0, len(event_ids), _CHUNK):
        chunk = event_ids[start : start + _CHUNK]
        columns = (event.id, event.type, event.region, event.payload)
        yield from connection.execute(select(*columns).where(event.id.in_(chunk))).all()


def _made(kind: str, row: Any) -> _Made:
    payload: Any = read_payload(row.type, row.payload)
    if kind in KNOWLEDGE_NOUNS:
        title, body, facets = _item(payload)
    else:
        title, body, facets = _lesson(payload) if kind == LESSON else _evaluation(payload)
    found = {
        (name, value)
        for name, values in ({"kind": (kind,), "region": (row.region,)} | facets).items()
        for value in islice(dict.fromkeys(values), _MOST_VALUES)
        if 0 < len(value) <= _LONGEST_VALUE
    }
    about = {"kind": kind, "region": row.region, "event_id": row.id}
    return _Made(about, kept_words(title), kept_words(body), sorted(found))


def _put(connection: Connection, reader: Audience, made: _Made, live: _Live) -> int:
    """Put an item into the index of an audience and return its id there."""
    values = {"reader": reader, "told_at": live.told_at, "cited": live.cited, **made.about}
    item: int = connection.execute(insert(search_item).values(**values).returning(search_item.c.id)).scalar_one()
    rows = [{"item": item, "reader": reader, "name": name, "value": value} for name, value in made.facets]
    connection.execute(insert(search_facet), rows)
    texts: dict[Language, list[str]] = {}
    for one in live.citations:
        texts.setdefault(one.language, []).append(one.context)
    words = ItemWords(made.title, made.body, cited_words(texts))
    words_of(connection.dialect.name).put(connection, reader, item, words)
    return item


def _lesson(payload: LessonPublished | LessonRevised) -> tuple[Texts, Texts, dict[str, Iterable[str]]]:
    said = payload.lesson if isinstance(payload, LessonRevised) else payload
    parts = (said.context, said.barrier_or_opportunity, said.action, said.consequence, said.advice)
    facets = _tags(said) | _about(said.about)
    return {said.language: (said.title,)}, {said.language: (*parts, said.author_role, *said.themes)}, facets


def _tags(said: LessonPublished | Item) -> dict[str, Iterable[str]]:
    """Return the facets that words of every kind have alike, empty where a kind has no such field."""
    facets: dict[str, Iterable[str]] = {"language": (said.language,)}
    return facets | {facet: [str(one) for one in getattr(said, field, ())] for facet, field in _TAGS.items()}


def _about(about: LessonAbout | None) -> dict[str, Iterable[str]]:
    if about is None:
        return {}
    facets: dict[str, Iterable[str]] = {"aim": about.aims, "change": about.changes, "lens": about.lenses}
    facets |= {"rainbow": about.rainbow, "principle": [str(one) for one in about.principles], "phase": about.phases}
    return facets | {"scope": () if about.scope is None else (about.scope,)}


def _item(payload: Item | ItemRevised) -> tuple[Texts, Texts, dict[str, Iterable[str]]]:
    said = payload.item if isinstance(payload, ItemRevised) else payload
    body = [text for field, _, text in texts(said) if field != "title"]
    about = getattr(said, "about", None)
    facets = _tags(said) | _about(about if isinstance(about, LessonAbout) else None)
    return {said.language: (said.title,)}, {said.language: body}, facets


def _evaluation(payload: EvaluationPublished | EvaluationRevised) -> tuple[Texts, Texts, dict[str, Iterable[str]]]:
    said = evaluation_said(payload)
    body = (said.reading, said.how, *said.assumptions, *(one.words for one in said.checks))
    title: Texts = {"nl": (said.title.nl,), "en": (said.title.en,)}
    return title, {"nl": [one.nl for one in body], "en": [one.en for one in body]}, {"indicator": (said.indicator,)}
