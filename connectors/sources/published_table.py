"""Read a table of figures that is public already, such as a StatLine CSV, by a mapping file.

A table is wide (a row per area) or long (a row per area and day); one figure per indicator. `.gz` is unpacked.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from schemas.codes import AREA_CODE, REGION_CODE

from . import SourceRefused
from .published_reader import MUNICIPALITY, Figure, Figures, RowsRefused, TableReader, place_of
from .published_rows import rows_of
from .table_mapping import read_mapping

__all__ = ["Figure", "RowsRefused"]  # known by this module's name


@dataclass(frozen=True, slots=True)
class TableRead:
    """A whole published table: numbers as the source writes them (counts without `.0`).

    `figures[period][area]` are the texts of one row; `members[region]` are the areas of a region that have a row, in
    order. `columns` are those that the indicators were read from, in the same order. `rows` counts all rows below the
    headings, `passed` those that pass the filters, `without_area` those that belong to no area; `complete` says that
    the file is all the owner publishes; `provisional` are the periods and indicators of which the source marks a figure
    as provisional.
    """

    figures: Mapping[str, Mapping[str, Figures]]
    members: Mapping[str, tuple[str, ...]]
    indicators: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: str
    step: str
    division_year: int
    rows: int
    passed: int
    without_area: int
    provisional: frozenset[tuple[str, str]]
    complete: bool
    owner: str
    table: str
    url: str
    licence: str
    retrieved_on: str
    file_sha256: str


def published_table(file: Path, mapping_file: Path) -> TableRead:
    """Read a published table once per process: unchanged files are not parsed again.

    Raises SourceRefused with one sentence where a file is missing, is not as the mapping says or has a bad cell.
    """
    mapping_bytes, table_bytes = _bytes_of(mapping_file), _bytes_of(file)
    mapping = read_mapping(mapping_bytes, mapping_file.name)
    membership_file = mapping_file.parent / mapping["membership"]["file"]
    return _parse(
        file.name, table_bytes, mapping_file.name, mapping_bytes, membership_file.name, _bytes_of(membership_file)
    )


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceRefused(f"{file.name} cannot be read; check its path and its permissions.") from error


@lru_cache(maxsize=8)
def _parse(
    name: str, table: bytes, mapping_name: str, mapping_bytes: bytes, membership_name: str, membership: bytes
) -> TableRead:
    mapping = read_mapping(mapping_bytes, mapping_name)
    step = "1" if mapping["decimals"] == 0 else "0." + "0" * (mapping["decimals"] - 1) + "1"
    reader = TableReader(name, mapping, step)
    figures = reader.figures(table)
    region_of = _membership(membership_name, membership, mapping["membership"])
    members: dict[str, list[str]] = {region: [] for region in sorted(set(region_of.values()))}
    areas = sorted({area for rows in figures.values() for area in rows})
    homeless = [area for area in areas if area.startswith(MUNICIPALITY) and area not in region_of]
    if homeless:
        more = f" and {len(homeless) - 1} more" if len(homeless) > 1 else ""
        raise SourceRefused(f"{membership_name} has no row for {homeless[0]}{more}, which {name} has; add the region.")
    for area in areas:
        if area in region_of:
            members[region_of[area]].append(area)
    return TableRead(
        figures=figures,
        members={region: tuple(areas) for region, areas in members.items()},
        indicators=tuple(mapping["values"].values()),
        columns=tuple(mapping["values"]),
        numbers=mapping["numbers"],
        step=step,
        division_year=mapping["division_year"],
        rows=reader.rows,
        passed=reader.passed,
        without_area=reader.without_area,
        provisional=frozenset(reader.provisional),
        complete=mapping["complete"],
        owner=mapping["owner"],
        table=mapping["table"],
        url=mapping["url"],
        licence=mapping["licence"],
        retrieved_on=mapping["retrieved_on"].isoformat(),
        file_sha256=hashlib.sha256(table).hexdigest(),
    )


def _membership(name: str, content: bytes, form: Mapping[str, Any]) -> dict[str, str]:
    rows = rows_of(name, content, {**form, "decimal": "."})
    header = next(rows, (1, []))[1]
    of_area, of_region = place_of(name, header, form["area_column"]), place_of(name, header, form["region_column"])
    region_of: dict[str, str] = {}
    for number, row in rows:
        area, region = row[of_area].strip(), row[of_region].strip()
        if area in region_of:
            raise SourceRefused(f"{name}, row {number}: area {area} occurs twice; give every area one region.")
        if not (AREA_CODE.fullmatch(area) and REGION_CODE.fullmatch(region)):
            raise SourceRefused(f"{name}, row {number}: expected an area code and a region code; correct this row.")
        region_of[area] = region
    return region_of
