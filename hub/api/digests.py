"""Asking for a digest by e-mail, confirming it and leaving it; the pages with the forms are in hub.web.

What is answered never tells whether an address is known: every mail goes out later, by the clock's work. Opening a link
changes nothing, since mail programs and scanners open links by themselves: each takes a POST.
"""

from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, request, url_for
from marshmallow import EXCLUDE, ValidationError
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from connectors.mail import AddressWrong
from hub.api.access import limits, reader, the_hub
from hub.api.facets import FacetArguments, chosen
from hub.digests.subscribe import (
    RHYTHMS,
    LinkUnknown,
    Rhythm,
    TooManyAsked,
    Wish,
    address_of,
    ask,
    confirm,
    leave,
)
from schemas.codes import Language

blueprint = Blueprint("digests", __name__, url_prefix="/digests")
_PAGE: Final = "subscribe.subscribe"
_ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")  # RFC 8058


@blueprint.post("")
def post_digest() -> AnyResponse:
    """Keep what somebody wants to hear of and have a mail sent that asks them to confirm."""
    hub = the_hub()
    if hub.settings.mail is None:
        return _told("no_mail")
    try:
        limits().count_guess("digest")
        wish = _wish()
        with writing(hub.engine) as connection:
            name = reader().name
            address = request.form.get("email", "") if name is None else address_of(connection, name) or ""
            ask(connection, hub.key, wish, address, name, hub.clock())
    except AddressWrong:
        return _told("address", again=True)
    except ValidationError:
        return _told("choice")
    except (TooManyAsked, TooManyRequests):
        return _told("wait", again=True)
    return _told("asked")


@blueprint.post("/confirm/<shown>")
def post_confirmed(shown: str) -> AnyResponse:
    """Begin the digest that a mail asked about."""
    hub = the_hub()
    try:
        limits().count_guess("digest link")
        with writing(hub.engine) as connection:
            confirm(connection, hub.key, shown, hub.clock())
    except LinkUnknown:
        return _told("link")
    except TooManyRequests:
        return _told("wait")
    return _told("confirmed")


@blueprint.post("/leave/<shown>")
def post_left(shown: str) -> AnyResponse:
    """End a digest and forget its address: for a mail program with one request, for a person from the page that asks.

    A mail program is answered without a redirect, as RFC 8058 asks.
    """
    hub = the_hub()
    by_program = request.form.get(_ONE_CLICK[0]) == _ONE_CLICK[1]
    try:
        with writing(hub.engine) as connection:
            leave(connection, hub.key, shown, hub.clock())
    except LinkUnknown as unknown:
        if by_program:
            abort(404, str(unknown))
        return _told("link")
    if by_program:
        return Response("The digest is ended and the address erased.\n", content_type="text/plain; charset=utf-8")
    return _told("left")


def _wish() -> Wish:
    form = request.form
    names = FacetArguments().fields
    given: dict[str, Any] = {name: form.getlist(name) for name in names if name not in ("q", "page")}
    known = FacetArguments().load({**given, "q": " ".join(form.get("q", "").split())}, unknown=EXCLUDE)
    rhythm: Rhythm | None = next((one for one in RHYTHMS if one == form.get("rhythm")), None)
    if rhythm is None:
        raise ValidationError("A digest comes daily, weekly or monthly.", "rhythm")
    tongue: Language = "en" if form.get("tongue", form.get("lang")) == "en" else "nl"
    return Wish(tongue, rhythm, known["q"], chosen(known))


def _told(why: str, again: bool = False) -> AnyResponse:
    """Lead to the page that says what came of it; with `again`, with what was chosen, but never the address."""
    lang = "en" if (request.form.get("lang") or request.args.get("lang")) == "en" else "nl"
    kept: dict[str, Any] = {}
    if again:
        names = [name for name in FacetArguments().fields if name != "page"]
        kept = {name: [one[:200] for one in request.form.getlist(name)[:20]] for name in names if name in request.form}
    return redirect(url_for(_PAGE, **kept, why=why, lang=lang), 303)
