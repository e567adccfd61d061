"""Assessments of readiness: by what they are found; what they say stays in the event."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from .naming import metadata

assessment = Table(
    "assessment",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("assessment", String(100), nullable=False),  # its round's id in the region
    Column("instrument", String(40), nullable=False),
    Column("period", String(16), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Index("assessment_lookup", "region", "assessment", "sequence"),
)
