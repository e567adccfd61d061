"""Evaluations of interventions: by what they are found; what they say stays in the event."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from .naming import metadata

evaluation = Table(
    "evaluation",
    metadata,
    Column("event_id", String(64), ForeignKey("event.id"), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("evaluation", String(200), nullable=False),  # its id in the region
    Column("intervention", String(100), nullable=False),
    Column("indicator", String(100), nullable=False),
    Column("method", String(16), nullable=False),
    Column("level", String(16), nullable=False),
    Column("outcome", String(32), nullable=False),  # as `outcome_of` reads it
    Column("figures", Text, nullable=False),  # ids of the events it rests on, with a comma between them
    Column("audience", String(16), nullable=False),
    Column("accepted_at", String(32), nullable=False),
    Index("evaluation_lookup", "region", "evaluation", "sequence"),
)
