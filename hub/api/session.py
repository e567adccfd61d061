"""The routes by which a browser signs in and out; each answers with a redirect to a page that says what happened."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import Schema, fields
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from connectors.database import writing
from hub.api import cookies
from hub.api.access import limits, reader, the_hub, wants_page
from hub.identity.accounts import CodeUnknown, use_code
from hub.identity.oidc import (
    IdentityRefused,
    NotAdmitted,
    Provider,
    ProviderUnreachable,
    StateUnknown,
    admit,
    begin,
    finish,
    refuse,
)
from hub.identity.origin import logged
from hub.identity.passwords import PasswordUnfit
from hub.identity.sessions import AccountDisabled, end_session, end_sessions_of
from hub.identity.sign_in import SignInMismatch, sign_in
from hub.identity.throttle import SignInThrottled

blueprint = Blueprint("session", __name__, url_prefix="/session")
api_blueprint = ApiBlueprint("caller", __name__, url_prefix="/api/v1/session", description="Who you are here.")
PROVIDER: Final = "regiohelix.provider"
_SIGN_IN: Final = "sign-in.sign_in"


class CallerSchema(Schema):
    """Who is asking; `csrf` is there for a signed-in browser, to send back as X-CSRF-Token."""

    name = fields.String(required=True, allow_none=True)
    audience = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    scopes = fields.List(fields.String(), required=True)
    token_expires_at = fields.String(metadata={"description": "When the token that was shown ends (UTC)."})
    csrf = fields.String()


@api_blueprint.get("")
@api_blueprint.response(200, CallerSchema)
def get_caller() -> dict[str, Any]:
    """Return who is asking and what they may read."""
    who = reader()
    shown: dict[str, Any] = {
        "name": who.name,
        "audience": who.audience,
        "region": who.region,
        "roles": sorted(who.roles),
        "scopes": sorted(who.scopes),
    }
    shown |= {"token_expires_at": g.token_ends} if g.get("token_ends") else {}
    return shown | ({"csrf": cookies.csrf_token(the_hub().settings)} if "session_id" in g else {})


@blueprint.post("")
def post_session() -> Response:
    """Sign in with a name and a password."""
    hub = the_hub()
    try:
        limits().count_guess("sign-in")
        started = sign_in(
            hub.engine, request.form.get("name", ""), request.form.get("password", ""), hub.clock(), _origin()
        )
    except SignInMismatch as refusal:
        return _refused("mismatch", 401, str(refusal))
    except SignInThrottled as refusal:
        return _refused("wait", 429, str(refusal), refusal.seconds)
    except TooManyRequests as refusal:
        return _refused("wait", 429, refusal.description or "", refusal.retry_after)
    return _signed_in(started)


@blueprint.post("/end")
def post_end() -> Response:
    """Sign out, here or, with `everywhere`, from every browser."""
    hub = the_hub()
    with writing(hub.engine) as connection:
        end_session(connection, g.session_id, hub.clock(), _origin())
        name = reader().name
        if request.form.get("everywhere") and name is not None:
            end_sessions_of(connection, name, hub.clock(), name)
    response = redirect(url_for(_SIGN_IN, why="goodbye", lang=_language()), 303)
    cookies.drop_session(response, hub.settings)  # type: ignore[arg-type]
    return response


@blueprint.post("/password")
def post_password() -> Response:
    """Set a password with a code that the operator gave."""
    hub = the_hub()
    code, password = request.form.get("code", ""), request.form.get("password", "")
    try:
        limits().count_guess("code")
        if password != request.form.get("again", password):
            return _refused("differ", 422, "The two passwords are not the same.", page="sign-in.set_password")
        use_code(hub.engine, code, password, hub.clock(), _origin())
    except CodeUnknown as refusal:
        return _refused("code", 403, str(refusal), page="sign-in.set_password")
    except PasswordUnfit as refusal:
        return _refused("unfit", 422, str(refusal), page="sign-in.set_password")
    except TooManyRequests as refusal:
        return _refused("wait", 429, refusal.description or "", refusal.retry_after, "sign-in.set_password")
    return redirect(url_for(_SIGN_IN, why="password_set", lang=_language()), 303)


@blueprint.get("/provider")
def get_provider() -> Response:
    """Send the browser to the person's own organisation to sign in there."""
    hub, provider = the_hub(), _provider()
    try:
        limits().count_guess("provider")
        with writing(hub.engine) as connection:
            attempt = begin(connection, cookies.visit(hub.settings), hub.clock(), _language())
        return redirect(provider.address(attempt), 303)
    except ProviderUnreachable as refusal:
        return _refused("provider", 503, str(refusal))
    except TooManyRequests as refusal:
        return _refused("wait", 429, refusal.description or "", refusal.retry_after)


@blueprint.get("/provider/return")
def get_return() -> Response:
    """Take the browser back from the provider and sign the person in, where an administrator admitted them."""
    hub, provider = the_hub(), _provider()
    try:
        limits().count_guess("provider return")
        with writing(hub.engine) as connection:
            attempt = finish(connection, cookies.visit(hub.settings), request.args.get("state", ""), hub.clock())
        if "error" in request.args or "code" not in request.args:
            raise IdentityRefused("Your organisation did not sign you in; try again.")
        identity = provider.identify(request.args["code"], request.args.get("iss"), attempt)
        with writing(hub.engine) as connection:
            started = admit(connection, identity, hub.clock(), _origin())
    except StateUnknown as refusal:
        return _provider_refused("expired", 400, str(refusal))
    except IdentityRefused as refusal:
        return _provider_refused("provider_refused", 401, str(refusal))
    except (NotAdmitted, AccountDisabled) as refusal:
        return _provider_refused("not_admitted", 403, str(refusal))
    except ProviderUnreachable as refusal:
        return _refused("provider", 503, str(refusal))
    except TooManyRequests as refusal:
        return _refused("wait", 429, refusal.description or "", refusal.retry_after)
    return _signed_in(started)


def _provider() -> Provider:
    found: Provider | None = current_app.extensions.get(PROVIDER)
    if found is None:
        abort(404, "This hub knows no other organisation to sign in at.")
    return found


def _origin() -> str:
    return logged(request.remote_addr)


def _language() -> str:
    asked = request.form.get("lang") or request.args.get("lang") or request.args.get("state", "").rpartition(".")[2]
    return "en" if asked == "en" else "nl"


def _signed_in(started: str) -> Response:
    hub = the_hub()
    before = cookies.shown_session(hub.settings)
    if before is not None:  # a new id at every sign-in, and the old one ends
        with writing(hub.engine) as connection:
            end_session(connection, before, hub.clock(), _origin())
    response = redirect(url_for("pages.overview", lang=_language()), 303)
    cookies.set_session(response, started, hub.settings)  # type: ignore[arg-type]
    return response


def _provider_refused(why: str, status: int, said: str) -> Response:
    hub = the_hub()
    with writing(hub.engine) as connection:
        refuse(connection, hub.clock(), _origin(), why)
    return _refused(why, status, said)


def _refused(why: str, status: int, said: str, wait: Any = None, page: str = _SIGN_IN) -> Response:
    """Answer a person with the page that says why, and a program with a problem document."""
    if wants_page():
        return redirect(url_for(page, why=why, lang=_language()), 303)
    if status != TooManyRequests.code:
        abort(status, said)
    raise TooManyRequests(said, retry_after=wait)
