"""The hub over HTTP: routes, their documents and their doorkeeper."""
# mypy: disable-error-code="import-untyped, misc, no-any-unimported"

from collections.abc import Mapping, Sequence

import flask
import flask_smorest

from hub.api import definitions, enrolments, events, health, ledger, regions, schemas, session, tokens
from hub.api.access import Policy, guard
from hub.api.described import Refusals
from hub.api.problem import ProblemApi, add_headers, answer_for_the_store
from hub.api.proxies import behind_proxies
from hub.config import Hub
from hub.identity.oidc import Provider

_LARGEST_REQUEST = 16 * 1024 * 1024  # bytes
_OWN: Sequence[tuple[flask.Blueprint, Policy]] = (
    (enrolments.blueprint, Policy.ANYONE),
    (events.blueprint, Policy.REGION),
    (ledger.blueprint, Policy.READER),
    (regions.blueprint, Policy.ANYONE),
    (definitions.blueprint, Policy.ANYONE),
    (schemas.blueprint, Policy.ANYONE),
    (health.blueprint, Policy.ANYONE),
    (session.blueprint, Policy.VISITOR),
    (session.api_blueprint, Policy.READER),
    (tokens.blueprint, Policy.ADMINISTRATOR),
)
_OWN_ROUTES: Mapping[str, Policy] = {
    "session.post_end": Policy.PERSON,
    "enrolments.post_renewal": Policy.REGION,
}


def create_app(
    hub: Hub,
    others: Sequence[tuple[flask.Blueprint, Policy]] = (),
    routes: Mapping[str, Policy] | None = None,
    provider: Provider | None = None,
) -> flask.Flask:
    """Make the hub's web application.

    `others` are further blueprints, each with who may call it; `routes` are the endpoints of theirs that differ;
    `provider` is where people sign in who have no password here.
    """
    app = flask.Flask("hub", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        API_TITLE="Regiohelix hub",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.extensions["regiohelix"] = hub
    health.add_metrics(app)
    app.extensions[session.PROVIDER] = provider
    policies = {"api-docs": Policy.ANYONE, **_OWN_ROUTES, **(routes or {})}
    api = ProblemApi(app, spec_kwargs={"extra_plugins": [Refusals(policies)]})
    for blueprint, policy in (*_OWN, *others):
        policies[blueprint.name] = policy
        if isinstance(blueprint, flask_smorest.Blueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    guard(app, policies)
    definitions.keep_known(app)
    answer_for_the_store(app)
    add_headers(app)
    app.wsgi_app = behind_proxies(app.wsgi_app, hub.settings.trusted_proxies)  # type: ignore[assignment, method-assign]
    return app
