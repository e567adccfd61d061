"""Keys that wait until an operator has compared their fingerprint; those that are enrolled already go on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add what waits for approval, and what was expected."""
    op.add_column("region", sa.Column("awaiting", sa.String(64)))
    op.add_column("invitation", sa.Column("fingerprint", sa.String(64)))
