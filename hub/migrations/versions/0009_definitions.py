"""Definitions that the network adopted, and the least version of each that is still taken."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the tables; nothing of what a hub holds is changed."""
    op.create_table(
        "adopted_definition",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.String(16)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("adopted_by", sa.String(200), nullable=False),
        sa.Column("adopted_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("indicator", "version", name="adopted_definition_once"),
    )
    op.create_table(
        "least_version",
        sa.Column("indicator", sa.String(100), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("set_by", sa.String(200), nullable=False),
        sa.Column("set_at", sa.String(32), nullable=False),
    )
