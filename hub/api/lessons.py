"""Lessons as data: a page of them, and one by its event id."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

import msgspec
from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE

from hub.api.access import reader, the_hub
from hub.api.feeds import PageArguments
from hub.serving.lessons import LessonTakenBack, LessonUnknown, PageUnknown, lesson_page, one_lesson

blueprint = Blueprint("lessons", __name__, url_prefix="/api/v1/lessons", description="Lessons that regions share.")


@blueprint.get("")
@blueprint.arguments(PageArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such page.")
def get_lessons(arguments: dict[str, Any]) -> Response:
    """Return a page of lessons, newest first."""
    with the_hub().engine.connect() as connection:
        try:
            return _json(lesson_page(connection, reader().audience, arguments["page"]))
        except PageUnknown as error:
            abort(404, str(error))


@blueprint.get("/<string:event_id>")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such lesson for this reader.")
@blueprint.alt_response(410, description="The region withdrew the lesson, or had it destroyed; says when and why.")
def get_lesson(event_id: str) -> Response:
    """Return one version of one lesson."""
    with the_hub().engine.connect() as connection:
        try:
            return _json(one_lesson(connection, reader().audience, event_id))
        except LessonUnknown as error:
            abort(404, str(error))
        except LessonTakenBack as error:
            abort(410, str(error))


def _json(found: Any) -> Response:
    return Response(msgspec.json.encode(found), content_type="application/json")
