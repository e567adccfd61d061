"""Read the rows of a table of public figures as its mapping says; every row that does not fit is told by its number."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from schemas.codes import AREA_CODE, REGION_CODE
from schemas.values import TypedValue

from . import SourceRefused
from .published_rows import rows_of
from .symbols import Symbols, typed

MUNICIPALITY: Final = "GM"
_LARGEST_PERCENTAGE: Final = 100
_MOST_TOLD: Final = 100  # rows whose faults are told one by one
_FORMS: Final = {  # numbers as sources write them, by how many decimals
    "percentage": (r"\d{1,3}", "a percentage from 0 to 100 with a decimal {sign} and at most {decimals}"),
    "rate": (r"\d{1,12}", "a number from 0 with a decimal {sign} and at most {decimals}"),
    "count": (r"\d{1,12}(?:\.0+)?", "a whole number from 0"),
}

Figure = str | TypedValue | None  # a number as text, what a symbol says, or None where the source has no figure
Figures = tuple[Figure, ...]  # in the order of the mapping's `values`


class RowsRefused(SourceRefused):
    """Rows that are not as the mapping says; its text is the first one's sentence, `told` are those of the first ones.

    `count` is how many rows there are in all.
    """

    def __init__(self, told: Sequence[str], count: int) -> None:
        """Keep the sentences."""
        super().__init__(told[0])
        self.told, self.count = tuple(told), count


def place_of(name: str, header: list[str], *names: str) -> int:
    """Find the one column that has one of these names."""
    found = [place for place, column in enumerate(header) if column in names]
    if len(found) != 1:
        raise SourceRefused(f"{name} must have one column {' or '.join(names)}; correct the mapping or the file.")
    return found[0]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where in a row stands what, by the headings; `period` is None where the table has one for all rows."""

    area: int
    filters: tuple[tuple[int, str], ...]
    values: tuple[tuple[int, str], ...]
    labels: Mapping[int, int]
    period: int | None


class TableReader:
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
        self.rows = self.passed = self.without_area = 0
        self._areas: dict[str, str] = {}

    def figures(self, content: bytes) -> dict[str, dict[str, Figures]]:
        """Return period, area, figures of all rows that pass the filters; raises SourceRefused, RowsRefused of rows."""
        rows = rows_of(self._name, content, self._mapping)
        header = next(rows, (1, []))[1]
        self._check_layout(header)
        places = self._places(header)
        figures: dict[str, dict[str, Figures]] = {}
        refused: list[str] = []
        for number, row in self._told(rows, refused):
            self.rows += 1
            if any(row[place].strip() != wanted for place, wanted in places.filters):
                continue
            self.passed += 1
            try:
                self._take(number, row, places, figures)
            except SourceRefused as error:
                refused.append(str(error))
        if refused:
            raise RowsRefused(refused[:_MOST_TOLD], len(refused))
        if not self.passed:
            raise SourceRefused(f"{self._name} has no row that passes `filters`; correct the filters in the mapping.")
        return figures

    @staticmethod
    def _told(rows: Iterator[tuple[int, list[str]]], refused: list[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield rows, until one after which nothing more can be read: it is told beside those before it."""
        try:
            yield from rows
        except SourceRefused as error:
            refused.append(str(error))

    def _places(self, header: list[str]) -> _Places:
        mapping = self._mapping
        per_row = mapping["period"] if isinstance(mapping["period"], dict) else None
        return _Places(
            area=place_of(self._name, header, *mapping["area_column"]),
            filters=tuple((place_of(self._name, header, column), text) for column, text in mapping["filters"].items()),
            values=tuple((place_of(self._name, header, column), column) for column in mapping["values"]),
            labels={place_of(self._name, header, column): place_of(self._name, header, label)
                    for column, label in mapping["labels"].items()},
            period=place_of(self._name, header, *per_row["column"]) if per_row else None,
        )  # fmt: skip

    def _take(self, number: int, row: list[str], places: _Places, figures: dict[str, dict[str, Figures]]) -> None:
        """Put the figures of one row where they belong; raises SourceRefused."""
        mapping = self._mapping
        area = self._area(row[places.area].strip(), number)
        if area is None:
            self.without_area += 1
            return
        period, whole_row = (
            (mapping["period"], False) if places.period is None else self._period(row[places.period].strip(), number)
        )
        here = figures.setdefault(period, {})
        if area in here:
            raise SourceRefused(
                f"{self._name}, row {number}: area {area} occurs twice; narrow `filters` to one row per area"
                + ("." if places.period is None else " and period.")
            )
        read = [
            (None, False)
            if place in places.labels and row[places.labels[place]].strip()
            else self._figure(row[place].strip(), number, column)
            for place, column in places.values
        ]
        here[area] = tuple(figure for figure, _ in read)
        self.provisional.update(
            (period, mapping["values"][column])
            for (_, column), (_, is_marked) in zip(places.values, read, strict=True)
            if is_marked or whole_row
        )

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
        area = f"{MUNICIPALITY}{int(text):04}" if numbered else text
        if not (AREA_CODE if area.startswith(MUNICIPALITY) else REGION_CODE).fullmatch(area):
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
            most = "1 decimal" if self._decimals == 1 else f"{self._decimals} decimals"
            expected = self._expected.format(decimals=most, sign="comma" if comma else "point")
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
