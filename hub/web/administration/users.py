"""The people who may sign in: their roles and how they come in; what somebody's own account may do others decide."""

from typing import Final

from flask import Response, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from connectors.database import writing
from hub.identity import accounts
from hub.identity.caller import ADMINISTRATOR, NATIONAL, PARTNER, REGION_ROLE, RoleUnknown
from hub.identity.sessions import end_sessions_of
from hub.identity.tokens import account_owner, kept_tokens
from hub.intake.members import members
from hub.web import words
from hub.web.administration.acts import (
    absent,
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
from hub.web.pages import language, reading, the_hub

blueprint = blueprint_of("administration-users")
_PART: Final = "users"


class OwnAccount(PermissionError):
    """An administrator who would shut out or demote themselves, and with that perhaps everybody."""


class OwnRole(PermissionError):
    """An administrator who would give themselves a role: to administer is no reason to read."""


_REFUSED: Final = (
    accounts.AccountNameWrong, accounts.EmailWrong, accounts.AccountExists, RoleUnknown, OwnAccount, OwnRole,
)  # fmt: skip


@blueprint.get("/administration/users")
def users() -> Response:
    """List every account, and offer to make one."""
    return _list()


@blueprint.post("/administration/users")
def post_user() -> AnyResponse:
    """Make an account and show the code with which the person sets a password, once."""
    hub, name = the_hub(), field("name", 65)
    is_elsewhere = request.form.get("way") == "provider"
    try:
        with writing(hub.engine) as connection:
            now, where = hub.clock(), origin()
            accounts.add_account(connection, name, field("email", 255), _roles(), now, who(), origin=where)
            code = None if is_elsewhere else accounts.issue_code(connection, name, now, who(), origin=where)
    except _REFUSED as error:
        return _list(error)
    if code is None:
        return done("administration-users.user", "admitted", name=name)
    return _one(name, 201, secret=code)


@blueprint.get("/administration/users/<name>")
def user(name: str) -> Response:
    """Show one account, and what can be done with it."""
    return _one(name)


@blueprint.post("/administration/users/<name>")
def post_act(name: str) -> AnyResponse:
    """Do to an account what a button says."""
    hub, verb = the_hub(), request.form.get("do", "")
    place = "administration-users.user"
    if verb not in ("roles", "code", "sessions", "enable", "disable"):
        return _one(name)
    try:
        if verb == "disable":
            return _disable(name)
        with writing(hub.engine) as connection:
            accounts.check_account(connection, name)
            now, by, where = hub.clock(), who(), origin()
            match verb:
                case "roles":
                    _check_own(name)
                    accounts.set_roles(connection, name, _roles(), now, by, origin=where)
                    return done(place, "roles", name=name)
                case "sessions":
                    end_sessions_of(connection, name, now, by, origin=where)
                    return done(place, "sessions", name=name)
                case "enable":
                    accounts.enable_account(connection, name, now, by, origin=where)
                    return done(place, "enabled", name=name)
            code = accounts.issue_code(connection, name, now, by, origin=where)
    except accounts.AccountUnknown:
        return absent("refusal_AccountUnknown")
    except _REFUSED as error:
        return _one(name, 422, error)
    return _one(name, 201, secret=code)


def _disable(name: str) -> AnyResponse:
    hub = the_hub()
    if name == who():
        raise OwnAccount
    if not is_sure():
        with hub.engine.connect() as connection:
            accounts.check_account(connection, name)
            held = kept_tokens(connection)
        tokens = sum(one.owner == account_owner(name) and one.revoked_at is None for one in held)
        will = [said("disable_will_end"), said("disable_will_tokens", count=tokens), said("disable_will_undo")]
        return ask(_PART, "disable", will, url_for("administration-users.user", name=name, lang=language()), {})
    with writing(hub.engine) as connection:
        accounts.disable_account(connection, name, hub.clock(), who(), origin=origin())
    return done("administration-users.user", "disabled", name=name)


def _check_own(name: str) -> None:
    if name != who():
        return
    if ADMINISTRATOR not in _roles():
        raise OwnAccount
    if not reading().roles.issuperset(_roles()):
        raise OwnRole


def _roles() -> list[str]:
    return [one[:32] for one in request.form.getlist("role")]


def _list(error: Exception | None = None) -> Response:
    hub = the_hub()
    with hub.engine.connect() as connection:
        found = accounts.kept_accounts(connection)
        offered = _offered(connection, _roles())
    refused = None if error is None else refusal(error)
    return page(
        "users.html", _PART, 200 if error is None else 422, users=found, offered=offered, chosen=_roles(),
        role_said=role_said, refused=refused, form=request.form, has_provider=hub.settings.oidc_issuer is not None,
    )  # fmt: skip


def _one(name: str, status: int = 200, error: Exception | None = None, secret: str | None = None) -> Response:
    hub = the_hub()
    with hub.engine.connect() as connection:
        found = next((one for one in accounts.kept_accounts(connection) if one.name == name), None)
        offered = _offered(connection, () if found is None else found.roles)
        tokens = [one for one in kept_tokens(connection) if one.owner == account_owner(name)]
    if found is None:
        return absent("refusal_AccountUnknown")
    refused = None if error is None else refusal(error)
    where = (hub.settings.public_url or request.url_root).rstrip("/")
    chosen = _roles() if error else found.roles
    is_self = name == who()
    offered = [one for one in offered if one[0] in found.roles or not is_self]
    return page(
        "user.html", _PART, status, one=found, offered=offered, chosen=chosen, secret=secret, role_said=role_said,
        refused=refused, held_tokens=tokens, where=where, is_self=is_self,
    )  # fmt: skip


def _offered(connection: Connection, besides: tuple[str, ...] | list[str]) -> list[tuple[str, str]]:
    """Return every role that can be given, in words; of a region that is not here any more too where it is held."""
    found = {role: words.word(f"role_{role}", language()) for role in (NATIONAL, PARTNER, ADMINISTRATOR)}
    found |= {f"{REGION_ROLE}{one.code}": f"{one.name} ({one.code})" for one in members(connection)}
    found |= {role: role for role in besides if role not in found and role.startswith(REGION_ROLE)}
    return list(found.items())


def role_said(role: str) -> str:
    """Return a role in the reader's language."""
    if role.startswith(REGION_ROLE):
        return f"{words.word('region', language())} {role.removeprefix(REGION_ROLE)}"
    return words.word(f"role_{role}", language())
