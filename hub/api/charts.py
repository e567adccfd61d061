"""Comparisons as drawings: a Vega-Lite specification, and the same drawn on the server as SVG or PNG."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Mapping
from typing import Any, Final, get_args

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, validate
from sqlalchemy import Connection

from hub.api.access import count_drawing, reader, the_hub
from hub.api.choices import INDICATOR, PERIOD_FORM, refuse, text
from hub.serving.chart_base import ChartView, NothingToDraw, Spec
from hub.serving.chart_render import Drawn, as_json, rendered
from hub.serving.chart_spec import funnel, intervals, trend
from hub.serving.compared import parse_cut
from hub.serving.kept_views import kept_view
from hub.serving.moment import MomentWrong, known_on
from hub.serving.offered import NotOffered
from hub.serving.series import series_view
from hub.serving.standard import NONE
from schemas.codes import REGION_CODE, Language

blueprint = Blueprint("charts", __name__, url_prefix="/api/v1/indicators", description="Comparisons as drawings.")
_BUSY: Final = {"description": "Too many drawings are asked for at a time; `Retry-After` says when to ask again."}
_PERIODS: Final = 24  # of a trend, the newest
_KINDS: Final[Mapping[Drawn, str]] = {"svg": "image/svg+xml", "png": "image/png"}
_SPEC: Final = "application/vnd.vegalite.v5+json"


class ChartArguments(Schema):
    """What to draw (`view`), in which language; the rest as in a comparison. A trend has no period or standard."""

    view = text("intervals", load_default="intervals", validate=validate.OneOf(get_args(ChartView)))
    lang = text("en", load_default="nl", validate=validate.OneOf(get_args(Language)))
    period = text("2025", validate=PERIOD_FORM)
    set = text("invented", validate=validate.Length(min=1, max=64))
    by = text("sex:f", load_default="", validate=validate.Length(max=200))
    as_known_on = text("2026-11-22", validate=validate.Length(max=40))
    beside = text("XR-DUINRAND", validate=validate.Regexp(REGION_CODE))
    sort = text("value", load_default="name", validate=validate.OneOf(["name", "value"]))
    standardise = text(NONE, load_default=NONE, validate=validate.Length(min=1, max=20))


@blueprint.get("/<string:indicator>/chart.vl.json", parameters=[INDICATOR])
@blueprint.arguments(ChartArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type=_SPEC)
@blueprint.alt_response(400, description="The indicator is not cut this way.")
@blueprint.alt_response(404, description="No such indicator or figures, or nothing of it can be drawn this way.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_specification(arguments: dict[str, Any], indicator: str) -> Response:
    """Return the drawing as a Vega-Lite 5 specification with its figures: hidden ones as ranges, never as points."""
    with the_hub().engine.connect() as connection:
        return Response(as_json(_spec(connection, arguments, indicator)), content_type=_SPEC)


@blueprint.get("/<string:indicator>/chart.svg", parameters=[INDICATOR])
@blueprint.arguments(ChartArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
@blueprint.alt_response(400, description="The indicator is not cut this way.")
@blueprint.alt_response(404, description="No such indicator or figures, or nothing of it can be drawn this way.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, **_BUSY)
def get_svg(arguments: dict[str, Any], indicator: str) -> Response:
    """Return the drawing as SVG, for a document or a slide."""
    return _drawing(arguments, indicator, "svg")


@blueprint.get("/<string:indicator>/chart.png", parameters=[INDICATOR])
@blueprint.arguments(ChartArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
@blueprint.alt_response(400, description="The indicator is not cut this way.")
@blueprint.alt_response(404, description="No such indicator or figures, or nothing of it can be drawn this way.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, **_BUSY)
def get_png(arguments: dict[str, Any], indicator: str) -> Response:
    """Return the drawing as PNG, two pixels to a unit."""
    return _drawing(arguments, indicator, "png")


def _drawing(arguments: dict[str, Any], indicator: str, kind: Drawn) -> Response:
    count_drawing()
    asked = (reader().audience, indicator, tuple(sorted(arguments.items(), key=str)))
    with the_hub().engine.connect() as connection:
        spec = _spec(connection, arguments, indicator)
        body = rendered(connection, asked, spec, kind)
    response = Response(body, content_type=_KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{indicator}-{arguments["view"]}.{kind}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _spec(connection: Connection, asked: dict[str, Any], indicator: str) -> Spec:
    now, audience, lang = the_hub().clock(), reader().audience, asked["lang"]
    try:
        moment = None if asked["as_known_on"] is None else known_on(asked["as_known_on"], now)
        cut = parse_cut(asked["by"])
        if asked["view"] == "trend":
            series = series_view(
                connection, audience, now, indicator, None, asked["set"], cut, None, _PERIODS, moment
            )  # fmt: skip
            return trend(series, asked["beside"], lang)
        view = kept_view(
            connection, audience, now, indicator, asked["period"], asked["set"], cut, moment,
            beside=asked["beside"], sort=asked["sort"], standardise=asked["standardise"],
        )  # fmt: skip
        return intervals(view, lang) if asked["view"] == "intervals" else funnel(view, lang)
    except NotOffered as error:
        refuse(error)
    except MomentWrong as error:
        abort(422, str(error))
    except NothingToDraw as error:
        abort(404, str(error))
