"""The routes by which anyone can check the chains: envelopes for all, payloads for their audience, signed heads."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

import msgspec
from flask import abort
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import Connection

from hub.api.access import reader, the_hub
from hub.audit import utc_text
from hub.intake.ledger import LedgerEntry, RegionNotListed, chain, chains, page
from schemas.canonical import canonical_bytes
from schemas.signature import Purpose

blueprint = Blueprint("ledger", __name__, url_prefix="/api/v1", description="Checking what the hub holds.")
_LARGEST_PAGE: Final = 500
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


class LedgerSchema(Schema):
    """A page of a region's chain; `next` is the `after` of the next page, null at the end."""

    region = fields.String(required=True)
    entries = fields.List(fields.Nested(LedgerEntrySchema), required=True)
    next = fields.Integer(required=True, allow_none=True)


class HeadSchema(Schema):
    """The last link of one chain."""

    region = fields.String(required=True)
    sequence = fields.Integer(required=True)
    event_id = fields.String(required=True)


class HeadsSchema(Schema):
    """All heads, signed by the hub over the canonical form of `kind`, `as_of`, `heads` and `key_id`."""

    kind = fields.String(required=True)
    as_of = fields.String(required=True)
    heads = fields.List(fields.Nested(HeadSchema), required=True)
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


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
            abort(404, str(error))
        shown, has_more = _shown(connection, code, given["after"], given["limit"])
    entries = [_entry(one) for one in shown]
    return {"region": code, "entries": entries, "next": shown[-1].sequence if has_more else None}


@blueprint.get("/heads")
@blueprint.response(200, HeadsSchema)
def get_heads() -> dict[str, Any]:
    """Return the head of every chain, signed, so that two readers can compare what they were shown."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        standing = chains(connection)
    body: dict[str, Any] = {
        "kind": "heads",  # keeps this message apart from a receipt, whose purpose it shares
        "as_of": utc_text(hub.clock()),
        "heads": [
            {"region": one.code, "sequence": one.last_sequence, "event_id": one.last_event}
            for one in standing
            if one.last_event is not None
        ],
        "key_id": hub.key.public.key_id,
    }
    return {**body, "signature": hub.key.sign(Purpose.RECEIPT, canonical_bytes(body))}


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
