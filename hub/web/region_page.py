"""The page of one region: its progress, peers, evaluations, readiness and replies, how far its chain goes."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.intake.ledger import RegionNotListed, chain
from hub.serving.replies import of_region
from hub.web import words
from hub.web.assessment_page import assessments_part
from hub.web.evaluation_page import evaluations_part
from hub.web.learning_page import learning_part
from hub.web.pages import audience, guard, language, show, the_hub
from hub.web.programme_page import programme_part
from hub.web.region_egress import tabs
from hub.web.region_peers import peers_part
from hub.web.region_profile import lessons_part, profile_part
from hub.web.region_progress import progress_part

blueprint = Blueprint("region-page", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/regions/<code>")
def region(code: str) -> AnyResponse:
    """Show one region; its chain is the same for every reader, the rest is what this reader may see."""
    traits = request.args.getlist("traits")
    if len(traits) > 1:  # a form's list; the address to keep has one
        kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in ("count", "lang")}
        return redirect(url_for("region-page.region", code=code, traits=",".join(traits), **kept, _anchor="peers"))
    hub = the_hub()
    now, asked = hub.clock(), request.args.to_dict()
    with hub.engine.connect() as connection:
        try:
            one = chain(connection, code)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=absent.text.told(language()))
        place = (connection, audience(), now, (code, one.region_set), asked, language())
        found = peers_part(*place) | progress_part(*place)
        found |= evaluations_part(connection, audience(), code, language())
        found |= assessments_part(connection, audience(), code, language())
        found |= profile_part(connection, audience(), now, code, language())
        found |= programme_part(connection, audience(), now, code, language())
        found |= learning_part(connection, audience(), now.date(), code)
        replies = of_region(connection, audience(), code)
    found |= lessons_part(hub.engine, audience(), code)
    days = None
    if one.last_accepted_at is not None:
        days = (now - datetime.fromisoformat(one.last_accepted_at)).days
    return show(
        "region.html",
        **found,
        here="regions",
        tabs=tabs(code, "region", language()),
        one=one,
        days=days,
        replies=replies,
        view_set=one.region_set,
        moment_of=partial(words.moment, lang=language()),
    )
