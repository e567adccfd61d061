"""The two cookies of a browser: a session after signing in, and before it a visit that only binds its forms.

Neither says anything: both are random. A form's CSRF token is derived from the cookie that the browser sends with it,
so a page of another site, which cannot read the cookie, cannot make one.
"""

import hashlib
import hmac
import secrets
from typing import Final

from flask import Response, g, request

from hub.config import Settings

FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"
_SESSION: Final = "regiohelix-session"
_VISIT: Final = "regiohelix-visit"
_BYTES: Final = 32
_LONGEST: Final = 200  # characters


def shown_session(settings: Settings) -> str | None:
    """Return the session id that the browser shows, valid or not."""
    return _shown(_SESSION, settings)


def visit(settings: Settings) -> str:
    """Return the browser's visit; a new one is set by the answer."""
    if "visit" not in g:
        g.visit = _shown(_VISIT, settings)
        if g.visit is None:
            g.visit = g.new_visit = secrets.token_urlsafe(_BYTES)
    return str(g.visit)


def csrf_token(settings: Settings) -> str:
    """Return the token that a form of this browser sends back."""
    return _token(g.get("session_id") or visit(settings))


def is_own_form(settings: Settings) -> bool:
    """Tell whether a state-changing request carries the token of one of our own pages in this browser."""
    held = g.get("session_id") or _shown(_VISIT, settings)
    given = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    return held is not None and hmac.compare_digest(_token(held).encode(), given.encode(errors="replace"))


def set_session(response: Response, identifier: str, settings: Settings) -> None:
    """Give the browser its session; the visit of before ends, and with it every form that was open."""
    _set(response, _SESSION, identifier, settings)
    _drop(response, _VISIT, settings)


def drop_session(response: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    _drop(response, _SESSION, settings)


def set_visit(response: Response, settings: Settings) -> Response:
    """Give the browser the visit that this answer's forms were made for, where it had none."""
    if "new_visit" in g:
        _set(response, _VISIT, g.new_visit, settings)
    return response


def _token(held: str) -> str:
    return hmac.new(held.encode(), b"regiohelix csrf", hashlib.sha256).hexdigest()


def _name(name: str, settings: Settings) -> str:
    # __Host- keeps a neighbouring subdomain from planting its own cookie, and browsers ask TLS for it
    return name if settings.is_on_loopback else f"__Host-{name}"


def _shown(name: str, settings: Settings) -> str | None:
    value = request.cookies.get(_name(name, settings))
    return value if value and len(value) <= _LONGEST else None


def _set(response: Response, name: str, value: str, settings: Settings) -> None:
    response.set_cookie(
        _name(name, settings), value, secure=not settings.is_on_loopback, httponly=True, samesite="Lax", path="/"
    )


def _drop(response: Response, name: str, settings: Settings) -> None:
    response.delete_cookie(
        _name(name, settings), secure=not settings.is_on_loopback, httponly=True, samesite="Lax", path="/"
    )
