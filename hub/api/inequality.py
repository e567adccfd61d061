"""Inequality between areas: the slope of an indicator along another that ranks them, as JSON and CSV."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final, get_args

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import INDICATOR, PERIOD_FORM, example, refuse, refused, text
from hub.intake.ledger import RegionNotListed
from hub.serving.compared import parse_cut
from hub.serving.inequality import First, Weights, inequality_view
from hub.serving.inequality_table import as_csv
from hub.serving.moment import MomentWrong, known_on
from hub.serving.offered import NotOffered
from schemas.codes import REGION_CODE

blueprint = Blueprint("inequality", __name__, url_prefix="/api/v1/indicators", description="Inequality between areas.")
_CONTENT: Final = {
    "application/json": {"schema": {"type": "object"}},
    "text/csv": {"schema": {"type": "string"}},
}


class InequalityArguments(Schema):
    """Along which indicator (`rank_by`), of which period (else the newest) and cut, over a set or within a region.

    With `region` the areas are those within it, else the regions of `set`. `first` says which end of `rank_by` is the
    least favoured; left out, its definition does. `weights`: areas by their people, or each alike.
    """

    rank_by = fields.String(required=True, validate=validate.Length(min=1, max=80), metadata=example("h.srh_good"))
    period = text("2025", validate=PERIOD_FORM)
    rank_period = text("2025", validate=PERIOD_FORM)
    set = text("invented", validate=validate.Length(min=1, max=64))
    region = text("XR-DUINRAND", validate=validate.Regexp(REGION_CODE))
    by = text("sex:f", load_default="", validate=validate.Length(max=200))
    first = text("lowest", validate=validate.OneOf(get_args(First)))
    weights = text("equal", load_default="people", validate=validate.OneOf(get_args(Weights)))
    as_known_on = text("2026-11-22", validate=validate.Length(max=40))
    format = text("csv", load_default="json", validate=validate.OneOf(["json", "csv"]))


@blueprint.get("/<string:indicator>/inequality", parameters=[INDICATOR])
@blueprint.arguments(InequalityArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": _CONTENT}})
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(400, description="The indicator is not cut this way.")
@blueprint.alt_response(404, description="No such indicator or region, or nobody released it for this choice.")
@blueprint.alt_response(422, description="There is no gradient here, or an argument is not known or not in its form.")
def get_inequality(arguments: dict[str, Any], indicator: str) -> Response:
    """Return slope index, relative index and ratio over areas in the order of a gradient; ranges for hidden figures."""
    hub = the_hub()
    now, asked = hub.clock(), arguments["as_known_on"]
    with hub.engine.connect() as connection:
        try:
            view = inequality_view(
                connection,
                reader().audience,
                now,
                indicator,
                arguments["rank_by"],
                period=arguments["period"],
                rank_period=arguments["rank_period"],
                region_set=arguments["set"],
                region=arguments["region"],
                by=parse_cut(arguments["by"]),
                first=arguments["first"],
                weights=arguments["weights"],
                known_on=None if asked is None else known_on(asked, now),
            )
        except RegionNotListed as error:
            refused(404, error, error.allowed)
        except NotOffered as error:
            refuse(error)
        except MomentWrong as error:
            abort(422, str(error))
    if arguments["format"] == "json":
        return json_answer(view)
    response = Response(as_csv(view), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{indicator}-{view.period}-inequality.csv"'
    return response
