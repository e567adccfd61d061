"""Draw what is long known of a region's invented inhabitants: chronic conditions, lifestyle, medicines of 2024."""

from typing import Final

import numpy as np
import numpy.typing as npt

from .synthetic_people import YEAR_DAYS, YEAR_START, Columns, Days, Numbers, People, dutch_dates

# share of people by age at which it starts, per ICPC code; round figures near the Dutch ones
_CONDITIONS: Final[dict[str, tuple[tuple[int, float], ...]]] = {
    "K77": ((0, 0.0), (60, 0.02), (75, 0.1)),
    "K75": ((0, 0.0), (45, 0.02), (65, 0.07)),
    "K90": ((0, 0.001), (60, 0.03), (75, 0.08)),
    "P70": ((0, 0.0), (65, 0.02), (80, 0.14)),
    "L91": ((0, 0.002), (50, 0.06), (70, 0.17)),
}
_MEDICINES: Final = (
    "A02BC01", "A10BA02", "A11CC05", "B01AC06", "C03CA01", "C07AB02", "C08CA01", "C09AA02", "C10AA01", "M01AE01",
    "N02BE01", "N05BA01", "N06AB04", "R03AC02",
)  # fmt: skip
_MEASURED, _RECORDED, _SMOKING, _KIDNEY = 0.3, 0.35, (0.55, 0.2, 0.25), 0.7


def conditions(rng: np.random.Generator, people: People) -> Columns:
    """Draw chronic conditions beside those of `synthetic_care.diagnoses`, made before 2024, with age."""
    persons, codes = [], list[str]()
    for code, steps in _CONDITIONS.items():
        starts, rates = np.array(steps).T
        chance = rates[np.searchsorted(starts, people.age, side="right") - 1]
        ill = np.flatnonzero(rng.random(people.count) < chance)
        persons.append(ill)
        codes += [code] * len(ill)
    who = np.concatenate(persons)
    since: Days = np.maximum(YEAR_START - rng.integers(30, 5_000, size=len(who)), people.born[who] + 1)
    return {"bsn": _bsn(people, who), "icpc": codes, "begindatum": dutch_dates(np.minimum(since, YEAR_START - 1))}


def lifestyle(
    rng: np.random.Generator, people: People, diabetic: npt.NDArray[np.bool_]
) -> tuple[Columns, int, int, int]:
    """Draw a body mass index and a smoking status (0 never, 1 yes, 2 stopped) of some adults, eGFR with diabetes.

    Returns the rows, how many had their index measured, how many of these are at 30 or above, and how many smoke.
    """
    adult = people.age >= 18
    measured = np.flatnonzero(adult & (rng.random(people.count) < _MEASURED))
    tenths = np.clip(rng.normal(262, 44, size=len(measured)), 150, 550).round().astype(np.int64)
    recorded = np.flatnonzero(adult & (rng.random(people.count) < _RECORDED))
    status = rng.choice(3, size=len(recorded), p=_SMOKING)
    kidneys = np.flatnonzero(diabetic & (rng.random(people.count) < _KIDNEY))
    filtered = np.clip(rng.normal(75, 18, size=len(kidneys)), 8, 140).round().astype(np.int64)
    who = np.concatenate([measured, recorded, kidneys])
    columns = {
        "nummer": [f"L{number:07d}" for number in range(1, len(who) + 1)],
        "bsn": _bsn(people, who),
        "bepaling": ["QI"] * len(measured) + ["roken"] * len(recorded) + ["eGFR"] * len(kidneys),
        "datum": dutch_dates(_days(rng, people, who)),
        "waarde": [
            *(f"{value // 10},{value % 10}" for value in tenths.tolist()),
            *(str(value) for value in status.tolist()),
            *(str(value) for value in filtered.tolist()),
        ],
    }
    return columns, len(measured), int((tenths >= 300).sum()), int((status == 1).sum())


def medicines(rng: np.random.Generator, people: People) -> tuple[Columns, int]:
    """Draw what the pharmacies dispensed, more with age; the second result counts people with five or more."""
    number = np.minimum(rng.poisson(np.clip(people.age / 22, 0.2, 4)), len(_MEDICINES))
    order = rng.random((people.count, len(_MEDICINES))).argsort(axis=1)
    taken = order.argsort(axis=1) < number[:, None]
    who, which = np.nonzero(taken)
    columns = {
        "bsn": _bsn(people, who),
        "atc": [_MEDICINES[place] for place in which.tolist()],
        "datum": dutch_dates(_days(rng, people, who)),
    }
    return columns, int((number >= 5).sum())


def _days(rng: np.random.Generator, people: People, who: Numbers) -> Days:
    """Draw days in 2024, not after death."""
    drawn = YEAR_START + rng.integers(0, YEAR_DAYS, size=len(who))
    died = people.died[who]
    moved: Days = np.where(np.isnat(died), drawn, np.minimum(drawn, died)).astype("datetime64[D]")
    return moved


def _bsn(people: People, who: Numbers) -> list[str]:
    return [people.bsn[place] for place in who.tolist()]
