"""The page of one region: whether its interventions worked, how far its chain goes, what has not reached the hub."""

from datetime import datetime

from flask import Blueprint, Response, current_app

from hub.config import Hub
from hub.intake.ledger import RegionNotListed, chain
from hub.web.evaluation_page import evaluations_part
from hub.web.pages import audience, guard, language, show

blueprint = Blueprint("region-page", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/regions/<code>")
def region(code: str) -> Response:
    """Show one region; its chain is the same for every reader, its evaluations are those that this reader may see."""
    hub: Hub = current_app.extensions["regiohelix"]
    with hub.engine.connect() as connection:
        try:
            one = chain(connection, code)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=str(absent))
        found = evaluations_part(connection, audience(), code, language())
    days = None
    if one.last_accepted_at is not None:
        days = (hub.clock() - datetime.fromisoformat(one.last_accepted_at)).days
    return show("region.html", here="", one=one, days=days, **found)
