"""Which indicators may be computed here: approved by the region, and permitted by every source's legal record."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy import Connection

from node import flow
from node.config import Settings, read_settings
from node.indicators import approved
from node.indicators.delivered import NotDelivered, delivered, require_some
from node.indicators.figures import ComputedIndicator
from node.indicators.standardised import crude
from node.indicators.warehouse import OnPostgreSQL, Place
from node.indicators.warehouse_form import require_fit
from node.records.quality import quality_of
from node.records.store import (
    controllers,
    delete_by_dates,
    delivered_until,
    open_to_measure,
    organisations_not_recorded,
    permitted_indicators,
    records_path,
)
from node.release.cuts import AS_DEFINED, Cut, apply
from schemas.definition import IndicatorDefinition
from schemas.refused import Refused


class NotPermitted(Refused, PermissionError):
    """An indicator that the legal record of a source does not permit."""


class NoRecords(Refused, FileNotFoundError):
    """A node into which no source was loaded."""


@contextmanager
def open_records(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the linked records for measuring; raises LightNode or NoRecords."""
    path = records_path(home)
    if not path.is_file():
        read_settings(home).check_full()  # a light node never has any
        raise NoRecords("No source is loaded here yet; run `python -m node source load MAPPING` first.")
    connection = open_to_measure(path)
    try:
        yield connection
    finally:
        connection.close()


CountingPlace = Callable[[duckdb.DuckDBPyConnection], AbstractContextManager[Place]]
"""Opens where records are counted, beside the linked store."""


@contextmanager
def counting_place(
    settings: Settings,
    open_warehouse: Callable[[], AbstractContextManager[Connection]],
    clock: Callable[[], datetime],
    records: duckdb.DuckDBPyConnection,
) -> Iterator[Place]:
    """Open where the records are counted: the linked store, or the warehouse that the settings name.

    Raises WarehouseUnfit where the warehouse may not be counted, and what opening it raises.
    """
    schema = settings.warehouse_schema
    if not schema:
        yield records
        return
    with open_warehouse() as connection:
        require_fit(connection, schema, delete_by_dates(records), clock().date())
        yield OnPostgreSQL(connection, organisations_not_recorded(records))


def owners(records: duckdb.DuckDBPyConnection, computed: Sequence[ComputedIndicator]) -> tuple[str, ...]:
    """Return the organisations whose records were counted, as their legal records name them."""
    known = controllers(records)
    used = dict.fromkeys(source for one in computed for source in one.sources)
    return tuple(dict.fromkeys(known[source] for source in used if source in known))


def chosen_definitions(
    connection: Connection, records: duckdb.DuckDBPyConnection, names: Sequence[str]
) -> tuple[IndicatorDefinition, ...]:
    """Return the named definitions, or all approved ones that the loaded sources permit.

    Raises NotPermitted, DefinitionUnknown, DefinitionNotApproved or DefinitionOutdated.
    """
    computable = approved.computable(connection)
    for name in names:
        if name not in computable:
            raise approved.refusal(connection, name)
    if not computable:
        raise approved.DefinitionNotApproved(
            "This region has approved no definition yet; see `python -m node definitions list`, then run "
            "`python -m node definitions approve ID --author NAME`."
        )
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


@dataclass(frozen=True)
class Measured:
    """What was computed, how it is cut more coarsely than defined, and of what sources are not delivered so far."""

    computed: tuple[ComputedIndicator, ...]
    coarser: tuple[str, ...]
    lacking: tuple[NotDelivered, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what reviewers read of what is not available, and of what is released in its crude form only."""
        return (*(one.sentence() for one in self.lacking), *self.coarser, *crude(self.computed))


def measured(
    connection: Connection,
    records: duckdb.DuckDBPyConnection,
    place: Place,
    names: Sequence[str],
    period: str,
    settings: Settings,
    to_release: bool = True,
    cut: Cut = AS_DEFINED,
) -> Measured:
    """Compute the named indicators, or all that are permitted, and lay beside each what is known of its quality.

    What looks beyond the day until which one of its sources is complete is not computed. Raises NothingDelivered where
    that is all, and with `to_release` a ReleaseRefused where what is asked cannot become a release, before counting.
    """
    chosen = chosen_definitions(connection, records, names)
    definitions, lacking = delivered(place, chosen, period, delivered_until(records))
    require_some(definitions, lacking)
    if to_release:
        flow.require_releasable(connection, definitions, period, settings.areas, cut)
    found = flow.measure(place, definitions, period, settings.areas)
    known = tuple(replace(one, quality=quality_of(records, one.sources, settings.coverage_percent)) for one in found)
    return Measured(*apply(known, cut), lacking)
