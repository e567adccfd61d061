"""The tokens of programs and of reading partners: which hold and until when, a new one, taking one back."""

from datetime import date, datetime
from typing import Final

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from hub.audit import utc_text
from hub.identity import accounts
from hub.identity import tokens as held
from hub.identity.caller import READ, SEND, ScopeUnknown
from hub.identity.token_ends import SOON, TokenExpiryFar, TokenExpiryPast, end_of, last_day
from hub.intake import enrol
from hub.web.administration.acts import (
    ask,
    blueprint_of,
    done,
    field,
    is_sure,
    origin,
    page,
    refusal,
    said,
    who,
)
from hub.web.pages import language, the_hub

blueprint = blueprint_of("administration-tokens")
SCOPES: Final = (f"{READ}public", f"{READ}partners", f"{READ}network", "manage")
_PART: Final = "tokens"


class DayWrong(ValueError):
    """A last day that is no day."""


_REFUSED: Final = (
    ScopeUnknown, held.TokenNameWrong, TokenExpiryFar, TokenExpiryPast, held.TokenRegionUnknown, held.TokenUnknown,
    enrol.PartnerExists, DayWrong,
)  # fmt: skip


@blueprint.get("/administration/tokens")
def tokens() -> Response:
    """List the tokens that hold, or with `state=ended` those that do not."""
    return _list()


@blueprint.post("/administration/tokens")
def post_token() -> AnyResponse:
    """Make a token, shown once, let a partner read, renew a token, or take one back."""
    verb = request.form.get("do", "")
    try:
        if verb == "make":
            return _list(secret=_made(), status=201)
        if verb == "partner":
            return _list(secret=_partner(), status=201)
        if verb == "renew":
            return _list(secret=_renewed(), status=201)
        if verb == "revoke":
            return _revoke()
    except _REFUSED as error:
        return _list(error, status=422)
    return _list()


def _made() -> str:
    hub = the_hub()
    now = hub.clock()
    scopes = [one for one in request.form.getlist("scope") if one in SCOPES]
    region = field("region", 16).upper()
    scopes += [f"{SEND}{region}"] if region else []
    owner = field("owner", 200)
    with writing(hub.engine) as connection:
        if owner in {one.name for one in accounts.kept_accounts(connection)}:
            owner = held.account_owner(owner)  # shut together with the account
        _, secret = held.issue_token(
            connection, now, field("name", 101), owner, scopes, _until(now), who(), origin=origin()
        )
    return secret


def _partner() -> str:
    hub = the_hub()
    name = field("name", 101)
    if not name or len(name) > 100:
        raise held.TokenNameWrong
    with writing(hub.engine) as connection:
        return enrol.add_partner(connection, name, hub.clock(), who(), origin=origin())


def _renewed() -> str:
    hub = the_hub()
    with writing(hub.engine) as connection:
        return held.renew_token(connection, field("id", 16), hub.clock(), None, who(), origin=origin())[1]


def _until(now: datetime) -> datetime:
    text = field("expires", 10)
    try:
        last = date.fromisoformat(text) if text else last_day(now)
    except ValueError as error:
        raise DayWrong from error
    return end_of(last)


def _revoke() -> AnyResponse:
    hub, identifier = the_hub(), field("id", 16)
    if not is_sure():
        with hub.engine.connect() as connection:
            found = next((one for one in held.kept_tokens(connection) if one.id == identifier), None)
        if found is None or found.revoked_at is not None:
            raise held.TokenUnknown
        will = [said("token_will_end", name=found.name, owner=found.owner), said("token_will_stay")]
        back = url_for("administration-tokens.tokens", lang=language())
        return ask(_PART, "token_revoke", will, back, {"id": identifier})
    with writing(hub.engine) as connection:
        held.revoke_token(connection, identifier, hub.clock(), who(), origin=origin())
    return done("administration-tokens.tokens", "token_revoked")


def _list(error: Exception | None = None, secret: str | None = None, status: int = 200) -> Response:
    hub = the_hub()
    now = hub.clock()
    is_ended = request.args.get("state") == "ended"
    with hub.engine.connect() as connection:
        every = held.kept_tokens(connection)
    at = utc_text(now)
    over = {one.id for one in every if one.revoked_at or (one.expires_at is not None and one.expires_at <= at)}
    found = [one for one in every if (one.id in over) == is_ended]
    soon = {one.id for one in found if one.expires_at is not None and one.expires_at <= utc_text(now + SOON)}
    refused = None if error is None else refusal(error)
    return page(
        "tokens.html", _PART, status, found=found, soon=soon, is_ended=is_ended, scopes=SCOPES, secret=secret,
        refused=refused, form=request.form, next_year=f"{last_day(now)}",
    )  # fmt: skip
