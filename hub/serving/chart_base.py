"""What every declarative drawing of a comparison shares: frame, colours, words, and how hidden figures are drawn."""

from decimal import Decimal
from typing import Any, Final, Literal

from hub.serving.series_told import SeriesView
from hub.serving.view import IndicatorView, RegionRow
from schemas.codes import Language
from schemas.definition import Text
from schemas.values import Exact, Suppressed

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
ChartView = Literal["intervals", "funnel", "trend"]
Spec = dict[str, Any]

COLOURS: Final = {"higher": "#b04400", "lower": "#1562a9", "indistinguishable": "#5a6a75", "no_verdict": "#5a6a75"}
SHAPES: Final = {
    "higher": "triangle-up",
    "lower": "triangle-down",
    "indistinguishable": "circle",
    "no_verdict": "circle",
}
HIDDEN: Final = "#8423c4"
HIDDEN_SOFT: Final = "#f4ecfa"
MAIN: Final = "#0f4c5d"
LOCALES: Final[dict[Language, Spec]] = {
    "nl": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["€ ", ""]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""]},
}
ROW: Final = 22  # pixels of a region
SAID: Final = {
    "higher": Text("hoger", "higher"),
    "lower": Text("lager", "lower"),
    "indistinguishable": Text("niet te onderscheiden", "cannot be told apart"),
    "no_verdict": Text("geen oordeel", "no verdict"),
    "together": Text("regio’s samen", "regions together"),
    "hidden": Text("verborgen", "hidden"),
    "size": Text("hoeveel er geteld zijn (noemer)", "how many were counted (denominator)"),
    "verdict": Text("ten opzichte van de regio’s samen", "against the regions together"),
    "limit_intervals": Text(
        "Lijn: 95%-interval. Violet: verborgen, ergens in dit bereik; niet nul.",
        "Line: 95% interval. Violet: hidden, somewhere in this range; not zero.",
    ),
    "limit_funnel": Text(
        "Vlak: grenzen van 99,8%. Buiten de trechter is een reden om te kijken, geen oordeel.",
        "Band: limits of 99.8%. Outside the funnel is a reason to look, not a verdict.",
    ),
    "limit_trend": Text(
        "Een lijn breekt af waar een cijfer verborgen is. Een trend zegt niet waardoor.",
        "A line breaks off where a figure is hidden. A trend does not say what caused it.",
    ),
}


class NothingToDraw(LookupError):
    """A comparison that this drawing cannot show, with why in both languages."""

    def __init__(self, text: Text) -> None:
        """Take the sentence."""
        super().__init__(text.en)
        self.text = text


def spec_of(
    view: IndicatorView | SeriesView, name: ChartView, data: list[Spec], layers: list[Spec], lang: Language, height: int
) -> Spec:
    """Return a whole specification: title, what the drawing cannot say, the figures, and the layers."""
    period = view.period if isinstance(view, IndicatorView) else f"{view.periods[0]}–{view.periods[-1]}"
    limit = SAID[f"limit_{name}"].told(lang)
    return {
        "$schema": SCHEMA,
        "description": f"{view.title.told(lang)}, {period}. {limit}",
        "title": {"text": f"{view.title.told(lang)}, {period}", "subtitle": limit, "anchor": "start"},
        "usermeta": {"indicator": view.indicator, "definition": view.definition_hash, "set": view.region_set},
        "width": 560,
        "height": height,
        "background": "#ffffff",
        "config": {
            "locale": {"number": LOCALES[lang]},
            "font": "Arimo, Arial, sans-serif",
            "view": {"stroke": None},
            "axis": {"gridColor": "#dde4e7", "domain": False, "ticks": False, "tickCount": 6, "labelAngle": 0},
        },
        "data": {"values": data},
        "layer": layers,
    }


def row_of(row: RegionRow) -> Spec:
    """Return a region as a datum: a hidden figure has ends and no value."""
    is_hidden = row.bounds == "range"
    return {
        "region": row.name,
        "state": "hidden" if is_hidden else "shown",
        "value": None if is_hidden else number_of(row.shown),
        "low": number_of(row.low),
        "high": number_of(row.high),
    }


def limits_of(warning: tuple[Decimal, Decimal], control: tuple[Decimal, Decimal]) -> Spec:
    """Return a region's limits in the funnel as parts of its datum."""
    pairs = {"warning": warning, "control": control}
    return {
        f"{name}_{end}": float(pair[place]) for name, pair in pairs.items() for place, end in enumerate(("low", "high"))
    }


def size_of(row: RegionRow) -> int | None:
    """Return how many a region counts, hidden or not; None where that is not published."""
    return row.value.denominator if isinstance(row.value, Exact | Suppressed) else None


def number_of(value: Decimal | None) -> float | None:
    """Return a decimal as the float that drawings take."""
    return None if value is None else float(value)


def verdict_of(lang: Language) -> Spec:
    """Return the colour of a verdict."""
    scale = {"domain": [SAID[name].told(lang) for name in COLOURS], "range": list(COLOURS.values())}
    return {
        "field": "verdict",
        "type": "nominal",
        "scale": scale,
        "title": SAID["verdict"].told(lang),
        "legend": {"orient": "bottom", "titleLimit": 400},
    }


def shape_of(lang: Language) -> Spec:
    """Return the shape of a verdict, so that no colour is needed."""
    return {
        **verdict_of(lang),
        "scale": {"domain": [SAID[name].told(lang) for name in SHAPES], "range": list(SHAPES.values())},
    }


def hidden_bar(**size: int) -> Spec:
    """Return the mark of a hidden range."""
    return {"type": "bar", "color": HIDDEN_SOFT, "stroke": HIDDEN, "strokeDash": [3, 2], **size}


def line_at(value: Decimal, axis: str, title: Any) -> Spec:
    """Return the dashed line where the regions together are."""
    line = {"type": "rule", "strokeDash": [4, 3], "color": "#14222a"}
    where = {"field": "together", "type": "quantitative", "scale": {"zero": False}, "title": title}
    return {"data": {"values": [{"together": float(value)}]}, "mark": line, "encoding": {axis: where}}
