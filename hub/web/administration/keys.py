"""All keys of all regions: which hold, on whose behalf, and since when; each leads to the region, where it is ended."""

from flask import Response, request

from hub.intake.members import all_keys
from hub.web.administration.acts import blueprint_of, page
from hub.web.pages import the_hub

blueprint = blueprint_of("administration-keys")


@blueprint.get("/administration/keys")
def keys() -> Response:
    """List the keys that hold, or with `state=ended` those that were ended."""
    hub = the_hub()
    is_ended = request.args.get("state") == "ended"
    with hub.engine.connect() as connection:
        every = all_keys(connection)
    found = [one for one in every if (one["until_sequence"] is not None) == is_ended]
    counts = {"holding": sum(one["until_sequence"] is None for one in every), "all": len(every)}
    return page("keys.html", "keys", found=found, is_ended=is_ended, counts=counts, hub_key=hub.key.public)
