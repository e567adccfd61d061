"""Indexes that hold all that a reader is counted by."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make them; nothing of what a hub holds is changed."""
    op.drop_index("indicator_payload_lookup", "indicator_payload")
    columns = ["indicator", "period", "region", "sequence", "region_set", "audience", "accepted_at"]
    op.create_index("indicator_payload_lookup", "indicator_payload", columns)
    columns = ["region", "indicator", "period", "region_set", "audience"]
    op.create_index("indicator_payload_of_region", "indicator_payload", columns)
