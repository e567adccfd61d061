"""Lessons, evaluations and assessments as feeds: Atom and JSON Feed, paged back to the first one."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

import msgspec
from flask import Response, abort, request
from flask_smorest import Blueprint
from marshmallow import RAISE

from hub.api.access import reader, the_hub
from hub.api.facets import FeedArguments, PageArguments, chosen, in_address
from hub.serving.assessments import AssessmentFeedPage, assessment_feed_page
from hub.serving.attachments import attached_to
from hub.serving.evaluations import EvaluationFeedPage, evaluation_feed_page
from hub.serving.feed import ASSESSMENTS, EVALUATIONS, Files, atom, json_feed
from hub.serving.lessons import AcceptedLesson, FeedPage
from hub.serving.paging import PageUnknown
from hub.serving.search import fitting_events
from hub.serving.told import told_page

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds", description="What regions tell, as feeds.")


@blueprint.get("/lessons.atom")
@blueprint.arguments(FeedArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "string"}, content_type="application/atom+xml")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_atom(arguments: dict[str, Any]) -> Response:
    """Return the lessons as Atom 1.0, all or those that fit words and facets."""
    page = _held(arguments)
    body = atom(page, site(), asked=in_address(arguments), files=_files(page))
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/lessons.json")
@blueprint.arguments(FeedArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/feed+json")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_json(arguments: dict[str, Any]) -> Response:
    """Return the lessons as JSON Feed 1.1, all or those that fit words and facets."""
    page = _held(arguments)
    body = msgspec.json.encode(json_feed(page, site(), asked=in_address(arguments), files=_files(page)))
    return Response(body, content_type="application/feed+json; charset=utf-8")


@blueprint.get("/evaluations.atom")
@blueprint.arguments(PageArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "string"}, content_type="application/atom+xml")
@blueprint.alt_response(404, description="There is no such page.")
def get_evaluations_atom(arguments: dict[str, Any]) -> Response:
    """Return the evaluations as Atom 1.0."""
    body = atom(_evaluated(arguments["page"]), site(), EVALUATIONS)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/evaluations.json")
@blueprint.arguments(PageArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/feed+json")
@blueprint.alt_response(404, description="There is no such page.")
def get_evaluations_json(arguments: dict[str, Any]) -> Response:
    """Return the evaluations as JSON Feed 1.1."""
    body = msgspec.json.encode(json_feed(_evaluated(arguments["page"]), site(), EVALUATIONS))
    return Response(body, content_type="application/feed+json; charset=utf-8")


@blueprint.get("/assessments.atom")
@blueprint.arguments(PageArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "string"}, content_type="application/atom+xml")
@blueprint.alt_response(404, description="There is no such page.")
def get_assessments_atom(arguments: dict[str, Any]) -> Response:
    """Return the assessments of readiness as Atom 1.0."""
    body = atom(_assessed(arguments["page"]), site(), ASSESSMENTS)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/assessments.json")
@blueprint.arguments(PageArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/feed+json")
@blueprint.alt_response(404, description="There is no such page.")
def get_assessments_json(arguments: dict[str, Any]) -> Response:
    """Return the assessments of readiness as JSON Feed 1.1."""
    body = msgspec.json.encode(json_feed(_assessed(arguments["page"]), site(), ASSESSMENTS))
    return Response(body, content_type="application/feed+json; charset=utf-8")


def site() -> str:
    """Return the hub's address: the operator's word where there is one, since a caller may name any host."""
    public_url = the_hub().settings.public_url
    return request.url_root if public_url is None else f"{public_url.rstrip('/')}/"


def _held(arguments: dict[str, Any]) -> FeedPage:
    hub, audience = the_hub(), reader().audience
    wanted = chosen(arguments)
    only = fitting_events(hub.engine, audience, arguments["q"], wanted) if arguments["q"] or wanted else None
    try:
        return told_page(hub.engine, audience, arguments["page"], arguments["before"], only=only)
    except PageUnknown as error:
        abort(404, str(error))


def _files(page: FeedPage) -> Files:
    with the_hub().engine.connect() as connection:
        lessons = [one.event_id for one in page.entries if isinstance(one, AcceptedLesson)]
        return attached_to(connection, reader().audience, lessons)


def _evaluated(page: int) -> EvaluationFeedPage:
    with the_hub().engine.connect() as connection:
        try:
            return evaluation_feed_page(connection, reader().audience, page)
        except PageUnknown as error:
            abort(404, str(error))


def _assessed(page: int) -> AssessmentFeedPage:
    with the_hub().engine.connect() as connection:
        try:
            return assessment_feed_page(connection, reader().audience, page)
        except PageUnknown as error:
            abort(404, str(error))
