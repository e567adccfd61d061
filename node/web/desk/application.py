"""Answer those who work at the desk (WSGI, PEP 3333): who they are, what they may ask, and one sentence where not.

Nothing is shown to who did not sign in but the region's name. No address, field or answer is logged.
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy.exc import SQLAlchemyError

from connectors.database import writing
from connectors.wsgi import LENGTHEN
from node.work import inbox
from schemas.codes import Language

from . import accounts, bodies, entering
from .bodies import BodyUnfit
from .markup import Child, h
from .pace import Pace, address_of
from .page import bare, page
from .refusal_words import told as refusal_told
from .routes import find
from .visit import Answer, Desk, NotTheirs, Visit

_log = logging.getLogger(__name__)
_OWN: Final = re.compile(r"(/[A-Za-z0-9_.~-]+)+")  # a path that no browser reads as another host's
_STATIC: Final = {
    "tokens.css": "text/css", "desk.css": "text/css", "mark.svg": "image/svg+xml", "keys.js": "text/javascript",
    "sign.js": "text/javascript", "wording.js": "text/javascript", "upload.js": "text/javascript",
}  # fmt: skip
_GUARDS: Final = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                                "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"), ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)  # fmt: skip
_STATUS: Final = {
    200: "200 OK", 303: "303 See Other", 400: "400 Bad Request", 403: "403 Forbidden", 404: "404 Not Found",
    405: "405 Method Not Allowed", 409: "409 Conflict", 413: "413 Content Too Large", 421: "421 Misdirected Request",
    429: "429 Too Many Requests", 500: "500 Internal Server Error", 503: "503 Service Unavailable",
}  # fmt: skip
Start = Callable[[str, list[tuple[str, str]]], Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


@dataclass(frozen=True)
class _Asked:
    """A request as it came in, before anybody knows whose it is."""

    method: str
    path: str
    lang: Language
    cookies: dict[str, str]
    query: dict[str, list[str]]
    chose_language: bool


def application(desk: Desk) -> Wsgi:
    """Return the application over a node."""
    pace = Pace(desk.clock)

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        asked = _asked(environ)
        found = _answer(desk, pace, asked, environ)
        kind = found.kind if found.kind.startswith("image") else f"{found.kind}; charset=utf-8"
        heads = [("Content-Type", kind), ("Content-Length", str(len(found.body))), *_GUARDS, *found.heads]
        if desk.url.startswith("https:"):
            heads.append(("Strict-Transport-Security", "max-age=31536000"))
        if found.to:
            heads.append(("Location", found.to))
        if asked.chose_language:
            heads.append(("Set-Cookie", f"lang={asked.lang}; Path=/; Max-Age=31536000; SameSite=Strict"))
        start(_STATUS[found.status], heads)
        return [] if asked.method == "HEAD" else [found.body]

    return answer


def _answer(desk: Desk, pace: Pace, asked: _Asked, environ: dict[str, Any]) -> Answer:
    name = desk.settings.name
    try:
        is_ours = _is_our_host(desk, environ.get("HTTP_HOST", ""))
    except ValueError:  # RFC 9112, 3.2
        return Answer(
            b"The Host of this request is no name of a host; send it with the desk's own.\n", 400, "text/plain"
        )
    if not is_ours:
        return Answer(b"This desk is not served under that name.\n", 421, "text/plain")
    if asked.method not in ("GET", "HEAD", "POST"):
        return Answer(b"", 405, heads=(("Allow", "GET, HEAD, POST"),))
    if asked.method == "POST" and not _is_from_here(environ):
        return Answer(b"This form was sent by another site.\n", 403, "text/plain")
    if asked.path.startswith("/static/"):
        return _static(asked.path.removeprefix("/static/"))
    try:
        who, csrf, cookie = _who(desk, asked)
        if who is not None:  # a stranger's request has to come in soon: the places of all are few
            environ.get(LENGTHEN, _nothing)()
        is_file = asked.method == "POST" and environ.get("CONTENT_TYPE") == "application/octet-stream"
        fields = {} if asked.method == "POST" else asked.query
        if is_file:  # its bytes are read by the page that wants them, once it is known whose they are
            fields = {"csrf": [environ.get("HTTP_X_DESK_FORM", "")]}
        elif asked.method == "POST" and not bodies.has_files(environ):
            fields = bodies.fields_of(environ)
        if who is None:
            known, address = asked.cookies.get(entering.known_name(desk), ""), address_of(environ, bool(desk.url))
            door = entering.Door(desk, pace, asked.lang, csrf, cookie, known, address)
            return door.answer(asked.method, asked.path, fields)
        here = _page_of(asked.path) if asked.method == "POST" else _asked_for(asked.query)
        visit = Visit(desk, asked.path, asked.lang, who, csrf, fields, asked.query.get("said", [""])[0], here)
        if is_file:
            visit = replace(visit, upload=environ["wsgi.input"], size=bodies.length_of(environ, inbox.LARGEST))
        elif asked.method == "POST" and bodies.has_files(environ):
            return _with_files(visit, asked, environ, cookie)
        return _known(visit, asked, fields, cookie)
    except BodyUnfit:
        told = "Dit formulier is te lang of niet heel." if asked.lang == "nl" else "This form is too long or not whole."
        return bare(asked.lang, "413", name, h("p", told), status=413)
    except SQLAlchemyError:  # its message could hold what was to be stored
        _log.error("The store did not answer a page of the desk.")
        told = "De node antwoordt nu niet; probeer het later opnieuw."
        told = told if asked.lang == "nl" else "The node does not answer just now; try again later."
        return bare(asked.lang, "503", name, h("p", told), status=503)


def _asked_for(query: dict[str, list[str]]) -> str:
    """Return what a page was asked for, so that it is the same page in the other language."""
    kept = {name: values for name, values in query.items() if name not in ("lang", "said")}
    return f"?{urlencode(kept, doseq=True)}" if kept else ""


def _nothing() -> None:
    """Lengthen nothing, where another server than ours calls."""


def _with_files(visit: Visit, asked: _Asked, environ: dict[str, Any], cookie: str) -> Answer:
    """Answer a form with files by somebody who signed in, where the page takes files; raises BodyUnfit elsewhere."""
    route = find("POST", asked.path)
    if route is None or not route.takes_files:
        raise BodyUnfit
    try:
        fields, files = bodies.form_of(environ)
    except bodies.FilesTooLarge:
        most = bodies.LARGEST // 1024**2
        told = visit.t(f"De bestanden zijn samen groter dan {most} MB; pak een tabel in als .csv.gz, of gebruik de "
                       "opdrachtregel.",
                       f"The files are larger than {most} MB together; pack a table as .csv.gz, or use the command "
                       "line.")  # fmt: skip
        return _trouble(visit, told, 413)
    return _known(replace(visit, fields=fields, files=files), asked, fields, cookie)


def _known(visit: Visit, asked: _Asked, fields: dict[str, list[str]], cookie: str) -> Answer:
    """Answer somebody who signed in."""
    if asked.method == "POST":
        if not hmac.compare_digest((fields.get("csrf") or [""])[0].encode(), visit.csrf.encode()):
            return _trouble(visit, visit.t("Open de pagina opnieuw en probeer het weer.",
                                           "Open the page again and try once more."), 403)  # fmt: skip
        if asked.path == "/sign-out":
            return entering.sign_out(visit, cookie)
    route = find("POST" if asked.method == "POST" else "GET", asked.path)
    if route is None:
        return _trouble(visit, visit.t("Deze pagina is er niet.", "There is no such page."), 404)
    try:
        visit.require(*route.roles)
        return route.handler(visit, *route.parts)
    except NotTheirs as error:
        return _trouble(visit, str(error), 403)
    except SQLAlchemyError:
        raise
    except Exception as error:
        told = refusal_told(visit, error)
        if told is None:
            number = secrets.token_hex(4)
            # of a foreign error only the kind: its text could hold a value
            _log.error("A page of the desk failed by a fault of this program (%s, %s).", type(error).__name__, number)
            told = visit.t(f"Een fout van dit programma ({number}); er is niets gedaan. Meld het nummer.",
                           f"A fault of this program ({number}); nothing was done. Report that number.")  # fmt: skip
            return _trouble(visit, told, 500)
        return _trouble(visit, told, 409)


def _trouble(visit: Visit, told: Child, status: int) -> Answer:
    return page(
        replace(visit, said=""), visit.t("Dat kan niet", "That cannot be done"),
        h("p", told, class_="note stop", role="alert"),
        h("p", h("a", visit.t("Terug", "Back"), href=_back_from(visit.path), class_="btn"), class_="btns"),
        status=status,
    )  # fmt: skip


def _page_of(path: str) -> str:
    """Return where a form's answer is read in the other language: a form's own address is often no page."""
    return path if _OWN.fullmatch(path) and find("GET", path) else _back_from(path)


def _back_from(path: str) -> str:
    """Return the nearest page above an address; one that a browser reads as another host's leads home."""
    while (path := path.rsplit("/", 1)[0]) and find("GET", path) is None:
        pass
    return path if _OWN.fullmatch(path) else "/"


def _who(desk: Desk, asked: _Asked) -> tuple[accounts.Account | None, str, str]:
    """Return whose request this is, the mark its forms carry, and the cookie; a mark is of one cookie alone."""
    cookie = asked.cookies.get(entering.cookie_name(desk), "")
    if not cookie:
        return None, "", ""
    with desk.engine.connect() as connection:
        found = accounts.session(connection, cookie, desk.clock())
    if found is not None and found.is_stale:
        with writing(desk.engine) as connection:
            accounts.touch(connection, cookie, desk.clock())
    return None if found is None else found.account, hashlib.sha256(f"form\0{cookie}".encode()).hexdigest(), cookie


def _asked(environ: dict[str, Any]) -> _Asked:
    query = parse_qs(environ.get("QUERY_STRING", "")[:4000], max_num_fields=None)
    try:
        cookies = {name: one.value for name, one in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
    except CookieError:
        cookies = {}
    named = query.get("lang", [""])[0]
    lang: Language = "en" if (named or cookies.get("lang")) == "en" else "nl"
    method = environ["REQUEST_METHOD"]
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")  # as PEP 3333 gives it
    return _Asked(method, path or "/", lang, cookies, query, named in ("nl", "en"))


def _is_our_host(desk: Desk, host: str) -> bool:
    """Tell whether a request came by our own name: by another, a page elsewhere could reach a desk on this machine.

    Raises ValueError where it is no name at all.
    """
    if desk.url:
        return host.lower() == urlsplit(desk.url).netloc.lower()
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _is_from_here(environ: dict[str, Any]) -> bool:
    """Tell whether a form came from our own page, as far as the browser says: signing in has no mark of a session."""
    if environ.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
        return False
    origin = environ.get("HTTP_ORIGIN", "")
    try:
        return not origin or urlsplit(origin).netloc.lower() == environ.get("HTTP_HOST", "").lower()
    except ValueError:
        return False


def _static(name: str) -> Answer:
    if name not in _STATIC:
        return Answer(b"", 404, "text/plain")
    body = (files("node.web") / "static" / name).read_bytes()
    return Answer(body, kind=_STATIC[name])
