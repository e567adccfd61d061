"""The tokens of programs, for administrators: who has which, and taking one back."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any

from flask import abort, request
from marshmallow import Schema, fields, validate

from connectors.database import writing
from hub.api.access import reader, the_hub
from hub.api.bodies import JsonBlueprint
from hub.identity.caller import ScopeUnknown
from hub.identity.origin import logged
from hub.identity.token_ends import TokenExpiryFar, TokenExpiryPast, end_of
from hub.identity.tokens import (
    KeptToken,
    TokenNameWrong,
    TokenRegionUnknown,
    TokenUnknown,
    issue_token,
    kept_tokens,
    revoke_token,
)

blueprint = JsonBlueprint("tokens", __name__, url_prefix="/api/v1/tokens", description="Letting programs in.")


class KeptTokenSchema(Schema):
    """What the hub keeps of a token; never the token itself."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    owner = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    made_at = fields.String(required=True)
    expires_at = fields.String(required=True, allow_none=True)
    last_used = fields.String(required=True, allow_none=True)
    revoked_at = fields.String(required=True, allow_none=True)


class WantedTokenSchema(Schema):
    """A token to make; `expires` is the last day it holds, at most two years away."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    owner = fields.String(required=True, validate=validate.Length(1, 200))
    scopes = fields.List(fields.String(validate=validate.Length(1, 40)), required=True, validate=validate.Length(1, 10))
    expires = fields.Date(required=True)


class MadeTokenSchema(Schema):
    """A new token, shown this once."""

    id = fields.String(required=True)
    token = fields.String(required=True)


@blueprint.get("")
@blueprint.response(200, KeptTokenSchema(many=True))
def get_tokens() -> list[KeptToken]:
    """Return what is kept of every token, newest first."""
    with the_hub().engine.connect() as connection:
        return list(kept_tokens(connection))


@blueprint.post("")
@blueprint.arguments(WantedTokenSchema)
@blueprint.response(201, MadeTokenSchema)
def post_token(given: dict[str, Any]) -> dict[str, str]:
    """Make a token."""
    hub = the_hub()
    until = end_of(given["expires"])
    by = reader().name or ""
    try:
        with writing(hub.engine) as connection:
            made, token = issue_token(
                connection, hub.clock(), given["name"], given["owner"], given["scopes"], until, by, origin=_origin()
            )
    except (ScopeUnknown, TokenExpiryFar, TokenExpiryPast, TokenNameWrong, TokenRegionUnknown) as refusal:
        abort(422, str(refusal))
    return {"id": made, "token": token}


@blueprint.delete("/<string:identifier>")
@blueprint.response(204)
@blueprint.alt_response(404, description="There is no such token that still holds.")
def delete_token(identifier: str) -> None:
    """Take a token back, at once and for good."""
    hub = the_hub()
    try:
        with writing(hub.engine) as connection:
            revoke_token(connection, identifier, hub.clock(), reader().name or "", origin=_origin())
    except TokenUnknown as refusal:
        abort(404, str(refusal))


def _origin() -> str:
    return logged(request.remote_addr)
