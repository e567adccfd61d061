"""Replies of regions to comparisons, and the figures that others see only once regions could reply."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from .naming import metadata

# A region's reply to a comparison (its words stay in the event), or its word that it needs no time for one.
reply = Table(
    "reply",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("reply", String(100), nullable=False),  # its id in the region; empty: destroyed, or none is needed
    Column("language", String(2), nullable=False),  # empty: no reply is needed
    Column("indicator", String(100), nullable=False),
    Column("period", String(16), nullable=False),
    Column("region_set", String(64), nullable=False),
    Column("as_known_on", String(32), nullable=False),  # what was accepted later is not what it is about
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Index("reply_place", "indicator", "period", "region_set"),
)

# Figures that readers outside the network see from `opened_at` on: when regions have replied, or `due_at` has passed.
# It is the hub's own record of what was shown when, so it is kept, and not made again.
held_figure = Table(
    "held_figure",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("due_at", String(32), nullable=False),
    Column("opened_at", String(32)),
    # when the payload came, where the event had come without it; empty: with it
    Column("filled_at", String(32), nullable=False, server_default=""),
    Index("held_figure_link", "region", "sequence", "opened_at"),
    Index("held_figure_due", "opened_at", "due_at"),
)
