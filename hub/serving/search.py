"""Find lessons and evaluations by words and facets, within what a reader may see, with how many of each value fit.

Within one facet a choice of several values means any of them; facets narrow each other. What is counted beside a value
is what choosing it would give: the choice within its own facet is left out of that count. Every number and the order
come from the index of the reader's own audience.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Float, Integer, Select, column, func, literal, select

from hub.knowledge.index import words_of
from hub.knowledge.words import asked
from hub.serving.indexing import catch_up
from hub.serving.lessons import PAGE_SIZE, PageUnknown
from hub.tables.search import search_facet, search_item
from schemas.codes import Audience

FACETS: Final = ("theme", "step", "voice", "indicator", "region", "kind", "language")
_MOST_VALUES: Final = 100  # of one facet that are counted for a reader, the most frequent
_NUMBERED: Final = frozenset({"step"})  # facets in their own order, not by frequency

Chosen = Mapping[str, Sequence[str]]


class Counted(msgspec.Struct, frozen=True):
    """A value of a facet and how many items have it."""

    value: str
    count: int


class Hit(msgspec.Struct, frozen=True):
    """An item that was found: its event, what kind it is, and whose."""

    event_id: str
    kind: str
    region: str


class Found(msgspec.Struct, frozen=True):
    """One page of what was found, best or newest first; `page` counts from 1, `pages` is at least 1."""

    hits: tuple[Hit, ...]
    page: int
    pages: int
    total: int
    facets: dict[str, tuple[Counted, ...]]


def find(
    engine: Engine, reader: Audience, question: str, chosen: Chosen, page: int = 1, size: int = PAGE_SIZE
) -> Found:
    """Return a page of the items that hold every word of the question and fit the facets; raises PageUnknown.

    Without words the newest come first, with words those in which they weigh most; `chosen` are values by the names in
    FACETS. The index is brought up to date first.
    """
    catch_up(engine)
    with engine.connect() as connection:
        fitting = _fitting(connection, reader, question, chosen)
        total = connection.scalar(select(func.count()).select_from(fitting.subquery())) or 0
        pages = max(1, -(-total // size))
        if not 1 <= page <= pages:
            raise PageUnknown(f"What was found has no page {page}; ask for a page from 1 to {pages}.")
        here = _ordered(fitting).limit(size).offset((page - 1) * size)
        hits = tuple(Hit(row.event_id, row.kind, row.region) for row in connection.execute(here))
        return Found(hits, page, pages, total, _facets(connection, reader, question, chosen))


def fitting_events(engine: Engine, reader: Audience, question: str, chosen: Chosen) -> frozenset[str]:
    """Return the events of all items that hold every word of the question and fit the facets."""
    catch_up(engine)
    with engine.connect() as connection:
        rows = connection.execute(_fitting(connection, reader, question, chosen))
        return frozenset(row.event_id for row in rows)


def _fitting(connection: Connection, reader: Audience, question: str, chosen: Chosen) -> Select[Any]:
    item = search_item.c
    columns = (item.id, item.event_id, item.kind, item.region, item.accepted_at)
    terms = asked(question)
    if terms:
        found = words_of(connection.dialect.name).found(reader, terms)
        matched = found.columns(column("item", Integer), column("score", Float)).subquery("matched")
        fitting = select(*columns, matched.c.score).join(matched, matched.c.item == item.id)
    else:
        fitting = select(*columns, literal(0.0).label("score"))
    fitting = fitting.where(item.reader == reader)
    for name, values in chosen.items():
        if values:
            facet = search_facet.c
            fits = (facet.reader == reader, facet.name == name, facet.value.in_(values))
            fitting = fitting.where(item.id.in_(select(facet.item).where(*fits)))
    return fitting


def _ordered(fitting: Select[Any]) -> Select[Any]:
    found = fitting.subquery()
    best_first = (found.c.score.desc(), found.c.accepted_at.desc(), found.c.event_id.desc())
    return select(found).order_by(*best_first)


def _facets(connection: Connection, reader: Audience, question: str, chosen: Chosen) -> dict[str, tuple[Counted, ...]]:
    narrowing = [name for name in FACETS if chosen.get(name)]
    counted = _counts(connection, reader, question, chosen, [name for name in FACETS if name not in narrowing])
    for name in narrowing:
        others = {one: values for one, values in chosen.items() if one != name}
        counted |= _counts(connection, reader, question, others, [name])
    return {name: _shown(name, counted.get(name, {}), chosen.get(name, ())) for name in FACETS}


def _counts(
    connection: Connection, reader: Audience, question: str, chosen: Chosen, names: Sequence[str]
) -> dict[str, dict[str, int]]:
    facet = search_facet.c
    where = [facet.reader == reader, facet.name.in_(names)]
    if asked(question) or any(chosen.values()):
        fitting = _fitting(connection, reader, question, chosen).subquery()
        where.append(facet.item.in_(select(fitting.c.id)))
    counts: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        select(facet.name, facet.value, func.count().label("items")).where(*where).group_by(facet.name, facet.value)
    )
    for name, value, items in rows:
        counts.setdefault(name, {})[value] = items
    return counts


def _shown(name: str, counts: Mapping[str, int], chosen: Sequence[str]) -> tuple[Counted, ...]:
    """Return a facet's values with their counts, those that are chosen among them even where nothing has them."""
    held = {**dict.fromkeys(chosen, 0), **counts}
    order = sorted(held, key=lambda value: value if name in _NUMBERED else (-held[value], value))
    kept = {*order[:_MOST_VALUES], *chosen}
    return tuple(Counted(value, held[value]) for value in order if value in kept)
