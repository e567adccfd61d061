"""What was taken back, for those who may hold a copy, and their word that they have acted on it."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from connectors.database import writing
from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.serving.recalls import CURSOR, RecallUnknown, acknowledge, recall_page, subscriber_name

blueprint = Blueprint("recalls", __name__, url_prefix="/api/v1/recalls", description="What regions took back.")

_ANY: Final = {"type": "object"}


class RecallArguments(Schema):
    """From where to go on (`next` of the answer before), and how far."""

    after = fields.String(load_default="", validate=validate.Regexp(rf"({CURSOR.pattern})?\Z"))
    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=500))


@blueprint.get("")
@blueprint.arguments(RecallArguments, location="query", unknown=RAISE)
@blueprint.response(200, _ANY, content_type="application/json")
def get_recalls(arguments: dict[str, Any]) -> Response:
    """Return withdrawals and redactions of what the reader may see, oldest first."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        found = recall_page(
            connection, reader().audience, _subscriber(), hub.clock(), arguments["after"], arguments["limit"]
        )
    return json_answer(found)


@blueprint.post("/<string:event_id>/acknowledgements")
@blueprint.response(201, _ANY, content_type="application/json")
@blueprint.alt_response(
    200, schema={"type": "object"}, description="It was acknowledged before; the first time is what counts."
)
@blueprint.alt_response(401, description="Nobody's token came along.")
@blueprint.alt_response(403, description="The token is no region's and no partner's.")
@blueprint.alt_response(404, description="There is no such recall for this reader.")
def post_acknowledgement(event_id: str) -> Response:
    """Keep that the token's region or partner has acted on a recall, named by the event that takes back."""
    hub = the_hub()
    with writing(hub.engine) as connection:
        try:
            kept, is_first = acknowledge(connection, reader().audience, _subscriber(), event_id, hub.clock())
        except RecallUnknown as error:
            abort(404, str(error))
    return json_answer(kept, 201 if is_first else 200)


def _subscriber() -> str:
    return subscriber_name(reader().name or "")
