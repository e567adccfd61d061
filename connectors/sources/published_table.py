"""Read a table of figures that is public already, such as a StatLine CSV, by a mapping file.

A table is wide (a row per area) or long (a row per area and day); one figure per indicator. `.gz` is unpacked.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from schemas.codes import AREA_CODE, REGION_CODE
from schemas.values import TypedValue

from . import SourceRefused
from .published_rows import rows_of
from .symbols import Symbols, typed
from .table_mapping import read_mapping

_LARGEST_PERCENTAGE: Final = 100
_MUNICIPALITY: Final = "GM"
_FORMS: Final = {  # numbers as sources write them, by how many decimals
    "percentage": (r"\d{1,3}", "a percentage from 0 to 100 with a decimal {sign} and at most {decimals} decimals"),
    "rate": (r"\d{1,12}", "a number from 0 with a decimal {sign} and at most {decimals} decimals"),
    "count": (r"\d{1,12}(?:\.0+)?", "a whole number from 0"),
}

Figure = str | TypedValue | None  # a number as text, what a symbol says, or None where the source has no figure
Figures = tuple[Figure, ...]  # in the order of TableRead.indicators


@dataclass(frozen=True, slots=True)
class TableRead:
    """A whole published table: numbers as the source writes them (counts without `.0`).

    `figures[period][area]` are the texts of one row; `members[region]` are the areas of a region that have a row, in
    order. `without_area` counts rows that belong to no area; `complete` says that the file is all the owner publishes;
    `provisional` are the periods and indicators of which the source marks a figure as provisional.
    """

    figures: Mapping[str, Mapping[str, Figures]]
    members: Mapping[str, tuple[str, ...]]
    indicators: tuple[str, ...]
    numbers: str
    step: str
    division_year: int
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
    reader = _Reader(name, mapping, step)
    figures, without_area = reader.figures(table)
    region_of = _membership(membership_name, membership, mapping["membership"])
    members: dict[str, list[str]] = {region: [] for region in sorted(set(region_of.values()))}
    areas = sorted({area for rows in figures.values() for area in rows})
    homeless = [area for area in areas if area.startswith(_MUNICIPALITY) and area not in region_of]
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
        numbers=mapping["numbers"],
        step=step,
        division_year=mapping["division_year"],
        without_area=without_area,
        provisional=frozenset(reader.provisional),
        complete=mapping["complete"],
        owner=mapping["owner"],
        table=mapping["table"],
        url=mapping["url"],
        licence=mapping["licence"],
        retrieved_on=mapping["retrieved_on"].isoformat(),
        file_sha256=hashlib.sha256(table).hexdigest(),
    )


def _place(name: str, header: list[str], *names: str) -> int:
    """Find the one column that has one of these names."""
    found = [place for place, column in enumerate(header) if column in names]
    if len(found) != 1:
        raise SourceRefused(f"{name} must have one column {' or '.join(names)}; correct the mapping or the file.")
    return found[0]


class _Reader:
    """Reads the rows of one table as its mapping says."""

    def __init__(self, name: str, mapping: Mapping[str, Any], step: str) -> None:
        self._name = name
        self._mapping = mapping
        form, self._expected = _FORMS[mapping["numbers"]]
        self._decimals = mapping["decimals"]
        tail = rf"(?:\.\d{{1,{self._decimals}}})?" if self._decimals else ""
        self._form = re.compile(form + tail, re.ASCII)
        self._step = step
        self._symbols: Symbols = mapping["symbols"]
        self._read: dict[str, tuple[Figure, bool]] = {}  # texts seen, and what they say: few, however many rows
        self._periods: dict[str, tuple[str, bool]] = {}
        self.provisional: set[tuple[str, str]] = set()  # periods and indicators
        self._areas: dict[str, str] = {}

    def figures(self, content: bytes) -> tuple[dict[str, dict[str, Figures]], int]:
        """Return period, area, figures of all rows that pass the filters, and how many belong to no area."""
        mapping, rows = self._mapping, rows_of(self._name, content, self._mapping)
        header = next(rows, (1, []))[1]
        self._check_layout(header)
        of_area = _place(self._name, header, *mapping["area_column"])
        filters = [(_place(self._name, header, column), text) for column, text in mapping["filters"].items()]
        values = [(_place(self._name, header, column), column) for column in mapping["values"]]
        labels = {_place(self._name, header, column): _place(self._name, header, label)
                  for column, label in mapping["labels"].items()}  # fmt: skip
        per_row = mapping["period"] if isinstance(mapping["period"], dict) else None
        of_period = _place(self._name, header, *per_row["column"]) if per_row else None
        figures: dict[str, dict[str, Figures]] = {}
        passed = without_area = 0
        for number, row in rows:
            if any(row[place].strip() != wanted for place, wanted in filters):
                continue
            passed += 1
            area = self._area(row[of_area].strip(), number)
            if area is None:
                without_area += 1
                continue
            period, whole_row = (
                (mapping["period"], False) if of_period is None else self._period(row[of_period].strip(), number)
            )
            here = figures.setdefault(period, {})
            if area in here:
                raise SourceRefused(
                    f"{self._name}, row {number}: area {area} occurs twice; narrow `filters` to one row per area"
                    + ("." if of_period is None else " and period.")
                )
            read = [
                (None, False)
                if place in labels and row[labels[place]].strip()
                else self._figure(row[place].strip(), number, column)
                for place, column in values
            ]
            here[area] = tuple(figure for figure, _ in read)
            self.provisional.update(
                (period, mapping["values"][column])
                for (_, column), (_, is_marked) in zip(values, read, strict=True)
                if is_marked or whole_row
            )
        if not passed:
            raise SourceRefused(f"{self._name} has no row that passes `filters`; correct the filters in the mapping.")
        return figures, without_area

    def _check_layout(self, header: list[str]) -> None:
        layouts: list[list[str]] = self._mapping["layouts"]
        if not layouts or header in layouts:
            return
        nearest = min(layouts, key=lambda layout: len(set(layout) ^ set(header)))
        lacks = [column for column in nearest if column not in header]
        # by number: in a file without a header the first row holds values
        more = [str(place) for place, column in enumerate(header, start=1) if column not in nearest]
        differs = [f"has no {', '.join(lacks)}"] * bool(lacks) + [f"has another column {', '.join(more)}"] * bool(more)
        raise SourceRefused(
            f"{self._name} has a header that `layouts` does not list: beside the nearest it "
            f"{' and '.join(differs) or 'has another order'}; see what changed, then add the layout."
        )

    def _area(self, text: str, number: int) -> str | None:
        if text in self._areas:
            return self._areas[text]
        if text in self._mapping["no_area"]:
            return None
        numbered = self._mapping["area_form"] == "municipality_number" and re.fullmatch(r"\d{1,4}", text, re.ASCII)
        area = f"{_MUNICIPALITY}{int(text):04}" if numbered else text
        if not (AREA_CODE if area.startswith(_MUNICIPALITY) else REGION_CODE).fullmatch(area):
            column = " or ".join(self._mapping["area_column"])
            raise SourceRefused(
                f"{self._name}, row {number}, column {column}: expected a code such as GM0363; correct it."
            )
        self._areas[text] = area
        return area

    def _period(self, text: str, number: int) -> tuple[str, bool]:
        if text not in self._periods:
            form = self._mapping["period"]
            plain, is_marked = self._symbols.split(text)
            try:
                self._periods[text] = _period(datetime.strptime(plain, form["format"]), form["unit"]), is_marked
            except ValueError as error:
                raise SourceRefused(
                    f"{self._name}, row {number}, column {' or '.join(form['column'])}: expected a date in the form "
                    f"{form['format']}; correct it."
                ) from error
        return self._periods[text]

    def _figure(self, text: str, number: int, column: str) -> tuple[Figure, bool]:
        if text not in self._read:
            plain, is_marked = self._symbols.split(text)
            found: Figure = None
            if plain in self._symbols.meanings:
                found = typed(self._symbols.meanings[plain], self._step)
            elif plain and plain not in self._mapping["not_available"]:
                found = self._number(plain, number, column)
            self._read[text] = found, is_marked
        return self._read[text]

    def _number(self, text: str, number: int, column: str) -> str:
        comma = self._mapping["decimal"] == ","
        plain = text.replace(",", ".") if comma and "." not in text else text
        percentage = self._mapping["numbers"] == "percentage"
        is_other = ("." if comma else ",") in text
        if is_other or not self._form.fullmatch(plain) or (percentage and float(plain) > _LARGEST_PERCENTAGE):
            expected = self._expected.format(decimals=self._decimals, sign="comma" if comma else "point")
            raise SourceRefused(
                f"{self._name}, row {number}, column {column}: expected {expected}, or nothing; correct it."
            )
        return str(int(plain.partition(".")[0])) if self._mapping["numbers"] == "count" else plain


def _period(moment: datetime, unit: str) -> str:
    match unit:
        case "day":
            return f"{moment:%Y-%m-%d}"
        case "week":
            year, week, _ = moment.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{moment:%Y-%m}"
        case "quarter":
            return f"{moment:%Y}-Q{(moment.month + 2) // 3}"
    return f"{moment:%Y}"


def _membership(name: str, content: bytes, form: Mapping[str, Any]) -> dict[str, str]:
    rows = rows_of(name, content, {**form, "decimal": "."})
    header = next(rows, (1, []))[1]
    of_area, of_region = _place(name, header, form["area_column"]), _place(name, header, form["region_column"])
    region_of: dict[str, str] = {}
    for number, row in rows:
        area, region = row[of_area].strip(), row[of_region].strip()
        if area in region_of:
            raise SourceRefused(f"{name}, row {number}: area {area} occurs twice; give every area one region.")
        if not (AREA_CODE.fullmatch(area) and REGION_CODE.fullmatch(region)):
            raise SourceRefused(f"{name}, row {number}: expected an area code and a region code; correct this row.")
        region_of[area] = region
    return region_of
