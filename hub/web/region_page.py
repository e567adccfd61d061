"""The page of one region: what it replied to comparisons, how far its chain goes, and what has not reached the hub."""

from datetime import datetime
from functools import partial

from flask import Blueprint, Response, current_app

from hub.config import Hub
from hub.intake.ledger import RegionNotListed, chain
from hub.serving.replies import of_region
from hub.web import words
from hub.web.pages import audience, guard, indicator_title, language, show

blueprint = Blueprint("region-page", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/regions/<code>")
def region(code: str) -> Response:
    """Show one region's chain, which is the same for every reader, and those of its replies that the reader may see."""
    hub: Hub = current_app.extensions["regiohelix"]
    with hub.engine.connect() as connection:
        try:
            one = chain(connection, code)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=str(absent))
        replies = of_region(connection, audience(), code)
    days = None
    if one.last_accepted_at is not None:
        days = (hub.clock() - datetime.fromisoformat(one.last_accepted_at)).days
    return show(
        "region.html",
        here="",
        one=one,
        days=days,
        replies=replies,
        view_set=one.region_set,
        title_of=indicator_title,
        moment_of=partial(words.moment, lang=language()),
    )
