"""The index of words: one for each audience, so that what others may not read moves no count and no order.

It is made from the projections and follows them by itself: triggers of the migration note every region whose lessons,
evaluations or withdrawals changed, and take the words of a removed one out at once. Backups leave it out. A migration
that makes one of the tables with triggers anew (SQLite's batch mode does) has to make its triggers anew as well.
"""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table

from schemas.codes import Audience

derived: Final = MetaData()  # apart from the hub's own tables, since nothing here is the only copy of anything

# One wording that a reader of one audience finds, which for another audience may be another wording.
search_item = Table(
    "search_item",
    derived,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("reader", String(16), nullable=False),  # the audience whose index it is in
    Column("kind", String(16), nullable=False),  # lesson or evaluation
    Column("region", String(16), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("told_at", String(32), nullable=False),  # since when its reader sees it (UTC text)
    Index("search_item_newest", "reader", "told_at", "event_id"),
    Index("search_item_region", "region", "reader", "kind"),
    Index("search_item_event", "event_id"),
)

search_facet = Table(
    "search_facet",
    derived,
    Column("item", Integer, ForeignKey("search_item.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(16), primary_key=True),
    Column("value", String(100), primary_key=True),
    Column("reader", String(16), nullable=False),
    Index("search_facet_value", "reader", "name", "value", "item"),
)

# Regions whose items have to be looked at again; an empty code: all of them.
search_stale = Table(
    "search_stale",
    derived,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("region", String(16), nullable=False),
)


def words_table(reader: Audience) -> str:
    """Return the name of an audience's full-text table on SQLite; PostgreSQL has `search_words` with an index each."""
    return f"search_words_{reader}"
