"""Municipal divisions: which code of an older year is which municipality of a later one, as facts in a file."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from ..plain_yaml import read_yaml  # noqa: TID252


class Reclassified(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One municipality that ceased: the division of `gone_by` (a year) is the first without it."""

    code: str
    name: str
    gone_by: int
    into: tuple[str, ...]


class Founded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One municipality that came: the division of `since` (a year) is the first with its code."""

    code: str
    name: str
    since: int


class Division(msgspec.Struct, frozen=True):
    """How older codes read in the division of one year: `renewed` by their only successor, `divided` over several."""

    year: int
    renewed: dict[str, str]
    divided: dict[str, tuple[str, ...]]


@cache
def reclassified() -> tuple[Reclassified, ...]:
    """Return every municipality that ceased after 2020, the earliest first."""
    found = msgspec.convert(_content()["reclassified"], tuple[Reclassified, ...])
    return tuple(sorted(found, key=lambda one: (one.gone_by, one.code)))


@cache
def founded() -> tuple[Founded, ...]:
    """Return every municipality whose code came after 2020, the earliest first."""
    found = msgspec.convert(_content()["founded"], tuple[Founded, ...])
    return tuple(sorted(found, key=lambda one: (one.since, one.code)))


def came_after(year: int) -> frozenset[str]:
    """Return the codes that the division of a year does not have yet."""
    return frozenset(one.code for one in founded() if one.since > year)


@cache
def division(year: int) -> Division:
    """Return how codes of earlier divisions read in that of a year; a code that exists then is in neither list."""
    into = {one.code: one.into for one in reclassified() if one.gone_by <= year}
    ends = {code: _ends(code, into) for code in into}
    return Division(
        year,
        {code: found[0] for code, found in ends.items() if len(found) == 1},
        {code: found for code, found in ends.items() if len(found) > 1},
    )


def redrawn(one: int, other: int) -> frozenset[str]:
    """Return the codes that are of other people in the divisions of two years: gone, come, or grown by others."""
    before, now = division(min(one, other)), division(max(one, other))
    ceased: dict[str, tuple[str, ...]] = {
        code: (into,) for code, into in now.renewed.items() if code not in before.renewed
    }
    ceased |= {code: into for code, into in now.divided.items() if code not in before.divided}
    return frozenset(ceased) | {code for into in ceased.values() for code in into}


def _content() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(files(__package__).joinpath("municipalities.yaml").read_text("utf-8"))
    return content


def _ends(code: str, into: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return what became of a code in the end, through every later change."""
    if code not in into:
        return (code,)
    return tuple(sorted({end for successor in into[code] for end in _ends(successor, into)}))
