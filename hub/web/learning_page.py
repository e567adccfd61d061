"""Pages about learning: reflections and what they led to, the three conditions by date, and the list of actions."""

from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, request, url_for
from sqlalchemy import Connection

from hub.serving.figures import regions
from hub.serving.kept_pages import kept_actions, kept_learning
from hub.serving.learning import learning
from hub.serving.paging import PageUnknown
from hub.web import words
from hub.web.pages import audience, guard, language, page_asked, show, the_hub
from schemas.codes import Audience
from schemas.learning import ACTION_STATES, SOON_DAYS, ActionState

blueprint = Blueprint("learning-page", __name__, template_folder="templates")
blueprint.after_request(guard)
_LONGEST: Final = 100  # characters of what is looked for in a role
_ON_REGION: Final = 5  # reflections on a region's own page


@blueprint.get("/learning")
def learned() -> Response:
    """Show what the regions that a reader may know of learnt, and what it led to."""
    hub = the_hub()
    page = page_asked()
    with hub.engine.connect() as connection:
        try:
            found = kept_learning(connection, audience(), hub.clock(), page=page)
        except PageUnknown as absent:
            return show("absent.html", status=404, here="learning", text=absent.text.told(language()))
    return show("learning.html", here="learning", learnt=found, states=ACTION_STATES)


@blueprint.get("/learning/actions")
def action_list() -> Response:
    """List actions with their state today, by state, region and the owner's role."""
    hub = the_hub()
    now = hub.clock()
    states = [one for one in ACTION_STATES if one in request.args.getlist("state")]
    role = " ".join(request.args.get("owner_role", "").split())[:_LONGEST]
    with hub.engine.connect() as connection:
        names = {one.code: one.name for one in regions(connection, audience())}
        region = request.args.get("region", "")
        region = region if region in names else ""
        found = kept_actions(connection, audience(), now, states, region or None, role)
    return show(
        "actions.html",
        here="learning",
        found=found,
        states=ACTION_STATES,
        chosen=states,
        role=role,
        region=region,
        regions=sorted(names.items(), key=lambda one: one[1].casefold()),
        lead=words.word("actions_lead", language()).format(
            day=words.day(now.date().isoformat(), language()), soon=SOON_DAYS
        ),
        csv=_address(states, region, role, "csv"),
        json=_address(states, region, role, "json"),
    )


def _address(states: list[ActionState], region: str, role: str, form: str) -> str:
    return url_for("learning.get_actions", state=states, region=region or None, owner_role=role or None, format=form)


def learning_part(connection: Connection, reader: Audience, today: date, region: str) -> dict[str, Any]:
    """Return what a region's page shows of its learning: its latest reflections, its conditions, its actions."""
    return {
        "learnt": learning(connection, reader, today, region, size=_ON_REGION),
        "action_states": ACTION_STATES,
    }
