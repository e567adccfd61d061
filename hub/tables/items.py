"""Items of knowledge and of programmes: by what they are found; what they say stays in the event."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from .naming import metadata

item = Table(
    "item",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("noun", String(16), nullable=False),
    Column("item", String(100), nullable=False),  # its name in the region
    Column("language", String(2), nullable=False),
    Column("title", Text, nullable=False),
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Index("item_lookup", "region", "noun", "item", "sequence"),
    Index("item_noun", "noun", "accepted_at"),
)

# Which events an item names, where it names any. It stays when the item is destroyed: who may not see one of them is
# not told of the item's end either.
item_names = Table(
    "item_names",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("names", Text, nullable=False),  # ids of events, with a comma between them
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
)
