"""Subscriptions by webhook: what readers can be told of, who wants it where, and what came of telling them.

None of these tables holds a word of what was told. They are the only copy of who was told what, so `rebuild` leaves
them as they are.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from .naming import metadata

# What readers of one audience could be told of, in the order in which it became readable to them.
announcement = Table(
    "announcement",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("audience", String(16), nullable=False),
    Column("kind", String(16), nullable=False),  # published, revised, withdrawn, redacted or evidence_changed
    Column("told", String(64), nullable=False),  # the event that says so; of evidence made of that and the item's own
    Column("event_id", String(64), nullable=False),  # the item's own event: what is told of, or was taken back
    Column("entry", String(64), nullable=False),  # the first version that it goes back to
    Column("at", String(32), nullable=False),  # since when it is readable
    UniqueConstraint("audience", "told", "event_id", name="announcement_once"),
    Index("announcement_order", "audience", "id"),
    Index("announcement_item", "audience", "event_id"),
    Index("announcement_entry", "audience", "entry"),
    Index("announcement_moment", "audience", "at"),
)

# `position` is the last announcement that is done with. A process that delivers has a claim, which ends by itself.
subscription = Table(
    "subscription",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("owner", String(220), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("address", String(500), nullable=False),
    Column("question", String(200), nullable=False),
    Column("facets", Text, nullable=False),  # JSON of values by facet
    Column("secret", LargeBinary, nullable=False),  # sealed by a key that follows from the hub's own
    Column("old_secret", LargeBinary),
    Column("old_until", String(32)),
    Column("made_at", String(32), nullable=False),
    Column("state", String(16), nullable=False),  # active or paused
    Column("why", String(16), nullable=False),  # it is paused
    Column("paused_at", String(32)),
    Column("position", BigInteger, nullable=False),
    Column("round", Integer, nullable=False),  # counts the replays
    Column("due_at", String(32), nullable=False),
    Column("failures", Integer, nullable=False),  # attempts in a row that came to nothing
    Column("is_slow", Integer, nullable=False),  # 1: its last answer took long
    Column("test_asked", String(32), nullable=False),  # the message's number; empty: none
    Column("claim", String(16), nullable=False),
    Column("claim_until", String(32), nullable=False),
    Index("subscription_owner", "owner"),
)

# A message to one subscriber; its number never changes, however often it is sent.
delivery = Table(
    "delivery",
    metadata,
    Column("subscription", String(16), ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True),
    Column("told", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("entry", String(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),  # in this round
    Column("due_at", String(32), nullable=False),
    Column("first_at", String(32)),  # of all rounds; NULL: never tried
    Column("delivered_at", String(32)),  # in this round
    Index("delivery_entry", "subscription", "entry"),
)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subscription", String(16), ForeignKey("subscription.id", ondelete="CASCADE"), nullable=False),
    Column("message", String(40), nullable=False),
    Column("type", String(32), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer),
    Column("outcome", String(16), nullable=False),
    Index("delivery_attempt_of", "subscription", "id"),
    Index("delivery_attempt_age", "at"),
)
