"""One indicator over time as JSON: typed values with their revisions, trend verdicts and control charts."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.choices import INDICATOR, example, refuse, text
from hub.serving.compared import parse_cut
from hub.serving.moment import MomentWrong, known_on
from hub.serving.offered import NotOffered
from hub.serving.series import MOST_PERIODS, USUAL_PERIODS, series_json
from schemas.codes import REGION_CODE

blueprint = Blueprint("trends", __name__, url_prefix="/api/v1/indicators", description="Indicators over time.")


class TrendArguments(Schema):
    """Which series: one region or all, a cut (else the total), how many periods of which unit, and which moment."""

    region = text("XR-DUINRAND", validate=validate.Regexp(REGION_CODE))
    set = text("invented", validate=validate.Length(min=1, max=64))
    by = text("sex:f", load_default="", validate=validate.Length(max=200))
    unit = text("year", validate=validate.OneOf(["year", "quarter", "month", "week", "day"]))
    last = fields.Integer(load_default=USUAL_PERIODS, validate=validate.Range(1, MOST_PERIODS), metadata=example(24))
    as_known_on = text("2026-11-22", validate=validate.Length(max=40))


@blueprint.get("/<string:indicator>/trend", parameters=[INDICATOR])
@blueprint.arguments(TrendArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(400, description="The indicator is not cut this way.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(404, description="No such indicator, or no region released it for this choice.")
def get_trend(arguments: dict[str, Any], indicator: str) -> Response:
    """Return each region's series by name: typed values, revisions, a trend verdict or why none, control limits."""
    hub = the_hub()
    now, asked = hub.clock(), arguments["as_known_on"]
    with hub.engine.connect() as connection:
        try:
            body = series_json(
                connection,
                reader().audience,
                now,
                indicator,
                region=arguments["region"],
                region_set=arguments["set"],
                by=parse_cut(arguments["by"]),
                unit=arguments["unit"],
                last=arguments["last"],
                known_on=None if asked is None else known_on(asked, now),
            )
        except NotOffered as error:
            refuse(error)
        except MomentWrong as error:
            abort(422, str(error))
    return Response(body, content_type="application/json")
