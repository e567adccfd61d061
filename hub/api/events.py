"""The routes by which a region pushes its events and fetches its receipts."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from flask import abort, current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.health import count_answers
from hub.flow import receive
from hub.intake.store import receipts
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.receipt import Answer

blueprint = Blueprint("events", __name__, url_prefix="/api/v1", description="What regions let out.")
LARGEST_BATCH: Final = 500  # events
_RECEIPTS_PAGE: Final = 500
_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_BATCH_BODY: Final = {
    "required": True,
    "description": f"A CloudEvents 1.0 JSON batch of at most {LARGEST_BATCH} events and 16 MiB.",
    "content": {BATCH_MEDIA_TYPE: {"schema": {"type": "array", "items": {"type": "object"}}}},
}


class ReceiptSchema(Schema):
    """The hub's signed word that it holds an event."""

    event_id = fields.String(required=True)
    region = fields.String(required=True)
    sequence = fields.Integer(required=True)
    accepted_at = fields.String(required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


class AnswerSchema(Schema):
    """The hub's answer to one event."""

    event_id = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(("accepted", "duplicate", "refused")))
    reason = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)
    receipt = fields.Nested(ReceiptSchema, allow_none=True)
    signature = fields.String(allow_none=True, metadata={"description": "The hub's, over a refusal."})


class AfterSchema(Schema):
    """From where to go on."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))


@blueprint.post("/events")
@blueprint.doc(requestBody=_BATCH_BODY)
@blueprint.response(200, AnswerSchema(many=True))
@blueprint.alt_response(415, description="The body is not a CloudEvents batch.")
def post_events() -> Sequence[Answer]:
    """Receive a batch of signed events; one answer per event, in their order."""
    if request.mimetype != BATCH_MEDIA_TYPE:
        abort(415, f"Send the events as {BATCH_MEDIA_TYPE}.")
    try:
        sent = _decoder.decode(request.get_data(cache=False))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        abort(400, "The body is not a JSON list of CloudEvents.")
    if len(sent) > LARGEST_BATCH:
        abort(413, f"A batch holds at most {LARGEST_BATCH} events; send it in parts.")
    answers = receive([bytes(raw) for raw in sent], the_hub(), reader().region)
    count_answers(current_app, answers)
    return answers


@blueprint.get("/receipts")
@blueprint.arguments(AfterSchema, location="query")
@blueprint.response(200, AnswerSchema(many=True))
def get_receipts(given: dict[str, Any]) -> Sequence[Answer]:
    """Return the calling region's receipts after a sequence number, at most 500, in order of sequence."""
    code = reader().region
    if code is None:
        abort(401, "Receipts are for the region they were given to; send its token.")
    with the_hub().engine.connect() as connection:
        return receipts(connection, code, given["after"], _RECEIPTS_PAGE)
