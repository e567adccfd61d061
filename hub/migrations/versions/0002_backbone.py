"""Keys that hold for a stretch of the chain, dead letters that are decided on, what took an event's place, heads."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns with their defaults, and new tables; nothing that is there is touched."""
    op.add_column("key", sa.Column("from_sequence", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("key", sa.Column("until_sequence", sa.Integer()))
    op.add_column("dead_letter", sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("dead_letter", sa.Column("last_at", sa.String(32)))
    op.add_column("dead_letter", sa.Column("state", sa.String(16), nullable=False, server_default="open"))
    op.add_column("dead_letter", sa.Column("decided_at", sa.String(32)))
    op.add_column("dead_letter", sa.Column("decided_by", sa.String(200)))
    op.add_column("dead_letter", sa.Column("decision", sa.Text()))
    op.create_index("dead_letter_again", "dead_letter", ["event_id", "reason", "state"])
    _superseded()
    op.create_table(
        "acknowledgement",
        sa.Column("by_event", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("subscriber", sa.String(200), primary_key=True),
        sa.Column("acknowledged_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "daily_head",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )


def _superseded() -> None:
    op.create_table(
        "superseded",
        sa.Column("by_event", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("superseded_event", "superseded", ["event_id", "kind"])
