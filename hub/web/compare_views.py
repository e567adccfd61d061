"""The views of one comparison: values and map beside each other, or one drawing by itself; each with its sentence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, get_args

from flask import url_for
from sqlalchemy import Connection

from hub.serving.offered import NotOffered
from hub.serving.series import series_view
from hub.serving.series_told import Point, RegionSeries, SeriesView
from hub.serving.view import IndicatorView
from hub.web import words
from hub.web.funnel_drawing import draw_funnel
from hub.web.series_drawing import MOST_LINES, draw_control, draw_lines
from schemas.codes import Audience, Language
from schemas.values import Suppressed

View = Literal["both", "intervals", "map", "trend", "funnel", "control", "table"]
VIEWS: Final[tuple[View, ...]] = get_args(View)
_OVER_TIME: Final = ("trend", "control")
_PERIODS: Final = 24  # drawn at once, the newest


def chosen_view(asked: str | None) -> View:
    """Return the view of the address; what is no view is both drawings beside each other."""
    return next((one for one in VIEWS if one == asked), "both")


def tabs(view: View, indicator: str, address: Mapping[str, Any], lang: Language) -> list[dict[str, Any]]:
    """Return the choice of views: each with its address, which keeps the rest of what the reader chose."""
    return [
        {
            "text": words.word(f"view_{one}", lang),
            "is_here": one == view,
            "address": url_for(
                "pages.compare", indicator=indicator, **address, view=None if one == "both" else one,
                lang=lang,
            ),
        }
        for one in VIEWS
    ]  # fmt: skip


def one_view(
    connection: Connection,
    reader: Audience,
    now: datetime,
    view: IndicatorView,
    chosen: View,
    known_on: str | None,
    lang: Language,
) -> dict[str, Any]:
    """Return what a view shows that the comparison alone does not: the funnel, or the figures of other periods."""
    if chosen == "funnel":
        return _funnel(view, lang)
    if chosen not in _OVER_TIME:
        return {}
    try:
        series = series_view(
            connection, reader, now, view.indicator, None, view.region_set, view.by or None, None, _PERIODS, known_on
        )
    except NotOffered as error:
        return {"over_time": None, "view_told": error.text.told(lang)}
    return _trend(series, view.beside, lang) if chosen == "trend" else _control(series, view.beside, lang)


def _funnel(view: IndicatorView, lang: Language) -> dict[str, Any]:
    drawings = [one for one in (draw_funnel(view, is_narrow=False), draw_funnel(view, is_narrow=True)) if one]
    if not drawings or view.funnel is None:
        return {"funnels": [], "view_told": words.word("funnel_none", lang)}
    outside = [one for one in view.funnel.regions if one.place.endswith("998")]
    word = "funnel_told" if outside else "funnel_told_none"
    told = words.word(word, lang).format(outside=len(outside), of=len(view.funnel.regions))
    places = {one.region: words.word(f"funnel_{one.place}", lang) for one in view.funnel.regions}
    return {"funnels": drawings, "view_told": told, "funnel_places": places}


def _trend(series: SeriesView, own: str | None, lang: Language) -> dict[str, Any]:
    """Return every region's line and verdict; with one period only a sentence, since two make no trend either."""
    if len(series.periods) < 2:
        told = words.word("trend_one", lang).format(period=series.periods[0])
        return {"over_time": None, "view_told": told}
    counted = {name: sum(one.trend == name for one in series.regions) for name in ("rising", "falling", "no_trend")}
    judged = sum(counted.values())
    told = words.word("trend_told" if judged else "trend_told_none", lang).format(
        **counted, judged=judged, regions=len(series.regions)
    )
    drawing = draw_lines(series, own)
    is_crowd = len(series.regions) > MOST_LINES
    return {
        "over_time": drawing,
        "view_told": f"{told} {words.word('trend_crowd', lang)}" if is_crowd else told,
        "series_periods": (series.periods[0], series.periods[-1]),
        "series_rows": [_trend_row(one, series, lang) for one in series.regions],
        "view_notes": _trend_notes(series, judged, lang),
    }


def _trend_notes(series: SeriesView, judged: int, lang: Language) -> list[str]:
    """Return in words what the verdicts take for granted, and that of many some are chance."""
    assumes = [series.test_assumes.told(lang)] if judged and series.test_assumes is not None else []
    return [*assumes, words.word("trend_many", lang)] if judged > 1 else assumes


def _trend_row(one: RegionSeries, series: SeriesView, lang: Language) -> dict[str, str]:
    unit, of = series.unit.told(lang), {point.period: point for point in one.points}
    verdict = words.word(f"trend_{one.trend}" if one.trend else f"no_trend_{one.why_no_trend}", lang)
    if one.dispersion is not None and one.dispersion > 1:
        verdict = words.word("trend_scattered", lang).format(verdict=verdict)
    ends = {
        name: _said(of.get(series.periods[place]), unit, lang) for name, place in (("first", 0), ("last", -1))
    }  # fmt: skip
    return {"name": one.name, "verdict": verdict, **ends}


def _control(series: SeriesView, own: str | None, lang: Language) -> dict[str, Any]:
    """Return the control chart of the region that the reader put beside the others."""
    region = next((one for one in series.regions if one.region == own), None)
    if region is None:
        return {"over_time": None, "view_told": words.word("control_choose", lang)}
    drawing = draw_control(series, region)
    signals = sum(bool(point.signals) for point in region.points)
    if drawing is None:
        told = words.word("control_none", lang)
    elif not region.is_judged:
        told = words.word("control_few", lang)
    else:
        word = "control_signals" if signals else "control_no_signals"
        told = words.word(word, lang).format(name=region.name, count=signals)
    unit = series.unit.told(lang)
    return {
        "over_time": drawing,
        "view_told": told,
        "control_rows": [_control_row(point, unit, lang) for point in region.points],
        "control_name": region.name,
        "view_notes": [] if drawing is None else _control_notes(region, unit, lang),
    }


def _control_notes(region: RegionSeries, unit: str, lang: Language) -> list[str]:
    """Return in words where limits were cut off, and that there are gaps."""
    notes = []
    for name, bound in (("control_cut_low", region.cut_low), ("control_cut_high", region.cut_high)):
        if bound is not None:
            notes.append(words.word(name, lang).format(bound=words.with_unit(bound, unit, lang)))
    if any(point.is_after_gap for point in region.points):
        notes.append(words.word("control_gap", lang))
    return notes


def _control_row(point: Point, unit: str, lang: Language) -> dict[str, str]:
    limits = "–" if point.limits is None else "–".join(words.number(one, lang) for one in point.limits)
    signals = ", ".join(words.word(f"signal_{one}", lang) for one in point.signals)
    return {"period": point.period, "shown": _said(point, unit, lang), "limits": limits, "signals": signals or "–"}


def _said(point: Point | None, unit: str, lang: Language) -> str:
    if point is None:
        return words.word("absent", lang)
    if point.shown is not None:
        return words.with_unit(point.shown, unit, lang)
    if isinstance(point.value, Suppressed):
        low, high = words.number(point.low, lang), "…" if point.high is None else words.number(point.high, lang)
        span = "" if point.low is None else f" ({low}–{high})"
        return f"{words.word('hidden', lang)}{span}"
    kind = str(point.value.__struct_config__.tag)
    return words.word(kind if kind in words.WORDS else "not_available", lang)
