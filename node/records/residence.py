"""Where persons lived from when to when: the stays that sources tell, made one line of stays per person."""

import duckdb

SCHEMA = """
CREATE TABLE IF NOT EXISTS residence (
  person_id BIGINT NOT NULL, municipality VARCHAR NOT NULL, start_date DATE NOT NULL, end_date DATE NOT NULL,
  source VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS lived_in (
  person_id BIGINT NOT NULL, municipality VARCHAR NOT NULL, start_date DATE NOT NULL, end_date DATE NOT NULL);
"""


def settle_residence(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `lived_in` of what all sources tell: half-open stays [start, end) that do not overlap.

    A person's stays are those of the one source with the lowest precedence number that tells any, then the first in
    the alphabet. Of two stays that overlap the later one counts from its first day; of two that begin on one day the
    longer one. Whoever no source tells stays of has none here, and lives where `person` says, on every day.
    """
    connection.execute("DELETE FROM lived_in")
    connection.execute(
        """INSERT INTO lived_in
        WITH told AS (SELECT r.*, dense_rank() OVER (PARTITION BY r.person_id ORDER BY s.precedence, s.id) AS place
                      FROM residence r JOIN source s ON s.id = r.source WHERE r.end_date > r.start_date),
        begun AS (SELECT *, row_number() OVER (PARTITION BY person_id, start_date
                                               ORDER BY end_date DESC, municipality) AS turn
                  FROM told WHERE place = 1)
        SELECT person_id, municipality, start_date,
               least(end_date, coalesce(lead(start_date) OVER (PARTITION BY person_id ORDER BY start_date), end_date))
        FROM begun WHERE turn = 1 ORDER BY person_id, start_date"""
    )
