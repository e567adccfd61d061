"""An index of words for each audience, kept right by triggers; and a place for citations of lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_READERS = ("public", "partners", "network")
_OF_EVALUATIONS = "EXISTS (SELECT 1 FROM evaluation WHERE evaluation.region = {row}.region)"
_REMOVED = "DELETE FROM search_item WHERE event_id = OLD.event_id;"
# Table, what happens to it, and on which condition its region has to be looked at again.
_CHANGES = (
    ("lesson", "INSERT", ""),
    ("lesson", "DELETE", ""),
    ("evaluation", "INSERT", ""),
    ("evaluation", "DELETE", ""),
    ("superseded", "INSERT", "{row}.kind IN ('revised', 'withdrawn', 'redacted')"),
    ("superseded", "DELETE", "{row}.kind IN ('revised', 'withdrawn', 'redacted')"),
    ("held_figure", "INSERT", _OF_EVALUATIONS),
    ("held_figure", "UPDATE", _OF_EVALUATIONS),
    ("indicator_payload", "INSERT", _OF_EVALUATIONS),
    ("indicator_payload", "DELETE", _OF_EVALUATIONS),
)


def upgrade() -> None:
    """Add the index, empty, and note that all regions have to be looked at."""
    op.create_table(
        "citation",
        sa.Column("event_id", sa.String(64), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("citation", sa.String(100), nullable=False),
        sa.Column("lesson", sa.String(64), nullable=False),
        sa.Column("classified", sa.String(16), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
    )
    op.create_index("citation_lesson", "citation", ["lesson"])
    op.create_table(
        "search_item",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("reader", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("told_at", sa.String(32), nullable=False),
    )
    op.create_index("search_item_newest", "search_item", ["reader", "told_at", "event_id"])
    op.create_index("search_item_region", "search_item", ["region", "reader", "kind"])
    op.create_index("search_item_event", "search_item", ["event_id"])
    op.create_table(
        "search_facet",
        sa.Column("item", sa.Integer, sa.ForeignKey("search_item.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("value", sa.String(100), primary_key=True),
        sa.Column("reader", sa.String(16), nullable=False),
    )
    op.create_index("search_facet_value", "search_facet", ["reader", "name", "value", "item"])
    op.create_table(
        "search_stale",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("region", sa.String(16), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()
    op.execute("INSERT INTO search_stale (region) VALUES ('')")


def _on_sqlite() -> None:
    for reader in _READERS:
        op.execute(
            f"CREATE VIRTUAL TABLE search_words_{reader} "
            "USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '5 6 8')"
        )
        op.execute(
            f"CREATE TRIGGER search_item_{reader} AFTER DELETE ON search_item WHEN OLD.reader = '{reader}' "  # noqa: S608  # nosec B608
            f"BEGIN DELETE FROM search_words_{reader} WHERE rowid = OLD.id; END"
        )
    for table, change, condition in _CHANGES:
        row = "OLD" if change == "DELETE" else "NEW"
        when = f"WHEN {condition.format(row=row)}" if condition else ""
        removed = _REMOVED if _takes_out(table, change) else ""
        op.execute(
            f"CREATE TRIGGER search_{table}_{change.lower()} AFTER {change} ON {table} {when} BEGIN {removed} "  # noqa: S608  # nosec B608
            f"INSERT INTO search_stale (region) SELECT {row}.region "
            f"WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE region = {row}.region); END"
        )


def _on_postgresql() -> None:
    op.execute(
        "CREATE TABLE search_words (item INTEGER PRIMARY KEY REFERENCES search_item (id) ON DELETE CASCADE, "
        "reader VARCHAR(16) NOT NULL, words TSVECTOR NOT NULL)"
    )
    for reader in _READERS:
        op.execute(f"CREATE INDEX search_words_{reader} ON search_words USING gin (words) WHERE reader = '{reader}'")
    for table, change, condition in _CHANGES:
        # every change leaves a row of its own: one that another transaction is taking away would tell of no later one
        row = "OLD" if change == "DELETE" else "NEW"
        when = condition.format(row=row) or "true"
        removed = _REMOVED if _takes_out(table, change) else ""
        name = f"search_{table}_{change.lower()}"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {removed} "  # noqa: S608  # nosec B608
            f"IF {when} THEN INSERT INTO search_stale (region) VALUES ({row}.region); END IF; RETURN NULL; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} AFTER {change} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _takes_out(table: str, change: str) -> bool:
    return change == "DELETE" and table in ("lesson", "evaluation")
