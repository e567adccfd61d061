"""Who may sign in at the desk's pages, and who has: no passphrase, link or session is kept that could be used again."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from .naming import metadata

desk_account = Table(
    "desk_account",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", String(16), nullable=False),  # scientist, reviewer, officer, author
    Column("organisation", Text, nullable=False),  # which mandates a reviewer; empty of others
    Column("passphrase", Text),  # scrypt; NULL until the link of the invitation was used
    Column("failures", Integer, nullable=False),  # wrong passphrases since the last right one
    Column("blocked_until", String(32)),
    Column("added_at", String(32), nullable=False),
    Column("ended_at", String(32)),
)

desk_link = Table(
    "desk_link",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the token
    Column("account", ForeignKey("desk_account.id"), nullable=False, index=True),
    Column("expires_at", String(32), nullable=False),
)

desk_session = Table(
    "desk_session",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("account", ForeignKey("desk_account.id"), nullable=False, index=True),
    Column("begun_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
)
