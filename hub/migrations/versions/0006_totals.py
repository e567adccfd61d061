"""Totals as they were shown, what was proven of them, and what regions' figures were found to tell together."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables; nothing of what a hub holds is changed."""
    op.create_table(
        "shown_total",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("region_set", sa.String(64), nullable=False),
        sa.Column("cut", sa.String(200), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("vintage", sa.String(64), nullable=False),
        sa.Column("numerator", sa.BigInteger),
        sa.Column("denominator", sa.BigInteger),
        sa.Column("regions", sa.Integer, nullable=False),
        sa.Column("out_of", sa.Integer, nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
        sa.Column("shown_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("indicator", "period", "region_set", "cut", "audience", "vintage", name="shown_total_once"),
    )
    op.create_table(
        "shown_total_part",
        sa.Column("total", sa.Integer, sa.ForeignKey("shown_total.id"), primary_key=True),
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
    )
    op.create_index("shown_total_part_event", "shown_total_part", ["event_id"])
    op.create_table(
        "judged_total",
        sa.Column("about", sa.String(64), primary_key=True),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("judged_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "joint_audit",
        sa.Column("indicator", sa.String(100), primary_key=True),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("audience", sa.String(16), primary_key=True),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("audited_at", sa.String(32), nullable=False),
        sa.Column("figures", sa.Integer, nullable=False),
        sa.Column("is_proven", sa.Integer, nullable=False),
    )
    op.create_table(
        "reopened",
        sa.Column("indicator", sa.String(100), primary_key=True),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("audience", sa.String(16), primary_key=True),
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("figures", sa.Integer, nullable=False),
        sa.Column("found_at", sa.String(32), nullable=False),
    )
