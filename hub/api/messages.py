"""Messages to a lesson's author: somebody signed in sends one, the region's node fetches it and the hub's copy goes."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields

from connectors.database import writing
from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import example
from hub.messages.keep import (
    MessagePointsAtPersons,
    MessageUnfit,
    TooManyMessages,
    fetched,
    forget_old,
    send,
    waiting,
)
from hub.serving.lessons import LessonTakenBack, LessonUnknown

blueprint = Blueprint("messages", __name__, url_prefix="/api/v1", description="Messages to the authors of lessons.")
_ANY: Final = {"type": "object"}


class MessageSchema(Schema):
    """What to say; `checked` once nothing in it points at a person, `with_address` to be answered by e-mail."""

    text = fields.String(required=True, metadata=example("Hoe lang duurde het voordat dit werkte?"))
    checked = fields.Boolean(load_default=False)
    with_address = fields.Boolean(load_default=False)


@blueprint.post("/lessons/<string:event_id>/messages")
@blueprint.arguments(MessageSchema, location="json", unknown=RAISE)
@blueprint.response(202, _ANY, content_type="application/json")
@blueprint.alt_response(401, description="Nobody is signed in.")
@blueprint.alt_response(404, description="There is no such lesson for this reader.")
@blueprint.alt_response(410, description="The lesson was taken back.")
@blueprint.alt_response(422, description="The message is too short or too long, or seems to point at a person.")
@blueprint.alt_response(429, description="Too many messages of this person, or for this region.")
def post_message(given: dict[str, Any], event_id: str) -> Response:
    """Keep a message for the author of a lesson until the region's node fetches it; no answer comes by this way."""
    hub = the_hub()
    try:
        with writing(hub.engine) as connection:
            send(
                connection, hub.key, reader(), event_id, given["text"], hub.clock(),
                checked=given["checked"], with_address=given["with_address"],
            )  # fmt: skip
    except LessonUnknown as unknown:
        abort(404, str(unknown))
    except LessonTakenBack as gone:
        abort(410, str(gone))
    except (MessageUnfit, MessagePointsAtPersons) as unfit:
        abort(422, str(unfit))
    except TooManyMessages as many:
        abort(429, str(many))
    return Response(b'{"kept":true}', status=202, content_type="application/json")


@blueprint.get("/messages")
@blueprint.response(200, {"type": "array", "items": _ANY}, content_type="application/json")
@blueprint.alt_response(401, description="The token is no region's.")
def get_messages() -> Response:
    """Return the oldest messages that the token's region has not fetched, fifty at most."""
    hub = the_hub()
    with writing(hub.engine) as connection:
        forget_old(connection, hub.clock())
        found = waiting(connection, hub.key, reader().region or "")
    return json_answer(found)


@blueprint.delete("/messages/<string:name>")
@blueprint.response(200, _ANY, content_type="application/json")
@blueprint.alt_response(401, description="The token is no region's.")
@blueprint.alt_response(404, description="There is no such message for this region.")
def delete_message(name: str) -> Response:
    """Delete the hub's copy of a message that the region's node keeps."""
    hub = the_hub()
    with writing(hub.engine) as connection:
        if not fetched(connection, reader().region or "", name, hub.clock()):
            abort(404, "There is no such message for this region.")
    return Response(b'{"deleted":true}', content_type="application/json")
