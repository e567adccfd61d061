"""The part of a region's page that shows one indicator over the years, beside its first period, a goal and the rest."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from hub.comparison.ranks import Order
from hub.serving.offered import NotOffered
from hub.serving.progress import GOAL, ProgressPoint, ProgressView, own_indicators, progress_view
from hub.web import words
from hub.web.curve import Curve, Spot, draw_curve
from schemas.catalogue import catalogue
from schemas.codes import Audience, Language, first_day
from schemas.values import Suppressed

_TOLD: dict[Order, str] = {
    "better": "since_better", "worse": "since_worse", "higher": "since_higher", "lower": "since_lower",
    "similar": "since_similar", "cannot_be_ordered": "since_unknown",
}  # fmt: skip
_OTHER = ("definition", "division_year")  # why a period's figure is of something else than the others'
_UNTOLD = ("indistinguishable", "no_verdict")


def progress_part(
    connection: Connection,
    reader: Audience,
    now: datetime,
    place: tuple[str, str],
    asked: dict[str, str],
    lang: Language,
) -> dict[str, Any]:
    """Return what the page shows of a region's progress (`place`: its code and set) on the indicator that was asked.

    Without one it is that of which the region has most years.
    """
    code, region_set = place
    own = own_indicators(connection, reader, code, region_set)
    chosen = asked["indicator"] if asked.get("indicator") in own else next(iter(own), None)
    view, refused = None, None
    goal = asked.get("goal", "").replace(",", ".")
    kept: dict[str, str] = {}
    if chosen is not None:
        kept = {"indicator": chosen} | ({"since": asked["since"]} if asked.get("since") in own[chosen] else {})
        kept |= {"goal": goal} if re.match(GOAL, goal) else {}
        target = Decimal(goal) if "goal" in kept else None
        try:
            view = progress_view(connection, reader, now, code, chosen, kept.get("since"), target)
        except NotOffered as error:
            refused = error.text.told(lang)
    titles = [{"id": one, "title": catalogue()[one].title.told(lang)} for one in own]
    return {
        "progress": view,
        "progress_refused": refused,
        "progress_own": sorted(titles, key=lambda one: one["title"]),
        "progress_indicator": chosen,
        "progress_periods": own[chosen] if chosen is not None else (),
        "progress_goal": kept.get("goal", "").replace(".", "," if lang == "nl" else "."),
        "progress_drawing": None if view is None else _drawing(view),
        "progress_told": None if view is None else _told(view, lang),
        "progress_rows": [] if view is None else [_row(one, view, lang) for one in view.population.points],
        "progress_others": view is not None and any(one.reference_of_same is False for one in view.population.points),
        "progress_unit": "" if view is None else view.unit.told(lang),
        "progress_title": "" if view is None else view.title.told(lang),
        "progress_json": f"/api/v1/regions/{code}/progress?{urlencode(kept)}",
    }


def _drawing(view: ProgressView) -> Curve | None:
    points = view.population.points
    if len(points) < 2:  # a single mark on an empty sheet says nothing that the table does not
        return None
    days = [first_day(one.point.period) or date.min for one in points]
    length = max(1, (days[-1] - days[0]).days)
    spots = [
        Spot(
            (day - days[0]).days / length,  # as time passed: a year without a figure takes its room
            one.point.period,
            *((None, None, None) if one.point.why_not in _OTHER else (one.point.shown, one.point.low, one.point.high)),
            one.point.bounds == "range",
            one.reference,
        )
        for day, one in zip(days, points, strict=True)
    ]
    return draw_curve(spots, view.goal, is_joined=True)


def _told(view: ProgressView, lang: Language) -> str:
    """Return the sentences: the newest period beside the first, and beside the goal where there is one."""
    last = view.population.points[-1]
    if last.since_first is None:
        return words.word("progress_one", lang).format(first=view.first)
    said = [words.word(_TOLD[last.since_first], lang).format(first=view.first, last=last.point.period)]
    if view.goal is not None:
        side = str(last.to_goal or "no_verdict")
        if view.favourable != "neither" and side not in _UNTOLD:
            side = "reached" if side == view.favourable else "not_reached"
        said.append(words.word(f"goal_{side}", lang))
    return " ".join(said)


def _row(one: ProgressPoint, view: ProgressView, lang: Language) -> dict[str, str]:
    unit = view.unit.told(lang)
    shown = words.with_unit(one.point.shown, unit, lang)
    if one.point.shown is None:
        kind = str(one.point.value.__struct_config__.tag)
        shown = words.word("hidden" if isinstance(one.point.value, Suppressed) else kind, lang)
    low, high = one.point.low, one.point.high
    span = "–" if low is None else f"{words.number(low, lang)}–{'…' if high is None else words.number(high, lang)}"
    return {
        "period": one.point.period,
        "shown": shown,
        "span": span,
        "since": _beside_first(one, lang),
        "change": words.number(one.change, lang),
        "reference": words.with_unit(one.reference, unit, lang),
        "standing": words.word(one.standing, lang),
    }


def _beside_first(one: ProgressPoint, lang: Language) -> str:
    """Return how a period lies beside the first, or why its figure takes no part."""
    if one.point.why_not in _OTHER:
        return words.word(f"not_comparable_{one.point.why_not}", lang)
    if one.point.why_not == "partial":
        return words.word("partial", lang)
    return "" if one.since_first is None else words.word(one.since_first, lang)
