"""What was read out of a public table for this region: from where, how many rows, and every column with its figures."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from node.indicators.figures import PublishedTable
from node.release.wording import value_words
from node.work.taking_over import Taken
from schemas.payloads import Cell
from schemas.values import Exact, Rounded

from .markup import Child, Html, h
from .page import english, panel, table
from .visit import Visit

_MOST: Final = 25  # columns that are shown before they fold


def read_panels(visit: Visit, found: Taken) -> list[Html]:
    """Return what was read: the table's own facts, the columns, and the areas of this region."""
    return [_facts(visit, found), *((_columns(visit, found), _areas(visit, found)) if found.tables else ())]


def _facts(visit: Visit, found: Taken) -> Html:
    read = found.read
    periods = sorted(read.figures)
    shown = ", ".join(periods) if len(periods) <= 4 else f"{periods[0]} … {periods[-1]} ({len(periods)})"
    told: list[tuple[str, Child]] = [
        (visit.t("Tabel", "Table"), read.table),
        (visit.t("Van", "By"), read.owner),
        (visit.t("Licentie", "Licence"), read.licence),
        (visit.t("Opgehaald op", "Retrieved on"), read.retrieved_on),
        (visit.t("Gelezen", "Read"), _rows(visit, found)),
        (visit.t("Perioden", "Periods"), shown),
        ("SHA-256", h("code", read.file_sha256)),
    ]
    none = h("p", visit.t("De tabel heeft niets voor deze regio.", "The table has nothing for this region."),
             class_="note warn")  # fmt: skip
    return panel(
        visit.t("Wat er is gelezen", "What was read"),
        h("dl", [[h("dt", name), h("dd", said)] for name, said in told]),
        [h("p", english(visit, one), class_="limits") for one in found.notes],
        none if not found.tables else None,
        class_="sheet", id_="read",
    )  # fmt: skip


def _rows(visit: Visit, found: Taken) -> str:
    read = found.read
    said = [visit.count(read.rows, ("rij", "rijen"), ("row", "rows"))]
    if passed_over := read.rows - read.passed:
        said.append(visit.t(f"{passed_over} door de filters overgeslagen", f"{passed_over} passed over by the filters"))
    if read.without_area:
        said.append(visit.t(f"{read.without_area} zonder gebied", f"{read.without_area} without an area"))
    here = sum(len(one) for one in _areas_by_period(found).values())
    said.append(visit.t(f"{here} van deze regio", f"{here} of this region"))
    return ", ".join(said)


def _columns(visit: Visit, found: Taken) -> Html:
    newest = max(one.period for one in found.tables)
    title = visit.t("Kolommen", "Columns")
    heads = [visit.t("Kolom en indicator", "Column and indicator"),
             visit.t(f"Uw regio, {newest}", f"Your region, {newest}"), visit.t("Cijfers", "Figures"),
             visit.t("Zonder cijfer", "Without figure")]  # fmt: skip
    by_indicator: dict[str, list[PublishedTable]] = {}
    for one in found.tables:
        by_indicator.setdefault(one.definition.id, []).append(one)
    columns = dict(zip(found.read.indicators, found.read.columns, strict=True))
    rows = [_of(visit, columns[name], several, newest) for name, several in by_indicator.items()]
    more = visit.count(len(rows) - _MOST, ("kolom meer", "kolommen meer"), ("more column", "more columns"))
    return panel(
        title,
        table(title, heads, rows[:_MOST]),
        h("details", h("summary", more), table(f"{title} (2)", heads, rows[_MOST:])) if len(rows) > _MOST else None,
    )


def _of(visit: Visit, column: str, several: Sequence[PublishedTable], newest: str) -> tuple[Child, ...]:
    """Return what one column brought: its indicator, the region's own figure, how many there are, and cells without."""
    definition, region = several[0].definition, visit.desk.settings.region
    filled = sum(_is_figure(cell) for one in several for cell in one.cells)
    cells = sum(len(one.cells) for one in several)
    now = (cell for one in several if one.period == newest for cell in one.cells)
    own = next((visit.told(value_words(cell.value, definition)) for cell in now if cell.nodes[0] == region), "–")
    name = [column, h("br"), visit.told(definition.title), " ", h("code", definition.id, class_="quiet")]
    return name, own, f"{filled}", f"{cells - filled}"


def _areas(visit: Visit, found: Taken) -> Html:
    newest = max(one.period for one in found.tables)
    title = visit.t(f"Rijen van deze regio, {newest}", f"Rows of this region, {newest}")
    heads = [visit.t("Gebied", "Area"), visit.t("Cijfers", "Figures"), visit.t("Zonder cijfer", "Without figure")]
    filled, empty = Counter[str](), Counter[str]()
    for one in found.tables:
        if one.period == newest:
            for cell in one.cells:
                (filled if _is_figure(cell) else empty)[cell.nodes[0]] += 1
    areas = _areas_by_period(found)[newest]
    return panel(title, table(title, heads, [(name, f"{filled[name]}", f"{empty[name]}") for name in areas]))


def _areas_by_period(found: Taken) -> dict[str, dict[str, None]]:
    """Return the areas of the region that have a row, in order, by period."""
    areas: dict[str, dict[str, None]] = {}
    for one in found.tables:
        areas.setdefault(one.period, {}).update((cell.nodes[0], None) for cell in one.cells)
    return areas


def _is_figure(cell: Cell) -> bool:
    return isinstance(cell.value, Exact | Rounded)
