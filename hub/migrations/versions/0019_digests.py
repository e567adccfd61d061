"""Digests by e-mail, what partners who stream were given, and messages to the authors of lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "digest",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("address_mac", sa.String(64), nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("account", sa.String(64)),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("rhythm", sa.String(8), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("facets", sa.Text, nullable=False),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("confirmed_at", sa.String(32)),
        sa.Column("since", sa.String(32)),
        sa.Column("due_at", sa.String(32)),
        sa.Column("try_at", sa.String(32)),
        sa.Column("claimed_until", sa.String(32)),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.String(32)),
        sa.Column("paused_at", sa.String(32)),
    )
    op.create_index("digest_address", "digest", ["address_mac"])
    op.create_index("digest_try", "digest", ["try_at"])
    op.create_table(
        "digest_told",
        sa.Column("digest", sa.String(32), sa.ForeignKey("digest.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("told_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "partner_stream",
        sa.Column("topic", sa.String(249), primary_key=True),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("claimed_until", sa.String(32), nullable=False),
    )
    op.create_table(
        "partner_written",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), nullable=False, unique=True),
        sa.Column("lesson_key", sa.String(64), nullable=False),
        sa.Column("written_at", sa.String(32), nullable=False),
    )
    op.create_index("partner_written_key", "partner_written", ["lesson_key"])
    op.create_table(
        "lesson_message",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("lesson", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(64), nullable=False),
        sa.Column("sent_at", sa.String(32), nullable=False),
        sa.Column("words", sa.LargeBinary, nullable=False),
        sa.Column("fetched_at", sa.String(32)),
    )
    op.create_index("lesson_message_region", "lesson_message", ["region", "fetched_at"])
    op.create_index("lesson_message_sender", "lesson_message", ["sender", "sent_at"])
