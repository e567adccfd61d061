"""Link the typed records of one source to persons, deterministically on their pseudonym.

Persons come from sources that describe persons. A record of someone no such source knows is outside the population:
counted, and left out.
"""

from dataclasses import dataclass
from typing import Final

import duckdb

from connectors.sources.canonical import Record
from connectors.sources.mapping import SourceMapping

from .column import OPEN_END
from .ingest import Ingested
from .kept import note_after, note_before
from .residence import settle_residence
from .store import RECORD_TABLES, delete_unknown_persons

_SPAN: Final = {"start_date": "start_date", "end_date": f"coalesce(end_date, last_date, DATE '{OPEN_END}')"}
_KEPT: Final[dict[Record, dict[str, str]]] = {
    "coverage": _SPAN,
    "residence": {"municipality": "ingested_residence.municipality", **_SPAN},
    "condition": {name: name for name in ("code_system", "code", "start_date", "end_date")},
    "encounter": {
        name: name
        for name in ("encounter_type", "start_date", "end_date", "urgency", "code_system", "code", "organisation")
    },
    "measurement": {name: name for name in ("code_system", "code", "measured_on", "value")},
    "treatment": {name: name for name in ("code_system", "code", "start_date", "organisation")},
    "cost": {
        "category": "category",
        "start_date": "start_date",
        "amount_cents": "amount",
        "organisation": "organisation",
    },
}


@dataclass(frozen=True)
class LinkedPerson:
    """The persons of one load, as a batch: who this source described, who was new, who is known elsewhere too.

    `conflicts` counts persons of this source about whom sources disagree (birth date, sex, municipality or day of
    death; that a source knows of no death is no disagreement); the source with the lowest precedence number decides,
    then the first in the alphabet.
    """

    in_store: int
    in_source: int
    new: int
    in_other_sources: int
    conflicts: int


def link(connection: duckdb.DuckDBPyConnection, mapping: SourceMapping, ingested: Ingested) -> LinkedPerson:
    """Replace this source's rows in the store by the ingested ones, inside the caller's transaction.

    Row by row the outcome is the same when the same extract is loaded again.
    """
    remembered = note_before(connection, mapping.id)
    new = _replace_persons(connection, mapping, any(found.record == "person" for found in ingested.records))
    connection.execute("CREATE TEMP TABLE touched (person_id BIGINT)")
    for table in RECORD_TABLES:
        connection.execute(f"DELETE FROM {table} WHERE source = ?", [mapping.id])  # nosec B608  # noqa: S608 - table names are ours
    for found in ingested.records:
        if found.record != "person":
            _insert(connection, mapping.id, found.record, found.table)
    settle_residence(connection)
    delete_unknown_persons(connection)
    note_after(connection, mapping.id, remembered)
    return _counted(connection, mapping.id, new)


def _replace_persons(connection: duckdb.DuckDBPyConnection, mapping: SourceMapping, described: bool) -> int:
    connection.execute("DELETE FROM source_person WHERE source = ?", [mapping.id])
    new = 0
    if described:
        new = _single(
            connection,
            """SELECT count(*) FROM ingested_person WHERE NOT again AND NOT objected
            AND pseudonym NOT IN (SELECT pseudonym FROM identity)""",
        )
        # numbers follow the pseudonym, so they say nothing about a person's place in the extract
        connection.execute(
            """INSERT INTO identity SELECT pseudonym, (SELECT coalesce(max(person_id), 0) FROM identity)
            + row_number() OVER (ORDER BY pseudonym) FROM ingested_person WHERE NOT again AND NOT objected
            AND pseudonym NOT IN (SELECT pseudonym FROM identity)"""
        )
        connection.execute(
            """INSERT INTO source_person SELECT ?, person_id, birth_date, sex, municipality, death_date
            FROM ingested_person JOIN identity USING (pseudonym) WHERE NOT again AND NOT objected ORDER BY person_id""",
            [mapping.id],
        )
    connection.execute("DELETE FROM source WHERE id = ?", [mapping.id])
    legal = mapping.legal
    connection.execute(
        "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, current_date, ?, ?)",
        [
            mapping.id,
            legal.controller,
            legal.purpose,
            legal.legal_basis,
            legal.agreement,
            legal.linkage,
            list(legal.permitted_indicators),
            legal.delete_by,
            mapping.precedence,
            legal.organisations_not_recorded,
            mapping.objections_left_out,
        ],
    )
    _merge_persons(connection)
    return new


def _merge_persons(connection: duckdb.DuckDBPyConnection) -> None:
    """Make one row per person: each attribute from the most authoritative source that states it."""
    connection.execute(
        """INSERT INTO person
        WITH ranked AS (SELECT p.*, row_number() OVER (PARTITION BY p.person_id ORDER BY s.precedence, s.id) AS place
                        FROM source_person p JOIN source s ON s.id = p.source)
        SELECT person_id, arg_min(birth_date, place),
               coalesce(arg_min(sex, place) FILTER (WHERE sex <> 'unknown'), 'unknown'),
               arg_min(municipality, place) FILTER (WHERE municipality IS NOT NULL),
               arg_min(death_date, place) FILTER (WHERE death_date IS NOT NULL)
        FROM ranked GROUP BY person_id ORDER BY person_id
        ON CONFLICT (person_id) DO UPDATE SET birth_date = excluded.birth_date, sex = excluded.sex,
            municipality = excluded.municipality, death_date = excluded.death_date"""
    )


def _insert(connection: duckdb.DuckDBPyConnection, source: str, record: Record, table: str) -> None:
    kept = _KEPT[record]
    connection.execute(
        f"""INSERT INTO {record} (person_id, {", ".join(kept)}, source)
        SELECT person_id, {", ".join(kept.values())}, ? FROM {table} JOIN identity USING (pseudonym)
        JOIN person USING (person_id) WHERE NOT again AND NOT objected ORDER BY person_id, file_no, "row" """,  # nosec B608  # noqa: S608
        [source],
    )
    connection.execute(
        f"""INSERT INTO touched SELECT DISTINCT person_id FROM {table} JOIN identity USING (pseudonym)
        JOIN person USING (person_id) WHERE NOT objected"""  # nosec B608  # noqa: S608 - table names are ours
    )


def _counted(connection: duckdb.DuckDBPyConnection, source: str, new: int) -> LinkedPerson:
    connection.execute("INSERT INTO touched SELECT person_id FROM source_person WHERE source = ?", [source])
    others = " UNION ".join(
        f"SELECT person_id FROM {table} WHERE source <> $source"  # nosec B608  # noqa: S608 - table names are ours
        for table in ("source_person", *RECORD_TABLES)
    )
    named = {"source": source}
    return LinkedPerson(
        in_store=_single(connection, "SELECT count(*) FROM person"),
        in_source=_single(connection, "SELECT count(DISTINCT person_id) FROM touched"),
        new=new,
        in_other_sources=_single(
            connection,
            f"SELECT count(DISTINCT person_id) FROM touched WHERE person_id IN ({others})",  # nosec B608  # noqa: S608
            named,
        ),
        conflicts=_single(
            connection,
            """SELECT count(*) FROM (SELECT person_id FROM source_person
            WHERE person_id IN (SELECT person_id FROM source_person WHERE source = $source) GROUP BY person_id
            HAVING count(DISTINCT birth_date) > 1 OR count(DISTINCT sex) FILTER (WHERE sex <> 'unknown') > 1
                OR count(DISTINCT municipality) > 1 OR count(DISTINCT death_date) > 1)""",
            named,
        ),
    )


def _single(connection: duckdb.DuckDBPyConnection, query: str, named: dict[str, str] | None = None) -> int:
    row = connection.execute(query, named).fetchone() if named else connection.execute(query).fetchone()
    return int(row[0]) if row is not None else 0
