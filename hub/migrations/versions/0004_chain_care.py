"""Find what came without its payload, and the open dead letters, without reading all the others."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
_WITHHELD = "length(salt) = 0"


def upgrade() -> None:
    """Add two indexes."""
    bare = sa.text(_WITHHELD)
    op.create_index("event_withheld", "event", ["region", "sequence"], sqlite_where=bare, postgresql_where=bare)
    op.create_index("dead_letter_open", "dead_letter", ["state", "region"])
