"""Subscriptions by webhook: what can be told, who wants it where, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the tables, empty: what a hub holds already is announced at its next start, and to nobody sent unasked."""
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("told", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("entry", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("audience", "told", "event_id", name="announcement_once"),
    )
    op.create_index("announcement_order", "announcement", ["audience", "id"])
    op.create_index("announcement_item", "announcement", ["audience", "event_id"])
    op.create_index("announcement_entry", "announcement", ["audience", "entry"])
    op.create_index("announcement_moment", "announcement", ["audience", "at"])
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("owner", sa.String(220), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("facets", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("old_secret", sa.LargeBinary),
        sa.Column("old_until", sa.String(32)),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("paused_at", sa.String(32)),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("is_slow", sa.Integer, nullable=False),
        sa.Column("test_asked", sa.String(32), nullable=False),
        sa.Column("claim", sa.String(16), nullable=False),
        sa.Column("claim_until", sa.String(32), nullable=False),
    )
    op.create_index("subscription_owner", "subscription", ["owner"])
    op.create_table(
        "delivery",
        sa.Column(
            "subscription", sa.String(16), sa.ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("told", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("entry", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("first_at", sa.String(32)),
        sa.Column("delivered_at", sa.String(32)),
    )
    op.create_index("delivery_entry", "delivery", ["subscription", "entry"])
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("subscription", sa.String(16), sa.ForeignKey("subscription.id", ondelete="CASCADE"), nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("outcome", sa.String(16), nullable=False),
    )
    op.create_index("delivery_attempt_of", "delivery_attempt", ["subscription", "id"])
    op.create_index("delivery_attempt_age", "delivery_attempt", ["at"])
