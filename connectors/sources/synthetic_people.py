"""Draw the invented inhabitants of a region, and the population register a municipality would deliver."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Columns = dict[str, list[str]]
Days = npt.NDArray[np.datetime64]
Numbers = npt.NDArray[np.int64]

YEAR_START: Final = np.datetime64("2024-01-01")
YEAR_DAYS: Final = 366
_WEIGHTS: Final = np.array([9, 8, 7, 6, 5, 4, 3, 2, -1])  # of the 11-test on a citizen service number
_AGE_STARTS: Final = np.array([0, 18, 30, 45, 60, 75, 90])
_AGE_LENGTHS: Final = np.array([18, 12, 15, 15, 15, 15, 10])
_AGE_SHARES: Final = np.array([0.185, 0.15, 0.19, 0.2, 0.18, 0.083, 0.012])


@dataclass(frozen=True)
class People:
    """The invented inhabitants: parallel arrays; `municipality` indexes `areas`, `died` is NaT for the living."""

    bsn: list[str]
    born: Days
    sex: list[str]
    municipality: Numbers
    died: Days
    age: Numbers
    areas: tuple[str, ...]

    @property
    def count(self) -> int:
        """Return how many inhabitants there are."""
        return len(self.bsn)

    @property
    def municipality_codes(self) -> dict[str, str]:
        """Return the register's own four-digit codes, with the area code each stands for."""
        return {str(9001 + i): area for i, area in enumerate(self.areas)}

    def register(self) -> Columns:
        """Return the columns of the population register; `naam` is there to be left behind."""
        codes = list(self.municipality_codes)
        return {
            "bsn": self.bsn,
            "naam": [f"Verzonnen Inwoner {number}" for number in range(1, self.count + 1)],
            "geboortedatum": dutch_dates(self.born),
            "geslacht": self.sex,
            "gemeente": [codes[index] for index in self.municipality],
            "overlijdensdatum": dutch_dates(self.died),
        }


def draw_people(rng: np.random.Generator, municipalities: Mapping[str, int], scale: float) -> People:
    """Draw `scale` times the inhabitants of every municipality; ages are on 1 January of the year."""
    sizes = [max(1, round(inhabitants * scale)) for inhabitants in municipalities.values()]
    count = sum(sizes)
    band = rng.choice(len(_AGE_STARTS), size=count, p=_AGE_SHARES / _AGE_SHARES.sum())
    age = _AGE_STARTS[band] + rng.integers(0, _AGE_LENGTHS[band])
    born = YEAR_START - (age * 365.25).astype(np.int64) - rng.integers(1, 365, size=count)
    dying = rng.random(count) < np.clip(0.0005 * np.exp(0.075 * np.maximum(age - 30, 0)), 0, 0.3)
    died = np.where(dying, YEAR_START + rng.integers(1, YEAR_DAYS, size=count), np.datetime64("NaT"))
    return People(
        bsn=[str(number) for number in valid_numbers(rng, count)],
        born=born.astype("datetime64[D]"),
        sex=rng.choice(["V", "M", "O"], size=count, p=[0.503, 0.4965, 0.0005]).tolist(),
        municipality=np.repeat(np.arange(len(sizes)), sizes),
        died=died.astype("datetime64[D]"),
        age=age,
        areas=tuple(municipalities),
    )


def valid_numbers(rng: np.random.Generator, count: int, start: int = 900_000_000) -> Numbers:
    """Draw distinct nine-digit numbers that pass the 11-test, from `start` up to 100,000,000 further."""
    found = np.array([], dtype=np.int64)
    while len(found) < count:
        drawn = rng.integers(start, start + 100_000_000, size=count * 13)
        digits = drawn[:, None] // 10 ** np.arange(8, -1, -1) % 10
        found = np.unique(np.concatenate([found, drawn[(digits @ _WEIGHTS) % 11 == 0]]))
    return rng.permutation(found)[:count]


def dutch_dates(days: Days) -> list[str]:
    """Return days as dd-mm-yyyy, an empty text where there is none."""
    texts: list[Any] = np.datetime_as_string(days.astype("datetime64[D]"), unit="D").tolist()
    return ["" if text == "NaT" else f"{text[8:]}-{text[5:7]}-{text[:4]}" for text in texts]
