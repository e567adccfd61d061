"""Draw the care of a region's invented inhabitants in 2024, as columns of the extracts."""

from typing import Final

import numpy as np
import numpy.typing as npt

from .synthetic_people import YEAR_DAYS, YEAR_START, Columns, Days, Numbers, People, dutch_dates, valid_numbers

Flags = npt.NDArray[np.bool_]

_DIABETES_BY_AGE: Final = ((0, 0.004), (40, 0.045), (60, 0.125), (75, 0.19))
_ADMISSIONS: Final = 0.105
_ACUTE_SHARE: Final = 0.57  # together: acute admissions of about 6% a year
_EMERGENCY: Final = 0.12
_FROM_ELSEWHERE: Final = 0.005  # hospital rows of people whom this region's register does not know
# mean euros a year of an average inhabitant, and the share of inhabitants who have any
_COSTS: Final = {
    "huisartsenzorg": (200, 0.98),
    "ziekenhuiszorg": (1_480, 0.55),
    "farmacie": (330, 0.65),
    "ggz": (270, 0.07),
    "wijkverpleging": (210, 0.05),
    "overig": (110, 0.4),
}


def diagnoses(rng: np.random.Generator, people: People, factor: float) -> tuple[Columns, Flags]:
    """Draw ICPC diagnoses made before 2024, and tell who has diabetes (T90, T90.01 or T90.02)."""
    rate = _by_age(people.age, _DIABETES_BY_AGE) * factor
    diabetic = rng.random(people.count) < rate
    other = rng.random(people.count) < np.clip(people.age / 160, 0.02, 0.6)
    who = np.concatenate([np.flatnonzero(diabetic), np.flatnonzero(other)])
    codes = np.concatenate(
        [
            rng.choice(["T90", "T90.01", "T90.02"], size=int(diabetic.sum()), p=[0.2, 0.08, 0.72]),
            rng.choice(["K86", "R95", "R96", "P76", "L90"], size=int(other.sum())),
        ]
    )
    since = np.maximum(YEAR_START - rng.integers(30, 5_000, size=len(who)), people.born[who] + 1)
    since = np.minimum(since, YEAR_START - 1)
    return {"bsn": _bsn(people, who), "icpc": codes.tolist(), "begindatum": dutch_dates(since)}, diabetic


def hba1c(rng: np.random.Generator, people: People, diabetic: Flags, share: float) -> tuple[Columns, Flags]:
    """Draw HbA1c measurements in mmol/mol: one to four a year for the people with diabetes who were measured."""
    measured = diabetic & (rng.random(people.count) < share)
    who = np.repeat(np.flatnonzero(measured), rng.integers(1, 5, size=int(measured.sum())))
    values = np.clip(rng.normal(54, 11, size=len(who)), 30, 130).round().astype(np.int64)
    columns = {
        "nummer": _numbers("M", len(who)),
        "bsn": _bsn(people, who),
        "bepaling": ["HbA1c"] * len(who),
        "datum": _in_year(rng, people, who),
        "waarde": [f"{value},0" for value in values],
    }
    return columns, measured


def flu(rng: np.random.Generator, people: People, share: float) -> Columns:
    """Draw flu vaccinations: the stated share of people of 60 and over, hardly anybody else."""
    rate = np.where(people.age >= 60, share, 0.01)
    who = np.flatnonzero((rng.random(people.count) < rate) & np.isnat(people.died))
    autumn = np.datetime64("2024-10-07") + rng.integers(0, 60, size=len(who))
    return {"bsn": _bsn(people, who), "atc": ["J07BB02"] * len(who), "datum": dutch_dates(autumn)}


def gp_contacts(rng: np.random.Generator, people: People, diabetic: Flags) -> Columns:
    """Draw contacts with the general practice: about four a year, more with age and with diabetes."""
    rate = rng.gamma(1.5, 1 / 1.5, size=people.count) * (2.2 + people.age / 25 + 3 * diabetic)
    who = np.repeat(np.arange(people.count), rng.poisson(rate))
    return {
        "nummer": _numbers("C", len(who)),
        "bsn": _bsn(people, who),
        "naam": [f"Verzonnen Inwoner {number + 1}" for number in who],
        "datum": _in_year(rng, people, who),
    }


def admissions(rng: np.random.Generator, people: People) -> tuple[Columns, int]:
    """Draw hospital admissions with their urgency; the second result counts the acute ones of inhabitants."""
    rate = _ADMISSIONS * np.clip(people.age / 40, 0.3, 3)
    who = np.repeat(np.arange(people.count), rng.poisson(rate))
    acute = rng.random(len(who)) < _ACUTE_SHARE
    first = _days(rng, people, who)
    columns = {
        "nummer": _numbers("O", len(who)),
        "bsn": _bsn(people, who),
        "opnamedatum": dutch_dates(first),
        "ontslagdatum": dutch_dates(first + rng.integers(0, 12, size=len(who))),
        "urgentie": np.where(acute, "A", "P").tolist(),
        "icd10": rng.choice(["I50", "J44", "S72", "K35", "C34"], size=len(who)).tolist(),
    }
    return columns, int(acute.sum())


def emergency_visits(rng: np.random.Generator, people: People, factor: float) -> Columns:
    """Draw visits to the emergency department."""
    rate = _EMERGENCY * factor * np.clip(0.6 + people.age / 90, 0.6, 2)
    who = np.repeat(np.arange(people.count), rng.poisson(rate))
    return {"nummer": _numbers("S", len(who)), "bsn": _bsn(people, who), "datum": _in_year(rng, people, who)}


def coverage(people: People) -> Columns:
    """Return the insurer's registrations: the whole year, or to the day of death (last day, inclusive)."""
    start = np.full(people.count, YEAR_START - 365)
    return {
        "bsn": people.bsn,
        "begindatum": dutch_dates(np.maximum(start, people.born)),
        "einddatum": dutch_dates(people.died),
    }


def costs(rng: np.random.Generator, people: People, diabetic: Flags, factor: float) -> tuple[Columns, int]:
    """Draw insured costs per category, skewed, about 2,600 euros a year per person; the sum is in cents."""
    need = rng.gamma(0.8, 1 / 0.8, size=people.count) * (0.3 + people.age / 60 + 0.6 * diabetic)
    need = need / need.mean() * factor
    who, amounts, categories = [], [], []
    for category, (mean, share) in _COSTS.items():
        users = np.flatnonzero(rng.random(people.count) < share)
        cents = np.maximum(1, (need[users] * mean * 100 / share).astype(np.int64))
        who.append(users)
        amounts.append(cents)
        categories += [category] * len(users)
    persons, cents = np.concatenate(who), np.concatenate(amounts)
    columns = {
        "nummer": _numbers("D", len(persons)),
        "bsn": _bsn(people, persons),
        "datum": _in_year(rng, people, persons),
        "post": categories,
        "bedrag": [f"{cent // 100},{cent % 100:02d}" for cent in cents.tolist()],
    }
    return columns, int(cents.sum())


def survey(rng: np.random.Generator, people: People) -> tuple[Columns, int, int]:
    """Draw a survey of about a fifth of the adults: self-rated health 1 (very good) to 5, care experience 0-10.

    Returns the answers, how many rate their health 1 or 2, and the sum of the experience scores in tenths.
    """
    who = np.flatnonzero((people.age >= 18) & np.isnat(people.died) & (rng.random(people.count) < 0.2))
    well = rng.random(len(who)) < np.clip(0.93 - people.age[who] / 280, 0, 1)
    health = np.where(well, rng.integers(1, 3, size=len(who)), rng.integers(3, 6, size=len(who)))
    tenths = np.clip(rng.normal(82, 12, size=len(who)), 0, 100).round().astype(np.int64)
    day = dutch_dates(np.datetime64("2024-09-01") + rng.integers(0, 60, size=len(who)))
    answers = [str(score) for score in health] + [f"{score // 10},{score % 10}" for score in tenths]
    columns = {
        "bsn": _bsn(people, who) * 2,
        "datum": day * 2,
        "vraag": ["ervaren gezondheid"] * len(who) + ["rapportcijfer huisarts"] * len(who),
        "antwoord": answers,
    }
    return columns, int(well.sum()), int(tenths.sum())


def with_visitors(rng: np.random.Generator, columns: Columns) -> Columns:
    """Return the rows, and some again for people from elsewhere, whom no register of this region knows."""
    count = max(1, int(len(columns["bsn"]) * _FROM_ELSEWHERE))
    chosen = rng.integers(0, len(columns["bsn"]), size=count).tolist()
    again = {name: [values[i] for i in chosen] for name, values in columns.items()}
    again["bsn"] = [str(number) for number in valid_numbers(rng, count, start=100_000_000)]
    return {name: values + again[name] for name, values in columns.items()}


def _by_age(age: Numbers, steps: tuple[tuple[int, float], ...]) -> npt.NDArray[np.float64]:
    rates = np.array([rate for _, rate in steps])
    return rates[np.searchsorted([start for start, _ in steps], age, side="right") - 1]


def _bsn(people: People, who: Numbers) -> list[str]:
    return [people.bsn[i] for i in who.tolist()]


def _numbers(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:07d}" for number in range(1, count + 1)]


def _days(rng: np.random.Generator, people: People, who: Numbers) -> Days:
    """Draw days in 2024, moved to the day of death where they would fall after it."""
    drawn = YEAR_START + rng.integers(0, YEAR_DAYS, size=len(who))
    died = people.died[who]
    moved: Days = np.where(np.isnat(died), drawn, np.minimum(drawn, died)).astype("datetime64[D]")
    return moved


def _in_year(rng: np.random.Generator, people: People, who: Numbers) -> list[str]:
    return dutch_dates(_days(rng, people, who))
