"""Statements of a plan over persons and coverage, and from what was gathered per person to numbers per cell.

A cell is one integer: frame, area, age and sex in mixed radix, so that grouping and joining need one number only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    distinct,
    func,
    literal,
    or_,
    select,
    table,
    values,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from .fuse import Amount, Frame, Gathering, Need, Pattern, Plan
from .linked_tables import PERSON
from .period import born_by
from .pieces import PIECES
from .residence import lived_on

SEXES: Final = 3  # f, m, and whoever is neither or unknown
PEOPLE: Final = table(
    "fused_people",
    column("frame", Integer), column("person_id", BigInteger), column("cell", Integer), column("days", BigInteger),
    column("groups", BigInteger),
)  # fmt: skip


@dataclass(frozen=True)
class Number:
    """One number per cell: persons of a group (`what` persons), their days, or the sum or the two largest of an amount.

    Without `pattern` it is about everyone in the group, else about those of them with a matching record. `present` are
    the persons with any day: of everybody of a period (`any_day`), some died on its first day.
    """

    what: str  # persons, present, days, amount, largest
    needs: frozenset[Need]
    pattern: Pattern | None = None
    amount: Amount | None = None


class TwoLargest(FunctionElement[Any]):
    """The two largest values of a group as a list, the larger first."""

    name = "two_largest"
    inherit_cache = True


@compiles(TwoLargest, "duckdb")
def _on_duckdb(element: TwoLargest, compiler: Any, **options: Any) -> str:
    return f"max({compiler.process(element.clauses, **options)}, 2)"


@compiles(TwoLargest, "postgresql")
def _on_postgresql(element: TwoLargest, compiler: Any, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    return f"(array_agg({value} ORDER BY {value} DESC NULLS LAST))[1:2]"


def base(plan: Plan, frame: Frame, within: Sequence[ColumnElement[bool]] = ()) -> Select[Any]:
    """Return the persons of one frame, each with the number of its cell and its covered days in the period."""
    days, reference = frame.days, frame.reference
    person, pieces = PERSON, PIECES
    last = case((pieces.c.end_date > days.end, literal(days.end, Date)), else_=pieces.c.end_date)
    until = case((person.c.death_date < last, person.c.death_date), else_=last)
    first = case((pieces.c.start_date < days.start, literal(days.start, Date)), else_=pieces.c.start_date)
    lived = case((until > first, _days_between(first, until)), else_=0)
    conditions: list[ColumnElement[bool]] = [person.c.birth_date <= reference]
    chosen: list[ColumnElement[bool]] = []
    if frame.covered_on != "any_day":
        conditions.append(or_(person.c.death_date.is_(None), person.c.death_date > reference))
        is_covered = and_(pieces.c.start_date <= reference, pieces.c.end_date > reference)
        chosen.append(func.max(case((is_covered, 1), else_=0)) == 1)
    cell, source = _cell(plan, frame, _days_between(literal(days.start, Date), last))
    return (
        select(person.c.person_id, cell.label("cell"), cast(func.sum(lived), BigInteger).label("days"))
        .select_from(source)
        .where(*conditions, pieces.c.start_date < days.end, pieces.c.end_date > days.start, *within)
        .group_by(person.c.person_id)
        .having(*chosen)
    )


def _days_between(first: ColumnElement[Any], after: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(after.op("-", precedence=7, return_type=Integer())(first), BigInteger)


def people(plan: Plan, frame: Frame, persons: FromClause, gathered: Mapping[int, FromClause]) -> Select[Any]:
    """Return `persons` of one frame, as `base` gives them, with a bit for each group they belong to.

    `gathered` holds, per number of a gathering, the rows of those in which some group's patterns are.
    """
    groups, beside = _groups(plan, frame, persons, gathered)
    number = cast(literal(plan.frames.index(frame), Integer), Integer)
    columns = (persons.c.person_id, persons.c.cell, persons.c.days)
    return select(number.label("frame"), *columns, groups).select_from(beside)


def _cell(plan: Plan, frame: Frame, last_day: ColumnElement[Any]) -> tuple[ColumnElement[Any], Any]:
    """Return the number of a person's cell, over the person's pieces, and the table of persons with what it takes.

    `last_day` is the number in the period of a piece's last day there: by `any_day` the last piece says the place.
    """
    born = PERSON.c.birth_date
    older = [cast(born <= born_by(frame.reference, age), Integer) for age in plan.ages[1:]]
    age: ColumnElement[Any] = literal(0, Integer)
    for one in older:
        age = age + one
    sex = case((PERSON.c.sex == "f", 0), (PERSON.c.sex == "m", 1), else_=2)
    many = len(plan.areas)
    place: ColumnElement[Any] = literal(plan.frames.index(frame) * max(many, 1), Integer)
    is_mine = PIECES.c.person_id == PERSON.c.person_id
    if not many:
        source: Any = PERSON.join(PIECES, is_mine)
    else:
        listed = values(column("code", String), column("place", Integer), name="areas").data(
            [(code, number) for number, code in enumerate(plan.areas)]
        )
        if frame.covered_on == "any_day":
            municipality = func.coalesce(PIECES.c.municipality, PERSON.c.municipality)
            source = PERSON.join(PIECES, is_mine).join(listed, listed.c.code == municipality)
            place = place + func.max(last_day * many + listed.c.place) % many
        else:
            source, municipality = lived_on(PERSON, frame.reference)
            source = source.join(listed, listed.c.code == municipality).join(PIECES, is_mine)
            place = place + func.min(listed.c.place)
    # Of one person there is one age and one sex, so the smallest is that.
    return cast((place * len(plan.ages) + func.min(age)) * SEXES + func.min(sex), Integer), source


def _groups(
    plan: Plan, frame: Frame, persons: FromClause, gathered: Mapping[int, FromClause]
) -> tuple[ColumnElement[Any], Any]:
    beside: Any = persons
    found: dict[int, FromClause] = {}
    for number, rows in gathered.items():
        gathering = plan.gatherings[number]
        if frame in gathering.frames:
            first, after = gathering.slices_of(frame)
            flags = (
                select(rows.c.person_id, cast(func.bit_or(rows.c.flags), BigInteger).label("flags"))
                .where(rows.c.slice >= first, rows.c.slice < after)
                .group_by(rows.c.person_id)
                .having(*enough(gathering, rows))
                .subquery(f"found{number}")
            )
            found[number] = flags
            beside = beside.outerjoin(flags, flags.c.person_id == persons.c.person_id)
    groups: ColumnElement[Any] = literal(0, BigInteger)
    for needs in plan.groups:
        wanted: dict[tuple[int, bool], int] = {}
        for need in needs:
            number, gathering = plan.gathering_of(need.pattern)
            wanted[number, need.is_met] = wanted.get((number, need.is_met), 0) | gathering.flag(need.pattern)
        if {number for number, _ in wanted} <= set(found):
            has_all = [
                func.coalesce(found[number].c.flags, 0).bitwise_and(literal(bits, BigInteger))
                == literal(bits if is_met else 0, BigInteger)
                for (number, is_met), bits in wanted.items()
            ]
            groups = groups + case((and_(*has_all), literal(plan.group_bit(needs), BigInteger)), else_=0)
    return cast(groups, BigInteger).label("groups"), beside


def per_cell_of_people(plan: Plan, numbers: Sequence[Number]) -> Select[Any]:
    """Return a row per cell that holds anyone: the cell and these numbers, about everyone in the groups."""
    columns = []
    for one in numbers:
        chosen = _is_member(plan, one)
        if one.what == "present":
            chosen.append(PEOPLE.c.days > 0)
        columns.append(_counted(func.sum(PEOPLE.c.days) if one.what == "days" else func.count(), chosen))
    return select(PEOPLE.c.cell, *_named(columns)).group_by(PEOPLE.c.cell)


def per_cell(plan: Plan, number: int, rows: FromClause, numbers: Sequence[Number]) -> Select[Any]:
    """Return a row per cell in which a pattern of a gathering was found: the cell and these numbers.

    `rows` are the gathering's, at most one per person and slice; where frames are several slices, these are joined.
    """
    gathering = plan.gatherings[number]
    spans = values(column("frame", Integer), column("first", Integer), column("after", Integer), name="spans").data(
        [(plan.frames.index(frame), *gathering.slices_of(frame)) for frame in gathering.frames]
    )
    if gathering.has_whole_slices and not gathering.distinct:
        source = rows.join(spans, spans.c.first == rows.c.slice)
        found = select(spans.c.frame, *(one for one in rows.c if one.name != "slice")).select_from(source)
    else:
        source = rows.join(spans, and_(spans.c.first <= rows.c.slice, spans.c.after > rows.c.slice))
        sums = [cast(func.sum(one), BigInteger).label(one.name) for one in rows.c if one.name.startswith("a")]
        flags = cast(func.bit_or(rows.c.flags), BigInteger).label("flags")
        found = select(spans.c.frame, rows.c.person_id, flags, *sums).select_from(source)
        found = found.group_by(spans.c.frame, rows.c.person_id).having(*enough(gathering, rows))
    per_person = found.subquery("per_person")
    joined = per_person.join(
        PEOPLE, and_(PEOPLE.c.person_id == per_person.c.person_id, PEOPLE.c.frame == per_person.c.frame)
    )
    columns = [_over(plan, gathering, per_person, one) for one in numbers]
    return select(PEOPLE.c.cell, *_named(columns)).select_from(joined).group_by(PEOPLE.c.cell)


def enough(gathering: Gathering, rows: FromClause) -> list[ColumnElement[bool]]:
    """Tell, of a person's rows in a frame, whether they bear enough distinct codes, where that is asked."""
    wanted = gathering.distinct
    return [func.count(distinct(rows.c.code)) >= wanted.at_least] if wanted else []


def _over(plan: Plan, gathering: Gathering, per_person: FromClause, one: Number) -> ColumnElement[Any]:
    conditions = _is_member(plan, one)
    if one.pattern is not None and len(gathering.patterns) > 1:
        flag = literal(gathering.flag(one.pattern), BigInteger)
        conditions.append(per_person.c.flags.bitwise_and(flag) != literal(0, BigInteger))
    if one.amount is None:
        return _counted(func.count(), conditions)
    added = per_person.c[f"a{gathering.amounts.index(one.amount)}"]
    if one.what == "amount":
        return _counted(func.sum(added), conditions)
    return TwoLargest(case((and_(*conditions), added)) if conditions else added)


def _is_member(plan: Plan, one: Number) -> list[ColumnElement[bool]]:
    if not one.needs:
        return []
    bit = literal(plan.group_bit(one.needs), BigInteger)
    return [PEOPLE.c.groups.bitwise_and(bit) != literal(0, BigInteger)]


def _counted(number: Any, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[Any]:
    chosen = number.filter(*conditions) if conditions else number
    return cast(func.coalesce(chosen, 0), BigInteger)


def _named(columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    return [one.label(f"n{place}") for place, one in enumerate(columns)]
