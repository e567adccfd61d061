"""A region's programme on its page, and the network's progress: a row a region by name, no score and no ranking."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from flask import Blueprint, Response
from sqlalchemy import Connection

from hub.serving.feed import anchor, assessment_anchor
from hub.serving.goals import GoalStands
from hub.serving.kept_pages import kept_programme, kept_progress
from hub.serving.programme import Programme
from hub.serving.programme_network import DataReadiness
from hub.web import words
from hub.web.pages import audience, guard, indicator_title, language, show, the_hub
from hub.web.timeline import Entry, Timeline, draw_network, draw_region, entries
from schemas.codes import Audience, Language
from schemas.item_words import value_word
from schemas.items import VOICES

blueprint = Blueprint("programme-page", __name__, template_folder="templates")
blueprint.after_request(guard)
_LEVELS = ("micro", "meso", "macro")
_KINDS = {
    "selection": "kind_selection", "phase": "kind_phase", "milestone": "kind_milestone",
    "intervention": "kind_intervention", "evaluation": "timeline_evaluation", "round": "timeline_round",
}  # fmt: skip


class ShownGoal(msgspec.Struct, frozen=True):
    """One goal in the reader's language."""

    one: GoalStands
    indicator: str
    aim: str
    now: str
    standing: str
    early: bool


class ShownEntry(msgspec.Struct, frozen=True):
    """One line of the table under a timeline; `region` is None on a region's own page."""

    when: str
    what: str
    title: str
    language: Language | None
    state: str
    address: str
    region: str | None = None


def programme_part(
    connection: Connection, reader: Audience, now: datetime, code: str, lang: Language
) -> dict[str, Any]:
    """Return what a template needs to show a region's programme, for those who may read it."""
    found, goals = kept_programme(connection, reader, now, code)
    dated = entries(found, lang)
    labels = {kind: words.word(key, lang).capitalize() for kind, key in _KINDS.items()}
    return _speaking(lang) | {
        "programme": found,
        "goals": [_goal(one, lang) for one in goals],
        "timelines": _both(lambda narrow: draw_region(dated, labels, now.date(), is_narrow=narrow)),
        "timeline_rows": [_line(one, code, lang) for one in dated],
        "voices": VOICES,
        "levels": _LEVELS,
        "evaluation_anchor": anchor,
    }


@blueprint.get("/progress")
def progress() -> Response:
    """Show how far each region is, as it says itself, and what this hub knows of its data."""
    lang, hub = language(), the_hub()
    now = hub.clock()
    with hub.engine.connect() as connection:
        found, network = kept_progress(connection, audience(), now)
    dated = [(one, entries(one, lang)) for one in found]
    lanes = [(one.name, own) for one, own in dated]
    lines = [_line(entry, one.region, lang, one.name) for one, own in dated for entry in own]
    return show(
        "progress.html",
        **_speaking(lang),
        here="progress",
        found=network,
        told=[one for one in network.rows if not _is_bare(one.region, found)],
        bare=[one for one in network.rows if _is_bare(one.region, found)],
        data_told=lambda one: _data_told(one, lang),
        timelines=_both(lambda narrow: draw_network(lanes, now.date(), is_narrow=narrow)),
        timeline_rows=lines,
    )


def _is_bare(code: str, found: tuple[Programme, ...]) -> bool:
    return next(one.is_empty and not one.questions for one in found if one.region == code)


def _speaking(lang: Language) -> dict[str, Any]:
    return {
        "v": lambda code: value_word(code).told(lang),
        "when": lambda period: when(period, lang),
        "title_of": indicator_title,
    }


def _both(draw: Callable[[bool], Timeline | None]) -> list[Timeline]:
    return [drawn for drawn in (draw(False), draw(True)) if drawn is not None]


def when(period: str, lang: Language) -> str:
    """Return a day, month or year as people write it; quarters and weeks stay as they are."""
    first, _, last = period.partition("/")
    told = first
    if len(first) == 10:
        told = words.day(first, lang)
    elif len(first) == 7 and first[5:].isdigit():
        told = words.day(f"{first}-01", lang).partition(" ")[2]
    return f"{told} – {when(last, lang)}" if last else told


def _line(one: Entry, code: str, lang: Language, region: str | None = None) -> ShownEntry:
    told = when(one.when, lang)
    if one.is_open:
        told = f"{words.word('since_then', lang)} {told}"
    address = f"/items/{one.event_id}?lang={lang}"
    if one.kind in ("evaluation", "round"):
        mark = anchor(one.event_id) if one.kind == "evaluation" else assessment_anchor(one.event_id)
        address = f"/regions/{code}?lang={lang}#{mark}"
    return ShownEntry(
        told, words.word(_KINDS[one.kind], lang), one.title, one.language, _state(one, lang), address, region
    )


def _state(one: Entry, lang: Language) -> str:
    key = f"milestone_{one.look}" if one.kind == "milestone" else one.look
    return words.word(key, lang) if key in words.WORDS else value_word(one.look).told(lang)


def _goal(one: GoalStands, lang: Language) -> ShownGoal:
    said = one.item.payload
    unit = "" if one.unit is None else one.unit.told(lang)
    direction = value_word(said.at).told(lang)
    shown = "–" if one.shown is None else f"{words.with_unit(one.shown, unit, lang)} ({when(one.period or '', lang)})"
    if one.low is not None and one.high is not None:
        shown += f", {words.word('interval', lang)} {words.number(one.low, lang)}–{words.number(one.high, lang)}"
    key = f"goal_why_{one.why_not}" if one.standing is None else f"goal_standing_{one.standing}"
    told = words.number(Decimal(said.value), lang)
    return ShownGoal(
        one,
        said.indicator if one.title is None else one.title.told(lang),
        f"{direction} {told} {unit}".strip() + f", {when(said.period, lang)}",
        shown,
        words.word(key, lang),
        one.is_early,
    )


def _data_told(one: DataReadiness, lang: Language) -> list[str]:
    if one.freshest is None:
        return [words.word("data_none", lang)]
    said = words.word("data_told", lang).format(
        count=len(one.indicators), all=one.of_catalogue, period=when(one.freshest, lang)
    )
    if one.linkage_known == "not_measured":
        return [said, words.word("linkage_not_measured", lang)]
    methods = ", ".join(words.word(f"link_{method}", lang) for method in one.linkage)
    return [said, f"{words.word('linkage_named', lang)}: {methods}"]
