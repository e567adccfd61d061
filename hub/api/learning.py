"""Learning as data: reflections with what they led to, the conditions over time, actions, what became of lessons."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import BUSY, example, text
from hub.api.facets import PageArguments
from hub.serving.actions_table import as_csv
from hub.serving.kept_pages import kept_actions, kept_became, kept_learning
from hub.serving.paging import PageUnknown
from schemas.codes import REGION_CODE
from schemas.learning import ACTION_STATES

blueprint = Blueprint(
    "learning",
    __name__,
    url_prefix="/api/v1/learning",
    description="Reflections, the actions they led to, and what became of lessons.",
)
_REGION: Final = validate.Regexp(REGION_CODE, error="Write a region's code, such as XR-DUINRAND.")
_CONTENT: Final = {"application/json": {"schema": {"type": "object"}}, "text/csv": {"schema": {"type": "string"}}}


class LearningArguments(PageArguments):
    """Which page, and of which region; all regions where none is named."""

    region = text("XR-DUINRAND", validate=_REGION)


class LessonsArguments(PageArguments):
    """Which page, and of which region."""

    region = fields.String(required=True, validate=_REGION, metadata=example("XR-DUINRAND"))


class ActionArguments(Schema):
    """Which actions: any of the states that are given, one region's, and those whose owner's role has some words."""

    state = fields.List(
        fields.String(validate=validate.OneOf(ACTION_STATES)),
        load_default=[],
        validate=validate.Length(max=len(ACTION_STATES)),
        metadata=example(["overdue"]),
    )
    region = text("XR-DUINRAND", validate=_REGION)
    owner_role = text("programma", load_default="", validate=validate.Length(max=100))
    format = text("csv", load_default="json", validate=validate.OneOf(["json", "csv"]))


@blueprint.get("")
@blueprint.arguments(LearningArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, description=BUSY)
def get_learning(arguments: dict[str, Any]) -> Response:
    """Return a page of reflections with what they led to, the conditions of learning by date, and actions by state."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            found = kept_learning(connection, reader().audience, hub.clock(), arguments["region"], arguments["page"])
        except PageUnknown as error:
            abort(404, str(error))
    return json_answer(found)


@blueprint.get("/actions")
@blueprint.arguments(ActionArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": _CONTENT}})
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, description=BUSY)
def get_actions(arguments: dict[str, Any]) -> Response:
    """Return actions with their state today, those that wait for somebody first; `format=csv` gives a table."""
    hub = the_hub()
    now = hub.clock()
    chosen = (arguments["state"], arguments["region"], arguments["owner_role"])
    with hub.engine.connect() as connection:
        found = kept_actions(connection, reader().audience, now, *chosen)
    today = now.date()
    if arguments["format"] == "csv":
        response = Response(as_csv(found, today), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="actions-{today}.csv"'
        return response
    return json_answer({"as_of": today.isoformat(), "total": len(found), "actions": found})


@blueprint.get("/lessons")
@blueprint.arguments(LessonsArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, description=BUSY)
def get_lessons_of_region(arguments: dict[str, Any]) -> Response:
    """Return what became of each of a region's lessons: citations, reuse per stage, questions and actions."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            found = kept_became(connection, reader().audience, hub.clock(), arguments["region"], arguments["page"])
        except PageUnknown as error:
            abort(404, str(error))
    return json_answer(found)
