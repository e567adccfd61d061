"""The tables of who may come in. Whatever lets somebody in is kept as a hash; times are UTC text, as in hub.tables."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from hub.tables import metadata

token = Table(
    "token",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("owner", String(220), nullable=False),
    Column("scopes", String(400), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("expires_at", String(32)),
    Column("last_used", String(10)),
    Column("revoked_at", String(32)),
    Index("token_owner", "owner"),
)

account = Table(
    "account",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("password", String(200)),
    Column("issuer", String(300)),
    Column("subject", String(255)),
    Column("made_at", String(32), nullable=False),
    Column("disabled_at", String(32)),
    UniqueConstraint("issuer", "subject", name="account_at_provider"),
)

account_role = Table(
    "account_role",
    metadata,
    Column("account", String(64), ForeignKey("account.name"), primary_key=True),
    Column("role", String(32), primary_key=True),
)

account_code = Table(
    "account_code",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False),
    Column("expires_at", String(32), nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
    Column("origin", String(64), nullable=False),
    Index("session_account", "account"),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("name_sha256", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", String(32), nullable=False),
    Column("blocked_until", String(32), nullable=False),
)

oidc_attempt = Table(
    "oidc_attempt",
    metadata,
    Column("state_sha256", String(64), primary_key=True),
    Column("visit_sha256", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
)
