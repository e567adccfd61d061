"""The portal's pages beside figures and knowledge: the regions by name, what this is, and light or dark."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from hub.serving.figures import regions
from hub.web import appearance
from hub.web.outlines import by_set
from hub.web.pages import audience, guard, show, the_hub

blueprint = Blueprint("portal", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/regions")
def all_regions() -> Response:
    """List the regions that shared something with this reader, by set and name, with a map where they are on one."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        there = regions(connection, audience())
    return show("regions.html", here="regions", sets=by_set(there))


@blueprint.get("/about")
def about() -> Response:
    """Say what this is, what stays at home, and how anybody can verify what is shown."""
    return show("about.html", here="about")


@blueprint.get("/appearance")
def change_appearance() -> AnyResponse:
    """Keep the reader's choice of light or dark, and lead back to the page it was made on."""
    hub = the_hub()
    wanted, back = request.args.get("show", ""), request.args.get("back", "/")
    return appearance.keep(wanted, back, secure=not hub.settings.is_on_loopback)
