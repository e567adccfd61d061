"""Where persons lived from when to when: the stays that sources tell, made one line of stays per person."""

import duckdb

SCHEMA = """
CREATE TABLE IF NOT EXISTS residence (
  person_id BIGINT NOT NULL, municipality VARCHAR NOT NULL, start_date DATE NOT NULL, end_date DATE NOT NULL,
  source VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS lived_in (
  person_id BIGINT NOT NULL, municipality VARCHAR NOT NULL, start_date DATE NOT NULL, end_date DATE NOT NULL);
CREATE TABLE IF NOT EXISTS lived_in_resumed (is_so BOOLEAN NOT NULL);
"""
# The last table holds nothing: a store that lacks it was settled when no longer stay resumed, and is settled anew.


def settle_residence(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `lived_in` of what all sources tell: half-open stays [start, end) that do not overlap.

    A person's stays are those of the one source with the lowest precedence number that tells any, then the first in
    the alphabet. On a day that several stays hold, the one that began last counts, so that a longer stay resumes when
    one within it ends; of two that begin on one day the longer one. Whoever no source tells stays of has none here,
    and lives where `person` says, on every day.
    """
    connection.execute("DELETE FROM lived_in")
    # Between two neighbouring days on which any stay begins or ends one stay counts throughout. Stretches of a stay
    # that touch are put together again: before each of these, equally many of its days were another stay's.
    connection.execute(
        """INSERT INTO lived_in
        WITH told AS (SELECT r.*, dense_rank() OVER (PARTITION BY r.person_id ORDER BY s.precedence, s.id) AS place
                      FROM residence r JOIN source s ON s.id = r.source WHERE r.end_date > r.start_date),
        stay AS (SELECT person_id, start_date, end_date, municipality FROM told WHERE place = 1
                 QUALIFY row_number() OVER (PARTITION BY person_id, start_date
                                            ORDER BY end_date DESC, municipality) = 1),
        edge AS (SELECT person_id, start_date AS day FROM stay UNION SELECT person_id, end_date FROM stay),
        stretch AS (SELECT person_id, day AS first, lead(day) OVER (PARTITION BY person_id ORDER BY day) AS after
                    FROM edge),
        counted AS (SELECT e.person_id, e.first, e.after, max(s.start_date) AS begun
                    FROM stretch e JOIN stay s
                      ON s.person_id = e.person_id AND s.start_date <= e.first AND s.end_date >= e.after
                    GROUP BY ALL),
        island AS (SELECT *, (after - begun) - sum(after - first) OVER (PARTITION BY person_id, begun ORDER BY first)
                             AS away
                   FROM counted)
        SELECT i.person_id, any_value(s.municipality), min(i.first), max(i.after)
        FROM island i JOIN stay s ON s.person_id = i.person_id AND s.start_date = i.begun
        GROUP BY i.person_id, i.begun, i.away ORDER BY i.person_id, min(i.first)"""
    )
