"""When the payload of held figures came, where their event had come without it: regions have their term from then."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column; of what is held already every payload counts as come with its event."""
    op.add_column("held_figure", sa.Column("filled_at", sa.String(32), nullable=False, server_default=""))
