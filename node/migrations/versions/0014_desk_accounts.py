"""Accounts, invitations and sessions of the desk's pages."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add tables; nothing that is there is touched."""
    op.create_table(
        "desk_account",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("passphrase", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.String(32)),
        sa.Column("added_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_desk_account_name")),
    )
    op.create_table(
        "desk_link",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_link")),
        sa.ForeignKeyConstraint(["account"], ["desk_account.id"], name=op.f("fk_desk_link_account")),
    )
    op.create_table(
        "desk_session",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("begun_at", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_session")),
        sa.ForeignKeyConstraint(["account"], ["desk_account.id"], name=op.f("fk_desk_session_account")),
    )
    op.create_index(op.f("ix_desk_link_account"), "desk_link", ["account"])
    op.create_index(op.f("ix_desk_session_account"), "desk_session", ["account"])
