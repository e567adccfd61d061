"""The regions' programmes as data: how far each is, by name, and all that one region wrote of its own."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

import msgspec
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import BUSY, REGION, refused, text
from hub.intake.ledger import RegionNotListed
from hub.serving.goals import GoalStands
from hub.serving.kept_pages import kept_programme, kept_progress
from hub.serving.programme import Programme
from hub.serving.programme_table import as_csv, as_xlsx

blueprint = Blueprint(
    "programme", __name__, url_prefix="/api/v1/programme", description="Phases, milestones, goals, actions of regions."
)
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CONTENT: Final = {
    "application/json": {"schema": {"type": "object"}},
    "text/csv": {"schema": {"type": "string"}},
    _SHEET: {"schema": {"type": "string", "format": "binary"}},
}


class ProgrammeArguments(Schema):
    """In which form."""

    format = text("csv", load_default="json", validate=validate.OneOf(["json", "csv", "xlsx"]))


class ProgrammeTold(msgspec.Struct, frozen=True):
    """One region's programme, and where its goals' indicators stand now."""

    programme: Programme
    goals: tuple[GoalStands, ...]


@blueprint.get("")
@blueprint.arguments(ProgrammeArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": _CONTENT}})
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, description=BUSY)
def get_programme(arguments: dict[str, Any]) -> Response:
    """Return how far each region is: phase, changes, data, actions, help asked. By name; no score and no order."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        _, found = kept_progress(connection, reader().audience, hub.clock())
    form = arguments["format"]
    if form == "json":
        return json_answer(found)
    response = Response(as_csv(found), content_type="text/csv; charset=utf-8")
    if form == "xlsx":
        response = Response(as_xlsx(found), content_type=_SHEET)
    response.headers["Content-Disposition"] = f'attachment; filename="programme.{form}"'
    return response


@blueprint.get("/<string:code>", parameters=[REGION])
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such region.")
@blueprint.alt_response(503, description=BUSY)
def get_region_programme(code: str) -> Response:
    """Return one region's programme: phases, milestones, who takes part, selection, goals, interventions, actions."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            found, goals = kept_programme(connection, reader().audience, hub.clock(), code)
        except RegionNotListed as error:
            refused(404, error, error.allowed)
    return json_answer(ProgrammeTold(found, goals))
