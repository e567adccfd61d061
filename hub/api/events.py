"""The routes by which a region pushes its events and fetches its receipts."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from flask import Response, abort, current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.border import caller_protocol, check_protocol, room_for_delivery
from hub.api.health import count_answers
from hub.flow import receive
from hub.intake.approval import awaiting
from hub.intake.ledger import RegionNotListed, standing
from hub.intake.receipts import receipts
from hub.serving.leaks import reopened
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.receipt import Answer, understood
from schemas.standing import Standing

blueprint = Blueprint("events", __name__, url_prefix="/api/v1", description="What regions let out.")
LARGEST_BATCH: Final = 500  # events
_RECEIPTS_PAGE: Final = 500
_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_BATCH_BODY: Final = {
    "required": True,
    "description": f"A CloudEvents 1.0 JSON batch: at most {LARGEST_BATCH} events and 16 MiB, each answered by itself.",
    "content": {BATCH_MEDIA_TYPE: {"schema": {"type": "array", "items": {}}}},
}


class ReceiptSchema(Schema):
    """The hub's signed word that it holds an event."""

    event_id = fields.String(required=True)
    region = fields.String(required=True)
    sequence = fields.Integer(required=True)
    accepted_at = fields.String(required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)
    batch = fields.Nested(
        "PlaceSchema",
        metadata={"description": "From protocol 2 on: the signature is over the root that the path leads to."},
    )


class PlaceSchema(Schema):
    """Where a receipt stands among those that were signed together; `path` is RFC 6962's, from the leaf upwards."""

    index = fields.Integer(required=True)
    size = fields.Integer(required=True)
    path = fields.List(fields.String(), required=True)


class AnswerSchema(Schema):
    """The hub's answer to one event."""

    event_id = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(("accepted", "duplicate", "refused")))
    reason = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)
    receipt = fields.Nested(ReceiptSchema, allow_none=True)
    signature = fields.String(allow_none=True, metadata={"description": "The hub's, over a refusal."})


class StandingSchema(Schema):
    """The hub's signed word on one chain (schemas.standing); `gaps` are runs of places (first, last) to send again."""

    region = fields.String(required=True)
    last_sequence = fields.Integer(required=True)
    last_event = fields.String(required=True)
    gaps = fields.List(fields.List(fields.Integer()), required=True)
    as_of = fields.String(required=True)
    key_id = fields.String(required=True)
    protocol = fields.Integer(required=True)
    signature = fields.String(required=True)


class AfterSchema(Schema):
    """From where to go on."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))


@blueprint.post("/events")
@blueprint.doc(requestBody=_BATCH_BODY)
@blueprint.response(200, AnswerSchema(many=True))
@blueprint.alt_response(403, description="The region's keys wait for approval.")
@blueprint.alt_response(415, description="The body is not a CloudEvents batch.")
@blueprint.alt_response(426, description="The caller's protocol is no neighbour of this hub's.")
@blueprint.alt_response(503, description="Too many deliveries are in work; Retry-After says when to send it again.")
def post_events() -> Response:
    """Receive a batch of signed events; one answer per event, in their order."""
    protocol = check_protocol()
    if request.mimetype != BATCH_MEDIA_TYPE:
        abort(415, f"Send the events as {BATCH_MEDIA_TYPE}.")
    _check_approved()
    with room_for_delivery():
        return _told(_delivered(), protocol)


def _check_approved() -> None:
    """Turn away a region whose keys wait, before its events become dead letters; they stay in its outbox."""
    with the_hub().engine.connect() as connection:
        waits = awaiting(connection, reader().region or "")
    if waits is not None:
        abort(
            403,
            f"This region's keys wait for approval; read their fingerprint {waits} to the hub's operator, "
            "who runs `python -m hub approve`.",
        )


def _delivered() -> Sequence[Answer]:
    try:
        sent = _decoder.decode(request.get_data(cache=False))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        abort(400, "The body is not a JSON list of CloudEvents.")
    if len(sent) > LARGEST_BATCH:
        abort(413, f"A batch holds at most {LARGEST_BATCH} events; send it in parts.")
    answers = receive([bytes(raw) for raw in sent], the_hub(), reader().region)
    count_answers(current_app, answers)
    return answers


@blueprint.get("/standing")
@blueprint.response(200, StandingSchema)
@blueprint.alt_response(404, description="The region has not enrolled.")
@blueprint.alt_response(426, description="The caller's protocol is no neighbour of this hub's.")
def get_standing() -> Standing:
    """Return the hub's signed word on the calling region's chain: its last link, and what is missing below it."""
    check_protocol()
    code = reader().region
    if code is None:
        abort(401, "The hub's word on a chain is for its region; send its token.")
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            return standing(connection, code, hub.clock(), hub.key)
        except RegionNotListed as error:
            abort(404, str(error))


@blueprint.get("/reopened")
@blueprint.response(200, {"type": "array", "items": {"type": "object"}}, content_type="application/json")
def get_reopened() -> Response:
    """Return where figures that the calling region hid follow from what other regions published, and for whom.

    Places and numbers of figures, never a figure.
    """
    code = reader().region
    if code is None:
        abort(401, "What follows of a region's hidden figures is for that region; send its token.")
    with the_hub().engine.connect() as connection:
        found = reopened(connection, code)
    return json_answer(found)


@blueprint.get("/receipts")
@blueprint.arguments(AfterSchema, location="query")
@blueprint.response(200, AnswerSchema(many=True))
def get_receipts(given: dict[str, Any]) -> Response:
    """Return the calling region's receipts after a sequence number, at most 500, in order of sequence."""
    protocol = caller_protocol()
    code = reader().region
    if code is None:
        abort(401, "Receipts are for the region they were given to; send its token.")
    with the_hub().engine.connect() as connection:
        return _told(receipts(connection, code, given["after"], _RECEIPTS_PAGE), protocol)


def _told(answers: Sequence[Answer], protocol: int) -> Response:
    """Say answers in the form that the caller's protocol reads; written by msgspec, since a batch has hundreds."""
    key = the_hub().key
    said = msgspec.json.encode([understood(answer, protocol, key) for answer in answers])
    return Response(said, content_type="application/json")
