"""A place for items of knowledge and of programmes, whose words are found like those of lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_REMOVED = "DELETE FROM search_item WHERE event_id = OLD.event_id;"


def upgrade() -> None:
    """Make it; an older hub refused such events, so there are none to put in."""
    op.create_table(
        "item",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("noun", sa.String(16), nullable=False),
        sa.Column("item", sa.String(100), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
    )
    op.create_index("item_lookup", "item", ["region", "noun", "item", "sequence"])
    op.create_index("item_noun", "item", ["noun", "accepted_at"])
    op.create_table(
        "item_names",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
    )
    for change, row, removed in (("INSERT", "NEW", ""), ("DELETE", "OLD", _REMOVED)):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER search_item_words_{change.lower()} AFTER {change} ON item BEGIN {removed} "  # noqa: S608  # nosec B608
                f"INSERT INTO search_stale (region) SELECT {row}.region "
                f"WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE region = {row}.region); END"
            )
        else:
            name = f"search_item_words_{change.lower()}"
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {removed} "  # noqa: S608  # nosec B608
                f"INSERT INTO search_stale (region) VALUES ({row}.region); RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} AFTER {change} ON item FOR EACH ROW EXECUTE FUNCTION {name}()")
