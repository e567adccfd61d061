"""From a definition to one portable SELECT over the linked store; the same statement runs on DuckDB and PostgreSQL."""

import datetime
import itertools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.expression import CTE, FromClause

from schemas.definition import Criterion, IndicatorDefinition, Measure, Population
from schemas.refused import Refused

from .linked_tables import COVERAGE, PERSON, RECORDS, TYPE_COLUMN
from .matching import enough_codes, happens_again, has_code, in_window, meets, record_day
from .period import Period, born_by, read_period
from .residence import covered_here, is_observed, last_lived, lived_on, records_of


class NothingToCount(Refused, ValueError):
    """A definition has no population and measure: its figures come from a public table."""


def band_labels(bounds: Sequence[int], below: int | None = None) -> tuple[str, ...]:
    """Return the names of the age bands that start at `bounds`, such as 0-17 and 18+; the last may end at `below`."""
    edges = (*bounds, *(() if below is None else (below,)))
    closed = [f"{low}-{high - 1}" for low, high in itertools.pairwise(edges)]
    return tuple(closed) if below is not None or not bounds else (*closed, f"{bounds[-1]}+")


def compile(definition: IndicatorDefinition, period: str, areas: Sequence[str]) -> Select[Any]:
    """Compile a definition to one SELECT that returns a row per leaf that has any person of the population.

    Columns: `area` (if `areas` are given), `age_band` and `sex` as far as the definition has these dimensions, then
    the integers `numerator`, `numerator_persons` and, unless it is a bare count, `denominator` and
    `denominator_persons`; of a sum of money also `largest` and `second`, what the two dearest persons make of it. A
    person who counts in none of `areas` (see `residence`) is not counted; without `areas` everyone is. A day counts as
    lived from birth until before the death date, where it was lived in `areas`; a death where it was of one covered.

    Raises NothingToCount for a definition without a measure, PeriodUnknown for a malformed period.
    """
    if definition.population is None or definition.measure is None:
        raise NothingToCount(f"Indicator {definition.id} has no measure; take it over from its public table instead.")
    days = read_period(period)
    people = _population(definition, definition.population, days, areas)
    return _figures(people, definition, definition.population, definition.measure, days, areas)


def compile_organisations(definition: IndicatorDefinition, period: str, areas: Sequence[str]) -> Select[Any]:
    """Compile a sum of money to one SELECT that says which organisation was paid what: a row per leaf and organisation.

    Columns: the leaves as in `compile`, then `organisation` (its code, NULL for records without one), `source` (of
    records without a code the source that brought them, else NULL) and `amount` in cents.

    Raises NothingToCount for anything but a sum of money, PeriodUnknown for a malformed period.
    """
    population, measure = definition.population, definition.measure
    if population is None or measure is None or measure.of is None or not is_money(definition):
        raise NothingToCount(f"Indicator {definition.id} sums no money, so that nobody is paid in it.")
    days = read_period(period)
    people = _population(definition, population, days, areas)
    records = RECORDS[measure.of.record]
    matching = matches(records, measure.of, days, days.reference(population.covered_on), areas)
    leaves = [people.c[name] for name in definition.dimensions if name != "area" or areas]
    by = [records.c.organisation, case((records.c.organisation.is_(None), records.c.source)).label("source")]
    return (
        select(*leaves, *by, cast(func.sum(records.c.amount_cents), BigInteger).label("amount"))
        .select_from(people.join(records, records.c.person_id == people.c.person_id))
        .where(matching)
        .group_by(*leaves, *by)
    )


def is_money(definition: IndicatorDefinition) -> bool:
    """Tell whether an indicator's numerator is a sum of money, of which one person may make nearly all."""
    return definition.measure is not None and definition.measure.count == "amount_sum"


def _population(definition: IndicatorDefinition, wanted: Population, days: Period, areas: Sequence[str]) -> CTE:
    reference = days.reference(wanted.covered_on)
    person = PERSON
    if wanted.covered_on == "any_day":
        conditions, (source, municipality) = [], last_lived(person, days, areas)
    else:
        conditions, (source, municipality) = _covered_and_alive(reference), lived_on(person, reference)
    conditions += [
        person.c.birth_date <= born_by(reference, max(wanted.age_from or 0, *definition.age_bands[:1], 0)),
    ]
    if wanted.age_below is not None:
        conditions.append(person.c.birth_date > born_by(reference, wanted.age_below))
    if areas:
        conditions.append(municipality.in_(sorted(set(areas))))
    for criterion, is_in in (*((c, True) for c in wanted.criteria), *((c, False) for c in wanted.exclude)):
        records = records_of(criterion.record, criterion.window, areas)
        met = meets(person.c.person_id, records, criterion, matches(records, criterion, days, reference, areas))
        conditions.append(met if is_in else not_(met))
    band = _band(definition.age_bands, wanted.age_below, reference)
    sex = case((person.c.sex.in_(("f", "m")), person.c.sex), else_=literal("unknown", String))
    columns = (person.c.person_id, municipality.label("area"), band.label("age_band"), sex.label("sex"))
    life = (person.c.birth_date, person.c.death_date)
    return select(*columns, *life).select_from(source).where(*conditions).cte("people")


def _covered_and_alive(reference: datetime.date) -> list[ColumnElement[bool]]:
    """Say who is covered and alive on the reference date."""
    start, end, death = COVERAGE.c.start_date, COVERAGE.c.end_date, PERSON.c.death_date
    mine = COVERAGE.c.person_id == PERSON.c.person_id
    covered = exists().where(mine, start <= reference, or_(end.is_(None), end > reference))
    return [covered, or_(death.is_(None), death > reference)]


def _band(bounds: Sequence[int], below: int | None, reference: datetime.date) -> ColumnElement[Any]:
    if not bounds:
        return literal("all", String)
    labels = band_labels(bounds, below)
    steps = [
        (PERSON.c.birth_date <= born_by(reference, low), literal(label, String))
        for low, label in zip(reversed(bounds), reversed(labels), strict=True)
    ]
    return case(*steps, else_=literal(labels[0], String))


def matches(
    records: FromClause, criterion: Criterion, days: Period, reference: datetime.date, areas: Sequence[str]
) -> ColumnElement[bool]:
    """Say which records meet a criterion by themselves."""
    on = record_day(records, criterion)
    conditions = [in_window(on, criterion, days, reference)]
    if criterion.window == "while_covered":
        conditions.append(is_observed(records.c.person_id, on, areas))
    if criterion.system is not None:
        conditions.append(records.c.code_system == criterion.system)
    if criterion.codes or criterion.prefixes:
        conditions.append(has_code(records, criterion))
    if criterion.types:
        conditions.append(records.c[TYPE_COLUMN[criterion.record]].in_(sorted(set(criterion.types))))
    if criterion.urgency is not None:
        conditions.append(records.c.urgency == criterion.urgency)
    if criterion.value_from is not None:
        conditions.append(records.c.value >= criterion.value_from)
    if criterion.value_below is not None:
        conditions.append(records.c.value < criterion.value_below)
    if criterion.again is not None:
        later = RECORDS[criterion.record].alias("later")
        conditions.append(happens_again(records, criterion.types, criterion.again, later))
    return and_(*conditions)


def _figures(
    people: CTE,
    definition: IndicatorDefinition,
    wanted: Population,
    measure: Measure,
    days: Period,
    areas: Sequence[str],
) -> Select[Any]:
    reference = days.reference(wanted.covered_on)
    leaves = [people.c[name] for name in definition.dimensions if name != "area" or areas]
    everyone = func.count(people.c.person_id)
    source: Any = people
    if measure.of is None:
        numbers: dict[str, ColumnElement[Any]] = {"numerator": everyone, "numerator_persons": everyone}
    else:
        records = records_of(measure.of.record, measure.of.window, areas)
        matched = _matched(people, records, measure.of, matches(records, measure.of, days, reference, areas), measure)
        if is_money(definition):
            matched = _ranked(people, matched, leaves)
        source = source.outerjoin(matched, matched.c.person_id == people.c.person_id)
        with_record = func.count(matched.c.person_id)
        counted = with_record if measure.count == "persons" else _sum(matched.c[measure.count])
        numbers = {"numerator": counted, "numerator_persons": with_record}
        if measure.denominator == "records":
            numbers |= {"denominator": _sum(matched.c.records), "denominator_persons": with_record}
    if measure.denominator == "persons":
        numbers |= {"denominator": everyone, "denominator_persons": everyone}
    elif measure.denominator == "covered_days":
        lived = _covered_days(people, days, areas)
        source = source.outerjoin(lived, lived.c.person_id == people.c.person_id)
        numbers |= {"denominator": _sum(lived.c.days), "denominator_persons": func.count(lived.c.person_id)}
    if is_money(definition):
        numbers |= {name: _at(matched, place) for place, name in enumerate(("largest", "second"), 1)}
    figures = [cast(number, BigInteger).label(name) for name, number in numbers.items()]
    return select(*leaves, *figures).select_from(source).group_by(*leaves)


def _sum(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(amount), 0)


def _matched(
    people: CTE, records: FromClause, of: Criterion, matching: ColumnElement[bool], measure: Measure
) -> Subquery:
    columns: list[ColumnElement[Any]] = [func.count().label("records")]
    if measure.count == "value_sum":
        scaled = func.round(records.c.value * measure.value_scale, 0)
        columns.append(func.sum(cast(scaled, BigInteger)).label("value_sum"))
    elif measure.count == "amount_sum":
        columns.append(func.sum(records.c.amount_cents).label("amount_sum"))
    counted = (
        select(records.c.person_id, *columns)
        .where(records.c.person_id.in_(select(people.c.person_id)), matching)
        .group_by(records.c.person_id)
    )
    if of.at_least > 1:
        counted = counted.having(enough_codes(records, of))
    return counted.subquery("matched")


def _ranked(people: CTE, matched: Subquery, leaves: Sequence[ColumnElement[Any]]) -> Subquery:
    """Number the persons of each leaf by their amounts, the dearest first; of equal amounts the lower id first."""
    order = (matched.c.amount_sum.desc(), matched.c.person_id)
    place = func.row_number().over(partition_by=list(leaves) or None, order_by=order)
    return (
        select(*matched.c, place.label("place"))
        .select_from(matched.join(people, matched.c.person_id == people.c.person_id))
        .subquery("ranked")
    )


def _at(ranked: Subquery, place: int) -> ColumnElement[Any]:
    return func.coalesce(func.max(case((ranked.c.place == place, ranked.c.amount_sum))), 0)


def _covered_days(people: CTE, days: Period, areas: Sequence[str]) -> Subquery:
    """Days covered and lived here per person within period and life; overlapping intervals count once."""
    coverage = covered_here(areas)
    start, end, death = coverage.c.start_date, coverage.c.end_date, people.c.death_date
    last = case((or_(end.is_(None), end > days.end), literal(days.end, Date)), else_=end)
    first = case((start < days.start, literal(days.start, Date)), else_=start)
    clipped = (
        select(
            coverage.c.person_id,
            case((people.c.birth_date > first, people.c.birth_date), else_=first).label("start_date"),
            case((death < last, death), else_=last).label("end_date"),
        )
        .join(people, people.c.person_id == coverage.c.person_id)
        .subquery("clipped")
    )
    # The latest end of the intervals before this one: what lies before it is counted already.
    reached = func.max(clipped.c.end_date).over(
        partition_by=clipped.c.person_id, order_by=(clipped.c.start_date, clipped.c.end_date), rows=(None, -1)
    )
    ordered = (
        select(clipped, reached.label("reached")).where(clipped.c.end_date > clipped.c.start_date).subquery("ordered")
    )
    fresh = case((ordered.c.reached > ordered.c.start_date, ordered.c.reached), else_=ordered.c.start_date)
    new_days = ordered.c.end_date.op("-", precedence=7, return_type=Integer())(fresh)
    counted = case((ordered.c.end_date > fresh, cast(new_days, BigInteger)), else_=0)
    return select(ordered.c.person_id, func.sum(counted).label("days")).group_by(ordered.c.person_id).subquery("lived")
