"""Citations of lessons: by what they are found; what they say stays in the event."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from .naming import metadata

citation = Table(
    "citation",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("citation", String(100), nullable=False),  # its id in the region
    Column("lesson", String(64), nullable=False),  # the event of the version that is cited
    Column("classified", String(16), nullable=False),
    Column("evidence", Text, nullable=False),  # ids of the events that it names, with a comma between them
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Index("citation_lesson", "lesson"),
    Index("citation_region", "region"),
)
