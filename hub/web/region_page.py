"""The page of one region: whether its interventions worked, what it replied to comparisons, how far its chain goes."""

from datetime import datetime
from functools import partial

from flask import Blueprint, Response, current_app

from hub.config import Hub
from hub.intake.ledger import RegionNotListed, chain
from hub.serving.replies import of_region
from hub.web import words
from hub.web.evaluation_page import evaluations_part
from hub.web.pages import audience, guard, indicator_title, language, show

blueprint = Blueprint("region-page", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/regions/<code>")
def region(code: str) -> Response:
    """Show one region; its chain is the same for every reader, its evaluations and replies are those they may see."""
    hub: Hub = current_app.extensions["regiohelix"]
    with hub.engine.connect() as connection:
        try:
            one = chain(connection, code)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=str(absent))
        found = evaluations_part(connection, audience(), code, language())
        replies = of_region(connection, audience(), code)
    days = None
    if one.last_accepted_at is not None:
        days = (hub.clock() - datetime.fromisoformat(one.last_accepted_at)).days
    return show(
        "region.html",
        **found,
        here="",
        one=one,
        days=days,
        replies=replies,
        view_set=one.region_set,
        title_of=indicator_title,
        moment_of=partial(words.moment, lang=language()),
    )
