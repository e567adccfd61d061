"""The mark of a store that came back from a backup and does not know yet what was released since."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table; it is empty but in a restored store."""
    op.create_table(
        "restored",
        sa.Column("restored_at", sa.String(32), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("restored_at", name=op.f("pk_restored")),
    )
