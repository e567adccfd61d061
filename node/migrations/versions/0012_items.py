"""Items of knowledge and of the programme, as drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add a table; nothing that is there is touched."""
    op.create_table(
        "draft_item",
        sa.Column("noun", sa.String(16), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("written_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("noun", "id", name=op.f("pk_draft_item")),
    )
