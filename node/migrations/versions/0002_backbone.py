"""Service keys over time, reviewers known at the hub, and what the hub said of the chains."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and tables; nothing that is there is touched."""
    op.add_column("reviewer", sa.Column("enrolled_at", sa.String(32)))
    op.add_column("reviewer", sa.Column("revoked_at", sa.String(32)))
    op.add_column("outbox", sa.Column("due_at", sa.String(32)))
    op.create_index("ix_item_subject", "item", ["subject"])
    op.create_table(
        "service_key",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("public_hex", sa.String(64), nullable=False),
        sa.Column("from_sequence", sa.Integer(), nullable=False),
        sa.Column("until_sequence", sa.Integer()),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_service_key")),
    )
    op.create_table(
        "head_seen",
        sa.Column("as_of", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("as_of", name=op.f("pk_head_seen")),
    )
    op.create_table(
        "standing_seen",
        sa.Column("as_of", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("as_of", name=op.f("pk_standing_seen")),
    )
