"""The page of one indicator along a gradient: sentence, drawing, areas in their order, and what it cannot say."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from hub.intake.ledger import RegionNotListed
from hub.serving.compared import parse_cut
from hub.serving.inequality import First, GradientArea, InequalityView, Weights, inequality_view
from hub.serving.offered import NotOffered
from hub.serving.peers import choosable
from hub.web import words
from hub.web.curve import Spot, draw_curve
from hub.web.pages import audience, guard, language, show, the_hub
from schemas.catalogue import catalogue
from schemas.codes import Language

blueprint = Blueprint("gradient", __name__, template_folder="templates")
blueprint.after_request(guard)
_KEPT = ("rank_by", "period", "set", "region", "by", "weights", "first")


@blueprint.get("/gradient/<indicator>")
def gradient(indicator: str) -> Response:
    """Show how an indicator runs along another that ranks the areas."""
    asked, lang = request.args, language()
    first: First | None = "highest" if asked.get("first") == "highest" else None
    first = "lowest" if asked.get("first") == "lowest" else first
    weights: Weights = "equal" if asked.get("weights") == "equal" else "people"
    period, region_set, region = (asked.get(name) or None for name in ("period", "set", "region"))
    hub = the_hub()
    view, refused = None, None
    with hub.engine.connect() as connection:
        if indicator not in catalogue():
            return show("absent.html", status=404, here="", text=words.word("no_indicator", lang))
        if asked.get("rank_by"):
            chosen = (period, None, region_set, region)
            try:
                cut = parse_cut(asked.get("by", ""))
                rest: dict[str, Any] = {"by": cut, "first": first, "weights": weights}
                place = (connection, audience(), hub.clock(), indicator, asked["rank_by"])
                view = inequality_view(*place, *chosen, **rest)
            except (NotOffered, RegionNotListed) as error:
                refused = error.text.told(lang)
        offered = choosable(connection, audience(), hub.clock(), region_set)
    titles = sorted(({"id": one, "title": catalogue()[one].title.told(lang)} for one in offered), key=_title)
    unit = catalogue()[indicator].unit.told(lang)
    kept = {name: asked[name] for name in _KEPT if asked.get(name)}
    return show(
        "gradient.html", here="", view=view, refused=refused, offered=titles, indicator=indicator, kept=kept,
        title=catalogue()[indicator].title.told(lang), unit=unit,
        drawing=None if view is None else _drawing(view),
        told=None if view is None else _told(view, lang), weights=weights,
        json=f"/api/v1/indicators/{indicator}/inequality?{urlencode(kept)}",
        rows=[] if view is None else sorted((one.name, one.place, _span(one, unit, lang)) for one in view.areas),
    )  # fmt: skip


def _title(one: dict[str, str]) -> str:
    return one["title"]


def _drawing(view: InequalityView) -> Any:
    spots = [Spot(float(one.place), one.name, one.shown, one.low, one.high, one.shown is None) for one in view.areas]
    return draw_curve(spots, is_joined=False)


def _told(view: InequalityView, lang: Language) -> str:
    """Return the sentence: what differs between both ends, and whether that is more than the areas vary by."""
    unit = view.unit.told(lang)
    if unit.strip() == "%":
        unit = words.word("points", lang)
    low, high = view.low, view.high
    name = "gradient_range" if view.slope is None else "gradient_untold"
    if view.slope is not None and low > 0:
        name = "gradient_higher"
    elif view.slope is not None and high < 0:
        name, low, high = "gradient_lower", -high, -low
    elif view.slope is not None and low == high == 0:
        name = "gradient_alike"
    is_turned = name == "gradient_lower" and view.slope is not None
    size = words.number(-view.slope if is_turned and view.slope is not None else view.slope, lang)
    said = {"size": size, "unit": unit, "low": words.number(low, lang), "high": words.number(high, lang)}
    return words.word(name, lang).format(**said)


def _span(one: GradientArea, unit: str, lang: Language) -> str:
    if one.shown is not None:
        return words.with_unit(one.shown, unit, lang)
    low, high = (words.number(end, lang) for end in (one.low, one.high))
    return f"{words.word('hidden', lang)}: {low}–{high}"
