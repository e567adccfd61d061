"""Messages of readers about this region's lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add a table; nothing that is there is touched."""
    op.create_table(
        "message",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.String(32), nullable=False),
        sa.Column("done_at", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
