"""Rounds of an assessment: panels, invitations, answers, and what focus groups and experts said."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add tables; nothing that is there is touched."""
    op.create_table(
        "assessment_round",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("questionnaire", sa.Text(), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("panel", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("closed_at", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_round")),
        sa.UniqueConstraint("instrument", "period", name=op.f("uq_assessment_round_instrument_period")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("round", sa.String(64), nullable=False),
        sa.Column("helix", sa.String(16), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_round"), "invitation", ["round"])
    op.create_table(
        "panel_answer",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("round", sa.String(64), nullable=False),
        sa.Column("helix", sa.String(16), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_panel_answer_round"), "panel_answer", ["round"])
    op.create_table(
        "lens_word",
        sa.Column("round", sa.String(64), nullable=False),
        sa.Column("lens", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("satisfactory", sa.Boolean()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("written_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("round", "lens", "kind", "language", name=op.f("pk_lens_word")),
    )
