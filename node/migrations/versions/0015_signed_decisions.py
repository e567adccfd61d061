"""Signatures of decisions that are no approval: rejections, holds, lifted holds and advice."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add a table; what was decided before has no signature to keep."""
    op.create_table(
        "decision_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.String(32), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("decided_at", sa.String(32), nullable=False),
        sa.Column("signed_at", sa.String(32), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_signature")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_decision_signature_bundle_id")),
    )
    op.create_index(op.f("ix_decision_signature_bundle_id"), "decision_signature", ["bundle_id"])
