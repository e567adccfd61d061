"""Invented stays of persons who move, and where somebody lived on a day, read plainly."""

import datetime
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Stay = dict[str, Any]


def stays(
    chance: random.Random, number: int, day: Callable[[], datetime.date], areas: Sequence[str], end: datetime.date
) -> list[Stay]:
    """Return stays that do not overlap, with gaps between them here and there; nothing for half of the persons.

    They are in `areas` and in one more, which is outside; the last one may go on for a year after `end`.
    """
    if chance.random() < 0.5:
        return []
    days = sorted({day() for _ in range(chance.randrange(2, 6))})
    ends = [*days[1:], end + datetime.timedelta(days=400)]
    return [
        {"person_id": number, "municipality": chance.choice([*areas, "XC"]), "start_date": one, "end_date": to}
        for one, to in zip(days, ends, strict=True)
        if chance.random() < 0.85
    ]


def home_on(person: Mapping[str, Any], told: Sequence[Stay], day: datetime.date) -> str | None:
    """Return where somebody lived on a day: by the stays, or where there are none at all, as the register says."""
    if not told:
        return str(person["municipality"]) if person["municipality"] else None
    return next((str(one["municipality"]) for one in told if one["start_date"] <= day < one["end_date"]), None)


def is_here_until(
    death: datetime.date, person: Mapping[str, Any], coverage: Sequence[Mapping[str, Any]], told: Sequence[Stay],
    areas: Sequence[str],
) -> bool:  # fmt: skip
    """Tell whether somebody lived here until the day of death, and was covered on that day or the day before.

    Whoever died on the day of birth lived where they did that day; before birth nobody is covered.
    """
    birth, day_before = person["birth_date"], death - datetime.timedelta(days=1)
    days = [death, *([day_before] if birth is None or birth <= day_before else [])]
    return any(row["start_date"] <= day < row["end_date"] for row in coverage for day in days) and (
        not areas or not told or home_on(person, told, last_lived(death, person)) in areas
    )


def last_lived(death: datetime.date, person: Mapping[str, Any]) -> datetime.date:
    """Return the day that says where somebody lived until death: the day before, or that of birth."""
    return death if person["birth_date"] == death else death - datetime.timedelta(days=1)


def days_lived(
    person: Mapping[str, Any], coverage: Sequence[Mapping[str, Any]], days: Sequence[datetime.date]
) -> list[datetime.date]:
    """Return those of some days on which somebody with a known birth date was covered and alive."""
    birth, death = person["birth_date"], person["death_date"]
    return [
        day
        for day in days
        if birth <= day
        and (death is None or day < death)
        and any(row["start_date"] <= day < row["end_date"] for row in coverage)
    ]


def age_on(birth: datetime.date, on: datetime.date) -> int:
    """Return somebody's age in completed years on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
