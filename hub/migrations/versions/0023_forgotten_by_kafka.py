"""When what stands in a destroyed lesson's place was written again, so that the broker lets go of its words."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add an empty column: what was destroyed before is written again once."""
    op.add_column("partner_written", sa.Column("let_go_at", sa.String(32)))
