"""One region's progress on one indicator, from a first period on, as JSON and CSV."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from decimal import Decimal
from functools import partial
from typing import Any, Final, get_args

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import BUSY, PERIOD_FORM, REGION, example, refuse, refused, text
from hub.comparison.series import Unit
from hub.intake.ledger import RegionNotListed
from hub.serving.compared import parse_cut
from hub.serving.in_turn import in_turn
from hub.serving.moment import MomentWrong, known_on
from hub.serving.offered import NotOffered
from hub.serving.progress import GOAL, progress_view
from hub.serving.progress_table import as_csv

blueprint = Blueprint("progress", __name__, url_prefix="/api/v1/regions", description="One region over the years.")
_CONTENT: Final = {
    "application/json": {"schema": {"type": "object"}},
    "text/csv": {"schema": {"type": "string"}},
}


class ProgressArguments(Schema):
    """Of which indicator, since which period (else the region's first), towards which goal in the indicator's unit."""

    indicator = fields.String(required=True, validate=validate.Length(min=1, max=80), metadata=example("h.dm_prev"))
    since = text("2025", validate=PERIOD_FORM)
    goal = text("12.5", validate=validate.Regexp(GOAL, error="Write a number in the indicator's unit, such as 12.5."))
    by = text("sex:f", load_default="", validate=validate.Length(max=200))
    unit = text("year", validate=validate.OneOf(get_args(Unit)))
    as_known_on = text("2026-11-22", validate=validate.Length(max=40))
    format = text("csv", load_default="json", validate=validate.OneOf(["json", "csv"]))


@blueprint.get("/<string:code>/progress", parameters=[REGION])
@blueprint.arguments(ProgressArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": _CONTENT}})
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(400, description="The indicator is not cut this way.")
@blueprint.alt_response(404, description="There is no such region or indicator, or it released none for this choice.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, description=BUSY)
def get_progress(arguments: dict[str, Any], code: str) -> Response:
    """Return each period beside the first, the goal and the network, at population level, and the trend over them."""
    hub = the_hub()
    now, asked, goal = hub.clock(), arguments["as_known_on"], arguments["goal"]
    with hub.engine.connect() as connection:
        try:
            work = partial(
                progress_view,
                connection,
                reader().audience,
                now,
                code,
                arguments["indicator"],
                since=arguments["since"],
                goal=None if goal is None else Decimal(goal),
                by=parse_cut(arguments["by"]),
                unit=arguments["unit"],
                known_on=None if asked is None else known_on(asked, now),
            )
            view = in_turn(connection, None, now, work, is_kept=False)  # goals and moments are without end
        except RegionNotListed as error:
            refused(404, error, error.allowed)
        except NotOffered as error:
            refuse(error)
        except MomentWrong as error:
            abort(422, str(error))
    if arguments["format"] == "json":
        return json_answer(view)
    response = Response(as_csv(view), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.region}-{view.indicator}-progress.csv"'
    return response
