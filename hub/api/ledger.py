"""The routes by which anyone can check the chains: envelopes for all, payloads for their audience, signed heads."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

import msgspec
from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import Connection

from hub.api.access import reader, the_hub
from hub.api.choices import refused
from hub.intake.heads import HeadsNotMade, heads_of, last_heads, live_heads
from hub.intake.keys import service_keys
from hub.intake.ledger import LedgerEntry, RegionNotListed, chain, page
from schemas.canonical import canonical_bytes

blueprint = Blueprint("ledger", __name__, url_prefix="/api/v1", description="Checking what the hub holds.")
_LARGEST_PAGE: Final = 500
_MOST_DAYS: Final = 400
_PAGE_BYTES: Final = 8 * 1024 * 1024
_STEP: Final = 16  # links read at once, so that a page of large events is never in memory whole


class PageSchema(Schema):
    """From where to go on, and how far."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))
    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=_LARGEST_PAGE))


class LedgerEntrySchema(Schema):
    """One link; `salt` (hex) and `payload` are there for readers in the event's audience only, until destroyed."""

    id = fields.String(required=True)
    envelope = fields.Dict(required=True)
    accepted_at = fields.String(required=True)
    salt = fields.String()
    payload = fields.Dict()
    destroyed_by = fields.String(metadata={"description": "The event that had salt and payload destroyed."})


class ServiceKeySchema(Schema):
    """A key that signs a region's chain at the places from <= place < until; null: still."""

    key = fields.String(required=True, metadata={"description": "The Ed25519 public key, hexadecimal."})
    from_sequence = fields.Integer(required=True)
    until_sequence = fields.Integer(required=True, allow_none=True)


class LedgerSchema(Schema):
    """A page of a region's chain; `next` is the `after` of the next page, null at the end."""

    region = fields.String(required=True)
    keys = fields.List(fields.Nested(ServiceKeySchema), required=True)
    entries = fields.List(fields.Nested(LedgerEntrySchema), required=True)
    next = fields.Integer(required=True, allow_none=True)


class HeadSchema(Schema):
    """The last link of one chain."""

    region = fields.String(required=True)
    sequence = fields.Integer(required=True)
    event_id = fields.String(required=True)


class HeadsSchema(Schema):
    """All heads, signed by the hub (schemas.heads); `previous` is the hash of the last day's heads kept before."""

    as_of = fields.String(required=True)
    previous = fields.String(required=True)
    heads = fields.List(fields.Nested(HeadSchema), required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


class DaysSchema(Schema):
    """How many of the last days; the live heads where it is not given."""

    days = fields.Integer(load_default=None, validate=validate.Range(min=1, max=_MOST_DAYS))


_HEADS_REFERENCE: Final = {"$ref": "#/components/schemas/Heads"}
_LIVE_OR_DAYS: Final = {
    "description": "The live heads, or with `days` a list of kept ones, oldest first.",
    "content": {
        "application/json": {
            "schema": {"oneOf": [_HEADS_REFERENCE, {"type": "array", "items": _HEADS_REFERENCE}]},
        }
    },
}


@blueprint.get("/ledger/<string:code>")
@blueprint.arguments(PageSchema, location="query")
@blueprint.response(200, LedgerSchema)
@blueprint.alt_response(404, description="There is no such region.")
def get_ledger(given: dict[str, int], code: str) -> dict[str, Any]:
    """Return a page of a region's chain of signed envelopes."""
    with the_hub().engine.connect() as connection:
        try:
            chain(connection, code)
        except RegionNotListed as error:
            refused(404, error, error.allowed)
        shown, has_more = _shown(connection, code, given["after"], given["limit"])
        keys = service_keys(connection, code)
    entries = [_entry(one) for one in shown]
    return {"region": code, "keys": keys, "entries": entries, "next": shown[-1].sequence if has_more else None}


@blueprint.get("/heads")
@blueprint.arguments(DaysSchema, location="query")
@blueprint.doc(responses={"200": _LIVE_OR_DAYS})
def get_heads(given: dict[str, int | None]) -> Response:
    """Return the head of every chain as it is now, signed; with `days`, the kept heads of the last so many days.

    What was kept is chained day to day and never rewritten, so that two readers can compare what they were shown.
    """
    hub, days = the_hub(), given["days"]
    with hub.engine.connect() as connection:
        found = live_heads(connection, hub.clock(), hub.key) if days is None else last_heads(connection, days)
    return Response(canonical_bytes(found), content_type="application/json")


@blueprint.get("/heads/<string:day>")
@blueprint.response(200, HeadsSchema)
@blueprint.alt_response(404, description="This hub has no heads of that day.")
def get_day(day: str) -> Response:
    """Return the heads kept on one day (UTC, like 2026-11-22), as they were signed then."""
    with the_hub().engine.connect() as connection:
        try:
            return Response(heads_of(connection, day), content_type="application/json")
        except HeadsNotMade as error:
            abort(404, str(error))


def _shown(connection: Connection, code: str, after: int, limit: int) -> tuple[list[LedgerEntry], bool]:
    """Return the links of one page, at least one where there is one, and whether more follow."""
    shown: list[LedgerEntry] = []
    size = 0
    while found := page(connection, code, reader().audience, after, _STEP):
        for one in found:
            size += len(one.envelope) + len(one.payload or b"")
            if shown and (len(shown) == limit or size > _PAGE_BYTES):
                return shown, True
            shown.append(one)
        after = found[-1].sequence
    return shown, False


def _entry(one: LedgerEntry) -> dict[str, Any]:
    entry = {"id": one.id, "envelope": msgspec.json.decode(one.envelope), "accepted_at": one.accepted_at}
    if one.salt is not None and one.payload is not None:
        entry |= {"salt": one.salt.hex(), "payload": msgspec.json.decode(one.payload)}
    if one.destroyed_by is not None:
        entry["destroyed_by"] = one.destroyed_by
    return entry
