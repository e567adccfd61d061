"""Evaluations as data: a page of them, of one region or all, and one by its event id."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, get_args

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import text
from hub.api.facets import PageArguments
from hub.serving.evaluations import EvaluationTakenBack, EvaluationUnknown, evaluation_page, one_evaluation
from hub.serving.paging import PAGE_SIZE, PageUnknown
from schemas.evaluation import EvaluationLevel, EvaluationMethod, EvaluationOutcome

blueprint = Blueprint(
    "evaluations", __name__, url_prefix="/api/v1/evaluations", description="Whether interventions worked."
)


class EvaluationArguments(PageArguments):
    """Which page, and of what; a name that is left out leaves all in."""

    region = text("XR-DUINRAND", validate=validate.Length(max=16))
    intervention = text("thuisarts", validate=validate.Length(max=100))
    indicator = text("h.dm_prev", validate=validate.Length(max=100))
    method = text("did", validate=validate.OneOf(get_args(EvaluationMethod)))
    level = text("population", validate=validate.OneOf(get_args(EvaluationLevel)))
    outcome = text("fits_effect", validate=validate.OneOf(get_args(EvaluationOutcome)))


@blueprint.get("")
@blueprint.arguments(EvaluationArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_evaluations(arguments: dict[str, Any]) -> Response:
    """Return a page of evaluations, newest first, each with what became of the figures that it rests on."""
    page = arguments.pop("page")
    with the_hub().engine.connect() as connection:
        try:
            return json_answer(evaluation_page(connection, reader().audience, page, PAGE_SIZE, arguments))
        except PageUnknown as error:
            abort(404, str(error))


@blueprint.get("/<string:event_id>")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such evaluation for this reader.")
@blueprint.alt_response(410, description="The region withdrew the evaluation, or had it destroyed; says when and why.")
def get_evaluation(event_id: str) -> Response:
    """Return one version of one evaluation."""
    with the_hub().engine.connect() as connection:
        try:
            return json_answer(one_evaluation(connection, reader().audience, event_id))
        except EvaluationUnknown as error:
            abort(404, str(error))
        except EvaluationTakenBack as error:
            abort(410, str(error))
