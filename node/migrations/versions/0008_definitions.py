"""Definitions that the network adopted, and which versions this region approved."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add tables; nothing that is there is touched."""
    op.create_table(
        "definition",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_definition")),
        sa.UniqueConstraint("indicator", "version", name=op.f("uq_definition_indicator_version")),
    )
    op.create_table(
        "definition_list",
        sa.Column("as_of", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("as_of", name=op.f("pk_definition_list")),
    )
    op.create_table(
        "definition_approval",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_definition_approval")),
    )
