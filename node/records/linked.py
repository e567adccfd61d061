"""How the loaded sources are linked now: what they share, what the last comparison found, and what it misses by now."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final, Literal

import duckdb

from schemas.text import Text

from .clerical import Judgement, judged
from .linkage_report import LinkageReport, last_report
from .load_history import last_load

Stale = Literal["removed", "changed", "not_compared"]
_COMPARED: Final = "probabilistic"
_STALE: Final[dict[Stale, Text]] = {
    "removed": Text(
        "is na de koppeling verwijderd; haar personen tellen nog mee in deze tellingen",
        "was removed since the linkage; its persons are still in these counts",
    ),
    "changed": Text(
        "is na de koppeling anders geladen; koppel opnieuw met het nieuwe extract",
        "was loaded with other rows since the linkage; link again with the new extract",
    ),
    "not_compared": Text(
        "is nog met geen andere vergeleken; koppel opnieuw met alle mappings",
        "was never compared with another; link again with all mappings",
    ),
}


@dataclass(frozen=True, slots=True)
class SharedPersons:
    """How many persons two sources both describe, beside how many each does."""

    one: str
    other: str
    both: int
    of_one: int
    of_other: int


@dataclass(frozen=True)
class Linked:
    """How the sources are linked; counts only.

    `ways` says by source how it is linked. `stale` names sources that are not as they were when persons were compared:
    removed, loaded anew with other rows, or never compared at all.
    """

    ways: dict[str, str]
    shared: tuple[SharedPersons, ...]
    report: LinkageReport | None
    judgement: Judgement | None
    stale: dict[str, Stale]

    def stale_told(self) -> tuple[Text, ...]:
        """Return in words what was not compared as it is now."""
        return tuple(
            Text(f"Bron {source} {_STALE[why].nl}.", f"Source {source} {_STALE[why].en}.")
            for source, why in self.stale.items()
        )


def linked(connection: duckdb.DuckDBPyConnection) -> Linked:
    """Return how the sources of a store are linked."""
    ways = dict(connection.execute("SELECT id, linkage FROM source ORDER BY id").fetchall())
    report = last_report(connection)
    stale = {} if report is None else _stale(connection, report, ways)
    return Linked(ways, _shared(connection), report, judged(connection), stale)


def _shared(connection: duckdb.DuckDBPyConnection) -> tuple[SharedPersons, ...]:
    """Count by two sources the persons whom both describe; two that share nobody are told as well."""
    persons = dict(connection.execute("SELECT source, count(*) FROM source_person GROUP BY source").fetchall())
    rows = connection.execute(
        """SELECT a.source, b.source, count(*) FROM source_person a
        JOIN source_person b ON a.person_id = b.person_id AND a.source < b.source GROUP BY a.source, b.source"""
    ).fetchall()
    both = {(one, other): int(count) for one, other, count in rows}
    names = sorted(persons)
    return tuple(
        SharedPersons(one, other, both.get((one, other), 0), persons[one], persons[other])
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    )


def _stale(
    connection: duckdb.DuckDBPyConnection, report: LinkageReport, ways: dict[str, str]
) -> dict[str, Stale]:  # fmt: skip
    found: dict[str, Stale] = {}
    # an account from before the moment was kept has its day alone, whose own loads are on it
    made = report.finished_at or datetime.combine(datetime.fromisoformat(report.made_on), time.max, UTC)
    for source in report.sources:
        last = last_load(connection, source)
        if source not in ways:
            found[source] = "removed"
        elif last is not None and last.loaded_at > made:
            found[source] = "changed"
    found |= {one: "not_compared" for one, way in ways.items() if way == _COMPARED and one not in report.sources}
    return found
