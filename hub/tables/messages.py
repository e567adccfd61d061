"""Messages of readers to the authors of lessons, kept until the region's node has fetched them."""

from sqlalchemy import Column, Index, LargeBinary, String, Table

from .naming import metadata

lesson_message = Table(
    "lesson_message",
    metadata,
    Column("id", String(32), primary_key=True),  # random
    Column("region", String(16), nullable=False),
    Column("lesson", String(64), nullable=False),  # the event that the reader had before them
    Column("sender", String(64), nullable=False),  # account
    Column("sent_at", String(32), nullable=False),
    Column("words", LargeBinary, nullable=False),  # sealed JSON of schemas.message.ReaderMessage; empty once fetched
    Column("fetched_at", String(32)),
    Index("lesson_message_region", "region", "fetched_at"),
    Index("lesson_message_sender", "sender", "sent_at"),
)
