"""Statistics as they were released, against which corrections are held."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table; figures released before stay fixed, since what was hidden with them is not known any more."""
    op.create_table(
        "vintage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.String(32), nullable=False),
        sa.Column("statistic", sa.Text(), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_vintage_bundle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vintage")),
    )
    op.create_index(op.f("ix_vintage_bundle_id"), "vintage", ["bundle_id"])
