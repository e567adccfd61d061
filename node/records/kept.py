"""What was counted per person and is kept beside the records: it follows every change of theirs at once.

The indicators keep tables with the columns `source`, `person_id`, `part` (a stretch of time) and numbers of their own.
Whatever changes records here takes the rows of the persons concerned out of these tables in the same transaction, and
notes whom to count again. So nothing derived outlives the rows it came from, and nobody is counted by what was.
"""

from typing import Any, Final

import duckdb

SCHEMA: Final = """
CREATE SEQUENCE IF NOT EXISTS kept_revision;
CREATE TABLE IF NOT EXISTS kept (name VARCHAR NOT NULL, record VARCHAR NOT NULL, used BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS kept_part (name VARCHAR NOT NULL, part INTEGER NOT NULL, revision BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS kept_stale (name VARCHAR NOT NULL, source VARCHAR NOT NULL, person_id BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS kept_cells (plan VARCHAR NOT NULL, frame INTEGER NOT NULL, basis VARCHAR NOT NULL,
  cells BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS kept_basis (record VARCHAR NOT NULL, source VARCHAR NOT NULL, records BIGINT NOT NULL,
  looks HUGEINT NOT NULL);
"""
NOBODYS: Final = ""  # the source of rows about persons themselves, whom several sources describe
WHOLE: Final = -1
"""Nobody's number: who waits of a source of which nothing is kept, since all of it is counted then."""
_OF_ANY: Final = "any "
_OF_OBSERVED: Final = "observed "
_RECORDS: Final = ("condition", "encounter", "measurement", "treatment", "cost")
_ABOUT_PERSONS: Final = ("person", "coverage", "lived_in")
_PERSON: Final = ("birth_date", "sex", "municipality", "death_date")


def is_possible(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether this store has a place for what is kept; one that an earlier version made may have none yet."""
    try:
        connection.execute("SELECT 1 FROM kept_basis LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def tables(connection: duckdb.DuckDBPyConnection, record: str | None = None) -> tuple[str, ...]:
    """Return the kept tables, or those about one kind of record; `person` stands for persons, coverage and homes."""
    rows = connection.execute("SELECT name, record FROM kept ORDER BY name").fetchall()
    return tuple(name for name, of in rows if record in (None, of))


def of_any_source(record: str) -> str:
    """Return the kind of record of tables whose rows, `NOBODYS`, are made of records that several sources bring."""
    return _OF_ANY + record


def of_observed(record: str) -> str:
    """Return the kind of record of tables whose rows, each of a source, also hang on where persons lived, and when."""
    return _OF_OBSERVED + record


def is_as_noted(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether the records are those that the kept tables follow; rows changed past this module show here.

    Persons, coverage and residence are compared in full; of other records their number and the sum of whose they are.
    """
    noted = "SELECT record, sum(records), sum(looks) FROM kept_basis GROUP BY record"
    return _counted(connection, "") == set(connection.execute(noted).fetchall())


def note_basis(connection: duckdb.DuckDBPyConnection) -> None:
    """Note which records the kept tables follow from now on."""
    if tables(connection):
        rows = sorted(_counted(connection, "source"))
        connection.execute("DELETE FROM kept_basis")
        if rows:
            connection.executemany("INSERT INTO kept_basis VALUES (?, ?, ?, ?)", rows)


def sources(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Return per kind of record the sources that had brought any when the records were last looked at."""
    found: dict[str, set[str]] = {}
    for record, source in connection.execute("SELECT record, source FROM kept_basis").fetchall():
        found.setdefault(record, set()).add(source)
    return found


def drop_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop everything that is kept; it is counted anew from the records when it is asked for again."""
    for name in tables(connection):
        drop(connection, name)
    for table in ("kept_cells", "kept_basis"):
        connection.execute(f"DELETE FROM {table}")  # nosec B608  # noqa: S608 - names are ours


def drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop one kept table."""
    connection.execute(f"DROP TABLE {name}")
    for table in ("kept", "kept_part", "kept_stale"):
        connection.execute(f"DELETE FROM {table} WHERE name = ?", [name])  # nosec B608  # noqa: S608 - names are ours


def _counted(connection: duckdb.DuckDBPyConnection, per: str) -> set[tuple[Any, ...]]:
    """Return per kind of record, and per `source` where asked, how many there are and a sum that tells them apart."""
    named, grouped = (f"{per}, ", f" GROUP BY {per}") if per else ("", " HAVING count(*) > 0")
    looks = {name: f"hash({name})::HUGEINT" for name in ("coverage", "residence")}
    whole = " UNION ALL ".join(
        f"SELECT '{name}', {named}count(*), sum({looks.get(name, 'person_id')}) FROM {name}{grouped}"  # nosec B608  # noqa: S608
        for name in ("coverage", "residence", *_RECORDS)
    )
    nobodys = f"'{NOBODYS}', " if per else ""
    persons = f"SELECT 'person', {nobodys}count(*), sum(hash(person)::HUGEINT) FROM person HAVING count(*) > 0"  # nosec B608  # noqa: S608
    return set(connection.execute(f"{persons} UNION ALL {whole}").fetchall())


def note_before(connection: duckdb.DuckDBPyConnection, source: str) -> tuple[str, ...]:
    """Remember how the rows of a source look before they are replaced; return the kinds of record that matter.

    Nothing is kept in most stores, and then nothing is done.
    """
    if tables(connection) and not is_as_noted(connection):
        drop_all(connection)
    kinds = connection.execute("SELECT DISTINCT record FROM kept ORDER BY 1").fetchall()
    records = tuple(dict.fromkeys(of.removeprefix(_OF_ANY).removeprefix(_OF_OBSERVED) for (of,) in kinds))
    hangs_on_persons = "person" in records or any(of.startswith(_OF_OBSERVED) for (of,) in kinds)
    wanted = tuple(dict.fromkeys((*records, *_ABOUT_PERSONS))) if hangs_on_persons else records
    for record in wanted:
        connection.execute(f"CREATE TEMP TABLE before_{record} AS {_looks(record)}", _of(record, source))  # nosec B608
    return wanted


def note_after(connection: duckdb.DuckDBPyConnection, source: str, wanted: tuple[str, ...]) -> None:
    """Compare with what `note_before` remembered: whose rows differ is to be counted again."""
    for record in wanted:
        connection.execute(
            f"""CREATE TEMP TABLE differing AS SELECT DISTINCT person_id
            FROM before_{record} FULL JOIN ({_looks(record)}) AS now USING (person_id)
            WHERE before_{record}.looks IS DISTINCT FROM now.looks
               OR before_{record}.records IS DISTINCT FROM now.records""",  # nosec B608  # noqa: S608 - names are ours
            _of(record, source),
        )
        about_persons = record in _ABOUT_PERSONS
        for name in tables(connection, "person" if about_persons else of_any_source(record)):
            _take_out(connection, name, NOBODYS)
        if about_persons:
            _take_out_of_every_source(connection)
        for name in () if about_persons else (*tables(connection, record), *tables(connection, of_observed(record))):
            _take_out(connection, name, source)
        connection.execute(f"DROP TABLE differing; DROP TABLE before_{record}")


def forget_source(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Take out what came from the records of a source, which are deleted in the same transaction."""
    if tables(connection) and not is_as_noted(connection):
        drop_all(connection)
    connection.execute("DELETE FROM kept_cells")  # cells were counted from rows that are to go
    for name in tables(connection):
        _delete(connection, name, "source = ?", [source])
    connection.execute("DELETE FROM kept_stale WHERE source = ?", [source])
    persons = " UNION ".join(
        f"SELECT person_id FROM {one} WHERE source = $1"  # nosec B608  # noqa: S608 - names are ours
        for one in ("coverage", "source_person", "residence")
    )
    whose = {"person": persons}
    for one in _RECORDS:
        whose[of_any_source(one)] = f"SELECT person_id FROM {one} WHERE source = $1"  # nosec B608  # noqa: S608 - ours
    for record, query in whose.items():
        if concerned := tables(connection, record):
            made = f"CREATE TEMP TABLE differing AS SELECT DISTINCT person_id FROM ({query})"  # nosec B608  # noqa: S608
            connection.execute(made, [source])
            for name in concerned:
                _take_out(connection, name, NOBODYS)
            if record == "person":
                _take_out_of_every_source(connection, but=source)
            connection.execute("DROP TABLE differing")


def forget_unknown_persons(connection: duckdb.DuckDBPyConnection) -> None:
    """Take out whoever no source describes any more."""
    unknown = "person_id NOT IN (SELECT person_id FROM source_person)"
    is_person = f"person_id <> {WHOLE}"
    gone = [name for name in tables(connection) if _delete(connection, name, unknown, [])]
    if gone:
        connection.execute("DELETE FROM kept_cells")  # cells were counted from rows that are to go
    connection.execute(f"DELETE FROM kept_stale WHERE {is_person} AND {unknown}")  # nosec B608  # noqa: S608 - no user text


def _take_out(connection: duckdb.DuckDBPyConnection, name: str, source: str) -> None:
    """Take the persons in `differing` out of a kept table, to be counted again.

    Of a source of which nothing is left there, as of one just loaded, all is counted again: then nobody is named.
    """
    _delete(connection, name, "source = ? AND person_id IN (SELECT person_id FROM differing)", [source])
    is_whole = source != NOBODYS and not holds(connection, name, source)
    who = f"SELECT {WHOLE} FROM differing LIMIT 1" if is_whole else "SELECT person_id FROM differing"  # nosec B608  # noqa: S608
    connection.execute(
        f"INSERT INTO kept_stale SELECT ?, ?, * FROM ({who}) EXCEPT SELECT * FROM kept_stale",  # nosec B608  # noqa: S608
        [name, source],
    )


def _take_out_of_every_source(connection: duckdb.DuckDBPyConnection, but: str | None = None) -> None:
    """Take the persons in `differing`, who lived otherwise than was thought, out of tables that hang on that."""
    for record, of_record in sources(connection).items():
        for name in tables(connection, of_observed(record)):
            for source in sorted(of_record - {but}):
                _take_out(connection, name, source)


def holds(connection: duckdb.DuckDBPyConnection, name: str, source: str) -> bool:
    """Tell whether any row of a source is kept in a table."""
    query = f"SELECT 1 FROM {name} WHERE source = ? LIMIT 1"  # nosec B608  # noqa: S608 - names are ours
    return connection.execute(query, [source]).fetchone() is not None


def _delete(connection: duckdb.DuckDBPyConnection, name: str, where: str, parameters: list[str]) -> bool:
    """Delete rows of a kept table and tell whether there were any."""
    touched = connection.execute(f"SELECT DISTINCT part FROM {name} WHERE {where}", parameters).fetchall()  # nosec B608  # noqa: S608
    connection.execute(f"DELETE FROM {name} WHERE {where}", parameters)  # nosec B608  # noqa: S608 - names are ours
    note_parts(connection, name, [part for (part,) in touched])
    return bool(touched)


def note_parts(connection: duckdb.DuckDBPyConnection, name: str, parts: list[int]) -> None:
    """Give parts of a kept table a new revision, so that no cells counted from what they were are used again."""
    connection.execute("DELETE FROM kept_part WHERE name = ? AND list_contains(?::INTEGER[], part)", [name, parts])
    connection.execute("INSERT INTO kept_part SELECT ?, unnest(?::INTEGER[]), nextval('kept_revision')", [name, parts])


def _looks(record: str) -> str:
    """Return a query with a number per person that tells differing rows apart, whatever their order.

    It is a sum of 64-bit hashes: two sets of rows of one person look alike by accident once in 2^64 comparisons.
    """
    if record == "person":
        return f"SELECT person_id, hash({', '.join(_PERSON)}) AS looks, 1 AS records FROM person"  # nosec B608  # noqa: S608
    of_source = "" if record == "lived_in" else " WHERE source = ?"
    return (
        f"SELECT person_id, sum(hash({record})::HUGEINT) AS looks, count(*) AS records FROM {record}"  # nosec B608  # noqa: S608
        f"{of_source} GROUP BY person_id"
    )


def _of(record: str, source: str) -> list[str]:
    return [] if record in ("person", "lived_in") else [source]
