"""Liveness, readiness and metrics; metrics count outcomes only and name no region."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Sequence
from pathlib import Path

from flask import Flask, Response, abort, current_app, jsonify
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import is_current
from hub.api.access import the_hub
from schemas.receipt import Answer

blueprint = Blueprint("health", __name__, description="Is the hub alive, ready, and doing what.")
_MIGRATIONS = Path(__file__).parent.parent / "migrations"


def add_metrics(app: Flask) -> None:
    """Give an application its own counters."""
    registry = CollectorRegistry()
    counter = Counter("regiohelix_hub_events_total", "Events answered.", ("outcome", "reason"), registry=registry)
    app.extensions["regiohelix.metrics"] = (registry, counter)


def count_answers(app: Flask, answers: Sequence[Answer]) -> None:
    """Count answers by outcome and reason."""
    counter: Counter = app.extensions["regiohelix.metrics"][1]
    for answer in answers:
        counter.labels(answer.outcome, answer.reason or "").inc()


@blueprint.get("/healthz")
def get_health() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@blueprint.alt_response(503, description="The database cannot be reached or waits for a migration.")
def get_readiness() -> Response:
    """Say whether the database can be reached and is up to date."""
    try:
        current = is_current(the_hub().engine, _MIGRATIONS)
    except SQLAlchemyError:
        abort(503, "The hub's database cannot be reached; see its log.")
    if not current:
        abort(503, "The hub's database waits for a migration; start the hub again.")
    return jsonify(status="ready")


@blueprint.get("/metrics")
def get_metrics() -> Response:
    """Return Prometheus metrics."""
    registry: CollectorRegistry = current_app.extensions["regiohelix.metrics"][0]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
