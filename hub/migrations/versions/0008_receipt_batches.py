"""Receipts that were signed together; those that were signed one by one stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table; nothing of what a hub holds is changed."""
    op.create_table(
        "receipt_batch",
        sa.Column("first_event", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("leaves", sa.LargeBinary, nullable=False),
    )
