"""Who takes part, how fresh their figures are, and what is missing from their chain."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from datetime import UTC, datetime
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from hub.api.access import the_hub
from hub.api.choices import refused
from hub.intake.ledger import Chain, RegionNotListed, chain, chains

blueprint = Blueprint("regions", __name__, url_prefix="/api/v1/regions", description="Who takes part.")


class GapSchema(Schema):
    """Sequence numbers that the hub has not received, both ends included."""

    first = fields.Integer(required=True)
    last = fields.Integer(required=True)


class RegionSchema(Schema):
    """A region and its chain; `seconds_since_last_event` says how fresh it is, null before the first event."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    region_set = fields.String(required=True)
    events = fields.Integer(required=True)
    last_sequence = fields.Integer(required=True, allow_none=True)
    last_event = fields.String(required=True, allow_none=True)
    last_accepted_at = fields.String(required=True, allow_none=True)
    seconds_since_last_event = fields.Integer(required=True, allow_none=True)
    gaps = fields.List(fields.Nested(GapSchema), required=True)


@blueprint.get("")
@blueprint.response(200, RegionSchema(many=True))
def get_regions() -> list[dict[str, Any]]:
    """Return every enrolled region, by code."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        return [_shown(one, hub.clock()) for one in chains(connection)]


@blueprint.get("/<string:code>")
@blueprint.response(200, RegionSchema)
@blueprint.alt_response(404, description="There is no such region.")
def get_region(code: str) -> dict[str, Any]:
    """Return one region."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            return _shown(chain(connection, code), hub.clock())
        except RegionNotListed as error:
            refused(404, error, error.allowed)


def _shown(one: Chain, now: datetime) -> dict[str, Any]:
    age = None
    if one.last_accepted_at is not None:
        accepted = datetime.strptime(one.last_accepted_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        age = max(0, int((now - accepted).total_seconds()))
    return {
        "code": one.code,
        "name": one.name,
        "region_set": one.region_set,
        "events": one.events,
        "last_sequence": one.last_sequence,
        "last_event": one.last_event,
        "last_accepted_at": one.last_accepted_at,
        "seconds_since_last_event": age,
        "gaps": [{"first": first, "last": last} for first, last in one.gaps],
    }
