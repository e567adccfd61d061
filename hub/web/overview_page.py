"""What the overview shows: the reader's own region first, else how much there is per axis; then what is new and old."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from flask import url_for
from sqlalchemy import Connection

from hub.identity.caller import Caller
from hub.serving.figures import Offer, RegionListed
from hub.serving.glance import AxisGlance, Found, Glance, glance
from hub.serving.news import SILENT_DAYS, news
from hub.web import words
from hub.web.indicator_index import AXES, OTHER, axis_of
from hub.web.region_peers import peers_part
from hub.web.region_progress import progress_part
from schemas.codes import Audience, Language

_AIMS: Final = ("health", "quality", "cost", "workforce")  # the three aims, and the one added to them
_LINES: Final = 6  # of what is new and of what is old
_NAMED: Final = 8  # figures by name per verdict; the rest is counted


def chosen(asked: str | None, caller: Caller, there: Collection[str]) -> str | None:
    """Return whose overview it is: the region in the address, else that of the person signed in, else nobody's."""
    if asked in there:
        return asked
    own = sorted(caller.regions & set(there))
    return own[0] if own and asked is None else None


def of_region(
    connection: Connection,
    reader: Audience,
    now: datetime,
    one: RegionListed,
    asked: dict[str, str],
    lang: Language,
) -> dict[str, Any]:
    """Return what the overview shows of the reader's own region: verdicts by axis, its progress and its peers."""
    found = glance(connection, reader, now, one.code, (*AXES, OTHER))
    place = (connection, reader, now, (one.code, one.region_set), asked, lang)
    axes = [axis for axis in found.axes if axis.figures or axis.axis in _AIMS]
    return {
        "own": one,
        "axes": [_axis(axis, found, lang) for axis in axes],
        "glance": found,
        "overview_told": _told(found, lang),
        "progress_at": url_for("pages.overview"),
        **progress_part(*place),
        **peers_part(*place),
    }


def of_all(found: Sequence[Offer]) -> dict[str, Any]:
    """Return how much there is per axis: indicators and the most regions that share one; an empty axis is shown so."""
    counted = [
        {
            "axis": axis,
            "indicators": len({one.indicator for one in here}),
            "regions": max((one.regions for one in here), default=0),
            "newest": max((one.periods[0] for one in here), default=None),
        }
        for axis in (*AXES, OTHER)
        if (here := [one for one in found if axis_of(one.indicator) == axis]) or axis in _AIMS
    ]
    return {"own": None, "axes": counted}


def new_and_old(connection: Connection, reader: Audience, now: datetime) -> dict[str, Any]:
    """Return what came in last, which regions are silent and which figures are old."""
    return {"news": news(connection, reader, now, _LINES), "silent_days": SILENT_DAYS}


def _axis(one: AxisGlance, found: Glance, lang: Language) -> dict[str, Any]:
    """Return an axis in words: each verdict with how many figures and, where it names some, their links."""
    beside = [
        _line("glance_favourable", one.favourable, found, lang),
        _line("glance_unfavourable", one.unfavourable, found, lang),
        _line("glance_apart", one.apart, found, lang),
        _count("glance_alike", one.alike, lang),
        _count("glance_hidden", one.hidden, lang),
        _count("glance_unjudged", one.unjudged, lang),
    ]
    since = [
        _line("glance_better", one.better, found, lang),
        _line("glance_worse", one.worse, found, lang),
        _line("glance_changed", one.changed, found, lang),
        _count("glance_steady", one.steady, lang),
        _count("glance_not_told", one.not_told, lang),
    ]
    return {
        "axis": one.axis,
        "figures": one.figures,
        "beside": [line for line in beside if line["count"]],
        "since": [line for line in since if line["count"]],
    }


def _count(word: str, count: int, lang: Language) -> dict[str, Any]:
    return {"text": words.word(word, lang), "count": count, "named": [], "more": 0}


def _line(word: str, listed: Sequence[Found], found: Glance, lang: Language) -> dict[str, Any]:
    named = [
        {
            "title": one.title.told(lang),
            "period": one.period if one.since is None else f"{one.since}–{one.period}",
            "address": _address(one, found, lang),
        }
        for one in listed[:_NAMED]
    ]
    return {
        "text": words.word(word, lang), "count": len(listed), "named": named, "more": len(listed) - len(named)
    }  # fmt: skip


def _address(one: Found, found: Glance, lang: Language) -> str:
    if one.since is not None:
        return url_for(
            "region-page.region", code=found.region, indicator=one.indicator, since=one.since, lang=lang,
            _anchor="progress",
        )  # fmt: skip
    return url_for(
        "pages.compare", indicator=one.indicator, period=one.period, set=found.region_set, beside=found.region,
        lang=lang,
    )  # fmt: skip


def _told(found: Glance, lang: Language) -> str:
    """Return the sentence: how many figures differ clearly, and how many moved; no number over indicators."""
    figures = sum(one.figures for one in found.axes)
    apart = sum(len(one.favourable) + len(one.unfavourable) + len(one.apart) for one in found.axes)
    moved = sum(len(one.better) + len(one.worse) + len(one.changed) for one in found.axes)
    said = words.word("glance_told" if apart else "glance_told_none", lang).format(
        name=found.name, figures=figures, apart=apart
    )
    past = "glance_moved_no_past" if not found.with_past else "glance_moved" if moved else "glance_moved_none"
    return f"{said} {words.word(past, lang).format(moved=moved, laid=found.laid)}"
