"""Take over figures that are public already, for one region; they never meet records."""

from pathlib import Path

from connectors.sources import SourceRefused
from connectors.sources.published_table import TableRead, published_table
from schemas.catalogue import catalogue
from schemas.payloads import Cell, TakenOver
from schemas.values import NotAvailable, Rounded

from .figures import PublishedTable


def take_over(file: Path, mapping_file: Path, region_code: str) -> tuple[PublishedTable, ...]:
    """Take over one region's rows of a public table: its own row first, then those of its municipalities.

    Gives one PublishedTable per indicator of the mapping, with dimension `area` and a cell per row: the percentage
    as the source writes it, rounded to the source's step, or NotAvailable where the source has an empty cell.
    Raises SourceRefused where the files are not as the mapping says, or know no such region or indicator.
    """
    table = published_table(file, mapping_file)
    if region_code not in table.figures or region_code not in table.members:
        raise SourceRefused(f"{file.name} has no rows for region {region_code}; check the region code.")
    unknown = [indicator for indicator in table.indicators if indicator not in catalogue()]
    if unknown:
        raise SourceRefused(f"In {mapping_file.name}, key values: {unknown[0]} is not in the catalogue; correct it.")
    wrong = [indicator for indicator in table.indicators if catalogue()[indicator].kind != "percentage"]
    if wrong:
        raise SourceRefused(f"In {mapping_file.name}, key values: {wrong[0]} is not of kind percentage; correct it.")
    areas = (region_code, *table.members[region_code])
    origin = _origin(table)
    return tuple(
        PublishedTable(
            definition=catalogue()[indicator],
            period=table.period,
            division_year=table.division_year,
            dimensions=("area",),
            cells=tuple(_cell(table, area, indicator) for area in areas),
            origin=origin,
        )
        for indicator in table.indicators
    )


def _origin(table: TableRead) -> TakenOver:
    return TakenOver(
        owner=table.owner,
        table=table.table,
        url=table.url,
        licence=table.licence,
        retrieved_on=table.retrieved_on,
        file_sha256=table.file_sha256,
    )


def _cell(table: TableRead, area: str, indicator: str) -> Cell:
    text = table.figures[area][indicator]
    return Cell((area,), NotAvailable() if text is None else Rounded(text, table.step))
