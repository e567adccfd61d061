"""Assessments as data: a page of them, one by its event id, and an instrument over the network."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final, get_args

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import text
from hub.api.facets import PageArguments
from hub.serving.assessment_chart import lenses
from hub.serving.assessments import AssessmentTakenBack, AssessmentUnknown, assessment_page, one_assessment
from hub.serving.chart_render import as_json
from hub.serving.paging import PAGE_SIZE, PageUnknown
from hub.serving.readiness import network_readiness
from schemas.codes import Language

blueprint = Blueprint(
    "assessments", __name__, url_prefix="/api/v1/assessments", description="How ready regions are, by lens."
)
_SPEC: Final = "application/vnd.vegalite.v5+json"


class AssessmentArguments(PageArguments):
    """Which page, and of what; a name that is left out leaves all in."""

    region = text("XR-DUINRAND", validate=validate.Length(max=16))
    instrument = text("five-lenses", validate=validate.Length(max=40))
    period = text("2026-Q2", validate=validate.Length(max=16))
    assessment = text("voorjaar", validate=validate.Length(max=100))


class NetworkArguments(Schema):
    """Which instrument."""

    instrument = text("five-lenses", validate=validate.Length(max=40), load_default="five-lenses")


class ChartArguments(Schema):
    """In which language."""

    lang = text("en", load_default="nl", validate=validate.OneOf(get_args(Language)))


@blueprint.get("")
@blueprint.arguments(AssessmentArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_assessments(arguments: dict[str, Any]) -> Response:
    """Return a page of assessments, newest first: scores, findings and verdicts apart, with change since the last."""
    page = arguments.pop("page")
    with the_hub().engine.connect() as connection:
        try:
            return json_answer(assessment_page(connection, reader().audience, page, PAGE_SIZE, arguments))
        except PageUnknown as error:
            abort(404, str(error))


@blueprint.get("/network")
@blueprint.arguments(NetworkArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_network(arguments: dict[str, Any]) -> Response:
    """Return an instrument over the network: regions by name, and in how many each lens may be lowest."""
    with the_hub().engine.connect() as connection:
        return json_answer(network_readiness(connection, reader().audience, arguments["instrument"]))


@blueprint.get("/<string:event_id>")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such assessment for this reader.")
@blueprint.alt_response(410, description="The region withdrew the assessment, or had it destroyed; says when and why.")
def get_assessment(event_id: str) -> Response:
    """Return one version of one assessment."""
    with the_hub().engine.connect() as connection:
        try:
            return json_answer(one_assessment(connection, reader().audience, event_id))
        except AssessmentUnknown as error:
            abort(404, str(error))
        except AssessmentTakenBack as error:
            abort(410, str(error))


@blueprint.get("/<string:event_id>/chart.vl.json")
@blueprint.arguments(ChartArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type=_SPEC)
@blueprint.alt_response(404, description="There is no such assessment for this reader.")
@blueprint.alt_response(410, description="The region withdrew the assessment, or had it destroyed; says when and why.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_chart(arguments: dict[str, Any], event_id: str) -> Response:
    """Return it as a Vega-Lite 5 specification: per lens and helix the median and the middle half, in bands."""
    with the_hub().engine.connect() as connection:
        try:
            found = one_assessment(connection, reader().audience, event_id)
        except AssessmentUnknown as error:
            abort(404, str(error))
        except AssessmentTakenBack as error:
            abort(410, str(error))
    return Response(as_json(lenses(found, arguments["lang"])), content_type=_SPEC)
