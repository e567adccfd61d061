"""Write an invented extract as a CSV file, with the dirt that real extracts have."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from .synthetic_people import Columns

_DIRTY: Final = 400  # one bad row and one duplicate in so many rows, of each kind
_IMPOSSIBLE: Final = "31-02-2024"
_DATES: Final = ("geboortedatum", "datum", "begindatum", "opnamedatum")


@dataclass(frozen=True)
class FileTruth:
    """What one file holds: `rows` in all, of which `rejected` must be refused and `duplicates` counted once."""

    rows: int
    rejected: int
    duplicates: int


def write_extract(rng: np.random.Generator, path: Path, columns: Columns) -> FileTruth:
    """Write the columns as rows in random order, separated by semicolons, dirty rows added to the sound ones.

    Every dirty row is a copy of a sound row, so leaving it out changes no truth.
    """
    names = list(columns)
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    sound = len(rows)
    dirt, each = [], max(1, sound // _DIRTY)
    copies = [rows[i] for i in rng.integers(0, sound, size=each).tolist()]
    for fault in (
        "bsn",
        next(name for name in _DATES if name in names),
        *(["geslacht"] if "geslacht" in names else []),
    ):
        for i in rng.integers(0, sound, size=each).tolist():
            dirt.append([*rows[i]])
            dirt[-1][names.index(fault)] = _spoilt(fault, rows[i][names.index(fault)])
    everything = rows + copies + dirt
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(names)
        writer.writerows(everything[i] for i in rng.permutation(len(everything)).tolist())
    return FileTruth(rows=len(everything), rejected=len(dirt), duplicates=len(copies))


def _spoilt(column: str, value: str) -> str:
    if column == "bsn":
        return value[:-1] + str((int(value[-1]) + 1) % 10)  # one digit off never passes the 11-test
    return "X" if column == "geslacht" else _IMPOSSIBLE
