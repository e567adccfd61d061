"""Invented records of a region at full size, as Parquet in the linked store's layout: seeded, vectorised."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

PERSONS: Final = 300_000
YEARS: Final = ("2020", "2021", "2022", "2023", "2024")
AREAS: Final = tuple(f"XG-{number:02d}" for number in range(1, 21))
ROWS_AT_ONCE: Final = 1_000_000
_FIRST: Final = (datetime.date(2020, 1, 1) - datetime.date(1970, 1, 1)).days
_DAYS: Final = (datetime.date(2025, 1, 1) - datetime.date(2020, 1, 1)).days
_LAST_MONTH: Final = (datetime.date(2024, 12, 1) - datetime.date(2020, 1, 1)).days

ICPC: Final = tuple(
    f"{chapter}{number:02d}" for chapter in "ABDFHKLNPRSTUWXYZ" for number in (*range(1, 30, 2), *range(70, 99, 2))
)
ATC: Final = tuple(
    f"{group}{letter}{letter}{number:02d}"
    for group in ("A10", "B01", "C02", "C07", "C08", "C09", "C10", "J01", "J07", "M01", "N02", "N05", "N06", "R03")
    for letter in "ABC"
    for number in range(1, 13)
)


@dataclass(frozen=True)
class Part:
    """The records of one kind that one source delivers, in millions at the size of 20 million."""

    source: str
    record: str
    millions: float


PARTS: Final = (
    Part("gp", "condition", 2.5),
    Part("gp", "encounter", 4.5),
    Part("gp", "measurement", 2.0),
    Part("pharmacy", "treatment", 6.0),
    Part("hospital", "encounter", 1.4),
    Part("hospital", "cost", 1.6),
    Part("social", "encounter", 0.8),
    Part("social", "cost", 1.2),
)
"""9 million of the general practitioner, 6 of the pharmacy, 3 of the hospital and 2 of social care."""

_ENCOUNTERS: Final[dict[str, tuple[str, ...]]] = {
    "gp": ("gp", "gp", "gp", "gp_home", "gp_phone"),
    "hospital": ("outpatient", "outpatient", "outpatient", "ed", "admission"),
    "social": ("home_help", "district_nursing", "youth_care"),
}
_MEASURED: Final = ("HBA1C", "SBP", "BMI", "EGFR", "PREM", "SRH")


def write(folder: Path, times: float = 1.0, seed: int = 1, last_month: bool = False) -> int:
    """Write persons, coverage and `times` 20 million records into a folder; return the number of records.

    One file per record kind and source. `last_month`: no persons, and a sixtieth of the records, all of December 2024.
    """
    chance = np.random.default_rng(seed)
    if not last_month:
        _write_persons(folder, chance)
    total = 0
    for part in PARTS:
        rows = round(part.millions * 1_000_000 * times / (60 if last_month else 1))
        total += rows
        writer = None
        for start in range(0, rows, ROWS_AT_ONCE):
            batch = _records(part, min(ROWS_AT_ONCE, rows - start), chance, last_month)
            writer = writer or pq.ParquetWriter(folder / f"{part.record}.{part.source}.parquet", batch.schema)
            writer.write_table(batch)
        if writer is not None:
            writer.close()
    return total


def _write_persons(folder: Path, chance: np.random.Generator) -> None:
    ids = np.arange(1, PERSONS + 1)
    born = chance.integers(-(92 * 365), _DAYS - 200, PERSONS) + _FIRST
    died = np.where(chance.random(PERSONS) < 0.04, chance.integers(0, _DAYS, PERSONS) + _FIRST, -1)
    died = np.where(died > born, died, -1)
    person = {
        "person_id": ids,
        "birth_date": _dates(born),
        "sex": _texts(("f", "m", "unknown"), chance.choice(3, PERSONS, p=(0.5, 0.495, 0.005))),
        "municipality": _texts((*AREAS, "XG-99"), chance.integers(0, len(AREAS) + 1, PERSONS)),
        "death_date": pa.array(died, pa.int32(), mask=died < 0).cast(pa.date32()),
    }
    pq.write_table(pa.table(person), folder / "person.gp.parquet")
    moved = chance.random(PERSONS) < 0.2
    begins = np.where(moved, chance.integers(0, _DAYS, PERSONS) + _FIRST, _FIRST - 400)
    ends = np.where(chance.random(PERSONS) < 0.1, begins + chance.integers(1, 900, PERSONS), _FIRST + _DAYS + 400)
    again = chance.choice(ids, PERSONS // 10, replace=False)  # a second interval that may overlap the first
    coverage = {
        "person_id": np.concatenate([ids, again]),
        "start_date": _dates(np.concatenate([begins, chance.integers(0, _DAYS, len(again)) + _FIRST])),
        "end_date": _dates(np.concatenate([ends, np.full(len(again), _FIRST + _DAYS + 100)])),
        "source": _texts(("gp",), np.zeros(PERSONS + len(again), dtype=np.int64)),
    }
    pq.write_table(pa.table(coverage), folder / "coverage.gp.parquet")


def _records(part: Part, rows: int, chance: np.random.Generator, last_month: bool) -> pa.Table:
    # Some people use far more care than others, so the ids are drawn with a skew and scattered.
    person = (PERSONS * chance.random(rows) ** 1.6).astype(np.int64) * 7919 % PERSONS + 1
    day = chance.integers(_LAST_MONTH if last_month else 0, _DAYS, rows) + _FIRST
    columns: dict[str, Any] = {"person_id": person}
    if part.record == "condition":
        columns |= _coded("icpc", ICPC, rows, chance) | {
            "start_date": _dates(day),
            "end_date": _nothing(rows, pa.date32()),
        }
    elif part.record == "treatment":
        columns |= _coded("atc", ATC, rows, chance) | {"start_date": _dates(day)}
    elif part.record == "measurement":
        tenths = chance.integers(0, 110, rows) * 1000
        columns |= _coded("local", _MEASURED, rows, chance) | {"measured_on": _dates(day), "value": _decimals(tenths)}
    elif part.record == "encounter":
        kinds = _ENCOUNTERS[part.source]
        columns |= {
            "encounter_type": _texts(kinds, chance.integers(0, len(kinds), rows)),
            "start_date": _dates(day),
            "end_date": _nothing(rows, pa.date32()),
            "urgency": _texts(("acute", "planned"), chance.integers(0, 2, rows)),
            "code_system": _nothing(rows, pa.string()),
            "code": _nothing(rows, pa.string()),
        }
    else:
        category = {"hospital": ("hospital", "medicines"), "social": ("wmo", "youth")}[part.source]
        columns |= {
            "category": _texts(category, chance.integers(0, 2, rows)),
            "start_date": _dates(day),
            "amount_cents": chance.integers(100, 2_000_000, rows),
        }
    return pa.table(columns | {"source": _texts((part.source,), np.zeros(rows, dtype=np.int64))})


def _coded(system: str, codes: Sequence[str], rows: int, chance: np.random.Generator) -> dict[str, Any]:
    drawn = (len(codes) * chance.random(rows) ** 1.3).astype(np.int64)
    return {"code_system": _texts((system,), np.zeros(rows, dtype=np.int64)), "code": _texts(codes, drawn)}


def _texts(values: Sequence[str], places: NDArray[np.int64]) -> Any:
    unique = list(dict.fromkeys(values))
    where = np.array([unique.index(value) for value in values], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(where[places], pa.int32()), pa.array(unique))


def _dates(days: NDArray[np.int64]) -> Any:
    return pa.array(days, pa.int32()).cast(pa.date32())


def _decimals(ten_thousandths: NDArray[np.int64]) -> Any:
    # 128-bit little-endian integers, of which these fill the lower half
    wide = np.stack([ten_thousandths, np.zeros_like(ten_thousandths)], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(ten_thousandths), [None, pa.py_buffer(wide.tobytes())])


def _nothing(rows: int, kind: Any) -> Any:
    return pa.nulls(rows, kind)
