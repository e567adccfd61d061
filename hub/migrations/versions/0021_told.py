"""What each audience was told of lessons, in an order of its own, so that streams are resumed where they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the tables, empty, and note that all regions have to be looked at."""
    op.create_table(
        "search_told",
        sa.Column("reader", sa.String(16), primary_key=True),
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("entry", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("by_event", sa.String(64), nullable=False),
        sa.UniqueConstraint("reader", "number", name="search_told_order"),
    )
    op.create_index("search_told_event", "search_told", ["event_id"])
    op.create_table("search_era", sa.Column("era", sa.String(8), primary_key=True))
    _note_events_that_come_destroyed()
    op.execute("INSERT INTO search_stale (region) VALUES ('')")


def _note_events_that_come_destroyed() -> None:
    """Look at a region again where an event came after its redaction: it leaves no row but its own."""
    noted = "INSERT INTO search_stale (region) VALUES (NEW.region);"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER search_event_insert AFTER INSERT ON event WHEN length(NEW.payload) = 0 BEGIN {noted} END"
        )
        return
    op.execute(
        "CREATE FUNCTION search_event_insert() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {noted} RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER search_event_insert AFTER INSERT ON event FOR EACH ROW "
        "WHEN (length(NEW.payload) = 0) EXECUTE FUNCTION search_event_insert()"
    )
