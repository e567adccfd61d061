"""The release model: every figure that is, was or may be published is a variable; every sum is a relation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .history import SMALLEST_REVISION, Past, every_figure, every_largest, every_payee, history, moved, reveals
from .organisations import nobody
from .relations import (
    BoolArray,
    IntArray,
    Relations,
    cube_families,
    shared_families,
    shared_nodes,
)
from .statistic import CellKey, Earlier, Statistic, SubsetLink

LARGEST_COMPONENT = 20_000
"""Figures (virtual complements included) that may hang together through sums and links.

Suppression solves linear programs over whatever hangs together; docs/disclosure.md gives what was measured.
"""

Pair = tuple[Statistic, Statistic]


class StatisticTwice(ValueError):
    """One statistic and period came in as two tables."""


class LinkMismatch(ValueError):
    """A subset link joins tables that are not two person counts sharing dimensions and nodes."""


class PartExceedsWhole(ValueError):
    """A numerator is larger than its denominator."""


class TableTooLarge(ValueError):
    """More figures hang together than can be protected and audited in reasonable time: so many `figures`."""

    def __init__(self, sentence: str, figures: int) -> None:
        super().__init__(sentence)
        self.figures = figures


class EarlierCellUnplaced(ValueError):
    """An earlier release holds a cell that the present table cannot express."""


class FigureRevised(ValueError):
    """A cell published earlier now has another value."""


@dataclass(frozen=True, eq=False)
class ReleaseModel:
    """All figures of a release as variables: first the cells, then one virtual complement per linked cell.

    `relations` are the rows sum = 0 (parents -1); `implied` the sums of complements, which follow from them.
    `largest` holds the two largest contributions to each sum of money, 0 for all other figures; `payees` to how many
    organisations it is paid, and the two largest amounts.
    `complements` has one row (part, whole, complement) per linked cell. `component` numbers what hangs
    together; `first` gives each statistic's first variable. `past` holds what the same variables were after each
    earlier release, as far as that differs.
    """

    statistics: tuple[Statistic, ...]
    links: tuple[SubsetLink, ...]
    earlier: Earlier
    cells: tuple[CellKey, ...] = field(repr=False)
    first: Mapping[tuple[str, str], int] = field(repr=False)
    values: IntArray = field(repr=False)
    persons: IntArray = field(repr=False)
    is_sum: BoolArray = field(repr=False)
    known: BoolArray = field(repr=False)
    withheld: BoolArray = field(repr=False)
    largest: IntArray = field(repr=False)
    payees: IntArray = field(repr=False)
    component: IntArray = field(repr=False)
    complements: IntArray = field(repr=False)
    relations: Relations = field(repr=False)
    implied: Relations = field(repr=False)
    past: tuple[Past, ...] = field(default=(), repr=False)

    @cached_property
    def position(self) -> Mapping[CellKey, int]:
        """The variable of each cell."""
        return {cell: number for number, cell in enumerate(self.cells)}


def build(
    statistics: Sequence[Statistic], links: Sequence[SubsetLink] = (), earlier: Earlier | None = None
) -> ReleaseModel:
    """Compute all totals and join statistics, links and earlier releases into one model.

    The order of the arguments does not matter. Raises StatisticTwice, LinkMismatch, PartExceedsWhole,
    TableTooLarge, EarlierCellUnplaced and FigureRevised (a change since an earlier release that must wait).
    """
    tables = tuple(sorted(statistics, key=lambda one: (one.key, one.period)))
    first = _numbered(tables)
    pairs = _pairs(tables, links)
    component = _components(tables, pairs)
    cells = tuple(cell for table in tables for cell in table.cells())
    none = np.zeros(0, np.int64)
    values = np.concatenate([none, *(every_figure(table) for table in tables)])
    persons = np.concatenate([none, *(every_figure(table, persons=True) for table in tables)])
    is_sum = np.repeat(np.array([t.kind == "sum" for t in tables], np.bool_), [t.size for t in tables])
    complements, implied = _complements(pairs, first, len(cells))
    rest = values[complements[:, 1]] - values[complements[:, 0]]
    if len(over := complements[rest < 0]):
        part, all_of_it = cells[over[0, 0]], cells[over[0, 1]]
        raise PartExceedsWhole(
            f"{part} counts more persons than {all_of_it.statistic}, of which it is a part; check both."
        )
    families = [family for t in tables for family in cube_families(t.dimensions, first[t.key, t.period])]
    families += [(total, [part, left]) for part, total, left in complements.tolist()]
    known, withheld = earlier_marks(first, cells, earlier or Earlier())
    cell_component = np.repeat(component, [table.size for table in tables])
    never = np.zeros(len(complements), np.bool_)
    model = ReleaseModel(
        statistics=tables,
        links=tuple(sorted(set(links))),
        earlier=earlier or Earlier(),
        cells=cells,
        first=first,
        values=np.concatenate([values, rest]),
        persons=np.concatenate([persons, rest]),
        is_sum=np.concatenate([is_sum, never]),
        known=np.concatenate([known, never]),
        withheld=np.concatenate([withheld, never]),
        largest=np.concatenate(
            [*(every_largest(table) for table in tables), np.zeros((len(complements), 2), np.int64)]
        ),
        payees=np.concatenate([*(every_payee(table) for table in tables), nobody(len(complements))]),
        component=np.concatenate([cell_component, cell_component[complements[:, 0]]]),
        complements=complements,
        relations=Relations.of(families),
        implied=Relations.of(implied),
    )
    return _with_past(model)


def _numbered(tables: Sequence[Statistic]) -> dict[tuple[str, str], int]:
    first: dict[tuple[str, str], int] = {}
    count = 0
    for table in tables:
        if (table.key, table.period) in first:
            raise StatisticTwice(f"{table.key} ({table.period}) came in twice; give each table once.")
        first[table.key, table.period] = count
        count += table.size
    return first


def _pairs(tables: Sequence[Statistic], links: Sequence[SubsetLink]) -> list[Pair]:
    found = []
    for link in sorted(set(links)):
        wholes = {table.period: table for table in tables if table.key == link.whole_key}
        parts = [table for table in tables if table.key == link.part_key]
        together = [
            part for part in parts if part.period in wholes
        ]  # in other periods there is nothing to subtract from
        for part in together or parts:
            whole = wholes.get(part.period)
            if whole is None or whole is part or not _can_link(part, whole):
                raise LinkMismatch(
                    f"{link.part_key} and {link.whole_key} ({part.period}) cannot be linked: both must be"
                    " person counts of that period, with the same dimensions and some nodes in common."
                )
            found.append((part, whole))
    return found


def _can_link(part: Statistic, whole: Statistic) -> bool:
    names = [[dimension.name for dimension in one.dimensions] for one in (part, whole)]
    both = zip(part.dimensions, whole.dimensions, strict=False)
    return (
        part.kind == whole.kind == "persons"
        and names[0] == names[1]
        and all(shared_nodes(one, other) for one, other in both)
    )


def check_size(tables: Sequence[Statistic], links: Sequence[SubsetLink]) -> None:
    """Raise TableTooLarge where too many figures hang together, and LinkMismatch as `build` does."""
    _components(tables, _pairs(tables, links))


def _components(tables: Sequence[Statistic], pairs: Sequence[Pair]) -> IntArray:
    """Number each table by the first one it hangs together with; refuse what is too large together."""
    number = {(table.key, table.period): i for i, table in enumerate(tables)}
    label = np.arange(len(tables), dtype=np.int64)
    for part, whole in pairs:
        a, b = label[number[part.key, part.period]], label[number[whole.key, whole.period]]
        label[label == max(a, b)] = min(a, b)
    sizes = np.array([table.size for table in tables], np.int64)
    for part, _ in pairs:
        sizes[number[part.key, part.period]] += part.size
    for component in np.unique(label).tolist():
        together = [table for table, one in zip(tables, label, strict=True) if one == component]
        size = int(sizes[label == component].sum())
        if size > LARGEST_COMPONENT:
            largest = max(together, key=lambda table: table.size)
            widest = max(largest.dimensions, key=lambda dimension: len(dimension.nodes))
            raise TableTooLarge(
                f"{largest.key} ({largest.period}) and what is linked to it hold {size} figures, more than"
                f" {LARGEST_COMPONENT}; coarsen dimension {widest.name}.",
                size,
            )
    return label


def _complements(
    pairs: Sequence[Pair], first: Mapping[tuple[str, str], int], start: int
) -> tuple[IntArray, list[tuple[int, list[int]]]]:
    """Number a complement for every node combination that part and whole share: rows, and their sums."""
    rows, implied = [np.zeros((0, 3), np.int64)], []
    for pair in pairs:
        dimensions = list(zip(pair[0].dimensions, pair[1].dimensions, strict=True))
        columns = []
        for table in pair:
            numbers = first[table.key, table.period] + np.arange(table.size).reshape(table.shape)
            places = []
            for own, both in zip(table.dimensions, dimensions, strict=True):
                position = {node: place for place, node in enumerate(own.nodes)}
                places.append([position[node] for node in shared_nodes(*both)])
            columns.append(numbers[np.ix_(*places)].ravel())
        implied += shared_families(dimensions, start)
        columns.append(np.arange(start, start + len(columns[0])))
        start += len(columns[0])
        rows.append(np.stack(columns, axis=1))
    return np.concatenate(rows), implied


def earlier_marks(
    first: Mapping[tuple[str, str], int], cells: Sequence[CellKey], earlier: Earlier
) -> tuple[BoolArray, BoolArray]:
    """Mark the cells that are public already and those that were hidden; raises EarlierCellUnplaced."""
    known, withheld = np.zeros(len(cells), np.bool_), np.zeros(len(cells), np.bool_)
    position = {cell: number for number, cell in enumerate(cells)} if earlier.cells else {}
    for cell, value in earlier.cells.items():
        if (cell.statistic, cell.period) not in first:
            continue
        if cell not in position:
            raise EarlierCellUnplaced(
                f"{cell} is in an earlier release but not in this table; add its node as a group or leaf."
            )
        withheld[position[cell]] = value is None
        known[position[cell]] = value is not None
    return known, withheld


def _with_past(model: ReleaseModel) -> ReleaseModel:
    """Add what the variables were; refuse a change that tells of persons, or one of a figure without a vintage."""
    if not model.earlier.cells and not model.earlier.vintages:
        return model
    past = history(model.earlier.vintages, model.position, model.complements)
    shown = {cell: value for cell, value in model.earlier.cells.items() if value is not None}
    revised: list[tuple[bool, CellKey]] = []
    for cell, value in shown.items():
        number = model.position.get(cell)
        if number is not None and (change := abs(value - int(model.values[number]))):
            small = change < SMALLEST_REVISION and not model.is_sum[number]
            if small or not any(one.exists[number] for one in past):
                revised.append((not small, cell))
    for one in past:
        part = model.complements[:, 0]
        cell_of = np.concatenate([np.arange(len(model.cells)), part])
        few = cell_of[np.flatnonzero(reveals(one, model.values, model.persons))]
        revised += [(False, model.cells[number]) for number in few.tolist()]
    if revised:
        raise FigureRevised(_revision_sentence(*min(revised)))
    changed = tuple(one for one in past if moved(one, model.values, model.persons).any())
    return replace(model, past=changed)


def _revision_sentence(is_large: bool, cell: CellKey) -> str:
    if is_large:
        return (
            f"{cell} has another published value, and what was released with it is not known here any more, so it"
            " cannot be replaced: keep the earlier extract."
        )
    return (
        f"{cell} was published earlier and the difference would reveal fewer than {SMALLEST_REVISION}"
        " persons: keep the earlier extract; such a correction waits until it is larger (docs/corrections.md)."
    )
