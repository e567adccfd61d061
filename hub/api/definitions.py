"""The catalogue of indicator definitions by which figures are made and compared."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

import threading
import time
from typing import Any, Final

import msgspec
from flask import Flask, Response, abort, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from hub.api.access import the_hub
from hub.api.bodies import json_answer
from hub.intake.definitions import adopted, list_definitions
from schemas.catalogue import catalogue, know
from schemas.definition import IndicatorDefinition, meaning

blueprint = Blueprint("definitions", __name__, url_prefix="/api/v1/definitions", description="What figures mean.")
_EVERY_SECONDS: Final = 5.0  # how long another process's adoption may stay unseen
_WITHOUT: Final = frozenset({None, "health", "api-docs"})  # blueprints that must answer without a store


class DefinitionSchema(Schema):
    """One version of a definition; `hash` is the SHA-256 of `definition` in canonical form (RFC 8785)."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    hash = fields.String(required=True)
    definition = fields.Dict(required=True)
    provenance = fields.Dict(required=True, allow_none=True)


class DefinitionListSchema(Schema):
    """The newest version of every definition, with the hub's signature over the rest in canonical form."""

    as_of = fields.String(required=True)
    offered = fields.List(fields.Dict(), required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


@blueprint.get("")
@blueprint.response(200, DefinitionSchema(many=True))
def get_definitions() -> list[dict[str, Any]]:
    """Return every definition, by id."""
    return [_shown(one) for _, one in sorted(catalogue().items())]


@blueprint.get("/signed")
@blueprint.response(200, DefinitionListSchema)
def get_signed_definitions() -> Response:
    """Return every definition in its newest version, signed by the hub: what nodes fetch."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        listed = list_definitions(connection, hub.key, hub.clock())
    return json_answer(listed)


@blueprint.get("/<string:identifier>")
@blueprint.response(200, DefinitionSchema)
@blueprint.alt_response(404, description="There is no such definition.")
def get_definition(identifier: str) -> dict[str, Any]:
    """Return one definition."""
    found = catalogue().get(identifier)
    if found is None:
        abort(404, "There is no such definition; see the list of definitions for the ids.")
    return _shown(found)


def keep_known(app: Flask) -> None:
    """Have an application know what another process of this hub adopted: within seconds, at once for definitions."""
    looked, turn = [float("-inf")], threading.Lock()

    def look() -> None:
        now, asked = time.monotonic(), request.blueprint
        is_due = asked == blueprint.name or now - looked[0] >= _EVERY_SECONDS
        if asked in _WITHOUT or not is_due or not turn.acquire(blocking=asked == blueprint.name):
            return
        try:
            with the_hub().engine.connect() as connection:
                know(adopted(connection))
            looked[0] = now
        finally:
            turn.release()

    app.before_request(look)


def _shown(one: IndicatorDefinition) -> dict[str, Any]:
    provenance = None if one.provenance is None else msgspec.to_builtins(one.provenance)
    known = {"id": one.id, "version": one.version, "hash": one.hash}
    return known | {"definition": meaning(one), "provenance": provenance}
