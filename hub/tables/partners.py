"""What partners who stream were given: one row per event that was written to their topic, and who writes now."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from .naming import metadata

# Which process writes to a topic; a claim ends by itself.
partner_stream = Table(
    "partner_stream",
    metadata,
    Column("topic", String(249), primary_key=True),
    Column("token", String(32), nullable=False),
    Column("claimed_until", String(32), nullable=False),
)

partner_written = Table(
    "partner_written",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String(64), ForeignKey("event.id"), nullable=False, unique=True),
    Column("lesson_key", String(64), nullable=False),  # the message's key: the lesson's first event that was written
    Column("written_at", String(32), nullable=False),
    Column("let_go_at", String(32)),  # of a redaction: when what stands in that place was written again
    Index("partner_written_key", "lesson_key"),
)

# What of the evidence of a lesson on the topic was written as changed and is so still: by which event.
partner_evidence = Table(
    "partner_evidence",
    metadata,
    Column("lesson_key", String(64), primary_key=True),
    Column("by_event", String(64), ForeignKey("event.id"), primary_key=True),
    Column("written_at", String(32), nullable=False),
)
