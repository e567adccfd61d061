"""Light, dark or as the reader's device has it: a choice without script, kept in a cookie that says nothing else."""

from typing import Final, Literal, get_args

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

Appearance = Literal["auto", "light", "dark"]
COOKIE: Final = "regiohelix-appearance"
_A_YEAR: Final = 365 * 24 * 3600


def chosen() -> Appearance:
    """Return what the reader chose; `auto` where nothing (or nothing that we know) was chosen."""
    kept = request.cookies.get(COOKIE, "auto")
    return next((one for one in get_args(Appearance) if one == kept), "auto")


def other() -> Appearance:
    """Return what the link of a page leads to: round from the device's own to light, dark and back."""
    round_: dict[Appearance, Appearance] = {"auto": "light", "light": "dark", "dark": "auto"}
    return round_[chosen()]


def keep(wanted: str, back: str, secure: bool) -> AnyResponse:
    """Keep a choice and lead back to the page it was made on; never to another host."""
    response: AnyResponse = redirect(_own(back), 303)
    if wanted in get_args(Appearance) and isinstance(response, Response | AnyResponse):
        response.set_cookie(COOKIE, wanted, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=secure, path="/")
    response.headers["Cache-Control"] = "no-store"
    return response


def _own(address: str) -> str:
    """Return the address where it is a path of ours; browsers read `//`, `/\\` and control signs as another host."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_path and "\\" not in address else "/"
