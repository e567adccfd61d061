"""The catalogue of indicator definitions by which figures are made and compared."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

import msgspec
from flask import abort
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from schemas.catalogue import catalogue
from schemas.definition import IndicatorDefinition

blueprint = Blueprint("definitions", __name__, url_prefix="/api/v1/definitions", description="What figures mean.")


class DefinitionSchema(Schema):
    """One version of a definition; `hash` is the SHA-256 of its canonical form."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    hash = fields.String(required=True)
    definition = fields.Dict(required=True)


@blueprint.get("")
@blueprint.response(200, DefinitionSchema(many=True))
def get_definitions() -> list[dict[str, Any]]:
    """Return every definition, by id."""
    return [_shown(one) for _, one in sorted(catalogue().items())]


@blueprint.get("/<string:identifier>")
@blueprint.response(200, DefinitionSchema)
@blueprint.alt_response(404, description="There is no such definition.")
def get_definition(identifier: str) -> dict[str, Any]:
    """Return one definition."""
    found = catalogue().get(identifier)
    if found is None:
        abort(404, "There is no such definition; see the list of definitions for the ids.")
    return _shown(found)


def _shown(one: IndicatorDefinition) -> dict[str, Any]:
    return {"id": one.id, "version": one.version, "hash": one.hash, "definition": msgspec.to_builtins(one)}
