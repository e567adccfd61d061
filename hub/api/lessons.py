"""Lessons as data: a page of them, by words and facets, and one by its event id."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

import msgspec
from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.facets import SearchArguments, chosen
from hub.serving.attachments import attached_to
from hub.serving.became import became_of_lesson
from hub.serving.citations import citations_of
from hub.serving.evaluations import evaluations_of
from hub.serving.indexing import EVALUATION, LESSON
from hub.serving.items import items_of
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lessons import LessonTakenBack, LessonUnknown, lessons_of, one_lesson
from hub.serving.paging import PageUnknown
from hub.serving.search import find
from schemas.codes import KNOWLEDGE_NOUNS

blueprint = Blueprint("lessons", __name__, url_prefix="/api/v1/lessons", description="Lessons that regions share.")


@blueprint.get("")
@blueprint.arguments(SearchArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_lessons(arguments: dict[str, Any]) -> Response:
    """Return a page of lessons, newest first, or those first in which the words of `q` weigh most.

    `hits` give the order, `facets` say of each value how many would be found with it.
    """
    hub, audience = the_hub(), reader().audience
    wanted = {"kind": [LESSON]} | chosen(arguments)
    try:
        found = find(hub.engine, audience, arguments["q"], wanted, arguments["page"])
    except PageUnknown as error:
        abort(404, str(error))
    of_kind = {kind: [one.event_id for one in found.hits if one.kind == kind] for kind in (LESSON, EVALUATION)}
    others = [one.event_id for one in found.hits if one.kind in KNOWLEDGE_NOUNS]
    with hub.engine.connect() as connection:
        items = items_of(connection, audience, others)
        lessons = with_evidence(connection, audience, lessons_of(connection, audience, of_kind[LESSON]))
        evaluations = evaluations_of(connection, audience, of_kind[EVALUATION])
    told = msgspec.structs.asdict(found)
    there: dict[str, Any] = {"lessons": list(lessons.values())}
    there |= {"evaluations": list(evaluations.values())} if EVALUATION in wanted["kind"] else {}
    there |= {"items": list(items.values())} if set(KNOWLEDGE_NOUNS) & set(wanted["kind"]) else {}
    return json_answer(there | told)


@blueprint.get("/<string:event_id>")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such lesson for this reader.")
@blueprint.alt_response(410, description="The region withdrew the lesson, or had it destroyed; says when and why.")
def get_lesson(event_id: str) -> Response:
    """Return one version of one lesson, and what became of it since.

    `evidence_changed` is what happened to what it, or a citation of it, rests on: which evidence, when, why, and by
    which event. Subscribers, streams, feeds and digests tell of each such change.
    `translation` holds the actions of any region that translate it, `none` where there is none for this reader; `reuse`
    says what others did with it, with how many regions per stage in `stages`; `questions` are about it; `attachments`
    are files beside it, of whichever version they are.
    """
    hub, audience = the_hub(), reader().audience
    with hub.engine.connect() as connection:
        try:
            held = one_lesson(connection, audience, event_id)
            one = with_evidence(connection, audience, {event_id: held})[event_id]
            became = became_of_lesson(connection, audience, hub.clock().date(), event_id)
            files = attached_to(connection, audience, [event_id]).get(event_id, ())
        except LessonUnknown as error:
            abort(404, str(error))
        except LessonTakenBack as error:
            abort(410, str(error))
    return json_answer(msgspec.structs.asdict(one) | msgspec.structs.asdict(became) | {"attachments": files})


@blueprint.get("/<string:event_id>/citations")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such lesson for this reader.")
def get_citations(event_id: str) -> Response:
    """Return what other regions found of a lesson, withdrawn ones included: how many of each class, and each of them.

    `unverified` are those whose class rests on no evidence that the hub has found to be the citing region's own.
    """
    with the_hub().engine.connect() as connection:
        try:
            return json_answer(citations_of(connection, reader().audience, event_id))
        except LessonUnknown as error:
            abort(404, str(error))
