"""An index that tells which event of a region came last, whatever its place in the chain."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make it; nothing of what a hub holds is changed."""
    every = sa.text("position > 0")  # of a part only in name: else SQLite looks through it for what other indexes know
    op.create_index("event_arrival", "event", ["region", "position"], sqlite_where=every, postgresql_where=every)
