"""The page of one region: its progress, its peers, how far its chain goes, and what of it has not reached the hub."""

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.config import Hub
from hub.intake.ledger import RegionNotListed, chain
from hub.web.pages import audience, guard, language, show
from hub.web.region_peers import peers_part
from hub.web.region_progress import progress_part

blueprint = Blueprint("region-page", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/regions/<code>")
def region(code: str) -> AnyResponse:
    """Show one region; its chain is the same for every reader, its figures are those that this reader may see."""
    traits = request.args.getlist("traits")
    if len(traits) > 1:  # a form's list; the address to keep has one
        kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in ("count", "lang")}
        return redirect(url_for("region-page.region", code=code, traits=",".join(traits), **kept, _anchor="peers"))
    hub: Hub = current_app.extensions["regiohelix"]
    now, asked = hub.clock(), request.args.to_dict()
    with hub.engine.connect() as connection:
        try:
            one = chain(connection, code)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=str(absent))
        place = (connection, audience(), now, (code, one.region_set), asked, language())
        found = peers_part(*place) | progress_part(*place)
    days = None
    if one.last_accepted_at is not None:
        days = (now - datetime.fromisoformat(one.last_accepted_at)).days
    return show("region.html", here="", one=one, days=days, **found)
