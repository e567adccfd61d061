"""Timelines of programmes: places only, the template turns them into SVG; a table under it says the same in words.

Every kind has a shape of its own, so that nothing hangs on colour. Widths are those of the other drawings: a wide one,
and a narrow one with names above the lanes.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal

import msgspec

from hub.serving.programme import EvaluationTold, Programme
from schemas.codes import Language, first_day, last_day

Kind = Literal["selection", "phase", "milestone", "intervention", "evaluation", "round"]
KINDS: Final[tuple[Kind, ...]] = ("selection", "phase", "milestone", "intervention", "evaluation", "round")
_WIDE: Final = (210, 664, 680, 30, 46)  # start and end of the axis, width, height of a lane, first lane
_NARROW: Final = (8, 308, 320, 46, 58)
_YEARS: Final = (10, 5)  # most labels on a wide and on a narrow axis
_LABEL: Final = 24  # units that a year needs beside its line, less what lies outside the axis
_LEVEL: Final = (0, 0, 0)
_APART: Final = (7, 19, -9)  # in a lane that holds all of a region
_LETTERS: Final = (29, 44)  # of a name, wide and narrow


class Entry(msgspec.Struct, frozen=True):
    """One thing on a timeline; `last` None: it is of a moment. `is_open`: it goes on, so far until today.

    `look` is the phase or the state by which it is drawn, `when` the period as the region wrote it.
    """

    kind: Kind
    title: str
    language: Language | None
    look: str
    when: str
    first: date
    last: date | None
    event_id: str
    is_open: bool = False


class Bar(msgspec.Struct, frozen=True):
    """What lasts, from `left` to `right`."""

    left: float
    right: float
    y: float
    kind: Kind
    look: str
    is_open: bool
    title: str


class Mark(msgspec.Struct, frozen=True):
    """What is of a moment."""

    x: float
    y: float
    kind: Kind
    look: str
    title: str


class Lane(msgspec.Struct, frozen=True):
    """One row: what it is called, and what lies on it."""

    label: str
    y: float
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


class Year(msgspec.Struct, frozen=True):
    """The first day of a year on the axis; its label is empty where there is no room."""

    x: float
    label: str


class Timeline(msgspec.Struct, frozen=True):
    """The drawing."""

    width: int
    height: int
    start: int
    end: int
    years: tuple[Year, ...]
    lanes: tuple[Lane, ...]
    today: float
    is_narrow: bool


def entries(found: Programme, lang: Language) -> list[Entry]:
    """Return all that has a day in a programme, in order of the days."""
    today = date.fromisoformat(found.as_known_on[:10])
    made = [_moment("selection", one.payload.held_on, one.payload.title, one.payload.language, one.payload.outcome,
                    one.event_id) for one in found.selections]  # fmt: skip
    phases = (*found.earlier, *found.present, *found.coming)
    for phase in phases:
        said = phase.item.payload
        if said.began is not None:
            made.append(_lasting("phase", said, said.began, said.ended, said.phase, phase.item.event_id, today))
    for milestone in (*(one for phase in phases for one in phase.milestones), *found.other_milestones):
        said = milestone.item.payload
        day = said.reached_on or said.due
        made.append(_moment("milestone", day, said.title, said.language, milestone.standing, milestone.item.event_id))
    for one in found.interventions:
        said = one.item.payload
        look = said.stage or "enabling"
        made.append(_lasting("intervention", said, said.starts_on, said.ends_on, look, one.item.event_id, today))
        made += [_evaluated(done, lang) for done in (*one.at_intervention, *one.at_population)]
    made += [_evaluated(done, lang) for done in found.other_evaluations]
    made += [_moment("round", one.period, one.title.told(lang), None, "held", one.event_id) for one in found.rounds]
    return sorted(made, key=lambda one: (one.first, KINDS.index(one.kind), one.event_id))


def _moment(
    kind: Kind, when: str, title: str, language: Language | None, look: str, event_id: str, first: str | None = None
) -> Entry:
    return Entry(kind, title, language, look, when, first_day(first or when) or date.min, None, event_id)


def _lasting(kind: Kind, said: Any, began: str, ended: str | None, look: str, event_id: str, today: date) -> Entry:
    first = first_day(began) or date.min
    last = (last_day(ended) or date.max) if ended is not None else max(first, today)
    when = began if ended is None else f"{began}/{ended}"
    return Entry(kind, said.title, said.language, look, when, first, last, event_id, ended is None)


def _evaluated(done: EvaluationTold, lang: Language) -> Entry:
    """Return an evaluation at the end of the last period that it looked at."""
    day = last_day(done.until) or first_day(done.until) or date.min
    return Entry("evaluation", done.title.told(lang), None, done.outcome, done.until, day, None, done.event_id)


def draw_region(found: Sequence[Entry], labels: dict[str, str], today: date, *, is_narrow: bool) -> Timeline | None:
    """Return a region's timeline: a lane for each phase and intervention, one for each kind of moment."""
    lanes: list[tuple[str, list[Entry]]] = []
    for kind in KINDS:
        own = [one for one in found if one.kind == kind]
        if kind in ("phase", "intervention"):
            lanes += [(one.title, [one]) for one in own]
        elif own:
            lanes.append((labels[kind], own))
    return _draw(lanes, today, is_narrow, _LEVEL)


def draw_network(regions: Sequence[tuple[str, Sequence[Entry]]], today: date, *, is_narrow: bool) -> Timeline | None:
    """Return the timeline over regions: a lane a region in the order given; those without a day are left out."""
    return _draw([(name, list(found)) for name, found in regions if found], today, is_narrow, _APART)


def _draw(
    lanes: Sequence[tuple[str, list[Entry]]], today: date, is_narrow: bool, down: tuple[int, int, int]
) -> Timeline | None:
    """Return the drawing; `down` is how far under the middle of a lane phases, other bars and marks are."""
    days = [day for _, found in lanes for one in found for day in (one.first, one.last or one.first)]
    if not days:
        return None
    start, end, width, pitch, y = _NARROW if is_narrow else _WIDE
    low = date(min(*days, today).year, 1, 1)
    high = date(min(max(*days, today).year, date.max.year - 1) + 1, 1, 1)

    def place(day: date) -> float:
        passed = min(max((day - low) / (high - low), 0.0), 1.0)
        return round(start + passed * (end - start), 1)

    def bar(one: Entry, last: date) -> Bar:
        left, after = place(one.first), last + timedelta(1) if last < date.max else last
        at = y + down[0 if one.kind == "phase" else 1]
        return Bar(left, max(place(after), left + 2), at, one.kind, one.look, one.is_open, one.title)

    made = []
    for label, found in lanes:
        bars = tuple(bar(one, one.last) for one in found if one.last is not None)
        marks = tuple(Mark(place(o.first), y + down[2], o.kind, o.look, o.title) for o in found if o.last is None)
        made.append(Lane(_short(label, _LETTERS[is_narrow]), y, bars, marks))
        y += pitch + sum(map(abs, down)) // 2
    return Timeline(width, y, start, end, _years(low, high, place, is_narrow), tuple(made), place(today), is_narrow)


def _years(low: date, high: date, place: Callable[[date], float], is_narrow: bool) -> tuple[Year, ...]:
    every = -(-(high.year - low.year + 1) // _YEARS[is_narrow])
    found = [(place(date(year, 1, 1)), str(year)) for year in range(low.year, high.year, every)]
    last = place(high)
    return (*(Year(x, label if x + _LABEL <= last else "") for x, label in found), Year(last, ""))


def _short(label: str, letters: int) -> str:
    return label if len(label) <= letters else f"{label[: letters - 1].rstrip()}…"
