"""Find lessons and evaluations by words and facets, within what a reader may see, with how many of each value fit.

Within one facet a choice of several values means any of them; facets narrow each other. What is counted beside a value
is what choosing it would give: the choice within its own facet is left out of that count. Every number and the order
come from the index of the reader's own audience.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from sqlalchemy import BigInteger, Connection, Engine, Float, Integer, String, cast, column, func, select

from hub.knowledge.index import words_of
from hub.knowledge.words import Term, asked
from hub.serving.indexing import LESSON, catch_up
from hub.serving.lessons import LIST, LessonPage, lessons_of
from hub.serving.paging import PAGE_SIZE, cut
from hub.serving.remembered import remembered
from hub.serving.search_held import Facet, Fits, Held, Places, Whole, held, numbers
from schemas.codes import Audience
from schemas.definition import Text

FACETS: Final = (
    *("theme", "step", "aim", "change", "lens", "rainbow", "principle", "phase", "scope"),
    *("voice", "indicator", "region", "kind", "language"),
)
_MOST_VALUES: Final = 100  # of one facet that are counted for a reader, the most frequent
_NUMBERED: Final = frozenset({"step", "principle"})  # facets in their own order, not by frequency
_FINEST: Final = (
    1e14  # parts of a score: BM25 gives a word that most items have a millionth, and no sum comes to 10,000
)

_FOUND: Final = Text("Wat gevonden is", "What was found")
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
        return find_held(connection, reader, question, chosen, page, size)


def find_held(
    connection: Connection, reader: Audience, question: str, chosen: Chosen, page: int = 1, size: int = PAGE_SIZE
) -> Found:
    """Return what `find` does, by the index as it is: for who brought it up to date and asks several questions."""
    there = held(connection, reader)
    ranked = _ranked(connection, reader, asked(question), there)
    fitting = _fitting(there, ranked, chosen)
    pages, here = cut(len(fitting), page, size, _FOUND)
    hits = tuple(Hit(*there.events[place]) for place in fitting[here])
    return Found(hits, page, pages, len(fitting), _facets(there, ranked, chosen))


def newest_lessons(
    engine: Engine, reader: Audience, page: int = 1, size: int = PAGE_SIZE, region: str | None = None
) -> LessonPage:
    """Return a page of the lessons that stand, of one region where it is given, newest first; raises PageUnknown.

    They stand in the index of words, in that order, so that no others have to be read.
    """
    catch_up(engine)
    chosen = {"kind": [LESSON]} | ({} if region is None else {"region": [region]})
    with engine.connect() as connection:
        there = held(connection, reader)
        fitting = _fitting(there, None, chosen)
        pages, here = cut(len(fitting), page, size, LIST)
        read = lessons_of(connection, reader, [there.events[place][0] for place in fitting[here]])
    return LessonPage(tuple(read.values()), page, pages, len(fitting))


def fitting_events(engine: Engine, reader: Audience, question: str, chosen: Chosen) -> frozenset[str]:
    """Return the events of all items that hold every word of the question and fit the facets."""
    catch_up(engine)
    with engine.connect() as connection:
        there = held(connection, reader)
        ranked = _ranked(connection, reader, asked(question), there)
    return frozenset(there.events[place][0] for place in _fitting(there, ranked, chosen))


def fitting_among(
    connection: Connection, reader: Audience, question: str, chosen: Chosen, event_ids: Sequence[str]
) -> frozenset[str]:
    """Return those of some events whose items are found by the question and facets, as the index is now."""
    there = held(connection, reader)
    found = _fitting(there, _ranked(connection, reader, asked(question), there), chosen)
    return frozenset(there.events[place][0] for place in found).intersection(event_ids)


def _ranked(connection: Connection, reader: Audience, terms: Sequence[Term], there: Held) -> Places | None:
    """Return where the items stand that hold every term, best first and among equals the newest; None without terms.

    Kept while the index is as it was: who turns a page or chooses a facet asks for the same words again.
    """
    if not terms:
        return None
    memory, key = remembered(connection), ("search words", reader, tuple(terms))
    kept: Places | None = memory.get(key, there.mark)
    if kept is None:
        items, scores = _scored(connection, reader, terms)
        places = there.places(items)
        kept = places[np.lexsort((places, -scores))]  # the last key counts first
        kept = kept[kept >= 0]  # what came into the index since it was read is found by the next search
        memory.keep(key, there.mark, kept, kept.nbytes + len(repr(terms)))
    return kept


def _scored(connection: Connection, reader: Audience, terms: Sequence[Term]) -> tuple[Whole, Whole]:
    """Return the ids of the items that hold every term, and how much the terms weigh in each, in parts of _FINEST."""
    found = words_of(connection.dialect.name).found(reader, terms)
    # worked out before it is gathered, which SQLite's full-text table asks for
    matched = found.columns(column("item", Integer), column("score", Float)).cte("matched")
    matched = matched.prefix_with("MATERIALIZED")
    # one row: thousands of them are as many things in memory to keep track of, and take longer than the search
    items = func.aggregate_strings(cast(matched.c.item, String), ",")
    scores = func.aggregate_strings(cast(cast(matched.c.score * _FINEST, BigInteger), String), ",")
    row = connection.execute(select(items, scores)).one()
    return numbers(row[0]), numbers(row[1])


def _fitting(there: Held, ranked: Places | None, chosen: Chosen) -> Places:
    fits = there.fitting(chosen)
    if ranked is None:
        return np.arange(len(there)) if fits is None else np.flatnonzero(fits)
    return ranked if fits is None else ranked[fits[ranked]]


def _facets(there: Held, ranked: Places | None, chosen: Chosen) -> dict[str, tuple[Counted, ...]]:
    """Count the values of every facet among what fits the words and the choices in the other facets."""
    worded = _with_words(there, ranked)
    narrowed = _both(worded, there.fitting(chosen))
    found = {}
    for name in FACETS:
        picked = chosen.get(name, ())
        fits = _both(worded, there.fitting(chosen, without=name)) if picked else narrowed
        found[name] = _shown(name, there.facet(name), fits, picked)
    return found


def _with_words(there: Held, ranked: Places | None) -> Fits | None:
    if ranked is None:
        return None
    fits = np.zeros(len(there), dtype=np.bool_)
    fits[ranked] = True
    return fits


def _both(one: Fits | None, other: Fits | None) -> Fits | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _shown(name: str, facet: Facet, fits: Fits | None, chosen: Sequence[str]) -> tuple[Counted, ...]:
    """Return a facet's values with their counts, those that are chosen among them even where nothing has them."""
    counts = facet.counts(fits)
    there = np.flatnonzero(counts)  # in the order of the values
    if name not in _NUMBERED:
        there = there[np.argsort(-counts[there], kind="stable")]
    shown = [Counted(facet.values[one], int(counts[one])) for one in there[:_MOST_VALUES]]
    further = dict.fromkeys(chosen).keys() - {one.value for one in shown}
    shown += [Counted(one, int(counts[facet.numbers[one]]) if one in facet.numbers else 0) for one in further]
    order = sorted(shown, key=lambda one: one.value if name in _NUMBERED else (-one.count, one.value))
    return tuple(order)
