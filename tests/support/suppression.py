"""Municipal tables to suppress: the shared ones with their peer's patterns, and invented ones like them."""

import csv
import gzip
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from node.release.disclosure import CellKey, Dimension, DisclosurePolicy, Group, ReleaseModel, Statistic
from node.release.disclosure.classify import Classified, classify
from node.release.disclosure.cluster import cluster

_SIDES = (("mun", "reg"), ("age", "ageg"), ("seg", None))


def municipal(file: Path) -> Statistic:
    """Read a table of inner counts, plain or gzipped."""
    rows = _rows(file)
    dimensions = []
    for name, group in _SIDES:
        if name in rows[0]:
            leaves = tuple(sorted({row[name] for row in rows}))
            parent = {row[name]: row[group] for row in rows} if group in rows[0] else {}
            groups = [Group(one, tuple(x for x in leaves if parent[x] == one)) for one in sorted(set(parent.values()))]
            dimensions.append(Dimension(name, leaves, "Total", tuple(groups)))
    values = np.zeros([len(dimension.leaves) for dimension in dimensions], np.int64)
    places = [{leaf: place for place, leaf in enumerate(dimension.leaves)} for dimension in dimensions]
    for row in rows:
        values[tuple(place[row[side.name]] for place, side in zip(places, dimensions, strict=True))] += int(row["freq"])
    return Statistic("people", "2025", "persons", tuple(dimensions), values)


def pattern(file: Path, statistic: Statistic) -> set[CellKey]:
    """Read which cells a peer's pattern hides."""
    names = [dimension.name for dimension in statistic.dimensions]
    return {
        CellKey(statistic.key, statistic.period, tuple(row[name] for name in names))
        for row in _rows(file)
        if row["suppressed"] == "TRUE"
    }


def invented(places: int, ages: int, segments: int, mean: float, seed: int = 1, key: str = "people") -> Statistic:
    """Make up counts: municipalities of very different sizes (log-normal) in regions of ten, ages in groups of five."""
    random = np.random.default_rng(seed)
    sides = []
    for name, size, together in (("mun", places, 10), ("age", ages, 5)):
        leaves = tuple(f"{name}{i:03d}" for i in range(size))
        groups = [Group(f"{name}s{i:03d}", leaves[i : i + together]) for i in range(0, size, together)]
        sides.append(Dimension(name, leaves, "Total", tuple(groups) if size > together else ()))
    sides.append(Dimension("seg", tuple(f"seg{i}" for i in range(segments)), "Total"))
    expected = np.multiply.outer(random.lognormal(0.0, 0.8, places), random.gamma(4.0, 0.25, (ages, segments))) * mean
    return Statistic(key, "2025", "persons", tuple(sides), random.poisson(expected).astype(np.int64))


def plain(model: ReleaseModel, policy: DisclosurePolicy, width: float) -> Classified:
    """Ask for a plain width instead of the promise, as peers do: a blank is only known not to be negative.

    Laxer than any release may be, hence here and not in the node.
    """
    found = classify(model, policy)
    values = model.values.astype(np.float64)
    return replace(
        found,
        down=values,
        up=np.full(len(values), np.inf),
        required=np.full(len(values), width),
        target=found.primary,
        pooled=(),
    )


def attainable(model: ReleaseModel, wanted: Classified) -> tuple[Classified, set[CellKey]]:
    """Leave out the figures that cannot have their width even with everything hidden, and name their cells.

    A release with such a figure is refused; without them the rest of the table can still be compared.
    """
    narrow = np.zeros(len(model.values), np.bool_)
    for label in np.unique(model.component).tolist():
        part = cluster(model, wanted, np.ones(len(model.values)), label)
        reach = part.reach(part.movable_with(part.movable(wanted.hidden) | part.blankable))
        cells = part.targets[part.targets < len(part.cells)]
        narrow[part.cells[cells[reach[cells] < part.required[cells] * (1 - 1e-6)]]] = True
    exempt = {model.cells[place] for place in np.flatnonzero(narrow[: len(model.cells)]).tolist()}
    return replace(wanted, target=wanted.target & ~narrow), exempt


def plain_widths(statistic: Statistic, hidden: AbstractSet[CellKey], asked: list[CellKey]) -> list[float]:
    """Return the range a plain attacker finds for each asked cell: over leaves, on SciPy, with no code of the node."""
    cells = statistic.cells()
    number = {cell: place for place, cell in enumerate(cells)}
    leaf_number = np.arange(statistic.values.size).reshape(statistic.values.shape)
    sides = [_leaves(dimension) for dimension in statistic.dimensions]
    below = [
        leaf_number[np.ix_(*(side[node] for side, node in zip(sides, cell.nodes, strict=True)))].ravel()
        for cell in cells
    ]
    flat = statistic.values.ravel()
    value = np.array([flat[leaves].sum() for leaves in below])
    free = np.zeros(flat.size, bool)
    for cell, leaves in zip(cells, below, strict=True):
        if len(leaves) == 1 and all(n in d.leaves for n, d in zip(cell.nodes, statistic.dimensions, strict=True)):
            free[leaves[0]] = cell in hidden
    column = np.cumsum(free) - 1
    rows: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    limit: list[float] = []
    seen = [0, 0]
    for cell, leaves in zip(cells, below, strict=True):
        moving = column[leaves[free[leaves]]]
        is_open = cell in hidden
        if len(moving) and not (is_open and len(leaves) == 1):
            rows[is_open] += [(seen[is_open], int(one)) for one in moving]
            seen[is_open] += 1
            if is_open:
                limit.append(float(value[number[cell]]))
    matrices = [_matrix(rows[kind], seen[kind], int(free.sum())) for kind in (False, True)]
    widths = []
    for cell in asked:
        leaves = below[number[cell]]
        cost = np.zeros(int(free.sum()))
        cost[column[leaves[free[leaves]]]] = 1.0
        reach = [
            linprog(
                sign * cost,
                A_ub=-matrices[1] if limit else None,
                b_ub=limit or None,
                A_eq=matrices[0],
                b_eq=np.zeros(seen[0]),
                bounds=np.stack([-flat[free].astype(float), np.full(int(free.sum()), 1e5)], axis=1),
                method="highs",
            )
            for sign in (1.0, -1.0)
        ]
        assert all(one.status == 0 for one in reach), [one.message for one in reach]
        widths.append(float(-reach[1].fun - reach[0].fun))
    return widths


def _matrix(entries: list[tuple[int, int]], rows: int, columns: int) -> coo_array:
    places = np.array(entries, np.int64).reshape(-1, 2)
    return coo_array((np.ones(len(places)), (places[:, 0], places[:, 1])), shape=(rows, columns)).tocsr()


def _leaves(dimension: Dimension) -> dict[str, list[int]]:
    place = {leaf: i for i, leaf in enumerate(dimension.leaves)}
    found = {leaf: [i] for leaf, i in place.items()}
    found |= {group.name: [place[leaf] for leaf in group.leaves] for group in dimension.groups}
    return found | {dimension.total: list(range(len(dimension.leaves)))}


def _rows(file: Path) -> list[dict[str, str]]:
    text = gzip.decompress(file.read_bytes()).decode() if file.suffix == ".gz" else file.read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
