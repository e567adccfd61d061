"""Find lessons and evaluations by words and facets, within what a reader may see, with how many of each value fit.

Within one facet a choice of several values means any of them; facets narrow each other. What is counted beside a value
is what choosing it would give: the choice within its own facet is left out of that count. Every number and the order
come from the index of the reader's own audience.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Float, Integer, Select, column, func, select

from connectors.database import among, listed
from hub.knowledge.index import words_of
from hub.knowledge.words import Term, asked
from hub.serving.indexing import catch_up
from hub.serving.lessons import PAGE_SIZE, PageUnknown
from hub.tables.search import search_facet, search_item
from schemas.codes import Audience
from schemas.definition import Text

FACETS: Final = (
    *("theme", "step", "aim", "change", "lens", "rainbow", "principle", "phase", "scope"),
    *("voice", "indicator", "region", "kind", "language"),
)
_MOST_VALUES: Final = 100  # of one facet that are counted for a reader, the most frequent
_NUMBERED: Final = frozenset({"step", "principle"})  # facets in their own order, not by frequency

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
    terms = asked(question)
    with engine.connect() as connection:
        fitting = _fitting(connection, reader, terms, chosen)
        if terms:  # the words are looked up once; what they gave is counted here
            rows = connection.execute(_ordered(fitting)).all()
            total = len(rows)
            within: Sequence[int] | None = [row.id for row in rows]
            pages = _pages(total, page, size)
            here: Sequence[Any] = rows[(page - 1) * size : page * size]
        else:
            total = connection.scalar(select(func.count()).select_from(fitting.subquery())) or 0
            pages = _pages(total, page, size)  # before a database is asked for a place that is no number to it
            here = connection.execute(_ordered(fitting).limit(size).offset((page - 1) * size)).all()
            within = _items(connection, reader, terms, chosen)
        hits = tuple(Hit(row.event_id, row.kind, row.region) for row in here)
        return Found(hits, page, pages, total, _facets(connection, reader, terms, chosen, within))


def _pages(total: int, page: int, size: int) -> int:
    pages = max(1, -(-total // size))
    if not 1 <= page <= pages:
        raise PageUnknown(
            Text(
                f"Wat gevonden is heeft geen pagina {page}; kies een pagina van 1 tot en met {pages}.",
                f"What was found has no page {page}; ask for a page from 1 to {pages}.",
            )
        )
    return pages


def fitting_events(engine: Engine, reader: Audience, question: str, chosen: Chosen) -> frozenset[str]:
    """Return the events of all items that hold every word of the question and fit the facets."""
    catch_up(engine)
    with engine.connect() as connection:
        rows = connection.execute(_fitting(connection, reader, asked(question), chosen))
        return frozenset(row.event_id for row in rows)


def _fitting(connection: Connection, reader: Audience, terms: Sequence[Term], chosen: Chosen) -> Select[Any]:
    item = search_item.c
    columns = (item.id, item.event_id, item.kind, item.region, item.told_at)
    if terms:
        found = words_of(connection.dialect.name).found(reader, terms)
        # once and for all, else SQLite asks its full-text table again for every item
        matched = found.columns(column("item", Integer), column("score", Float)).cte("matched")
        matched = matched.prefix_with("MATERIALIZED")
        fitting = select(*columns, matched.c.score).join(matched, matched.c.item == item.id)
    else:
        fitting = select(*columns)
    fitting = fitting.where(item.reader == reader)
    for name, values in chosen.items():
        if values:
            facet = search_facet.c
            fits = (facet.reader == reader, facet.name == name, facet.value.in_(values))
            fitting = fitting.where(item.id.in_(select(facet.item).where(*fits)))
    return fitting


def _ordered(fitting: Select[Any]) -> Select[Any]:
    """Put the best first, then the newest; without words only the newest, which an index has in order."""
    columns = fitting.selected_columns
    newest_first = (columns.told_at.desc(), columns.event_id.desc())
    return fitting.order_by(*((columns.score.desc(),) if "score" in columns else ()), *newest_first)


def _facets(
    connection: Connection,
    reader: Audience,
    terms: Sequence[Term],
    chosen: Chosen,
    within: Sequence[int] | None,
) -> dict[str, tuple[Counted, ...]]:
    """Count the values of every facet; `within` are the items that fit words and facets, where they are known."""
    narrowing = [name for name in FACETS if chosen.get(name)]
    others = [name for name in FACETS if name not in narrowing]
    counted = _counts(connection, reader, others, within)
    for name in narrowing:
        without = {one: values for one, values in chosen.items() if one != name}
        has_others = bool(terms) or any(without.values())
        items = _items(connection, reader, terms, without) if has_others else None
        counted |= _counts(connection, reader, [name], items)
    return {name: _shown(name, counted.get(name, {}), chosen.get(name, ())) for name in FACETS}


def _items(connection: Connection, reader: Audience, terms: Sequence[Term], chosen: Chosen) -> list[int] | None:
    """Return the items that fit, None where without words all do: then they need not be named."""
    fitting = _fitting(connection, reader, terms, chosen).subquery()
    if not terms:
        count = connection.scalar(select(func.count()).select_from(fitting))
        if count == _held(connection, reader):
            return None
    return list(connection.scalars(select(fitting.c.id)))


def _held(connection: Connection, reader: Audience) -> int:
    """Return how many items a reader finds without asking for anything."""
    return connection.scalar(select(func.count()).select_from(search_item).where(search_item.c.reader == reader)) or 0


def _counts(
    connection: Connection, reader: Audience, names: Sequence[str], within: Sequence[int] | None
) -> dict[str, dict[str, int]]:
    """Count the values of some facets among some items, None for all that the reader finds.

    Where the items are most of all, the others are counted and taken off: it gives the same for less work.
    """
    held = 0 if within is None else _held(connection, reader)
    if within is None or 2 * len(within) <= held:
        return _counted(connection, reader, names, within)
    counts = _counted(connection, reader, names, None)
    if len(within) == held:
        return counts
    every = connection.scalars(select(search_item.c.id).where(search_item.c.reader == reader))
    for name, values in _counted(connection, reader, names, sorted({*every}.difference(within))).items():
        for value, items in values.items():
            counts[name][value] -= items
    return {name: {value: items for value, items in values.items() if items} for name, values in counts.items()}


def _counted(
    connection: Connection, reader: Audience, names: Sequence[str], within: Sequence[int] | None
) -> dict[str, dict[str, int]]:
    facet = search_facet.c
    where = [facet.reader == reader, facet.name.in_(names)]
    named: dict[str, Any] = {}
    if within is not None:
        dialect = connection.dialect.name
        where.append(among(dialect, facet.item, "items", Integer))
        named = {"items": listed(dialect, within)}
    wanted = select(facet.name, facet.value, func.count().label("items")).where(*where)
    counts: dict[str, dict[str, int]] = {}
    for name, value, items in connection.execute(wanted.group_by(facet.name, facet.value), named):
        counts.setdefault(name, {})[value] = items
    return counts


def _shown(name: str, counts: Mapping[str, int], chosen: Sequence[str]) -> tuple[Counted, ...]:
    """Return a facet's values with their counts, those that are chosen among them even where nothing has them."""
    held = {**dict.fromkeys(chosen, 0), **counts}
    order = sorted(held, key=lambda value: value if name in _NUMBERED else (-held[value], value))
    kept = {*order[:_MOST_VALUES], *chosen}
    return tuple(Counted(value, held[value]) for value in order if value in kept)
