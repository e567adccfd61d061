"""A region's nearest neighbours on traits that the reader chose, as JSON and CSV."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import PERIOD_FORM, REGION, example, refuse, refused, text
from hub.intake.ledger import RegionNotListed
from hub.serving.moment import MomentWrong, known_on
from hub.serving.offered import NotOffered
from hub.serving.peers import MOST_PEERS, MOST_TRAITS, USUAL_PEERS, peers_view
from hub.serving.peers_table import as_csv

blueprint = Blueprint("peers", __name__, url_prefix="/api/v1/regions", description="Regions that are like one another.")
_CONTENT: Final = {
    "application/json": {"schema": {"type": "object"}},
    "text/csv": {"schema": {"type": "string"}},
}


def traits_of(listed: str) -> list[str]:
    """Read a list of indicators, commas between them; raises ValidationError for none, too many, or one twice."""
    found = [one for one in listed.split(",") if one]
    if not 0 < len(found) <= MOST_TRAITS or len(set(found)) < len(found):
        raise ValidationError(f"Name 1 to {MOST_TRAITS} indicators, each once, with commas between them.")
    return found


class PeersArguments(Schema):
    """By which traits (ids of indicators, with commas between them), how many, of which period, as known when.

    Without period each trait is of the region's newest that has begun. `as_known_on` is a day or a UTC date and time.
    """

    traits = fields.String(
        required=True, validate=[validate.Length(max=800), lambda one: bool(traits_of(one))],
        metadata=example("h.dm_prev,h.srh_good"),
    )  # fmt: skip
    count = fields.Integer(load_default=USUAL_PEERS, validate=validate.Range(1, MOST_PEERS), metadata=example(2))
    period = text("2025", validate=PERIOD_FORM)
    as_known_on = text("2026-11-22", validate=validate.Length(max=40))
    format = text("csv", load_default="json", validate=validate.OneOf(["json", "csv"]))


@blueprint.get("/<string:code>/peers", parameters=[REGION])
@blueprint.arguments(PeersArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": _CONTENT}})
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(400, description="A trait is not there, or tells no regions apart.")
@blueprint.alt_response(404, description="There is no such region.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_peers(arguments: dict[str, Any], code: str) -> Response:
    """Return the regions nearest to one on the traits: certain, or possible for all that hidden figures can be."""
    hub = the_hub()
    now, asked = hub.clock(), arguments["as_known_on"]
    with hub.engine.connect() as connection:
        try:
            then = None if asked is None else known_on(asked, now)
            chosen = (traits_of(arguments["traits"]), arguments["count"], arguments["period"], then)
            view = peers_view(connection, reader().audience, now, code, *chosen)
        except RegionNotListed as error:
            refused(404, error, error.allowed)
        except NotOffered as error:
            refuse(error)
        except MomentWrong as error:
            abort(422, str(error))
    if arguments["format"] == "json":
        return json_answer(view)
    response = Response(as_csv(view), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.region}-peers.csv"'
    return response
