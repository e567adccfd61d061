"""Which statistic is part of which, worked out from their canonical names.

Persons with diabetes are among persons with a chronic condition, whoever publishes the two. Who subtracts the one
from the other learns of the rest, so disclosure control has to know. What is found here always holds; that nothing is
found does not say that two statistics have nothing in common.
"""

from functools import lru_cache
from typing import Any, Final

import msgspec

from .definition import Criterion, Population

PERSONS: Final = "persons"


class Counted(msgspec.Struct, frozen=True):
    """A canonical name taken apart: what is counted (`persons`, `records`, ...), of which records, of whom."""

    population: Population
    counted: str
    of: Criterion | None
    scale: int


@lru_cache(maxsize=4096)
def taken_apart(key: str) -> Counted | None:
    """Return what a statistic's canonical name says, None for a name of another kind."""
    try:
        return msgspec.json.decode(key, type=Counted)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


@lru_cache(maxsize=65_536)
def is_part(narrow: str, wide: str) -> bool:
    """Tell whether all that one statistic counts is counted by another one too, by their canonical names."""
    one, other = taken_apart(narrow), taken_apart(wide)
    if one is None or other is None or narrow == wide:
        return False
    if (one.counted, one.scale) != (other.counted, other.scale) or (one.of is None) != (other.of is None):
        return False
    within = one.of is None or other.of is None or is_within(one.of, other.of)
    return within and is_among(one.population, other.population)


def is_among(narrow: Population, wide: Population) -> bool:
    """Tell whether everybody of one population is of the other one too."""
    return (
        narrow.covered_on == wide.covered_on
        and (wide.age_from or 0) <= (narrow.age_from or 0)
        and _at_most(narrow.age_below, wide.age_below)
        and all(any(is_within(one, asked) for one in narrow.criteria) for asked in wide.criteria)
        and all(any(is_within(barred, one) for one in narrow.exclude) for barred in wide.exclude)
    )


def is_within(narrow: Criterion, wide: Criterion) -> bool:
    """Tell whether every record of one criterion is one of the other, and whoever meets the one meets the other."""
    return (
        narrow.record == wide.record
        and (narrow.window == wide.window or (narrow.window, wide.window) in _WINDOWS)
        and wide.system in (None, narrow.system)
        and _codes_within(narrow, wide)
        and _subset(narrow.types, wide.types)
        and wide.urgency in (None, narrow.urgency)
        and (wide.value_from is None or (narrow.value_from is not None and narrow.value_from >= wide.value_from))
        and _at_most(narrow.value_below, wide.value_below)
        and _as_many_codes(narrow, wide)
        and _returns_within(narrow, wide)
    )


_WINDOWS: Final = {
    ("in_period", "until_end"), ("until_reference", "until_end"), ("while_covered", "in_period"),
    ("while_covered", "until_end"),
}  # fmt: skip


def _at_most(narrow: int | None, wide: int | None) -> bool:
    return wide is None or (narrow is not None and narrow <= wide)


def _subset(narrow: tuple[Any, ...], wide: tuple[Any, ...]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _codes_within(narrow: Criterion, wide: Criterion) -> bool:
    if not (wide.codes or wide.prefixes):
        return True
    if not (narrow.codes or narrow.prefixes):
        return False
    return all(code in wide.codes or code.startswith(wide.prefixes) for code in narrow.codes) and all(
        prefix.startswith(wide.prefixes) for prefix in narrow.prefixes
    )


def _as_many_codes(narrow: Criterion, wide: Criterion) -> bool:
    if wide.at_least == 1:
        return True
    # codes that differ in their beginnings differ as a whole
    length = narrow.code_length
    as_fine = wide.code_length is None or (length is not None and length <= wide.code_length)
    return narrow.at_least >= wide.at_least and as_fine


def _returns_within(narrow: Criterion, wide: Criterion) -> bool:
    if wide.again is None:
        return True
    if narrow.again is None or set(narrow.types) != set(wide.types):
        return False
    return narrow.again.within_days <= wide.again.within_days and wide.again.urgency in (None, narrow.again.urgency)
