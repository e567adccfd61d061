"""A comparison as a declarative drawing: Vega-Lite specifications that anybody can render, restyle or check.

They hold what the comparison holds and nothing more: a hidden figure is its range, drawn violet and dashed and named as
hidden, never a point. Where there is no interval there is no drawing. https://vega.github.io/vega-lite/ (version 5).
"""

from hub.serving.chart_base import (
    HIDDEN,
    MAIN,
    ROW,
    SAID,
    NothingToDraw,
    Spec,
    hidden_bar,
    limits_of,
    line_at,
    number_of,
    row_of,
    shape_of,
    size_of,
    spec_of,
    verdict_of,
)
from hub.serving.series_told import SeriesView
from hub.serving.view import IndicatorView
from schemas.codes import Language
from schemas.definition import Text


def intervals(view: IndicatorView, lang: Language) -> Spec:
    """Return the drawing of values with their intervals and hidden ranges, in the order of the rows.

    Raises NothingToDraw without any interval.
    """
    rows = [*view.with_interval, *(row for row in view.hidden if row.low is not None and row.high is not None)]
    if not view.with_interval:
        raise NothingToDraw(
            Text("Geen regio heeft hier een interval.", "No region has an interval here; ask for another indicator.")
        )
    names = [row.name for row in rows]
    place = {"field": "region", "type": "nominal", "sort": names, "title": None, "axis": {"labelLimit": 260}}
    value = {"field": "value", "type": "quantitative", "scale": {"zero": False}, "title": view.unit.told(lang)}
    low, high = {**value, "field": "low"}, {"field": "high"}
    known, hidden = {"filter": "datum.state === 'shown'"}, {"filter": "datum.state === 'hidden'"}
    verdict = verdict_of(lang)
    layers: list[Spec] = [
        {
            "transform": [known],
            "mark": {"type": "rule", "strokeWidth": 2.4},
            "encoding": {"y": place, "x": low, "x2": high, "color": verdict},
        },
        {
            "transform": [known],
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": {"y": place, "x": value, "color": verdict, "shape": shape_of(lang)},
        },
        {"transform": [hidden], "mark": hidden_bar(height=11), "encoding": {"y": place, "x": low, "x2": high}},
        {
            "transform": [hidden],
            "mark": {"type": "text", "align": "left", "dx": 4, "color": HIDDEN, "fontWeight": "bold"},
            "encoding": {"y": place, "x": {**value, "field": "high"}, "text": {"value": SAID["hidden"].told(lang)}},
        },
    ]
    if view.reference is not None:
        layers.append(line_at(view.reference, "x", value["title"]))
    data = [{**row_of(row), "verdict": SAID[row.standing].told(lang)} for row in rows]
    return spec_of(view, "intervals", data, layers, lang, height=ROW * len(rows))


def funnel(view: IndicatorView, lang: Language) -> Spec:
    """Return the funnel: each region at how many it counts, within limits by chance. Raises NothingToDraw."""
    limits = {one.region: one for one in view.funnel.regions} if view.funnel else {}
    sized = [(row, size) for row in view.rows if (size := size_of(row))]
    data = [
        {**row_of(row), "size": size, "verdict": SAID[row.standing].told(lang)}
        | limits_of(limits[row.region].warning, limits[row.region].control)
        for row, size in sized
        if row.region in limits
    ]
    if not data:
        raise NothingToDraw(
            Text(
                "Een trechter vraagt aantallen en een cijfer van de regio’s samen.",
                "A funnel needs counts and a figure of the regions together; ask for another indicator.",
            )
        )
    data += [{**row_of(row), "size": size} for row, size in sized if row.bounds == "range" and row.high is not None]
    size_ = {"field": "size", "type": "quantitative", "title": SAID["size"].told(lang)}
    value = {"field": "value", "type": "quantitative", "scale": {"zero": False}, "title": view.unit.told(lang)}

    def at(name: str) -> Spec:
        return {**value, "field": name}

    known, hidden = {"filter": "datum.state === 'shown'"}, {"filter": "datum.state === 'hidden'"}
    line = {"type": "line", "color": "#647681", "strokeDash": [2, 3], "strokeWidth": 1}
    layers: list[Spec] = [
        {
            "transform": [known],
            "mark": {"type": "area", "color": "#e6ecee"},
            "encoding": {"x": size_, "y": at("control_low"), "y2": {"field": "control_high"}},
        },
        {"transform": [known], "mark": line, "encoding": {"x": size_, "y": at("warning_low")}},
        {"transform": [known], "mark": line, "encoding": {"x": size_, "y": at("warning_high")}},
        {
            "transform": [hidden],
            "mark": hidden_bar(width=9),
            "encoding": {"x": size_, "y": at("low"), "y2": {"field": "high"}},
        },
        {
            "transform": [known],
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1, "color": "#5a6a75"},
            "encoding": {"x": size_, "y": value, "tooltip": {"field": "region"}},
        },
    ]
    if view.reference is not None:
        layers.append(line_at(view.reference, "y", value["title"]))
    return spec_of(view, "funnel", data, layers, lang, height=340)


def trend(view: SeriesView, own: str | None, lang: Language) -> Spec:
    """Return every region's line, `own` set out; raises NothingToDraw with fewer than two periods."""
    if len(view.periods) < 2:
        raise NothingToDraw(
            Text("Eén meting; voor een trend zijn er drie nodig.", "One measurement; a trend needs three.")
        )
    data = [
        {
            "region": one.name,
            "period": point.period,
            "value": number_of(point.shown),
            "low": number_of(point.low) if point.bounds == "range" else None,
            "high": number_of(point.high) if point.bounds == "range" else None,
            "own": one.region == own,
        }
        for one in view.regions
        for point in one.points
        if point.why_not not in ("definition", "division_year")
    ]
    along = {"field": "period", "type": "ordinal", "sort": list(view.periods), "title": None}
    value = {"field": "value", "type": "quantitative", "scale": {"zero": False}, "title": view.unit.told(lang)}
    by = {"field": "region", "type": "nominal"}
    mine, others = {"filter": "datum.own"}, {"filter": "!datum.own"}
    line: Spec = {"type": "line", "invalid": "break-paths-show-path-domains"}
    layers: list[Spec] = [
        {
            "transform": [others],
            "mark": {
                **line,
                "color": "#5a6a75",
                "strokeWidth": 1,
                "opacity": 0.6,
                "point": {"size": 8, "color": "#5a6a75"},
            },
            "encoding": {"x": along, "y": value, "detail": by},
        },
        {
            "transform": [{"filter": "datum.own && datum.low !== null && datum.high !== null"}],
            "mark": hidden_bar(width=10),
            "encoding": {"x": along, "y": {**value, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "transform": [mine],
            "mark": {**line, "color": MAIN, "strokeWidth": 2.4, "point": {"size": 40, "color": MAIN}},
            "encoding": {"x": along, "y": value, "detail": by},
        },
    ]
    return spec_of(view, "trend", data, layers, lang, height=320)
