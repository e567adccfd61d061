"""Observe every request: give it a number, count it, time it, and log it by its route, never by what was asked."""

import logging
import secrets
import time
from typing import Final

from flask import Flask, Response, g, request

from hub.metrics import IntakeMetrics, RequestMetrics

REQUEST_ID: Final = "X-Request-Id"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_INTAKE: Final = "events.post_events"
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_log = logging.getLogger(__name__)


def observe(app: Flask, requests: RequestMetrics, intake: IntakeMetrics) -> None:
    """Count, time and log the requests of an application."""

    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.begun = time.monotonic()

    def end(response: Response) -> Response:
        seconds = time.monotonic() - g.get("begun", time.monotonic())
        route = "(none)" if request.url_rule is None else request.url_rule.rule
        method = request.method if request.method in _METHODS else "other"
        requests.answered(route, method, response.status_code, seconds)
        if request.endpoint == _INTAKE:
            intake.took(seconds)
        response.headers[REQUEST_ID] = g.get("request_id", "")
        facts = {
            "request": g.get("request_id", ""), "method": method, "route": route, "status": response.status_code,
            "milliseconds": round(seconds * 1000),
        }  # fmt: skip
        is_quiet = route in _QUIET and response.status_code < 500
        _log.log(logging.DEBUG if is_quiet else logging.INFO, "answered", extra={"facts": facts})
        return response

    app.before_request(begin)
    app.after_request(end)
