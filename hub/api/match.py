"""Who solved this: for a region's open problems what others learned, measured and judged, as JSON."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import BUSY, example, refused
from hub.intake.ledger import RegionNotListed
from hub.serving.kept_pages import kept_match
from hub.serving.match import ProblemNotOpen
from schemas.codes import REGION_CODE

blueprint = Blueprint("match", __name__, url_prefix="/api/v1/match", description="Who solved what a region has open.")
PROBLEM: Final = r"^(lens|principle|indicator):[A-Za-z0-9_.-]{1,100}$"
_SAID: Final = "Write a problem as lens:ambition, principle:3 or indicator:h.dm_prev; leave it out for all."


class MatchArguments(Schema):
    """Of which region, and for which of its open problems; all of them where none is named."""

    region = fields.String(required=True, validate=validate.Regexp(REGION_CODE), metadata=example("XR-DUINRAND"))
    problem = fields.String(
        data_key="for", load_default=None, validate=validate.Regexp(PROBLEM, error=_SAID),
        metadata=example("lens:organisation"),
    )  # fmt: skip


@blueprint.get("")
@blueprint.arguments(MatchArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(404, description="There is no such region, or it has no such open problem for this reader.")
@blueprint.alt_response(422, description="An argument is missing, not known or not in its form.")
@blueprint.alt_response(503, description=BUSY)
def get_match(arguments: dict[str, Any]) -> Response:
    """Return a region's open problems, and per problem lessons, regions and evaluations with the reasons for each.

    `strength` is a kind and no score: measured, named or related. `looked_at` says what there was to look at.
    """
    hub = the_hub()
    try:
        with hub.engine.connect() as connection:
            found = kept_match(connection, reader().audience, hub.clock(), arguments["region"], arguments["problem"])
    except (RegionNotListed, ProblemNotOpen) as error:
        refused(404, error, error.allowed)
    return json_answer(found)
