"""Find lessons by what was said of them in citations as well, and mark what each audience's index holds."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_READERS = ("public", "partners", "network")
# Evidence that opens makes an evaluation or a citation readable, so regions that have either are looked at again.
_RESTS_ON_IT = (
    "EXISTS (SELECT 1 FROM evaluation WHERE evaluation.region = {row}.region) "
    "OR EXISTS (SELECT 1 FROM citation WHERE citation.region = {row}.region)"
)
_OPENING = (
    ("held_figure", "INSERT"),
    ("held_figure", "UPDATE"),
    ("indicator_payload", "INSERT"),
    ("indicator_payload", "DELETE"),
)
_CITED = "SELECT region FROM lesson WHERE event_id = {row}.lesson"
# what was destroyed, and what a rebuild takes away, is in no index any more, whichever version of the lesson has it
_REMOVED = (
    "DELETE FROM search_item WHERE event_id IN (SELECT other.event_id FROM lesson AS one JOIN lesson AS other "
    "ON other.region = one.region AND other.lesson = one.lesson WHERE one.event_id = OLD.lesson);"
)


def upgrade() -> None:
    """Make room for the words of citations and for the marks; the index is made anew by the next search."""
    op.execute("DELETE FROM search_item")
    op.add_column("search_item", sa.Column("cited", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "search_mark",
        sa.Column("reader", sa.String(16), primary_key=True),
        sa.Column("region", sa.String(16), primary_key=True),
        sa.Column("mark", sa.String(64), nullable=False),
    )
    op.create_index("citation_region", "citation", ["region"])
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()
    op.execute("INSERT INTO search_stale (region) VALUES ('')")


def _on_sqlite() -> None:
    for reader in _READERS:
        op.execute(f"DROP TABLE search_words_{reader}")
        op.execute(
            f"CREATE VIRTUAL TABLE search_words_{reader} "
            "USING fts5(title, body, cited, tokenize = 'unicode61 remove_diacritics 2', prefix = '5 6 8')"
        )
    for table, change in _OPENING:
        row = "OLD" if change == "DELETE" else "NEW"
        name = f"search_{table}_{change.lower()}"
        op.execute(f"DROP TRIGGER {name}")
        op.execute(
            f"CREATE TRIGGER {name} AFTER {change} ON {table} WHEN {_RESTS_ON_IT.format(row=row)} BEGIN "  # noqa: S608  # nosec B608
            f"INSERT INTO search_stale (region) SELECT {row}.region "
            f"WHERE NOT EXISTS (SELECT 1 FROM search_stale WHERE region = {row}.region); END"
        )
    for change in ("INSERT", "UPDATE", "DELETE"):
        row, removed = ("NEW", "") if change == "INSERT" else ("OLD", _REMOVED)
        op.execute(
            f"CREATE TRIGGER search_citation_{change.lower()} AFTER {change} ON citation BEGIN {removed} "  # nosec B608
            f"INSERT INTO search_stale (region) {_CITED.format(row=row)}; END"
        )


def _on_postgresql() -> None:
    op.execute("DROP TABLE search_words")  # one audience is searched at a time: it looks at none of the others' words
    op.execute(
        "CREATE TABLE search_words (item INTEGER NOT NULL REFERENCES search_item (id) ON DELETE CASCADE, "
        "reader VARCHAR(16) NOT NULL, words TSVECTOR NOT NULL, PRIMARY KEY (item, reader)) PARTITION BY LIST (reader)"
    )
    for reader in _READERS:
        op.execute(f"CREATE TABLE search_words_{reader} PARTITION OF search_words FOR VALUES IN ('{reader}')")
        op.execute(f"CREATE INDEX search_words_{reader}_words ON search_words_{reader} USING gin (words)")
    for table, change in _OPENING:
        row = "OLD" if change == "DELETE" else "NEW"
        name = f"search_{table}_{change.lower()}"
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608  # nosec B608
            f"IF {_RESTS_ON_IT.format(row=row)} THEN INSERT INTO search_stale (region) VALUES ({row}.region); "
            "END IF; RETURN NULL; END $$"
        )
    for change in ("INSERT", "UPDATE", "DELETE"):
        row, removed = ("NEW", "") if change == "INSERT" else ("OLD", _REMOVED)
        name = f"search_citation_{change.lower()}"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {removed} "  # nosec B608
            f"INSERT INTO search_stale (region) {_CITED.format(row=row)}; RETURN NULL; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} AFTER {change} ON citation FOR EACH ROW EXECUTE FUNCTION {name}()")
