"""Replies of regions to comparisons, and figures that readers outside the network see only once regions could reply."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the tables; figures that a hub holds already were seen already, so none of them is held back."""
    op.create_table(
        "reply",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("reply", sa.String(100), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("region_set", sa.String(64), nullable=False),
        sa.Column("as_known_on", sa.String(32), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
    )
    op.create_index("reply_place", "reply", ["indicator", "period", "region_set"])
    op.create_table(
        "held_figure",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("opened_at", sa.String(32)),
    )
    op.create_index("held_figure_link", "held_figure", ["region", "sequence", "opened_at"])
    op.create_index("held_figure_due", "held_figure", ["opened_at", "due_at"])
