"""Where persons lived: on a day that decides in whose figures they count, and on which covered days they lived here.

A person counts once, in one municipality: that of the reference date (of `any_day` the last of the node's areas in the
period), like age and sex. So numbers of persons add up over municipalities, which protection builds on. Their days are
those on which they were covered and lived in any of the node's areas: a year elsewhere is no time that could have been
observed here. Whoever has no stays in `lived_in` lives where `person` says, on every day.
"""

import datetime
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Date,
    FromClause,
    String,
    and_,
    case,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    table,
)

from .period import Period

NEVER: Final = datetime.date(9999, 12, 31)
LIVED_IN: Final = table(
    "lived_in",
    column("person_id", BigInteger), column("municipality", String), column("start_date", Date),
    column("end_date", Date),
)  # fmt: skip


def municipality_on(person: FromClause, days: Period, covered_on: str, areas: Sequence[str]) -> tuple[Any, Any]:
    """Return persons joined with where they lived, and the municipality in which they count, NULL where there is none.

    Of each person there is one row still.
    """
    lived = LIVED_IN.c
    if covered_on == "any_day":
        home = _last_home(days, areas)
    else:
        reference = days.reference(covered_on)
        then = and_(lived.start_date <= reference, lived.end_date > reference)
        municipality = func.max(case((then, lived.municipality))).label("municipality")
        home = select(lived.person_id, municipality).group_by(lived.person_id).subquery("home")
    joined = person.outerjoin(home, home.c.person_id == person.c.person_id)
    return joined, case((home.c.person_id.is_not(None), home.c.municipality), else_=person.c.municipality)


def _last_home(days: Period, areas: Sequence[str]) -> FromClause:
    lived = LIVED_IN.c
    here = [lived.start_date < days.end, lived.end_date > days.start]
    if areas:
        here.append(lived.municipality.in_(sorted(set(areas))))
    then = and_(*here)
    order = (case((then, 0), else_=1), lived.start_date.desc())
    ranked = select(
        lived.person_id,
        case((then, lived.municipality)).label("municipality"),
        func.row_number().over(partition_by=lived.person_id, order_by=order).label("place"),
    ).subquery("ranked_homes")
    return select(ranked.c.person_id, ranked.c.municipality).where(ranked.c.place == 1).subquery("home")


def covered_here(coverage: FromClause, areas: Sequence[str]) -> FromClause:
    """Return coverage without the days on which a person lived in none of `areas`; all of it without `areas`.

    Columns as in `coverage`: person_id, start_date, end_date (NULL: open). Intervals of a person may overlap.
    """
    if not areas:
        return coverage
    covered, lived = coverage.c, LIVED_IN.c
    stayed = select(covered.person_id, covered.start_date, covered.end_date).where(
        covered.person_id.not_in(select(lived.person_id))
    )
    first = case((covered.start_date < lived.start_date, lived.start_date), else_=covered.start_date)
    end = func.coalesce(covered.end_date, literal(NEVER, Date))
    last = case((end > lived.end_date, lived.end_date), else_=end)
    moved = (
        select(covered.person_id, first.label("start_date"), last.label("end_date"))
        .join(LIVED_IN, lived.person_id == covered.person_id)
        .where(lived.municipality.in_(sorted(set(areas))), last > first)
    )
    return stayed.union_all(moved).subquery("covered_here")


def died_here(person: FromClause, coverage: FromClause, areas: Sequence[str]) -> FromClause:
    """Return the deaths of those who were covered and lived in `areas` on the day of death, or until that day.

    Columns: person_id, start_date (the day of death). Coverage that ends by a death ends on its day, since the day an
    interval ends on is no part of it.
    """
    dead, covered = person.c, covered_here(coverage, areas).c
    was_here = exists().where(
        covered.person_id == dead.person_id,
        covered.start_date <= dead.death_date,
        or_(
            covered.end_date.is_(None), and_(covered.end_date >= dead.death_date, covered.end_date > covered.start_date)
        ),
    )
    return select(dead.person_id, dead.death_date.label("start_date")).where(was_here).subquery("death")
