"""Which indicators may be computed here: in the catalogue, and permitted by every source's legal record."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from node.indicators.figures import ComputedIndicator
from node.records.store import controllers, open_to_measure, permitted_indicators, records_path
from schemas.catalogue import catalogue
from schemas.definition import IndicatorDefinition


class IndicatorUnknown(LookupError):
    """An indicator that the catalogue does not have, or that is not computed from records."""


class NotPermitted(PermissionError):
    """An indicator that the legal record of a source does not permit."""


class NoRecords(FileNotFoundError):
    """A node into which no source was loaded."""


@contextmanager
def open_records(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the linked records for measuring; raises NoRecords."""
    path = records_path(home)
    if not path.is_file():
        raise NoRecords("No source is loaded here yet; run `python -m node source load MAPPING` first.")
    connection = open_to_measure(path)
    try:
        yield connection
    finally:
        connection.close()


def owners(records: duckdb.DuckDBPyConnection, computed: Sequence[ComputedIndicator]) -> tuple[str, ...]:
    """Return the organisations whose records were counted, as their legal records name them."""
    known = controllers(records)
    used = dict.fromkeys(source for one in computed for source in one.sources)
    return tuple(dict.fromkeys(known[source] for source in used if source in known))


def chosen_definitions(records: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[IndicatorDefinition, ...]:
    """Return the named definitions, or all that the loaded sources permit; raises IndicatorUnknown or NotPermitted."""
    computable = {name: d for name, d in catalogue().items() if d.measure is not None}
    unknown = [name for name in names if name not in computable]
    if unknown:
        raise IndicatorUnknown(f"'{unknown[0]}' is no indicator that is computed from records; see docs/indicators.md.")
    allowed = permitted_indicators(records)
    forbidden = {
        name: [source for source, ids in allowed.items() if "all" not in ids and name not in ids] for name in computable
    }
    for name in names:
        if forbidden[name]:
            raise NotPermitted(
                f"The legal record of source '{forbidden[name][0]}' does not permit {name}; have it recorded first."
            )
    return tuple(computable[name] for name in (names or computable) if not forbidden[name])
