"""The profile of a load: counts that tell whether the next extract looks like this one. It stays in the store."""

from collections.abc import Mapping
from typing import Any, Final

import duckdb
import msgspec

from connectors.sources.canonical import Record
from connectors.sources.mapping import FileMapping

from .ingest import Ingested

FEWEST_SHOWN: Final = 10  # a code of fewer persons is not kept by name, and fewer rows of a month are not shown in JSON
_MOST_CODES: Final = 200
DAY_OF: Final[Mapping[Record, str]] = {
    "coverage": "start_date",
    "residence": "start_date",
    "condition": "start_date",
    "encounter": "start_date",
    "measurement": "measured_on",
    "treatment": "start_date",
    "cost": "start_date",
}
_CODE_OF: Final[Mapping[Record, str]] = {
    "person": "sex",
    "condition": "code_system || ' ' || code",
    "encounter": "encounter_type",
    "measurement": "code_system || ' ' || code",
    "treatment": "code_system || ' ' || code",
    "cost": "category",
}


class FileProfile(msgspec.Struct, frozen=True):
    """Counts of the sound rows of one file.

    `empty` is by canonical field, `constant` the fields with one value in all filled rows, `codes` by code that ten
    persons or more have, `months` by YYYY-MM.
    """

    file: str
    record: Record
    read: int
    rejected: int
    sound: int
    repeated: int
    empty: dict[str, int]
    constant: tuple[str, ...]
    codes: dict[str, int]
    months: dict[str, int]


Profile = tuple[FileProfile, ...]


def profiled(connection: duckdb.DuckDBPyConnection, ingested: Ingested) -> Profile:
    """Count what each file of a source holds, from the typed rows of the load that is under way."""
    rejected = dict(connection.execute("SELECT file_no, count(*) FROM rejected GROUP BY file_no").fetchall())
    return tuple(
        _of_file(connection, number, file, read, int(rejected.get(number, 0)))
        for number, (file, read) in enumerate(zip(ingested.files, ingested.rows_read, strict=True))
    )


def _of_file(
    connection: duckdb.DuckDBPyConnection, number: int, file: FileMapping, read: int, rejected: int
) -> FileProfile:
    table, mapped = f"ingested_{file.record}", [name for name in file.fields if name != "person_id"]
    counts = ", ".join(
        f'count(*) FILTER ("{name}" IS NULL), coalesce(min("{name}") = max("{name}"), false)::INT' for name in mapped
    )
    row = _row(
        connection,
        f"SELECT count(*), count(*) FILTER (again){', ' if counts else ''}{counts} FROM {table} WHERE file_no = ?",  # nosec B608  # noqa: S608
        number,
    )
    sound, repeated, *by_field = (int(value) for value in row)
    code, day = _CODE_OF.get(file.record), DAY_OF.get(file.record)
    codes = {} if code is None else _counted(connection, code, table, number, FEWEST_SHOWN, _MOST_CODES)
    months = {} if day is None else _counted(connection, f"strftime({day}, '%Y-%m')", table, number, 1, 3000)
    return FileProfile(
        file=file.label,
        record=file.record,
        read=read,
        rejected=rejected,
        sound=sound,
        repeated=repeated,
        empty=dict(zip(mapped, by_field[::2], strict=True)),
        constant=tuple(name for name, is_one in zip(mapped, by_field[1::2], strict=True) if is_one),
        codes=codes,
        months=months,
    )


def _row(connection: duckdb.DuckDBPyConnection, query: str, number: int) -> tuple[Any, ...]:
    return connection.execute(query, [number]).fetchone() or ()


def _counted(
    connection: duckdb.DuckDBPyConnection, what: str, table: str, number: int, fewest: int, most: int
) -> dict[str, int]:
    rows = connection.execute(
        f"""SELECT key, rows FROM (SELECT {what} AS key, count(*) AS rows FROM {table} WHERE file_no = ? GROUP BY key
        HAVING {fewest} <= 1 OR count(DISTINCT pseudonym) >= {fewest}) WHERE key IS NOT NULL
        ORDER BY rows DESC, key LIMIT {most}""",  # nosec B608  # noqa: S608
        [number],
    ).fetchall()
    return {str(key): int(count) for key, count in sorted(rows)}


def filled_line(file: FileProfile) -> str:
    """Return how complete each field of a file is, as one line: whole per cents, rounded down."""
    shares = (
        f"`{name}` {(file.sound - empty) * 100 // file.sound}%" for name, empty in file.empty.items() if file.sound
    )
    return f"{file.file}: {', '.join(shares)}"


def shown(profile: Profile) -> list[dict[str, Any]]:
    """Return a profile for eyes outside the node's store: counts of 1 to 9 by month are `null`.

    So is the smallest other, where these are together fewer than ten: all rows less the other months would tell them.
    """
    found = []
    for file in profile:
        document = msgspec.to_builtins(file)
        hidden = {month for month, count in file.months.items() if count < FEWEST_SHOWN}
        others = sorted((count, month) for month, count in file.months.items() if month not in hidden)
        if hidden and others and (len(hidden) == 1 or sum(file.months[month] for month in hidden) < FEWEST_SHOWN):
            hidden.add(others[0][1])
        document["months"] = {month: None if month in hidden else count for month, count in file.months.items()}
        found.append(document)
    return found
