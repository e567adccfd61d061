"""Liveness, readiness and metrics."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Sequence
from pathlib import Path

from flask import Flask, Response, abort, current_app, jsonify
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import DatabaseNewer, is_current
from connectors.trouble import takes_no_writes, trouble
from hub.api.access import the_hub
from hub.api.observe import observe
from hub.config import Hub
from hub.metrics import IntakeMetrics, RequestMetrics, StoreMetrics
from schemas.receipt import Answer

blueprint = Blueprint("health", __name__, description="Is the hub alive, ready, and doing what.")
_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_EXTENSION = "regiohelix.metrics"


def add_metrics(app: Flask) -> None:
    """Give an application its own counters, and let it count and log every request."""
    hub = app.extensions["regiohelix"]
    if not isinstance(hub, Hub):
        raise TypeError("The application's extension 'regiohelix' is not a hub.")
    registry = CollectorRegistry()
    intake = IntakeMetrics(registry)
    registry.register(StoreMetrics(hub))
    app.extensions[_EXTENSION] = (registry, intake)
    observe(app, RequestMetrics(registry), intake)


def registry_of(app: Flask) -> CollectorRegistry:
    """Return where an application's own counters are registered."""
    registry: CollectorRegistry = app.extensions[_EXTENSION][0]
    return registry


def count_answers(app: Flask, answers: Sequence[Answer]) -> None:
    """Count answers by outcome and reason."""
    intake: IntakeMetrics = app.extensions[_EXTENSION][1]
    intake.count(answers)


class StateSchema(Schema):
    """`ok` of a process that answers, `ready` of one that can work."""

    status = fields.String(required=True)


@blueprint.get("/healthz")
@blueprint.response(200, StateSchema)
def get_health() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@blueprint.response(200, StateSchema)
@blueprint.alt_response(503, description="The database cannot be reached, waits for a migration, or takes nothing new.")
def get_readiness() -> Response:
    """Say whether the database can be reached, is up to date and takes what is new."""
    try:
        current = is_current(the_hub().engine, _MIGRATIONS)
        seen = takes_no_writes(the_hub().engine)
    except SQLAlchemyError as error:
        abort(503, f"The hub's database: {trouble(error).sentence}")
    except DatabaseNewer as newer:
        abort(503, str(newer))
    if not current:
        abort(503, "The hub's database waits for a migration; run: python -m hub upgrade")
    if seen is not None:
        abort(503, f"The hub's database: {seen.sentence}")
    return jsonify(status="ready")


@blueprint.get("/metrics")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
def get_metrics() -> Response:
    """Return Prometheus metrics of this process and of the hub's store."""
    registry: CollectorRegistry = current_app.extensions[_EXTENSION][0]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
