"""The first tables: who takes part, what is kept for good, and the projections."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _who_takes_part()
    _what_is_kept()
    _projections()


def _who_takes_part() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("region_set", sa.String(64), nullable=False),
        sa.Column("token_sha256", sa.String(64), unique=True),
        sa.Column("enrolled_at", sa.String(32)),
    )
    op.create_table(
        "key",
        sa.Column("region", sa.String(16), sa.ForeignKey("region.code"), primary_key=True),
        sa.Column("key_id", sa.String(16), primary_key=True),
        sa.Column("hex", sa.String(64), nullable=False),
        sa.Column("use", sa.String(16), nullable=False),
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("enrolled_at", sa.String(32), nullable=False),
        sa.CheckConstraint("use IN ('service', 'reviewer')", name="key_use"),
    )
    op.create_table(
        "invitation",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(16), sa.ForeignKey("region.code"), nullable=False),
        sa.Column("issued_at", sa.String(32), nullable=False),
        sa.Column("used_at", sa.String(32)),
    )
    op.create_table(
        "partner",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("added_at", sa.String(32), nullable=False),
    )


def _what_is_kept() -> None:
    op.create_table(
        "event",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("region", sa.String(16), sa.ForeignKey("region.code"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("bundle_root", sa.String(64), nullable=False),
        sa.Column("bundle_index", sa.BigInteger, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("region", "sequence", name="event_place"),
        sa.UniqueConstraint("region", "bundle_root", "bundle_index", name="event_approved_once"),
        sa.CheckConstraint("audience IN ('public', 'partners', 'network')", name="event_audience"),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("region", sa.String(16)),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("received_at", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "transport_position",
        sa.Column("topic", sa.String(249), primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "audit_log",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )


def _projections() -> None:
    op.create_table(
        "indicator_payload",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("definition_hash", sa.String(64), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("region_set", sa.String(64), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
    )
    op.create_index("indicator_payload_lookup", "indicator_payload", ["indicator", "period", "region", "sequence"])
    op.create_table(
        "lesson",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("lesson", sa.String(100), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
    )
    op.create_index("lesson_lookup", "lesson", ["region", "lesson", "language", "sequence"])
