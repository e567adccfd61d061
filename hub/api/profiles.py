"""One region's latest figures of all indicators, as JSON and CSV."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import REGION, refused, text
from hub.intake.ledger import RegionNotListed
from hub.serving.profile import profile
from hub.serving.profile_table import as_csv

blueprint = Blueprint("profiles", __name__, url_prefix="/api/v1/regions", description="One region, all indicators.")


class ProfileArguments(Schema):
    """In which form."""

    format = text("csv", load_default="json", validate=validate.OneOf(["json", "csv"]))


@blueprint.get("/<string:code>/profile", parameters=[REGION])
@blueprint.arguments(ProfileArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": {"application/json": {"schema": {"type": "object"}},
                                              "text/csv": {"schema": {"type": "string"}}}}})  # fmt: skip
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such region.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_profile(arguments: dict[str, Any], code: str) -> Response:
    """Return the region's latest figure of every indicator: value, interval or range, standing; no composite number."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            view = profile(connection, reader().audience, hub.clock(), code)
        except RegionNotListed as error:
            refused(404, error, error.allowed)
    if arguments["format"] == "json":
        return json_answer(view)
    response = Response(as_csv(view), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.region}.csv"'
    return response
