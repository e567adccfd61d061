"""Take over figures that are public already, for one region; they never meet records."""

from pathlib import Path
from typing import Final

from connectors.sources import SourceRefused
from connectors.sources.published_table import TableRead, published_table
from schemas.catalogue import catalogue
from schemas.payloads import Cell, TakenOver
from schemas.values import Exact, NotAvailable, Rounded, TypedValue

from .figures import PublishedTable, WholeTable

_EMPTY: Final = NotAvailable()


def take_over(file: Path, mapping_file: Path, region_code: str) -> tuple[PublishedTable, ...]:
    """Take over one region's rows of a public table: its own row first, then those of its municipalities.

    Gives one PublishedTable per indicator of the mapping and period of the table, with dimension `area` and a cell per
    row: a count exactly, another figure as the source writes it, rounded to the source's step, or NotAvailable where
    the source has an empty cell or a text instead. A table that is `complete` may have nothing (any more) for a region.
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
    areas = (region_code, *table.members[region_code])
    origin = _origin(table)
    found = tuple(
        PublishedTable(definitions[indicator], period, table.division_year, ("area",), cells, origin)
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
    """Return sentences on rows that no region takes over; raises SourceRefused."""
    found = published_table(file, mapping_file).without_area
    return (f"{found} rows of {file.name} belong to no area and were left out.",) if found else ()


def _origin(table: TableRead) -> TakenOver:
    return TakenOver(
        owner=table.owner,
        table=table.table,
        url=table.url,
        licence=table.licence,
        retrieved_on=table.retrieved_on,
        file_sha256=table.file_sha256,
    )


def _value(table: TableRead, text: str | None) -> TypedValue:
    if text is None:
        return _EMPTY
    return Exact(int(text)) if table.numbers == "count" else Rounded(text, table.step)
