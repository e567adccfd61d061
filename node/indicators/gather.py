"""Statements of a plan over the record tables: per person and slice of time, which patterns were found, and amounts.

The same statements run on DuckDB and on PostgreSQL. One pass per record table and kind of window, however many
indicators look into it: codes and types are looked up once per record in a small table of bit masks.
"""

import functools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    SmallInteger,
    String,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
    union_all,
)

from .fuse import Amount, Gathering, Pattern
from .linked_tables import RECORDS, TYPE_COLUMN
from .matching import happens_again, shortened
from .pieces import AWAY
from .residence import records_of

Mask = ColumnElement[Any]


@dataclass(frozen=True)
class Within:
    """Of which records is gathered: those of some sources, and of the persons that a query names; None is all."""

    sources: Sequence[str] | None = None
    persons: Select[Any] | None = None

    def conditions(self, records: FromClause) -> list[ColumnElement[bool]]:
        """Say which records these are."""
        found: list[ColumnElement[bool]] = []
        if self.sources is not None:
            found.append(column("source", String).in_(self.sources))
        if self.persons is not None:
            found.append(records.c.person_id.in_(self.persons))
        return found


def gathered(
    gathering: Gathering, within: Within | None = None, beside: Sequence[str] = (), gaps: FromClause = AWAY
) -> Select[Any]:
    """Return one row per person and slice in which any pattern was found, of the records that are `within`.

    Where patterns count on observed days only, `gaps` is the table that holds what `pieces.away` returns.

    Columns: `person_id`, `slice` (an integer from 0), `flags` (a bit per pattern) and an integer `a0`, `a1`, ... per
    amount. With columns of the records `beside`, these come first, and there is a row for each of their values. So
    there is for each `code`, as much of it as counts, where distinct codes are counted.
    """
    marked = _marked(gathering, within, beside, gaps)
    codes = ("code",) if gathering.distinct else ()
    by = [marked.c[name] for name in (*beside, *codes, "person_id", "slice")]
    flags = func.bit_or(marked.c.mask) if len(gathering.patterns) > 1 else literal(1, BigInteger)
    amounts = [
        cast(_added(amount, marked, gathering), BigInteger).label(f"a{number}")
        for number, amount in enumerate(gathering.amounts)
    ]
    return select(*by, cast(flags, BigInteger).label("flags"), *amounts).where(marked.c.mask != _bits(0)).group_by(*by)


def _marked(gathering: Gathering, within: Within | None, beside: Sequence[str], gaps: FromClause) -> FromClause:
    """Return every record in the window with its slice and the mask of the patterns it fits."""
    records = records_of(gathering.record, gathering.span, gathering.areas)
    on = _day(gathering, records)
    cuts = gathering.cuts
    conditions: list[ColumnElement[bool]] = [on < cuts[-1]]
    inner = cuts[:-1]
    if gathering.has_first_day:
        conditions.append(on >= cuts[0])
        inner = cuts[1:-1]
    first = gathering.patterns[0]
    if first.again is not None:  # of all patterns of the pass alike
        later = RECORDS[gathering.record].alias("later")
        conditions.append(happens_again(records, first.types, first.again, later))
    # A sum of comparisons needs no branches, unlike a CASE.
    slices = [cast(on >= cut, Integer) for cut in inner]
    number = cast(functools.reduce(operator.add, slices, literal(0, Integer)), SmallInteger).label("slice")
    source, masks = _masks(gathering, records)
    if gathering.is_observed:
        # Of a day there is one gap at most, so that no record is there twice.
        away = select(gaps.c.person_id, gaps.c.start_date, gaps.c.end_date).subquery("away")
        source = source.outerjoin(
            away, and_(away.c.person_id == records.c.person_id, away.c.start_date <= on, away.c.end_date > on)
        )
        bound = sum(gathering.flag(one) for one in gathering.patterns if one.is_observed)
        masks.append(_where(away.c.person_id.is_(None), bound, sum(map(gathering.flag, gathering.patterns))))
    mask = functools.reduce(lambda one, other: one.bitwise_and(other), masks) if masks else _bits(1)
    needed = {"value_sum": "value", "amount_sum": "amount_cents"}
    summed = dict.fromkeys(needed[amount.count] for amount in gathering.amounts if amount.count in needed)
    columns = [records.c[name] if name in records.c else column(name) for name in (*beside, *summed)]
    if gathering.distinct:
        columns.append(shortened(records.c.code, gathering.distinct.code_length).label("code"))
    return (
        select(records.c.person_id, number, mask.label("mask"), *columns)
        .select_from(source)
        .where(*conditions, *(within.conditions(records) if within else ()))
        .subquery("marked")
    )


def _day(gathering: Gathering, records: FromClause) -> ColumnElement[Any]:
    """Return the day by which a record lies in a slice."""
    if gathering.span == "ended_in_period":
        return records.c.end_date
    return records.c.measured_on if gathering.record == "measurement" else records.c.start_date


def _masks(gathering: Gathering, records: FromClause) -> tuple[Any, list[Mask]]:
    """Return the table with what is looked up beside it, and the masks of which a record's mask is the conjunction."""
    source: Any = records
    masks: list[Mask] = []
    everything = sum(gathering.flag(one) for one in gathering.patterns)
    for tables in (_by_code(gathering, records), _by_type(gathering, records)):
        if tables:
            free = sum(gathering.flag(one) for one in gathering.patterns if not tables[0].binds(one))
            is_only = len(tables) == 1 and not free
            found = []
            for one in tables:
                looked, bits, keys = _look_up(one)
                matching = [here == key for here, key in zip(one.columns, keys, strict=True)]
                source = source.join(looked, and_(*matching), isouter=not is_only)
                found.append(bits if is_only else func.coalesce(bits, 0))
            # Of codes and of beginnings of codes it is enough that one is found.
            masks.append(functools.reduce(lambda one, other: one.bitwise_or(other), [*found, *_some(free)]))
    bound_by_system = [one for one in gathering.patterns if one.system and not one.has_codes]
    for system in sorted({one.system or "" for one in bound_by_system}):
        bound = sum(gathering.flag(one) for one in bound_by_system if one.system == system)
        masks.append(_where(records.c.code_system == system, bound, everything))
    for urgency in sorted({one.urgency for one in gathering.patterns if one.urgency}):
        bound = sum(gathering.flag(one) for one in gathering.patterns if one.urgency == urgency)
        masks.append(_where(records.c.urgency == urgency, bound, everything))
    for low, below in sorted({(one.value_from, one.value_below) for one in gathering.patterns}, key=repr):
        if (low, below) != (None, None):
            same = [one for one in gathering.patterns if (one.value_from, one.value_below) == (low, below)]
            within = and_(
                records.c.value >= low if low is not None else true(),
                records.c.value < below if below is not None else true(),
            )
            masks.append(_where(within, sum(gathering.flag(one) for one in same), everything))
    return source, masks


def _where(condition: ColumnElement[bool], bound: int, everything: int) -> Mask:
    """Return a mask that takes these bits away where the condition does not hold, or is unknown."""
    return case((condition, _bits(everything)), else_=_bits(everything & ~bound))


@dataclass(frozen=True)
class _Looked:
    """A table of bits to be looked up: its name, the columns of a record, and the bits of each of their values."""

    name: str
    binds: Callable[[Pattern], bool]
    columns: tuple[ColumnElement[Any], ...]
    bits: dict[tuple[str, ...], int]


def _by_code(gathering: Gathering, records: FromClause) -> list[_Looked]:
    """Return a table of whole codes, and one of the beginnings of codes per length, as far as any are wanted."""
    whole: dict[tuple[str, ...], int] = {}
    starts: dict[int, dict[tuple[str, ...], int]] = {}
    for one in gathering.patterns:
        for code in one.codes:
            _mark(whole, (one.system or "", code), gathering.flag(one))
        for prefix in one.prefixes:
            _mark(starts.setdefault(len(prefix), {}), (one.system or "", prefix), gathering.flag(one))

    def table(name: str, length: int | None, bits: dict[tuple[str, ...], int]) -> _Looked:
        columns = (records.c.code_system, shortened(records.c.code, length))
        return _Looked(name, lambda one: one.has_codes, columns, bits)

    lengths = [table(f"of_code_{length}", length, bits) for length, bits in sorted(starts.items())]
    return [*([table("of_code", None, whole)] if whole else []), *lengths]


def _by_type(gathering: Gathering, records: FromClause) -> list[_Looked]:
    bits: dict[tuple[str, ...], int] = {}
    for one in gathering.patterns:
        for kind in one.types:
            _mark(bits, (kind,), gathering.flag(one))
    if not bits:
        return []
    return [_Looked("of_type", lambda one: bool(one.types), (records.c[TYPE_COLUMN[gathering.record]],), bits)]


def _mark(bits: dict[tuple[str, ...], int], key: tuple[str, ...], flag: int) -> None:
    bits[key] = bits.get(key, 0) | flag


def _some(bits: int) -> list[Mask]:
    return [_bits(bits)] if bits else []


def _look_up(wanted: _Looked) -> tuple[FromClause, Mask, list[ColumnElement[Any]]]:
    """Return the table, its bits and its keys; what shares all but the last key and the bits goes in as one list."""
    lists: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for (*first, last), flags in sorted(wanted.bits.items()):
        lists.setdefault((tuple(first), flags), []).append(last)
    rows = [
        select(
            *(literal(key, String).label(f"k{place}") for place, key in enumerate(first)),
            func.unnest(literal(some, ARRAY(String))).label(f"k{len(first)}"),
            literal(flags, BigInteger).label("bits"),
        )
        for (first, flags), some in lists.items()
    ]
    found = union_all(*rows).subquery(wanted.name)
    return found, found.c.bits, [one for one in found.c if one.name != "bits"]


def _added(amount: Amount, marked: FromClause, gathering: Gathering) -> ColumnElement[Any]:
    is_found = marked.c.mask.bitwise_and(_bits(gathering.flag(amount.pattern))) != _bits(0)
    alone = len(gathering.patterns) == 1
    if amount.count == "records":
        return func.count() if alone else func.count(case((is_found, 1)))
    if amount.count == "value_sum":
        number: ColumnElement[Any] = cast(func.round(marked.c.value * amount.scale, 0), BigInteger)
    else:
        number = marked.c.amount_cents
    return func.sum(number if alone else case((is_found, number), else_=0))


def _bits(number: int) -> ColumnElement[Any]:
    return literal(number, BigInteger)
