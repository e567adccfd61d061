"""Look at typed rows for what cannot be right: empty columns, impossible dates and values, gaps in time.

Thresholds are this project's choice; every finding is a reason to ask, and only `refused` stops a load.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Final

import duckdb

from connectors.sources.canonical import FIELDS
from connectors.sources.mapping import FileMapping
from schemas.plain_yaml import read_yaml

from .finding import Finding, Severity
from .ingest import Ingested
from .profile import DAY_OF, FileProfile, Profile

_OLDEST: Final = 120  # years; the oldest person known lived 122
_CONSTANT_FROM: Final = 100  # rows
_MAY_BE_CONSTANT: Final = ("code_system", "municipality", "category", "encounter_type", "urgency")
_MOSTLY_EMPTY: Final = 0.5
_MOSTLY_OPEN: Final = ("death_date", "end_date")  # most people live, and most conditions go on
_MANY_REJECTED: Final = 0.01
_MANY_REPEATED: Final = 0.02
_MANY_NEGATIVE: Final = 0.05
_GAP: Final = 0.4  # of the median of the months around
_AROUND: Final = 3  # months on either side
_USUAL_MONTH: Final = 20  # rows; below that a month's number says little
_LATE_BILLS: Final = 366  # days after death in which costs still come in


def findings(
    connection: duckdb.DuckDBPyConnection,
    ingested: Ingested,
    profile: Profile,
    today: date,
    payees_decided: bool = False,
) -> tuple[Finding, ...]:
    """Look at the rows of the load that is under way, after linking, which tells who was born and died when.

    With `payees_decided` it was recorded why costs need not say who was paid.
    """
    found: list[Finding] = []
    for number, (one, file) in enumerate(zip(profile, ingested.files, strict=True)):
        found += _of_profile(one, file)
        found += _impossible(connection, one, number, today)
        if one.record == "cost" and not payees_decided:
            found += _unattributed(connection, one, number)
    return tuple(found)


def _of_profile(one: FileProfile, file: FileMapping) -> Iterator[Finding]:
    if one.rejected:
        severity: Severity = "warning" if one.rejected > _MANY_REJECTED * one.read else "note"
        yield Finding("rejected", severity, one.file, rows=one.rejected, of=one.read)
    if one.repeated:
        severity = "warning" if one.repeated > _MANY_REPEATED * one.sound else "note"
        yield Finding("repeated", severity, one.file, rows=one.repeated, of=one.sound)
    for field, empty in one.empty.items():
        column = file.column_of(field)
        if one.sound and empty > _MOSTLY_EMPTY * one.sound and FIELDS[one.record][field].form != "last_date":
            if field in _MOSTLY_OPEN and empty < one.sound:
                continue
            yield Finding(
                "empty", "serious" if empty == one.sound else "warning", one.file, column,
                empty, one.sound,
            )  # fmt: skip
        is_column = file.fields[field].column is not None and field not in _MAY_BE_CONSTANT
        if is_column and field in one.constant and not empty and one.sound >= _CONSTANT_FROM:
            yield Finding("constant", "note" if field == "code" else "warning", one.file, column, of=one.sound)
    gaps = months_with_gap(one.months)
    if gaps:
        yield Finding("gap", "warning", one.file, rows=len(gaps), detail=named(gaps))


def months_with_gap(months: dict[str, int]) -> list[str]:
    """Return the months with less than 0.4 of the median of the three on either side, the first and last left out."""
    if not months:
        return []
    every = _between(min(months), max(months))
    counts = [months.get(month, 0) for month in every]
    found = []
    for place in range(1, len(every) - 1):
        around = counts[max(0, place - _AROUND) : place] + counts[place + 1 : place + 1 + _AROUND]
        usual = median(around)
        if usual >= _USUAL_MONTH and counts[place] < _GAP * usual:
            found.append(every[place])
    return found


def _between(first: str, last: str) -> list[str]:
    place, end = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (first, last))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(place, end + 1)]


def named(names: Sequence[str], most: int = 6) -> str:
    """Return names in one text, the first few of many."""
    return ", ".join(names[:most]) + (f" (+{len(names) - most})" if len(names) > most else "")


def _impossible(connection: duckdb.DuckDBPyConnection, one: FileProfile, number: int, today: date) -> Iterator[Finding]:
    def rows(condition: str, table: str = f"ingested_{one.record} r") -> int:
        query = f"SELECT count(*) FROM {table} WHERE r.file_no = {number} AND ({condition})"  # nosec B608  # noqa: S608
        found = connection.execute(query).fetchone()
        return int(found[0]) if found else 0

    def yielded(
        kind: str, count: int, severity: Severity = "warning", field: str = "", detail: str = ""
    ) -> list[Finding]:
        return [Finding(kind, severity, one.file, field, count, one.sound, detail)] if count else []

    now = f"DATE '{today.isoformat()}'"
    for field, expected in FIELDS[one.record].items():
        is_end = field in ("end_date", "last_date")
        if expected.form in ("date", "last_date") and field in one.empty and not is_end:
            yield from yielded("in_future", rows(f'"{field}" > {now}'), field=field)
    if one.record == "person":
        until = f"least(coalesce(death_date, {now}), {now})"
        yield from yielded("too_old", rows(f"date_diff('year', birth_date, {until}) > {_OLDEST}"))
        return
    day = DAY_OF[one.record]
    linked = f"ingested_{one.record} r JOIN identity i USING (pseudonym) JOIN person p USING (person_id)"
    yield from yielded("before_birth", rows(f"r.{day} < p.birth_date", linked))
    if one.record not in ("coverage", "residence", "condition"):
        grace = _LATE_BILLS if one.record == "cost" else 0
        yield from yielded("after_death", rows(f"r.{day} > p.death_date + {grace}", linked))
    outside = rows("NOT again AND NOT objected AND pseudonym NOT IN (SELECT pseudonym FROM identity)")
    yield from yielded("outside", outside, "warning" if outside > 0.2 * one.sound else "note")
    if one.record == "cost":
        below = rows("amount < 0")
        yield from yielded("negative", below, "warning" if below > _MANY_NEGATIVE * one.sound else "note")
    if one.record == "measurement":
        yield from _implausible(connection, one, number)


def _unattributed(connection: duckdb.DuckDBPyConnection, one: FileProfile, number: int) -> Iterator[Finding]:
    row = connection.execute(
        "SELECT count(*) FROM ingested_cost WHERE file_no = ? AND organisation IS NULL AND NOT again", [number]
    ).fetchone()
    if row and row[0]:
        yield Finding("no_payee", "warning", one.file, rows=int(row[0]), of=one.sound)


def _implausible(connection: duckdb.DuckDBPyConnection, one: FileProfile, number: int) -> Iterator[Finding]:
    cases = connection.execute(
        f"""SELECT key, count(*) FILTER (value < low OR value > high), count(value) FROM
        (SELECT code_system || ' ' || code AS key, value FROM ingested_measurement WHERE file_no = {number}) r
        JOIN (VALUES {_values()}) AS plausible (key, low, high) USING (key) GROUP BY key ORDER BY key"""  # nosec B608  # noqa: S608
    ).fetchall()
    for key, outside, of in cases:
        if outside:
            yield Finding("implausible", "warning", one.file, "value", int(outside), int(of), str(key))


@lru_cache(maxsize=1)
def _values() -> str:
    document = read_yaml(Path(__file__).with_name("plausible.yaml").read_text(encoding="utf-8"))
    return ", ".join(
        f"('{entry['code']}', DECIMAL '{entry['low']}', DECIMAL '{entry['high']}')" for entry in document["ranges"]
    )
