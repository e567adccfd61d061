"""Every error as RFC 9457 problem details, and the headers that every answer carries."""
# mypy: disable-error-code="import-untyped, misc, no-any-unimported"

from http import HTTPStatus
from typing import Any, Final

import msgspec
from flask import Flask, Response
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from marshmallow import Schema, fields
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from schemas.codes import PROTOCOL, PROTOCOL_HEADER

MEDIA_TYPE: Final = "application/problem+json"
_MOST_ERRORS: Final = 10
_MOST_ALLOWED: Final = 500
_LONGEST_NAME: Final = 100  # characters
_HEADERS = {
    PROTOCOL_HEADER: str(PROTOCOL),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
}


class ProblemSchema(Schema):
    """RFC 9457: what went wrong, for people and programs; `allowed` are values to choose from instead."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict()
    allowed = fields.List(fields.String())
    visible_from = fields.String(metadata={"description": "When the figures asked for are seen at the latest, UTC."})


class ProblemApi(Api):
    """A flask-smorest Api whose errors are problem details."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer with a problem document."""
        return problem(error)


def problem(error: HTTPException) -> Response:
    """Return the problem document of an HTTP error; an unforeseen error says nothing of its cause."""
    status = error.code or 500
    data: dict[str, Any] = getattr(error, "data", None) or {}
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body["detail"] = data.get("message") or error.description or HTTPStatus(status).description
    errors = data.get("errors") or data.get("messages")
    if errors:
        body["errors"] = _first(errors, [_MOST_ERRORS])
    if data.get("visible_from"):
        body["visible_from"] = _writable(data["visible_from"])
    if data.get("allowed"):
        body["allowed"] = [_writable(one) for one in data["allowed"][:_MOST_ALLOWED]]
    response = Response(msgspec.json.encode(body), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="regiohelix"'
    for name, value in error.get_headers() if error.response is None else []:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _first(errors: Any, left: list[int]) -> Any:
    """Return the first errors, in their structure; `left` holds how many more may be told."""
    if isinstance(errors, dict):
        kept: dict[str, Any] = {}
        for name, inner in errors.items():
            if left[0] < 1:
                break
            kept[_writable(name)] = _first(inner, left)
        return kept
    if isinstance(errors, list):
        told = errors[: left[0]]
        left[0] -= len(told)
        return [_writable(one) for one in told]
    left[0] -= 1
    return _writable(errors)


def _writable(text: Any) -> str:
    # a sender's own field names come back here, and JSON lets them hold half a character
    return str(text)[:_LONGEST_NAME].encode(errors="replace").decode()


def answer_for_the_store(app: Flask) -> None:
    """Answer 503 where the database is away, locked or full: nothing was kept, and who sent something keeps it."""

    def away(error: OperationalError) -> ResponseReturnValue:
        app.logger.error("The database did not take part (%s); check that it runs and its disk", type(error).__name__)
        later = ServiceUnavailable(
            "The hub's database is away or full; nothing was kept, send it later.", retry_after=60
        )
        return app.handle_http_exception(later)

    app.register_error_handler(OperationalError, away)


def add_headers(app: Flask) -> None:
    """Put the security headers on every answer; an answer to a token is never kept by a shared cache."""

    def apply(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.add("Vary", "Authorization")
        return response

    app.after_request(apply)
