"""The description of what this hub holds, for catalogues that gather such descriptions."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from flask import Response, request
from flask_smorest import Blueprint

from hub.api.access import reader, the_hub
from hub.serving.catalog import as_catalog
from hub.serving.kept_offers import kept_offers

blueprint = Blueprint("catalog", __name__, description="What this hub holds, as DCAT-AP 3 and HealthDCAT-AP.")


@blueprint.get("/catalog.jsonld")
@blueprint.response(200, {"type": "object"}, content_type="application/ld+json")
def get_catalog() -> Response:
    """Return a catalogue with a data set for every indicator and set of regions that the reader may see."""
    hub = the_hub()
    address = (hub.settings.public_url or request.url_root).rstrip("/")
    with hub.engine.connect() as connection:
        found = kept_offers(connection, reader().audience, hub.clock())
        body = as_catalog(connection, reader().audience, found, address)
    return Response(body, content_type="application/ld+json")
