"""Answer those who open the link of an invitation (WSGI, PEP 3333): the questionnaire, once; never an answer.

Links are secrets, so no address is logged, kept by the browser or passed on to another site.
"""

import logging
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import writing
from node.knowledge import answers, rounds
from schemas.codes import Language

from . import pages

_log = logging.getLogger(__name__)
_LINK: Final = re.compile(r"/assess/([A-Za-z0-9_-]{20,100})")
_LONGEST_BODY: Final = 64 * 1024  # bytes
_MOST_DIGITS: Final = 9  # of a length; Python reads no number of thousands of them
_MOST_FIELDS: Final = 500
_STATUS: Final = {
    200: "200 OK", 303: "303 See Other", 400: "400 Bad Request", 404: "404 Not Found", 405: "405 Method Not Allowed",
    409: "409 Conflict", 413: "413 Content Too Large", 503: "503 Service Unavailable",
}  # fmt: skip
_GUARDS: Final = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                                "frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
]  # fmt: skip
# a browser may keep the page that was filled in, and show it again to who goes back on a computer that is shared
_FORGET: Final = ("Clear-Site-Data", '"cache"')
Start = Callable[[str, list[tuple[str, str]]], Any]
Answered = tuple[int, str, list[tuple[str, str]]]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


class _BodyUnfit(ValueError):
    """A body that is too long, no form, or not whole: half an answer would use the link up."""


def application(engine: Engine, clock: Callable[[], datetime]) -> Wsgi:
    """Return the application over a node's store."""

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        lang = _language(environ.get("QUERY_STRING", ""))
        try:
            status, text, more = _answer(engine, clock, environ, lang)
        except SQLAlchemyError:  # its message could hold an answer
            _log.error("The store did not answer, so a questionnaire could not be shown or taken in.")
            status, text, more = 503, pages.notice("later", "later_told", lang), []
        body = text.encode()
        kind = "text/css" if environ.get("PATH_INFO") == "/style.css" else "text/html"
        heads = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body))), *_GUARDS, *more]
        start(_STATUS[status], heads)
        return [] if method == "HEAD" else [body]

    return answer


def _answer(engine: Engine, clock: Callable[[], datetime], environ: dict[str, Any], lang: Language) -> Answered:
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    is_link = _LINK.fullmatch(path)
    if method not in ("GET", "HEAD") and not (method == "POST" and is_link):
        allowed = "GET, HEAD, POST" if is_link else "GET, HEAD"
        return 405, pages.notice("refused", "refused_told", lang), [("Allow", allowed)]
    if path == "/style.css":
        return 200, pages.STYLE, []
    if path == "/sent":
        return 200, pages.notice("thanks", "sent", lang), [_FORGET]
    if is_link is None:
        return 404, pages.notice("unknown", "unknown_told", lang), []
    try:
        if method == "POST":
            return _take(engine, clock, is_link[1], _given(environ), lang)
        with engine.connect() as connection:
            return 200, pages.form(answers.asked(connection, is_link[1]).questionnaire, lang, {}), []
    except (answers.InvitationUnknown, rounds.RoundUnknown):
        return 404, pages.notice("unknown", "unknown_told", lang), []
    except answers.InvitationUsed:
        return 409, pages.notice("used", "used_told", lang), []
    except rounds.RoundRefused:  # closed while the answer was on its way
        return 404, pages.notice("unknown", "unknown_told", lang), []
    except _BodyUnfit:
        return 413, pages.notice("refused", "refused_told", lang), []


def _take(engine: Engine, clock: Callable[[], datetime], token: str, given: dict[str, str], lang: Language) -> Answered:
    try:
        with writing(engine) as connection:
            answers.answer(connection, token, given, clock())
    except answers.AnswersUnreadable:
        with engine.connect() as connection:
            asked = answers.asked(connection, token).questionnaire
        wrong = "nothing" if not any(given.get(item.id) for item in asked.items) else "odd"
        return 400, pages.form(asked, lang, given, wrong), []
    answers.forget_order(engine)
    return 303, pages.notice("thanks", "sent", lang), [("Location", f"/sent?lang={lang}"), _FORGET]


def _given(environ: dict[str, Any]) -> dict[str, str]:
    """Return the form's fields; raises _BodyUnfit."""
    length = environ.get("CONTENT_LENGTH") or "0"
    is_number = length.isascii() and length.isdigit() and len(length) <= _MOST_DIGITS
    if not is_number or int(length) > _LONGEST_BODY:
        raise _BodyUnfit
    try:
        body = environ["wsgi.input"].read(int(length))
        if len(body) != int(length):
            raise _BodyUnfit
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=_MOST_FIELDS))
    except (OSError, ValueError) as error:  # broken off or too slow; no ASCII, or too many fields
        raise _BodyUnfit from error


def _language(query: str) -> Language:
    """Return the language that the address asks for; Dutch where it asks for none."""
    return "en" if query == "lang=en" else "nl"
