"""Tell of changes of the evidence of lessons: what digests, and partners by Kafka, were told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make room, and note that all regions have to be looked at: what changed before was told to nobody."""
    op.add_column("digest_told", sa.Column("evidence", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "partner_evidence",
        sa.Column("lesson_key", sa.String(64), primary_key=True),
        sa.Column("by_event", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("written_at", sa.String(32), nullable=False),
    )
    op.execute("INSERT INTO search_stale (region) VALUES ('')")
