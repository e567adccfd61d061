"""Totals are proven before anybody asks: what was looked at, which cuts tell, and who is proving."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the audit's table anew and empty, so that everything is proven again; totals that were shown stay."""
    op.drop_table("judged_total")
    op.drop_table("joint_audit")
    op.create_table(
        "joint_audit",
        sa.Column("indicator", sa.String(100), primary_key=True),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("audience", sa.String(16), primary_key=True),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("audited_at", sa.String(32), nullable=False),
        sa.Column("figures", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("told_cuts", sa.Text, nullable=False),
        sa.Column("looked", sa.Integer, nullable=False),
        sa.Column("sets", sa.String(64), nullable=False),
    )
    op.create_table(
        "proof_claim",
        sa.Column("indicator", sa.String(100), primary_key=True),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("until", sa.String(32), nullable=False),
    )
