"""Keep the words of items and find items by them: one port, on SQLite's FTS5 and on PostgreSQL's tsvector.

Both hold the same stems (hub.knowledge.words), so both find the same items. A word in a title counts for more than one
in the text, that for more than one in what others said of it, and the whole word for more than one that only begins so.
How exactly is each engine's own: BM25 over the items of that audience on SQLite, ts_rank (which looks at the one item)
on PostgreSQL.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from sqlalchemy import Connection, TextClause, text

from hub.knowledge.words import LANGUAGES, Term, composed, stems
from hub.tables.search import words_table
from schemas.codes import Audience, Language

_LAST_POSITION: Final = 16_383  # that a tsvector knows
_MOST_POSITIONS: Final = 255  # of one word
_MOST_BYTES: Final = 900_000  # of an item's words: a tsvector holds 1,048,575, and what it cannot hold ends all finding
_BESIDE_WORD: Final = 6  # bytes at most that a tsvector keeps with a word for its place
_MOST_CITED: Final = 60_000  # bytes of them that are of citations, beside those
# Of a word in what others said of an item, in its text and, the last, in its title; SQLite takes four times as much.
_WEIGHTS: Final = "{0.1, 0.25, 0.25, 1}"
Texts = Mapping[Language, Iterable[str]]
Kept = Sequence[str]  # words as they are kept


class ItemWords(NamedTuple):
    """The words of one item as they are kept: of its title, of its text, and of what others said of it."""

    title: Kept
    body: Kept
    cited: Kept = ()


class Words(Protocol):
    """Where words are kept and found, in the caller's transaction."""

    def put(self, connection: Connection, reader: Audience, item: int, words: ItemWords) -> None:
        """Keep the words of an item; its row of `search_item` is there, and takes them along when it goes."""

    def found(self, reader: Audience, terms: Sequence[Term]) -> TextClause:
        """Return the question for `item` and `score` (more is better) of the items that hold every term."""


class SqliteWords:
    """FTS5, a table for each audience, whose row number is the item's."""

    def put(self, connection: Connection, reader: Audience, item: int, words: ItemWords) -> None:
        """Keep the words of an item."""
        row = {name: " ".join(kept) for name, kept in words._asdict().items()}
        order = f"INSERT INTO {words_table(reader)} (rowid, title, body, cited) VALUES (:item, :title, :body, :cited)"  # noqa: S608  # nosec B608
        connection.execute(text(order), row | {"item": item})

    def found(self, reader: Audience, terms: Sequence[Term]) -> TextClause:
        """Return the question for the items that hold every term."""
        table = words_table(reader)
        asked = " AND ".join(
            f"({' OR '.join(word + ('*' if is_beginning else '') for word, is_beginning in one.alternatives)})"
            for one in terms
        )
        question = (
            f"SELECT rowid AS item, -bm25({table}, 4.0, 1.0, 0.4) AS score FROM {table} WHERE {table} MATCH :asked"  # noqa: S608  # nosec B608
        )
        return text(question).bindparams(asked=asked)


class PostgresWords:
    """A tsvector of each item, in a partition and with a GIN index for each audience."""

    def put(self, connection: Connection, reader: Audience, item: int, words: ItemWords) -> None:
        """Keep the words of an item."""
        places: dict[str, list[str]] = {}
        position = 0
        for weight, kept in (("A", words.title), ("C", words.body), ("D", words.cited)):
            for word in kept:
                position = min(position + 1, _LAST_POSITION)
                places.setdefault(word, []).append(f"{position}{weight}")
        vector = " ".join(f"'{word}':{','.join(there[:_MOST_POSITIONS])}" for word, there in places.items())
        order = "INSERT INTO search_words (item, reader, words) VALUES (:item, :reader, CAST(:words AS tsvector))"
        connection.execute(text(order), {"item": item, "reader": reader, "words": vector})

    def found(self, reader: Audience, terms: Sequence[Term]) -> TextClause:
        """Return the question for the items that hold every term."""
        asked = " & ".join(
            f"({' | '.join(repr(word) + (':*' if is_beginning else '') for word, is_beginning in one.alternatives)})"
            for one in terms
        )
        words = dict.fromkeys(alternative for one in terms for alternative in one.alternatives)
        either = " | ".join(repr(word) + (":*" if is_beginning else "") for word, is_beginning in words)
        whole = " | ".join(repr(word) for word, is_beginning in words if not is_beginning)
        # Weighed by any of the words, since each item has them all: to weigh all together PostgreSQL measures how far
        # apart every two stand. It takes a word and its beginning for one, so the whole words are weighed once more.
        # The audience is written out, since a partition is chosen by no parameter.
        question = (
            f"SELECT item, ts_rank('{_WEIGHTS}', words, either, 1) + ts_rank('{_WEIGHTS}', words, whole, 1) AS score "  # noqa: S608  # nosec B608
            "FROM search_words, CAST(:asked AS tsquery) AS asked, CAST(:either AS tsquery) AS either, "
            "CAST(:whole AS tsquery) AS whole "
            f"WHERE reader = '{reader}' AND words @@ asked"
        )
        return text(question).bindparams(asked=asked, either=either, whole=whole)


def words_of(dialect: str) -> Words:
    """Return the way of a database."""
    return PostgresWords() if dialect == "postgresql" else SqliteWords()


def kept_words(texts: Texts, most: int = _MOST_BYTES) -> list[str]:
    """Return the words of texts as they are kept, in their order, and no more than an index holds of one item."""
    found: list[str] = []
    left = most
    for word in (word for lang in LANGUAGES for word in stems(lang, map(composed, texts.get(lang, ())))):
        left -= len(word.encode()) + _BESIDE_WORD
        if left < 0:
            break
        found.append(word)
    return found


def cited_words(texts: Texts) -> list[str]:
    """Return the words of what others said of an item, as they are kept, and no more than fit beside its own."""
    return kept_words(texts, _MOST_CITED)
