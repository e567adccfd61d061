"""Who may do what: every route has a policy, and a request to a route without one is turned away.

A program shows a token, a person's browser shows a session. They are never mixed: where a token is shown no cookie is
looked at, and a route that takes tokens only never looks at a cookie at all. Every state-changing request that comes
with a session must carry the CSRF token of one of our own pages.
"""

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from hub.api import cookies
from hub.api.limits import Limits
from hub.audit import utc_text
from hub.config import Hub
from hub.identity.caller import PUBLIC, Caller
from hub.identity.origin import counted
from hub.identity.owners import owners_of
from hub.identity.sessions import note_seen, session_of
from hub.identity.token_ends import SOON
from hub.identity.tokens import bearer_of, ended_on, is_subscriber, note_use
from hub.serving.turns import asking

_LARGEST_BODY: Final = 64 * 1024  # bytes
_LARGER_BODIES: Final = frozenset({"events.post_events"})  # behind a region's token; the application's own limit holds
_TLS_ONLY_SECONDS: Final = 365 * 24 * 3600
ENDS_HEADER: Final = "Regiohelix-Token-Ends"  # the last day of the token that was shown, in the month before
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_log = logging.getLogger(__name__)


class Policy(StrEnum):
    """Who may call a blueprint's routes, or one route."""

    ANYONE = "anyone"  # neither token nor cookie is looked at
    VISITOR = "visitor"  # anyone with a browser; a form must be our own
    READER = "reader"  # anyone, who sees public items; with a token or a session, what that may see
    PERSON = "person"  # somebody signed in
    REGION = "region"  # an enrolled region's sending token only; a person never sends events
    SUBSCRIBER = "subscriber"  # a region's or a partner's token only, whatever it may read
    FOLLOWER = "follower"  # a region, a partner or the national team, by a token or signed in
    NATIONAL = "national"  # the national team, signed in
    ADMINISTRATOR = "administrator"  # an administrator, signed in, or a token made to manage
    ADMINISTRATION = "administration"  # an administrator, signed in: pages that no token opens


_TAKES_TOKEN: Final = frozenset(Policy) - {Policy.ANYONE, Policy.VISITOR, Policy.PERSON, Policy.ADMINISTRATION}
_TAKES_SESSION: Final = frozenset(Policy) - {Policy.ANYONE, Policy.REGION, Policy.SUBSCRIBER}


class BlueprintWithoutPolicy(RuntimeError):
    """A blueprint that was registered without saying who may call it."""


def the_hub() -> Hub:
    """Return the hub that this application serves."""
    hub = current_app.extensions["regiohelix"]
    if not isinstance(hub, Hub):
        raise TypeError("The application's extension 'regiohelix' is not a hub.")
    return hub


def reader() -> Caller:
    """Return who is asking, as their token or session says; with neither, a member of the public."""
    found = g.get("reader")
    return found if isinstance(found, Caller) else PUBLIC


def limits() -> Limits:
    """Return the application's request counters."""
    found = current_app.extensions["regiohelix.limits"]
    if not isinstance(found, Limits):
        raise TypeError("The application's extension 'regiohelix.limits' holds no counters.")
    return found


def count_drawing() -> None:
    """Count a request that has the hub draw or set a page, by token or else by address; raises TooManyRequests."""
    limits().count_drawing(g.get("token_id"))


def policy_of(endpoint: str, policies: Mapping[str, Policy]) -> Policy | None:
    """Return the policy of a route: its own where it has one, else its blueprint's."""
    return policies.get(endpoint) or policies.get(endpoint.rpartition(".")[0])


def wants_page() -> bool:
    """Tell whether a browser asks, for a person."""
    offered = ["application/problem+json", "application/json", "text/html"]
    return request.accept_mimetypes.best_match(offered) == "text/html"


def guard(app: Flask, policies: Mapping[str, Policy]) -> None:
    """Hold every request to the policy of its route or blueprint; raises BlueprintWithoutPolicy where there is none."""
    for name in app.blueprints:
        if name not in policies:
            raise BlueprintWithoutPolicy(
                f"Blueprint {name} names no policy; say who may call it where it is registered."
            )
    hub: Hub = app.extensions["regiohelix"]
    app.extensions["regiohelix.limits"] = counters = Limits(app, hub.settings.requests_per_minute)
    app.extensions["regiohelix.policies"] = dict(policies)

    def check() -> AnyResponse | None:
        if request.endpoint not in _LARGER_BODIES:
            request.max_content_length = _LARGEST_BODY
        if "\x00" in request.path or any("\x00" in text for text in request.args.values()):
            abort(404, "Nothing here has a zero byte in its name.")  # PostgreSQL cannot even look for it
        policy = None if request.endpoint is None else policy_of(request.endpoint, policies)
        header = request.headers.get("Authorization")
        if header is not None and policy in _TAKES_TOKEN:
            g.reader = _bearer(hub, header)
        else:
            counters.count_request()
            if policy in _TAKES_SESSION:
                _look_at_session(hub)
        asking.set(reader().name or counted(request.remote_addr))
        if request.endpoint is None:
            return None  # no such route: Flask answers 404
        if policy is None:
            abort(403, "This route names no policy, so nobody may call it.")
        counters.check_enrolment()
        took_token = header is not None and policy in _TAKES_TOKEN
        if request.method not in _SAFE_METHODS and policy in _TAKES_SESSION and not took_token:
            refused = _form_refused(hub, policy)
            if refused is not None:
                return refused
        return _admitted(policy)

    def finish(response: Response) -> Response:
        response.headers.add("Vary", "Cookie")
        ends = g.get("token_ends")
        if ends is not None and ends <= utc_text(hub.clock() + SOON):
            response.headers[ENDS_HEADER] = ends[:10]
        if hub.settings.public_url is not None and not hub.settings.is_on_loopback:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={_TLS_ONLY_SECONDS}")
        return counters.note_enrolment(cookies.set_visit(response, hub.settings))

    app.before_request(check)
    app.after_request(finish)
    app.context_processor(_for_pages)


def _for_pages() -> dict[str, Any]:
    return {"caller": reader(), "csrf_token": lambda: cookies.csrf_token(the_hub().settings)}


def _bearer(hub: Hub, header: str) -> Caller:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        limits().count_request()
        abort(401, "The Authorization header has another form; send it as: Authorization: Bearer TOKEN.")
    now = hub.clock()
    with hub.engine.connect() as connection:
        found = bearer_of(connection, token.strip(), now)
        ended = ended_on(connection, token.strip()) if found is None else None
    if found is None:
        limits().count_guess("token")
        known = "is not known at this hub, or holds no longer" if ended is None else f"ended on {ended}"
        abort(401, f"The token {known}; ask its operator.")
    limits().count_token(found.id)
    g.token_id, g.token_ends = found.id, found.expires_at
    if found.last_used != f"{now:%Y-%m-%d}":
        try:
            with writing(hub.engine) as connection:
                note_use(connection, found.id, now)
        except OperationalError:  # a busy database is no reason to refuse a reader
            _log.warning("The day of a token's last use was not written; the database is busy.")
    return found.caller


def _look_at_session(hub: Hub) -> None:
    shown = cookies.shown_session(hub.settings)
    if shown is None:
        return
    now = hub.clock()
    with hub.engine.connect() as connection:
        found = session_of(connection, shown, now)
    if found is None:
        return
    g.session_id, g.reader = shown, found.caller
    if found.is_to_note:
        with writing(hub.engine) as connection:
            note_seen(connection, shown, now)


def _form_refused(hub: Hub, policy: Policy) -> AnyResponse | None:
    needs_form = policy in (Policy.VISITOR, Policy.PERSON) or "session_id" in g
    if not needs_form or cookies.is_own_form(hub.settings):
        return None
    if not wants_page():
        abort(403, "The form is not one of this browser's open pages; load the page again and send it from there.")
    return redirect(url_for("sign-in.sign_in", why="form"), 303)


def _admitted(policy: Policy) -> AnyResponse | None:
    caller = reader()
    match policy:
        case Policy.REGION if caller.region is None:
            abort(401, "This route needs the token of an enrolled region; send it as: Authorization: Bearer TOKEN.")
        case Policy.SUBSCRIBER if not (caller.scopes and is_subscriber(caller.name or "")):
            abort(403 if caller.name else 401, "This route needs the token of a region or a partner.")
        case Policy.FOLLOWER if not owners_of(caller):
            if caller.name:
                abort(403, "This route is for regions, partners and the national team.")
            return _signed_out("This route needs a token of a region or a partner, or somebody who is signed in.")
        case Policy.PERSON if "session_id" not in g:
            return _signed_out("Nobody is signed in here; sign in first.")
        case Policy.NATIONAL if not caller.is_national:
            abort(403 if caller.name else 401, "This route is for the national team; sign in as one of them.")
        case Policy.ADMINISTRATION if "session_id" not in g:
            return _signed_out("These pages are for an administrator; sign in as one.")
        case Policy.ADMINISTRATION if not caller.is_administrator:
            abort(403, "These pages are for an administrator.")
        case Policy.ADMINISTRATOR if not caller.is_administrator:
            abort(403 if caller.name else 401, "This route is for an administrator; sign in as one.")
    return None


def _signed_out(said: str) -> AnyResponse:
    """Lead a person to the page where they sign in, and refuse a program."""
    if not (wants_page() and request.method in _SAFE_METHODS):
        abort(401, said)
    return redirect(url_for("sign-in.sign_in", why="signed_out", lang=request.args.get("lang")), 303)
