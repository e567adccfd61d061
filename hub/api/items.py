"""Items of knowledge and of programmes as data: a page of them by kind and region, and one by its event id."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

import msgspec
from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import text
from hub.api.facets import PageArguments
from hub.serving.attachments import attached_to
from hub.serving.became import answers_to, became_of_item
from hub.serving.items import ItemTakenBack, ItemUnknown, item_page, one_item
from hub.serving.paging import PAGE_SIZE, PageUnknown
from schemas.codes import NOUNS

blueprint = Blueprint(
    "items",
    __name__,
    url_prefix="/api/v1/items",
    description="Methods, instruments, trainings, questions, answers, reuse; phases, milestones, goals, actions, …",
)


class ItemArguments(PageArguments):
    """Which page, and of what; a name that is left out leaves all in."""

    noun = text("action", validate=validate.OneOf(NOUNS))
    region = text("XR-DUINRAND", validate=validate.Length(max=16))


@blueprint.get("")
@blueprint.arguments(ItemArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such page.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_items(arguments: dict[str, Any]) -> Response:
    """Return a page of items, newest first, each in its latest version."""
    noun, region = arguments.get("noun"), arguments.get("region")
    with the_hub().engine.connect() as connection:
        try:
            found = item_page(
                connection, reader().audience, NOUNS if noun is None else (noun,), region, arguments["page"], PAGE_SIZE
            )
        except PageUnknown as error:
            abort(404, str(error))
    return json_answer(found)


@blueprint.get("/<string:event_id>")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such item for this reader.")
@blueprint.alt_response(410, description="The region withdrew the item, or had it destroyed; says when and why.")
def get_item(event_id: str) -> Response:
    """Return one version of one item; `attachments` are the files beside it, of whichever version they are."""
    with the_hub().engine.connect() as connection:
        try:
            one = one_item(connection, reader().audience, event_id)
            files = attached_to(connection, reader().audience, [event_id])
        except ItemUnknown as error:
            abort(404, str(error))
        except ItemTakenBack as error:
            abort(410, str(error))
    return json_answer(msgspec.structs.asdict(one) | {"attachments": files.get(event_id, ())})


@blueprint.get("/<string:event_id>/responses")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such item for this reader.")
@blueprint.alt_response(410, description="The region withdrew the item, or had it destroyed; says when and why.")
def get_responses(event_id: str) -> Response:
    """Return what others said of one item: the answers to a question, and who reused a method, and what they found."""
    hub, audience = the_hub(), reader().audience
    with hub.engine.connect() as connection:
        try:
            one = one_item(connection, audience, event_id)
        except ItemUnknown as error:
            abort(404, str(error))
        except ItemTakenBack as error:
            abort(410, str(error))
        answers = answers_to(connection, audience, one) if one.noun == "question" else ()
        became = became_of_item(connection, audience, hub.clock().date(), one)
    return json_answer({"answers": answers, "stages": became.stages, "reuse": became.reuse})
