"""Accounts, roles, sessions and one table of tokens, into which the tokens of regions and partners move."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and move every token so that it goes on working."""
    _tokens()
    _accounts()
    _sessions()
    _move_tokens()


def _tokens() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("owner", sa.String(220), nullable=False),
        sa.Column("scopes", sa.String(400), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("last_used", sa.String(10)),
        sa.Column("revoked_at", sa.String(32)),
    )
    op.create_index("token_owner", "token", ["owner"])


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("password", sa.String(200)),
        sa.Column("issuer", sa.String(300)),
        sa.Column("subject", sa.String(255)),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("disabled_at", sa.String(32)),
        sa.UniqueConstraint("issuer", "subject", name="account_at_provider"),
    )
    op.create_table(
        "account_role",
        sa.Column("account", sa.String(64), sa.ForeignKey("account.name"), primary_key=True),
        sa.Column("role", sa.String(32), primary_key=True),
    )
    op.create_table(
        "account_code",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), sa.ForeignKey("account.name"), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
    )


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), sa.ForeignKey("account.name"), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
    )
    op.create_index("session_account", "session", ["account"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("name_sha256", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(32), nullable=False),
        sa.Column("blocked_until", sa.String(32), nullable=False),
    )
    op.create_table(
        "oidc_attempt",
        sa.Column("state_sha256", sa.String(64), primary_key=True),
        sa.Column("visit_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
    )


def _move_tokens() -> None:
    connection = op.get_bind()
    region = sa.table("region", *(sa.column(name) for name in ("code", "token_sha256", "enrolled_at")))
    partner = sa.table("partner", *(sa.column(name) for name in ("name", "token_sha256", "added_at")))
    for row in connection.execute(sa.select(region).where(region.c.token_sha256.is_not(None))).all():
        scopes = f"read:network send:{row.code}"
        _keep(connection, row.token_sha256, "enrolment", f"region {row.code}", scopes, row.enrolled_at)
    for row in connection.execute(sa.select(partner)).all():
        _keep(connection, row.token_sha256, "reading", f"partner {row.name}", "read:partners", row.added_at)
    # The column stays, empty: SQLite drops a unique column only by making the table anew, which the foreign keys of
    # every stored event forbid.
    connection.execute(sa.update(region).values(token_sha256=None))
    op.drop_table("partner")


def _keep(connection: sa.Connection, digest: str, name: str, owner: str, scopes: str, made_at: str | None) -> None:
    token = sa.table("token", *(sa.column(one) for one in ("id", "sha256", "name", "owner", "scopes", "made_at")))
    connection.execute(
        sa.insert(token).values(
            id=secrets.token_hex(8),
            sha256=digest,
            name=name,
            owner=owner,
            scopes=scopes,
            made_at=made_at or "1970-01-01T00:00:00Z",
        )
    )
