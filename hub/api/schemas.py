"""The JSON Schemas of what crosses the border, and the AsyncAPI description of the topics it crosses by."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Response, abort, jsonify
from flask_smorest import Blueprint

from schemas.codes import (
    APPROVALS_NEEDED,
    LESSONS,
    PARTNERS_TOPIC,
    PROTOCOL,
    RECEIPTS_TOPIC,
    TOPICS,
    EventType,
)
from schemas.json_schema import schemas

blueprint = Blueprint("schemas", __name__, description="The forms of events, receipts and topics.")
_MEDIA_TYPE: Final = "application/schema+json"
_FOUND: Final = schemas()
_SENT: Final = {RECEIPTS_TOPIC: "answer", PARTNERS_TOPIC: "tell"}  # topics that the hub writes, and what it does there
_TO_PARTNERS: Final = (
    *(*LESSONS, EventType.LESSON_WITHDRAWN, EventType.EVENT_REDACTED),
    *(EventType.INDICATOR_CORRECTED, EventType.INDICATOR_WITHDRAWN),  # without payload: what changed evidence
    *(EventType.EVALUATION_REVISED, EventType.EVALUATION_WITHDRAWN),
)
_ANSWERS: Final = ("answer", "answer.v2", "standing")


@blueprint.get("/schemas/")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
def get_schemas() -> Response:
    """Return the names and addresses of every schema."""
    return jsonify({name: f"/schemas/{name}" for name in _FOUND})


@blueprint.get("/schemas/<string:name>")
@blueprint.response(200, {"type": "object"}, content_type=_MEDIA_TYPE)
@blueprint.alt_response(404, description="There is no such schema.")
def get_schema(name: str) -> Response:
    """Return one JSON Schema (2020-12)."""
    if name not in _FOUND:
        abort(404, "There is no such schema; see /schemas/ for their names.")
    response = jsonify(_FOUND[name])
    response.content_type = _MEDIA_TYPE
    return response


@blueprint.get("/asyncapi.json")
@blueprint.response(200, {"type": "object"}, content_type="application/json")
def get_asyncapi() -> Response:
    """Return the AsyncAPI 3.0 description of the topics between regions and hub."""
    return jsonify(_asyncapi())


def _asyncapi() -> dict[str, Any]:
    channels: dict[str, Any] = {
        topic: {
            "address": topic,
            "description": "Signed events of regions; the message key is the region's code, so that order holds.",
            "messages": {_name(type_): _to(type_) for type_ in EventType if TOPICS[type_] == topic},
        }
        for topic in sorted(set(TOPICS.values()))
    }
    channels[RECEIPTS_TOPIC] = {
        "address": RECEIPTS_TOPIC,
        "description": "The hub's signed answers and standings; the message key is the region's code.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _ANSWERS},
    }
    channels[PARTNERS_TOPIC] = {
        "address": PARTNERS_TOPIC,
        "description": (
            "Lessons that partners may read, and what became of them: the regions' own signed events, without payload "
            "where that is not for partners. The message key is the lesson's; the last message of a key says how it "
            "stands, a message without a body that it was destroyed. With .evidence behind the key: what changed the "
            "evidence that the lesson rests on, without payload. The topic is compacted; an id may come twice."
        ),
        "messages": {_name(type_): _to(type_) for type_ in _TO_PARTNERS},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Regiohelix events",
            "version": f"protocol {PROTOCOL}",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": {
            f"{_SENT.get(topic, 'receive')}-{topic.rpartition('.')[2]}": {
                "action": "send" if topic in _SENT else "receive",
                "channel": {"$ref": f"#/channels/{topic}"},
            }
            for topic in channels
        },
        "components": {
            "messages": {_name(type_): _message(type_) for type_ in EventType}
            | {name: {"payload": {"$ref": f"/schemas/{name}"}} for name in _ANSWERS}
        },
    }


def _name(type_: EventType) -> str:
    return type_.removeprefix("nl.regiohelix.")


def _to(type_: EventType) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{_name(type_)}"}


def _message(type_: EventType) -> dict[str, Any]:
    needed = APPROVALS_NEEDED[type_]
    return {
        "title": str(type_),
        "summary": f"Carries at least {needed} reviewer approval{'s' if needed > 1 else ''}.",
        "payload": {
            "allOf": [
                {"$ref": "/schemas/cloudevent"},
                {
                    "properties": {
                        "type": {"const": str(type_)},
                        "data": {"properties": {"payload": {"$ref": f"/schemas/{type_}"}}},
                    }
                },
            ]
        },
    }
