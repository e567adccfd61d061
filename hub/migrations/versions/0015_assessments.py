"""A place for assessments of readiness."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make it; an older hub refused such events, so there are none to put in."""
    op.create_table(
        "assessment",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("assessment", sa.String(100), nullable=False),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
    )
    op.create_index("assessment_lookup", "assessment", ["region", "assessment", "sequence"])
