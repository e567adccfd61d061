"""Whether the engine's figures are those of the query written by hand: every cell of every indicator and year."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.bench.engine_indicators import indicators
from tests.bench.engine_records import AREAS

Cell = tuple[str, str, int, str]
_SEXES: Final = ("f", "m", "unknown")
_OF: Final = {"hba1c": "diabetes", "pressure": "hypertension", "good_health": "answered"}
"""Of which column of the hand-written query an indicator's population is, where it is not everyone."""


def differing(by_hand: Sequence[Mapping[str, Any]], engine: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the indicators, years and figures of which any cell differs; nothing where all are the same."""
    cells = {(str(row["year"]), row["area"], row["age"], row["sex"]): row for row in by_hand}
    bands = {one.id: one.age_bands for one in indicators()}
    compared = 0
    found = []
    for one in engine:
        for figure, column in _columns(one):
            expected = _folded(cells, one["period"], bands[one["id"]], column)
            here = dict(_laid(one[figure], bands[one["id"]]))
            compared += len(here)
            if here != {cell: expected.get(cell, [0, 0] if figure == "largest" else 0) for cell in here}:
                found.append(f"{one['id']} {one['period']} {figure}")
    return found if compared else ["nothing was compared"]


def _columns(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = one["id"].split(".")[1]
    yield "numerator", name
    yield "numerator_persons", f"{name}_persons"
    if one["largest"] is not None:
        yield "largest", f"{name}_largest"
    if one["denominator"] is not None:
        ratio = next(d.measure.denominator for d in indicators() if d.id == one["id"] and d.measure)
        persons = _OF.get(name, "persons")
        below = {"persons": persons, "covered_days": "days", "records": f"{name}_records"}[ratio or ""]
        yield "denominator", below
        yield "denominator_persons", f"{name}_persons" if ratio == "records" else persons


def _folded(
    cells: Mapping[Cell, Mapping[str, Any]], year: str, bands: Sequence[int], column: str
) -> dict[tuple[str, int, str], Any]:
    folded: dict[tuple[str, int, str], Any] = {}
    for (of, area, age, sex), row in cells.items():
        low = max((band for band in bands if band <= age), default=None)
        if of != year or low is None or (bands == (0,) and age > 0):
            continue
        at = (area, low, sex)
        # A count of persons with a record of one kind is its own count of persons.
        told = row[column] if column in row else row[column.removesuffix("_persons")]
        if column.endswith("_largest"):
            folded[at] = sorted([*folded.get(at, [0, 0]), *(told or [])], reverse=True)[:2]
        else:
            folded[at] = folded.get(at, 0) + int(told or 0)
    return folded


def _laid(figures: Any, bands: Sequence[int]) -> Iterator[tuple[tuple[str, int, str], Any]]:
    for area, of_area in zip(AREAS, figures, strict=True):
        for low, of_band in zip(bands, of_area, strict=True):
            for sex, number in zip(_SEXES, of_band, strict=False):
                yield (area, low, sex), number
