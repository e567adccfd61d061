"""The pages for signing in: with a name and a password, at one's own organisation, and what one's account may do."""

from typing import Any

from flask import Blueprint, Response, request

from hub.identity.caller import REGION_ROLE
from hub.web import words
from hub.web.pages import guard, language, reading, show, the_hub
from schemas.codes import Language

blueprint = Blueprint("sign-in", __name__, template_folder="templates")
blueprint.after_request(guard)
_GOOD_NEWS = ("goodbye", "password_set")


@blueprint.get("/sign-in")
def sign_in() -> Response:
    """Show the form, and what came of the last attempt."""
    return show("sign_in.html", here="sign-in", has_provider=_has_provider(), **_told())


@blueprint.get("/set-password")
def set_password() -> Response:
    """Show the form for setting a password with a code."""
    return show("set_password.html", here="sign-in", **_told())


@blueprint.get("/account")
def account() -> Response:
    """Show the person signed in what they may do."""
    roles = sorted(reading().roles)
    return show("account.html", here="account", roles=[_role(role, language()) for role in roles])


def _has_provider() -> bool:
    return the_hub().settings.oidc_issuer is not None


def _told() -> dict[str, Any]:
    # only our own words are shown, whatever the address says
    why = request.args.get("why", "")
    return {"why": f"why_{why}" if f"why_{why}" in words.WORDS else "", "is_good": why in _GOOD_NEWS}


def _role(role: str, lang: Language) -> str:
    if role.startswith(REGION_ROLE):
        return f"{words.word('region', lang)} {role.removeprefix(REGION_ROLE)}"
    return words.word(f"role_{role}", lang)
