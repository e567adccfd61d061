"""Every token ends: those of regions and partners, made without an end, hold for a year from now."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
_HOLDS = timedelta(days=365)


def upgrade() -> None:
    """Give an end to what has none, counted from today; from the newest event where this machine's clock is behind."""
    connection = op.get_bind()
    token = sa.table("token", sa.column("expires_at"), sa.column("revoked_at"))
    newest = connection.scalar(sa.select(sa.func.max(sa.column("accepted_at"))).select_from(sa.table("event")))
    today = max(f"{datetime.now(UTC):%Y-%m-%d}", (newest or "")[:10])
    until = f"{datetime.fromisoformat(today) + _HOLDS:%Y-%m-%dT23:59:59Z}"
    open_ended = (token.c.expires_at.is_(None), token.c.revoked_at.is_(None))
    connection.execute(sa.update(token).where(*open_ended).values(expires_at=until))
