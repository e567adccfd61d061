"""The index of words: one for each audience, so that what others may not read moves no count and no order.

It is made from the projections and follows them by itself: triggers of the migrations note every region whose lessons,
evaluations or withdrawals changed or whose lessons were cited, and take the words of a removed one out at once. Backups
leave it out. A migration that makes one of the tables with triggers anew (SQLite's batch mode does) has to make its
triggers anew as well.
"""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, UniqueConstraint

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
    Column("cited", String(64), nullable=False),  # hash of the citations whose words it is found by; empty: none
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

# Of the items of one region in one audience's index, what changes whenever any of them does.
search_mark = Table(
    "search_mark",
    derived,
    Column("reader", String(16), primary_key=True),
    Column("region", String(16), primary_key=True),
    Column("mark", String(64), nullable=False),
)

# Regions whose items have to be looked at again; an empty code: all of them.
search_stale = Table(
    "search_stale",
    derived,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("region", String(16), nullable=False),
)

# What an audience was last told of each lesson, in the order of telling: whoever resumes goes on after a number. Each
# audience counts by itself. A change of an entry takes its row to the end.
search_told = Table(
    "search_told",
    derived,
    Column("reader", String(16), primary_key=True),  # the audience that is told
    Column("region", String(16), primary_key=True),
    Column("entry", String(64), primary_key=True),  # the event of the first version
    # a version that was taken back while its entry stands, or what changed its evidence; empty: the entry itself
    Column("version", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),  # published, revised, withdrawn, redacted or evidence_changed
    Column("event_id", String(64), nullable=False),  # the version that is told of
    Column("by_event", String(64), nullable=False),  # what took it back or changed its evidence, if anything did
    UniqueConstraint("reader", "number", name="search_told_order"),
    Index("search_told_event", "event_id"),
)

# One row: under which count the numbers of `search_told` are given; another one once they are given anew.
search_era = Table("search_era", derived, Column("era", String(8), primary_key=True))


def words_table(reader: Audience) -> str:
    """Return the name of an audience's full-text table on SQLite, of its part of `search_words` on PostgreSQL."""
    return f"search_words_{reader}"
