"""Where persons lived: on a day that decides in whose figures they count, and on which covered days they lived here.

A person counts once, in one municipality: that of the reference date (of `any_day` that of the last day observed in the
period), like age and sex. So numbers of persons add up over municipalities, which protection builds on. Their days are
those on which they were covered and lived in any of the node's areas: a year elsewhere is no time that could have been
observed here. Whoever has no stays in `lived_in` lives where `person` says, on every day.
"""

import datetime
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)

from .linked_tables import COVERAGE, DEAD, LIVED_IN, PERSON, RECORDS
from .period import Period

NEVER: Final = datetime.date(9999, 12, 31)


def lived_on(person: FromClause, day: datetime.date) -> tuple[Any, Any]:
    """Return persons joined with where they lived on a day, and that municipality, NULL where there is none.

    Of each person there is one row still.
    """
    lived = LIVED_IN.c
    then = and_(lived.start_date <= day, lived.end_date > day)
    municipality = func.max(case((then, lived.municipality))).label("municipality")
    home = select(lived.person_id, municipality).group_by(lived.person_id).subquery("home")
    joined = person.outerjoin(home, home.c.person_id == person.c.person_id)
    return joined, case((home.c.person_id.is_not(None), home.c.municipality), else_=person.c.municipality)


def last_lived(person: FromClause, days: Period, areas: Sequence[str]) -> tuple[Any, Any]:
    """Return whoever is observed on any day of the period, and the municipality of the last of these days.

    Of each person there is one row.
    """
    seen = observed(areas).c
    last = case((seen.end_date > days.end, literal(days.end, Date)), else_=seen.end_date)
    ranked = (
        select(
            seen.person_id,
            seen.municipality,
            func.row_number().over(partition_by=seen.person_id, order_by=last.desc()).label("place"),
        )
        .where(seen.start_date < days.end, seen.end_date > days.start)
        .subquery("ranked_homes")
    )
    home = select(ranked.c.person_id, ranked.c.municipality).where(ranked.c.place == 1).subquery("home")
    joined = person.join(home, home.c.person_id == person.c.person_id)
    return joined, func.coalesce(home.c.municipality, person.c.municipality)


def covered_here(areas: Sequence[str]) -> FromClause:
    """Return coverage without the days on which a person lived in none of `areas`; all of it without `areas`.

    Columns as in `coverage`: person_id, start_date, end_date (NULL: open). Intervals of a person may overlap.
    """
    covered, lived = COVERAGE.c, LIVED_IN.c
    everywhere = select(covered.person_id, covered.start_date, covered.end_date)
    if not areas:
        return everywhere.subquery("covered_here")
    stayed = everywhere.where(covered.person_id.not_in(select(lived.person_id)))
    first = _later(covered.start_date, lived.start_date)
    last = _earlier(func.coalesce(covered.end_date, literal(NEVER, Date)), lived.end_date)
    moved = (
        select(covered.person_id, first.label("start_date"), last.label("end_date"))
        .join(LIVED_IN, lived.person_id == covered.person_id)
        .where(lived.municipality.in_(sorted(set(areas))), last > first)
    )
    return stayed.union_all(moved).subquery("covered_here")


def observed(areas: Sequence[str]) -> FromClause:
    """Return the days on which what happens to a person counts: covered, lived in `areas`, from birth to death.

    Columns: person_id, municipality (NULL where no stays are told, or no areas asked), start_date, end_date. Intervals
    of a person may overlap, but on one day they say the same municipality.

    The day of death is one of them where somebody lived here on the day before and was covered on either: it is no day
    of person-time, since nobody lives all of it, but the last on which anything happens. So a death counts where
    somebody lived until then, also where coverage or a stay ends on that day, and nowhere else if they moved on it.
    Whoever died on the day of birth lived where they did that day.
    """
    covered, lived, life = COVERAGE.c, LIVED_IN.c, PERSON.alias("life")
    born, died = life.c.birth_date, life.c.death_date
    after_death = died.op("+", return_type=Date())(cast(literal(1, Integer), Integer))

    def until(end: Any) -> Any:
        return case((end >= died, after_death), else_=end)

    first, end = _later(covered.start_date, born), func.coalesce(covered.end_date, literal(NEVER, Date))
    is_lived = and_(end > first, or_(died.is_(None), first <= died))
    of_life = COVERAGE.join(life, life.c.person_id == covered.person_id)
    stayed = (
        select(covered.person_id, cast(null(), String).label("municipality"), first.label("start_date"))
        .add_columns(until(end).label("end_date"))
        .select_from(of_life)
        .where(is_lived)
    )
    if not areas:
        return stayed.subquery("observed")
    moved_in, moved_out = _later(first, lived.start_date), _earlier(until(end), until(lived.end_date))
    moved = (
        select(covered.person_id, lived.municipality, moved_in.label("start_date"), moved_out.label("end_date"))
        .select_from(of_life.join(LIVED_IN, lived.person_id == covered.person_id))
        .where(
            lived.municipality.in_(sorted(set(areas))),
            is_lived,
            moved_out > moved_in,
            or_(died.is_(None), lived.start_date < died, born == died),
            or_(born.is_(None), lived.end_date > born),
        )
    )
    stayed = stayed.where(covered.person_id.not_in(select(lived.person_id)))
    return stayed.union_all(moved).subquery("observed")


def _later(one: Any, other: Any) -> Any:
    """Return the later of two days, the first where the other is unknown."""
    return case((other > one, other), else_=one)


def _earlier(one: Any, other: Any) -> Any:
    return case((other < one, other), else_=one)


def records_of(record: str, window: str, areas: Sequence[str]) -> FromClause:
    """Return the records of a kind that a window is about: of deaths those here, but after a reference date all.

    Columns of a death: person_id, start_date (the day of death).
    """
    if record != "death" or window.startswith("year_after"):
        return RECORDS[record]
    dead = DEAD.c
    was_here = is_observed(dead.person_id, dead.death_date, areas)
    return select(dead.person_id, dead.death_date.label("start_date")).where(was_here).subquery("death")


def is_observed(person_id: ColumnElement[Any], day: ColumnElement[Any], areas: Sequence[str]) -> ColumnElement[bool]:
    """Tell whether a day is one on which what happens to a person counts."""
    seen = observed(areas).c
    return exists().where(seen.person_id == person_id, seen.start_date <= day, seen.end_date > day)
