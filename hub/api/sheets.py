"""The sheet for a region's steering committee, as PDF or DOCX."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final

from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, validate

from hub.api.access import count_drawing, reader, the_hub
from hub.api.choices import BUSY, PERIOD_FORM, REGION, refused, text
from hub.intake.ledger import RegionNotListed
from hub.serving.kept_pages import kept_sheet
from schemas.codes import first_day

blueprint = Blueprint("sheets", __name__, url_prefix="/api/v1/regions", description="Two pages for a committee.")
_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_CONTENT: Final = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES.values()}


class SheetArguments(Schema):
    """In which form and language, and since when: a day, or a period of which the first day counts."""

    format = text("pdf", load_default="pdf", validate=validate.OneOf(list(_TYPES)))
    lang = text("nl", load_default="nl", validate=validate.OneOf(["nl", "en"]))
    since = text("2026-01-01", validate=PERIOD_FORM)


@blueprint.get("/<string:code>/sheet", parameters=[REGION])
@blueprint.arguments(SheetArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": _CONTENT}})
@blueprint.response(200, content_type="application/pdf")
@blueprint.alt_response(404, description="There is no such region.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(503, description=BUSY)
def get_sheet(arguments: dict[str, Any], code: str) -> Response:
    """Return at most two pages: what changed since a day (else 90 days ago), one fitting lesson, actions due."""
    hub, form, since = the_hub(), arguments["format"], arguments["since"]
    begins = None if since is None else first_day(since)
    if since is not None and begins is None:
        abort(422, "The calendar has no such day or period as `since`; write one like 2026-01-31 or 2026-Q1.")
    count_drawing()
    with hub.engine.connect() as connection:
        try:
            made = kept_sheet(connection, reader().audience, hub.clock(), code, arguments["lang"], begins, form)
        except RegionNotListed as error:
            refused(404, error, error.allowed)
    response = Response(made, content_type=_TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{arguments["lang"]}.{form}"'
    return response
