"""The review desk: findings with their answers, officers and their holds, what was proven of an item."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add a column and tables; nothing that is there is touched."""
    op.add_column("item", sa.Column("facts", sa.Text()))
    op.create_table(
        "bundle_finding",
        sa.Column("bundle_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("needs_answer", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answered_at", sa.String(32)),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_bundle_finding_bundle_id")),
        sa.PrimaryKeyConstraint("bundle_id", "code", name=op.f("pk_bundle_finding")),
    )
    op.create_table(
        "officer",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_hex", sa.String(64), nullable=False),
        sa.Column("registered_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_officer")),
        sa.UniqueConstraint("name", name=op.f("uq_officer_name")),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.String(32), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.String(32), nullable=False),
        sa.Column("lifted_by", sa.String(16)),
        sa.Column("lift_reason", sa.Text()),
        sa.Column("lifted_at", sa.String(32)),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_hold_bundle_id")),
        sa.ForeignKeyConstraint(["key_id"], ["officer.key_id"], name=op.f("fk_hold_key_id")),
        sa.ForeignKeyConstraint(["lifted_by"], ["officer.key_id"], name=op.f("fk_hold_lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_bundle_id"), "hold", ["bundle_id"])
