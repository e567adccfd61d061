"""The signed chain, what waits to be sent, and what the hub said.

An outbox body without data means that a `redacted` event destroyed it.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from .naming import metadata

# The region's service keys over time: a signature at sequence s is by the key with from <= s < until.
service_key = Table(
    "service_key",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("public_hex", String(64), nullable=False),
    Column("from_sequence", Integer, nullable=False),
    Column("until_sequence", Integer),
)

event = Table(
    "event",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("bundle_id", ForeignKey("bundle.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    UniqueConstraint("bundle_id", "position"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("event_id", ForeignKey("event.id"), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("topic", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),  # pending | sent | accepted | refused
    Column("attempts", Integer, nullable=False, default=0),
    Column("sent_at", String(32)),
    Column("due_at", String(32)),  # not before; NULL: at once
    Index("ix_outbox_state_sequence", "state", "sequence"),
)

answer = Table(
    "answer",
    metadata,
    Column("event_id", ForeignKey("event.id"), primary_key=True),
    Column("answer", Text, nullable=False),  # JSON of schemas.receipt.Answer
    Column("received_at", String(32), nullable=False),
)

# What the hub said of all chains, kept to be compared with what others were told, and with what it says later.
head_seen = Table(
    "head_seen",
    metadata,
    Column("as_of", String(32), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical schemas.heads.Heads
)

# The hub's last word on this region's own chain.
standing_seen = Table(
    "standing_seen",
    metadata,
    Column("as_of", String(32), primary_key=True),
    Column("body", Text, nullable=False),  # JSON of schemas.standing.Standing
)
