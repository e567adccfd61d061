"""Take over figures that are public already, for one region; they never meet records."""

from pathlib import Path
from typing import Final

import msgspec

from connectors.sources import SourceRefused
from connectors.sources.published_table import Figure, TableRead, published_table
from schemas.catalogue import catalogue
from schemas.payloads import Cell, TakenOver
from schemas.values import Exact, NotAvailable, Rounded, TypedValue

from .figures import PROVISIONAL, PublishedTable, WholeTable

_EMPTY: Final = NotAvailable()


def take_over(file: Path, mapping_file: Path, region_code: str) -> tuple[PublishedTable, ...]:
    """Take over one region's rows of a public table: its own row first, then those of its municipalities.

    Gives one PublishedTable per indicator of the mapping and period of the table, with dimension `area` and a cell per
    row: a count exactly, another figure as the source writes it, rounded to the source's step, what a symbol means, or
    NotAvailable where the source has an empty cell or a text instead. Of a period with provisional figures the origin
    says so. A table that is `complete` may have nothing (any more) for a region.
    Raises SourceRefused where the files are not as the mapping says, or know no such region or indicator.
    """
    table = published_table(file, mapping_file)
    if region_code not in table.members:
        raise SourceRefused(f"{file.name} has no rows for region {region_code}; check the region code.")
    definitions = catalogue()
    unknown = [indicator for indicator in table.indicators if indicator not in definitions]
    if unknown:
        raise SourceRefused(f"In {mapping_file.name}, key values: {unknown[0]} is not in the catalogue; correct it.")
    wrong = [indicator for indicator in table.indicators if definitions[indicator].kind != table.numbers]
    if wrong:
        raise SourceRefused(
            f"In {mapping_file.name}, key values: {wrong[0]} is not of kind {table.numbers}; correct it."
        )
    areas = tuple(dict.fromkeys((region_code, *table.members[region_code])))  # a membership may list the region itself
    origin = _origin(table)
    provisional = msgspec.structs.replace(origin, table=origin.table + PROVISIONAL)
    found = tuple(
        PublishedTable(
            definitions[indicator],
            period,
            table.division_year,
            ("area",),
            cells,
            provisional if (period, indicator) in table.provisional else origin,
        )
        for place, indicator in enumerate(table.indicators)
        for period, rows in sorted(table.figures.items())
        if (cells := tuple(Cell((area,), _value(table, rows[area][place])) for area in areas if area in rows))
    )
    if not found and not table.complete:
        raise SourceRefused(f"{file.name} has no rows for region {region_code}; check the region code.")
    return found


def whole_table(file: Path, mapping_file: Path) -> WholeTable | None:
    """Return what a table holds in full, None where its mapping does not say `complete`; raises SourceRefused."""
    table = published_table(file, mapping_file)
    return WholeTable(table.owner, table.table, table.indicators) if table.complete else None


def left_out(file: Path, mapping_file: Path) -> tuple[str, ...]:
    """Return sentences on rows that no region takes over and on provisional figures; raises SourceRefused."""
    found = published_table(file, mapping_file)
    said = []
    if found.without_area:
        said.append(
            f"1 row of {file.name} belongs to no area and was left out."
            if found.without_area == 1
            else f"{found.without_area} rows of {file.name} belong to no area and were left out."
        )
    if found.provisional:
        periods = ", ".join(sorted({period for period, _ in found.provisional}))
        said.append(f"The owner marks figures of {file.name} as provisional: {periods}.")
    return tuple(said)


def _origin(table: TableRead) -> TakenOver:
    return TakenOver(
        owner=table.owner,
        table=table.table,
        url=table.url,
        licence=table.licence,
        retrieved_on=table.retrieved_on,
        file_sha256=table.file_sha256,
    )


def _value(table: TableRead, figure: Figure) -> TypedValue:
    if figure is None:
        return _EMPTY
    if not isinstance(figure, str):
        return figure
    return Exact(int(figure)) if table.numbers == "count" else Rounded(figure, table.step)
