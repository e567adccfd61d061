"""Every error as RFC 9457 problem details, and the headers that every answer carries."""
# mypy: disable-error-code="import-untyped, misc, no-any-unimported"

from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask, Response
from flask_smorest import Api
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

_MEDIA_TYPE = "application/problem+json"
_HEADERS = {
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
    """RFC 9457: what went wrong, for people and programs."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict()


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
        body["errors"] = errors
    response = Response(msgspec.json.encode(body), status=status, content_type=_MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="regiohelix"'
    for name, value in error.get_headers() if error.response is None else []:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def add_headers(app: Flask) -> None:
    """Put the security headers on every answer; an answer to a token is never kept by a shared cache."""

    def apply(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.add("Vary", "Authorization")
        return response

    app.after_request(apply)
