"""The pages for digests by e-mail: choose what to hear of, and before anything is done on a link, be asked.

They need no script. A page about a link never shows whose address it is about.
"""

from typing import Final

from flask import Blueprint, Response, request

from hub.digests.subscribe import LinkUnknown, address_of, asked_for, own_of, wish_of
from hub.identity.seal import followed
from hub.serving.search import FACETS, find
from hub.web import words
from hub.web.knowledge_page import facet_values
from hub.web.pages import audience, guard, language, reading, show, the_hub

blueprint = Blueprint("subscribe", __name__, template_folder="templates")
blueprint.after_request(guard)
_NOT_OFFERED: Final = ("kind", "language")  # digests are of lessons; which language a lesson is in is asked below
_GOOD_NEWS: Final = ("asked", "confirmed", "left")


@blueprint.get("/subscribe")
def subscribe() -> Response:
    """Show the form, with the choices of the search that one came from, and what came of the last attempt."""
    hub = the_hub()
    name = reading().name
    why = request.args.get("why", "")
    address = own = None
    if name is not None:
        with hub.engine.connect() as connection:
            address, kept = address_of(connection, name), own_of(connection, name)
            own = None if kept is None else wish_of(kept)
    found = find(hub.engine, audience(), "", {"kind": ["lesson"]})
    return show(
        "subscribe.html",
        here="subscribe",
        sends_mail=hub.settings.mail is not None,
        why=f"digest_{why}" if f"digest_{why}" in words.WORDS else "",
        is_good=why in _GOOD_NEWS,
        question=" ".join(request.args.get("q", "").split())[:200],
        facets=facet_values(hub, found, [one for one in FACETS if one not in _NOT_OFFERED]),
        address=address,
        own=own,
    )


@blueprint.get("/digests/confirm/<shown>")
def confirming(shown: str) -> Response:
    """Ask whether to begin the digest of a link."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            row = asked_for(connection, hub.key, shown, hub.clock())
        except LinkUnknown:
            return show("absent.html", status=404, here="subscribe", text=words.word("digest_link", language()))
    return show("digest_link.html", here="subscribe", what="confirm", action=f"/digests/confirm/{shown}", row=row)


@blueprint.get("/digests/leave/<shown>")
def leaving(shown: str) -> Response:
    """Ask whether to end the digest of a link."""
    hub = the_hub()
    if followed(hub.key, "leave", shown) is None:
        return show("absent.html", status=404, here="subscribe", text=words.word("digest_link", language()))
    return show("digest_link.html", here="subscribe", what="leave", action=f"/digests/leave/{shown}", row=None)
