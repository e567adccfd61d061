"""Two pages for a region's steering committee: what changed since a day, one fitting lesson, and actions due.

Everything is what one reader may see. A figure stands here only where its difference from the regions together holds;
the others are counted. What does not fit is counted as well, never dropped in silence.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from hub.audit import utc_text
from hub.serving.fitting_lesson import Fitting, fitting_lesson
from hub.serving.profile import ProfileRow, profile
from hub.serving.programme import Milestone, PhaseView, Programme, programme
from hub.serving.sheet_words import WORDS
from hub.serving.spoken import day, number
from schemas.codes import Audience, Language, first_day
from schemas.item_words import value_word

AHEAD_DAYS: Final = 90
_TITLE: Final = 240  # characters; a DOCX holds no title of more than 255
SINCE_DAYS: Final = 90  # where nobody says since when


class Section(msgspec.Struct, frozen=True):
    """A heading with its lines; `kept` is whether all of it must stand, however little room there is."""

    heading: str
    lines: tuple[str, ...]
    kept: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """The sheet in one language; `head` stands under its title, `made_on` is UTC."""

    title: str
    name: str
    language: Language
    made_on: str
    head: tuple[str, ...]
    sections: tuple[Section, ...]


def sheet(
    connection: Connection, reader: Audience, now: datetime, code: str, lang: Language, since: date | None = None
) -> Sheet:
    """Return a region's sheet. Raises RegionNotListed."""
    found = programme(connection, reader, now, code)
    rows = profile(connection, reader, now, code).rows
    lesson = fitting_lesson(connection, reader, found)
    begins, made = since or now.date() - timedelta(SINCE_DAYS), utc_text(now)
    said = {"name": found.name, "date": day(made, lang), "since": day(str(begins), lang)}
    head = (
        *((_word("example", lang),) if found.is_example else ()),
        _word("for", lang, **said),
        _word(f"audience_{reader}", lang),
    )
    limits = tuple(_word(name, lang, **said) for name in ("limit_why", "limit_own", "limit_reader"))
    sections = (
        Section(_word("programme", lang), tuple(_standing(found, begins, lang)), kept=True),
        Section(_word("milestones", lang), tuple(_milestones(found, begins, now.date(), lang))),
        Section(_word("figures", lang), tuple(_figures(rows, begins, lang))),
        Section(_word("lesson", lang), tuple(_lesson(lesson, lang)), kept=True),
        Section(_word("actions", lang), tuple(_actions(found, now.date(), lang))),
        Section(_word("limits", lang), limits, kept=True),
    )
    return Sheet(_word("title", lang, **said), found.name, lang, made, head, sections)


def shortened(whole: Sheet, most: int, longest: int) -> Sheet:
    """Return a sheet with at most so many lines a section and characters a line; what is left out is counted."""
    return msgspec.structs.replace(
        whole,
        head=tuple(_cut(line, longest) for line in whole.head),
        title=_cut(whole.title, min(longest, _TITLE)),
        sections=tuple(
            msgspec.structs.replace(one, lines=tuple(_fewer(one, most, longest, whole.language)))
            for one in whole.sections
        ),
    )


def _fewer(one: Section, most: int, longest: int, lang: Language) -> Iterator[str]:
    shown = one.lines if one.kept or len(one.lines) <= most + 1 else one.lines[:most]
    yield from (_cut(line, longest) for line in shown)
    if len(shown) < len(one.lines):
        yield _word("more", lang, count=len(one.lines) - len(shown))


def _cut(line: str, longest: int) -> str:
    line = "".join(letter for letter in " ".join(line.split()) if letter.isprintable())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _word(key: str, lang: Language, **said: Any) -> str:
    return WORDS[key].told(lang).format(**said)


def _when(period: str, lang: Language) -> str:
    return day(period, lang) if len(period) == 10 else period


def _standing(found: Programme, since: date, lang: Language) -> Iterator[str]:
    for one in found.present:
        yield _phase(one, since, lang)
    if not found.present:
        yield _word("no_phase", lang)
    for each in found.changes:
        named = value_word(each.change).told(lang).capitalize()
        if each.state is None:
            yield _word("change_unsaid", lang, change=named)
        else:
            yield _word("change", lang, change=named, state=value_word(each.state).told(lang), note=each.note)


def _phase(one: PhaseView, since: date, lang: Language) -> str:
    said = one.item.payload
    is_new = (first_day(said.began) or date.min) >= since
    told = _word(
        "phase", lang, phase=value_word(said.phase).told(lang), title=said.title, since=_when(said.began, lang)
    )
    return told + (_word("phase_new", lang) if is_new else "")


def _milestones(found: Programme, since: date, today: date, lang: Language) -> Iterator[str]:
    phases = (*found.present, *found.earlier, *found.coming)
    known = [*(one for phase in phases for one in phase.milestones), *found.other_milestones]
    told = [*_of(known, "late", date.min, date.max), *_of(known, "reached", since, date.max)]
    told += _of(known, "due", today, today + timedelta(AHEAD_DAYS))
    for kind, one, on in told:
        yield _word(f"milestone_{kind}", lang, title=one.item.payload.title, day=day(on, lang))
    if not told:
        yield _word("milestones_none", lang, days=AHEAD_DAYS)


def _of(known: Sequence[Milestone], kind: str, first: date, last: date) -> list[tuple[str, Milestone, str]]:
    """Return the milestones of one kind within some days, each with its day."""
    found = []
    for one in known:
        said = one.item.payload
        on = said.due if kind != "reached" else said.reached_on or said.due
        if one.standing.removesuffix("_late") == kind and first <= date.fromisoformat(on) <= last:
            found.append((kind, one, on))
    return sorted(found, key=lambda each: (each[2], each[1].item.entry))


def _figures(rows: Sequence[ProfileRow], since: date, lang: Language) -> Iterator[str]:
    new = [row for row in rows if row.accepted_at[:10] >= str(since)]
    holds = [row for row in new if row.standing in ("higher", "lower")]
    for row in holds:
        yield _word(
            "figure", lang, title=row.title.told(lang), period=row.period, value=number(row.shown, lang),
            unit=row.unit.told(lang), low=number(row.low, lang), high=number(row.high, lang),
            standing=_word(row.standing, lang), revised=_word("revised", lang) if row.revision > 1 else "",
        )  # fmt: skip
    if len(new) > len(holds):
        yield _word("figures_rest", lang, count=len(new) - len(holds))
    if not new:
        yield _word("figures_none", lang)


def _lesson(found: Fitting | None, lang: Language) -> Iterator[str]:
    if found is None:
        yield _word("lesson_none", lang)
        return
    one, said = found.lesson, found.lesson.payload
    yield _word("lesson_title", lang, title=said.title, region=one.region_name, day=day(one.accepted_at, lang))
    yield _word("lesson_advice", lang, advice=said.advice)
    what = _word(f"lens_{found.code}", lang) if found.by == "lens" else value_word(found.code).told(lang)
    yield _word(f"lesson_by_{found.by}", lang, what=what)


def _actions(found: Programme, today: date, lang: Language) -> Iterator[str]:
    last = str(today + timedelta(AHEAD_DAYS))
    due = [one for one in found.actions if one.item.payload.state == "open" and one.item.payload.due <= last]
    for one in due:
        said = one.item.payload
        key = "action_overdue" if one.is_overdue else "action_due"
        yield _word(key, lang, title=said.title, role=said.owner_role, day=day(said.due, lang))
    if not due:
        yield _word("actions_none", lang, days=AHEAD_DAYS)
