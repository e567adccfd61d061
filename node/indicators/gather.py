"""Statements of a plan over the record tables: per person and slice of time, which patterns were found, and amounts.

The same statements run on DuckDB and on PostgreSQL. One pass per record table and kind of window, however many
indicators look into it: codes and types are looked up once per record in a small table of bit masks.
"""

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

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

from .compile import RECORDS, TYPE_COLUMN
from .fuse import Amount, Gathering, Pattern

Mask = ColumnElement[Any]


def gathered(
    gathering: Gathering, within: Sequence[ColumnElement[bool]] = (), beside: Sequence[str] = ()
) -> Select[Any]:
    """Return one row per person and slice in which any pattern was found, of the records that are `within`.

    Columns: `person_id`, `slice` (an integer from 0), `flags` (a bit per pattern) and an integer `a0`, `a1`, ... per
    amount. With columns of the records `beside`, these come first, and there is a row for each of their values.
    """
    marked = _marked(gathering, within, beside)
    by = [marked.c[name] for name in (*beside, "person_id", "slice")]
    flags = func.bit_or(marked.c.mask) if len(gathering.patterns) > 1 else literal(1, BigInteger)
    amounts = [
        cast(_added(amount, marked, gathering), BigInteger).label(f"a{number}")
        for number, amount in enumerate(gathering.amounts)
    ]
    return select(*by, cast(flags, BigInteger).label("flags"), *amounts).where(marked.c.mask != _bits(0)).group_by(*by)


def _marked(gathering: Gathering, within: Sequence[ColumnElement[bool]], beside: Sequence[str]) -> FromClause:
    """Return every record in the window with its slice and the mask of the patterns it fits."""
    records = RECORDS[gathering.record]
    on = records.c.measured_on if gathering.record == "measurement" else records.c.start_date
    cuts = gathering.cuts
    conditions: list[ColumnElement[bool]] = [on < cuts[-1]]
    inner = cuts[:-1]
    if gathering.span == "in_period":
        conditions.append(on >= cuts[0])
        inner = cuts[1:-1]
    # A sum of comparisons needs no branches, unlike a CASE.
    slices = [cast(on >= cut, Integer) for cut in inner]
    number = cast(functools.reduce(operator.add, slices, literal(0, Integer)), SmallInteger).label("slice")
    source, masks = _masks(gathering, records)
    mask = functools.reduce(lambda one, other: one.bitwise_and(other), masks) if masks else _bits(1)
    needed = {"value_sum": "value", "amount_sum": "amount_cents"}
    summed = dict.fromkeys(needed[amount.count] for amount in gathering.amounts if amount.count in needed)
    columns = [records.c[name] if name in records.c else column(name) for name in (*beside, *summed)]
    return (
        select(records.c.person_id, number, mask.label("mask"), *columns)
        .select_from(source)
        .where(*conditions, *within)
        .subquery("marked")
    )


def _masks(gathering: Gathering, records: FromClause) -> tuple[Any, list[Mask]]:
    """Return the table with what is looked up beside it, and the masks of which a record's mask is the conjunction."""
    source: Any = records
    masks: list[Mask] = []
    everything = sum(gathering.flag(one) for one in gathering.patterns)
    for wanted, of_record in _LOOKED_UP:
        keys = [wanted(one) for one in gathering.patterns]
        if any(keys):
            bits: dict[tuple[str, ...], int] = {}
            for one, accepted in zip(gathering.patterns, keys, strict=True):
                for key in accepted or ():
                    bits[key] = bits.get(key, 0) | gathering.flag(one)
            free = sum(gathering.flag(one) for one in gathering.patterns if not wanted(one))
            found, looked = _look_up(f"of_{of_record}", bits)
            matching = [records.c[name] == here for name, here in zip(_key(of_record, gathering), looked, strict=True)]
            source = source.join(found, and_(*matching), isouter=bool(free))
            masks.append(func.coalesce(found.c.bits, 0).bitwise_or(_bits(free)) if free else found.c.bits)
    systems = {one.system for one in gathering.patterns if one.system and not one.codes}
    for system in sorted(systems):
        bound = sum(gathering.flag(one) for one in gathering.patterns if one.system == system and not one.codes)
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


def _codes_of(pattern: Pattern) -> list[tuple[str, ...]]:
    return [(pattern.system or "", code) for code in pattern.codes]


def _types_of(pattern: Pattern) -> list[tuple[str, ...]]:
    return [(kind,) for kind in pattern.types]


_LOOKED_UP: Final[tuple[tuple[Callable[[Pattern], list[tuple[str, ...]]], str], ...]] = (
    (_codes_of, "code"),
    (_types_of, "type"),
)


def _key(of_record: str, gathering: Gathering) -> Sequence[str]:
    return ("code_system", "code") if of_record == "code" else (TYPE_COLUMN[gathering.record],)


def _look_up(name: str, bits: dict[tuple[str, ...], int]) -> tuple[FromClause, list[ColumnElement[Any]]]:
    """Return a table of keys and bits; what shares all but the last key and the bits goes in as one list."""
    lists: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for (*first, last), flags in sorted(bits.items()):
        lists.setdefault((tuple(first), flags), []).append(last)
    rows = [
        select(
            *(literal(key, String).label(f"k{place}") for place, key in enumerate(first)),
            func.unnest(literal(some, ARRAY(String))).label(f"k{len(first)}"),
            literal(flags, BigInteger).label("bits"),
        )
        for (first, flags), some in lists.items()
    ]
    found = union_all(*rows).subquery(name)
    return found, [one for one in found.c if one.name != "bits"]


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
