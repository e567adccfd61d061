"""The bytes of a file beside a lesson or item, for whoever may read both; never shown, only saved."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from flask import Response, abort, request
from flask_smorest import Blueprint

from hub.api.access import reader, the_hub
from hub.serving.attachments import one_file
from hub.serving.items import ItemTakenBack, ItemUnknown

blueprint = Blueprint(
    "attachments", __name__, url_prefix="/attachments", description="Files that regions share beside lessons and items."
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",  # asked for again each time: it may have been taken back
}


@blueprint.get("/<string:event_id>")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@blueprint.alt_response(304, description="The file is still the one that the reader has.")
@blueprint.alt_response(404, description="There is no such file for this reader.")
@blueprint.alt_response(410, description="The region withdrew the file, or had it destroyed; says when and why.")
def get_file(event_id: str) -> Response:
    """Return one version of a file as it was approved: PNG, JPEG, text, Markdown or DOCX, under its own media type."""
    with the_hub().engine.connect() as connection:
        try:
            one, content = one_file(connection, reader().audience, event_id)
        except ItemUnknown:
            abort(404, "There is no attachment with this id; see the page of the lesson or item for its files.")
        except ItemTakenBack as error:
            abort(410, str(error))
    kind = f"{one.media_type}; charset=utf-8" if one.media_type.startswith("text/") else one.media_type
    response = Response(content, content_type=kind)
    response.headers.update(_HEADERS)
    response.headers["Content-Disposition"] = f'attachment; filename="{one.file_name}"'
    response.set_etag(one.sha256)
    response.make_conditional(request)
    return response
