"""The page of one region: how far its chain goes, how fresh it is, and what of it has not reached the hub."""

from datetime import datetime

from flask import Blueprint, Response, current_app

from hub.config import Hub
from hub.intake.ledger import RegionNotListed, chain
from hub.web.pages import guard, show

blueprint = Blueprint("region-page", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/regions/<code>")
def region(code: str) -> Response:
    """Show one region's chain; it holds no figure, so it is the same for every reader."""
    hub: Hub = current_app.extensions["regiohelix"]
    with hub.engine.connect() as connection:
        try:
            one = chain(connection, code)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=str(absent))
    days = None
    if one.last_accepted_at is not None:
        days = (hub.clock() - datetime.fromisoformat(one.last_accepted_at)).days
    return show("region.html", here="", one=one, days=days)
