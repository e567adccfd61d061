"""An index that tells which event of a region came last, whatever its place in the chain."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make it; nothing of what a hub holds is changed."""
    op.create_index("event_arrival", "event", ["region", "position"])
