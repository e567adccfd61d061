"""What a criterion asks beyond one record at a time: codes by their beginning, distinct codes, a return, a death."""

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String, and_, cast, distinct, exists, func, literal, or_, select
from sqlalchemy.sql.expression import FromClause

from schemas.definition import Again, Criterion

from .period import YEAR_AFTER, Period


def record_day(records: FromClause, criterion: Criterion) -> ColumnElement[Any]:
    """Return the day by which a record falls in its window: of a measurement its own, else the start, or the end."""
    if criterion.window == "ended_in_period":
        return records.c.end_date
    return records.c.measured_on if criterion.record == "measurement" else records.c.start_date


def in_window(
    day: ColumnElement[Any], criterion: Criterion, days: Period, reference: datetime.date
) -> ColumnElement[bool]:
    """Tell whether a day lies in the criterion's window."""
    match criterion.window:
        case "until_reference":
            return day <= reference
        case "until_end":
            return day < days.end
        case "year_after_reference":
            return and_(day > reference, day <= reference + datetime.timedelta(days=YEAR_AFTER))
    return and_(day >= days.start, day < days.end)


def has_code(records: FromClause, criterion: Criterion) -> ColumnElement[bool]:
    """Tell whether a record's code is one of the criterion's, or starts with one of its prefixes."""
    exact = records.c.code.in_(sorted(set(criterion.codes))) if criterion.codes else None
    starts = [records.c.code.startswith(prefix, autoescape=True) for prefix in sorted(set(criterion.prefixes))]
    return or_(*([] if exact is None else [exact]), *starts)


def happens_again(records: FromClause, types: Sequence[str], again: Again, later: FromClause) -> ColumnElement[bool]:
    """Tell whether another encounter of the same person, of these types, follows; `later` is the same table again."""
    last_day = records.c.end_date.op("+", return_type=Date())(cast(literal(again.within_days, Integer), Integer))
    conditions = [
        later.c.person_id == records.c.person_id,
        later.c.encounter_type.in_(sorted(set(types))),
        later.c.start_date > records.c.end_date,
        later.c.start_date <= last_day,
    ]
    if again.urgency is not None:
        conditions.append(later.c.urgency == again.urgency)
    return exists().where(*conditions).correlate(records)


def enough_codes(records: FromClause, criterion: Criterion) -> ColumnElement[bool]:
    """Tell, of a person's matching records, whether they bear enough distinct codes."""
    return func.count(distinct(shortened(records.c.code, criterion.code_length))) >= criterion.at_least


def shortened(code: ColumnElement[Any], length: int | None) -> ColumnElement[Any]:
    """Return the first characters of a code, all of them where no length is given."""
    return code if length is None else func.substr(code, 1, length, type_=String())


def meets(
    person_id: ColumnElement[Any], records: FromClause, criterion: Criterion, matching: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Tell whether a person has a matching record, or records of enough distinct codes."""
    if criterion.at_least == 1:
        return exists().where(records.c.person_id == person_id, matching)
    enough = enough_codes(records, criterion)
    return person_id.in_(select(records.c.person_id).where(matching).group_by(records.c.person_id).having(enough))
