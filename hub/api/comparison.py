"""Indicators that can be compared, and one comparison as JSON, CSV, XLSX or Parquet."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Callable
from typing import Any, Final, get_args

import msgspec
from flask import Response, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from hub.api.access import reader, the_hub
from hub.api.bodies import json_answer
from hub.api.choices import INDICATOR, PEERS, PEERS_SAID, PERIOD_FORM, example, refuse, text
from hub.serving.compared import parse_cut
from hub.serving.days import PeriodUnknown
from hub.serving.dhis2 import as_dhis2
from hub.serving.fhir import as_fhir
from hub.serving.kept_offers import kept_offers
from hub.serving.kept_views import kept_view
from hub.serving.moment import MomentWrong, known_on
from hub.serving.narrowed import narrowed
from hub.serving.offered import NotOffered
from hub.serving.parquet import as_parquet
from hub.serving.published import WHOLE_BYTES, is_open, scope, seen, seen_from, sets, size_of
from hub.serving.standard import NONE, orders_regions
from hub.serving.table import as_csv
from hub.serving.view import IndicatorView, Sort
from hub.serving.workbook import as_xlsx
from schemas.catalogue import catalogue
from schemas.codes import REGION_CODE
from schemas.joint import Neighbourhood, NeighbourhoodPage

blueprint = Blueprint(
    "comparison", __name__, url_prefix="/api/v1/indicators", description="Indicators, compared between regions."
)

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARQUET: Final = "application/vnd.apache.parquet"
_FHIR: Final = "application/fhir+json; fhirVersion=4.0"
_DHIS2: Final = "application/json"
_CRUDE: Final = ("fhir", "dhis2")  # forms that hold numerators and denominators as they were counted
_ENDINGS: Final = {"fhir": "fhir.json", "dhis2": "dhis2.json"}
_FILES: Final[dict[str, tuple[str, Callable[[IndicatorView], bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": (_XLSX, as_xlsx),
    "parquet": (_PARQUET, as_parquet),
    "fhir": (_FHIR, as_fhir),
    "dhis2": (_DHIS2, as_dhis2),
}
_CONTENT: Final = {
    "application/json": {"schema": {"type": "object"}},
    "text/csv": {"schema": {"type": "string"}},
    _XLSX: {"schema": {"type": "string", "format": "binary"}},
    _PARQUET: {"schema": {"type": "string", "format": "binary"}},
    "application/fhir+json": {"schema": {"type": "object"}},
}


class ComparisonArguments(Schema):
    """What to compare: period (else the newest that has begun), set of regions, cut (else the total), moment and form.

    `as_known_on` is a day (its end, UTC) or a UTC date and time: what the hub had accepted by then. `beside` is the
    code of a region: every row's `order` says how it lies beside that one. `peers` are codes of regions, with commas
    between them: only they and the region beside are rows; the regions together stay those of the whole set. Rows are
    by name; `sort=value` puts the highest first. `standardise` is the name of a standard population (esp2013, nl2019),
    indirect or none; indirect figures order no regions, so that these are by name only.
    """

    period = text("2025", validate=PERIOD_FORM)
    set = text("invented", validate=validate.Length(min=1, max=64))
    by = text("sex:f", load_default="", validate=validate.Length(max=200))
    as_known_on = text("2026-11-22", validate=validate.Length(max=40))
    beside = text("XR-DUINRAND", validate=validate.Regexp(REGION_CODE))
    peers = text(
        "XR-DUINRAND", load_default="", validate=[validate.Length(max=800), validate.Regexp(PEERS, error=PEERS_SAID)]
    )
    sort = text("value", load_default="name", validate=validate.OneOf(get_args(Sort)))
    standardise = text(NONE, load_default=NONE, validate=validate.Length(min=1, max=20))
    format = text("csv", load_default="json", validate=validate.OneOf(["json", *_FILES]))


class PublicationsArguments(Schema):
    """Of which period."""

    period = fields.String(required=True, validate=PERIOD_FORM, metadata=example("2025"))


class PageArguments(PublicationsArguments):
    """Of which period, and after which region and place in its chain, as the page before said (`next`)."""

    after = fields.String(load_default=":0", validate=validate.Regexp(r"^[A-Z0-9-]{0,16}:\d{1,9}$"))


class NoArguments(Schema):
    """No argument at all."""


@blueprint.get("")
@blueprint.arguments(NoArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "array", "items": {"type": "object"}}, content_type="application/json")
def get_indicators(_: dict[str, Any]) -> Response:
    """Return what can be compared: indicator, set of regions, periods and how many regions."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        found = kept_offers(connection, reader().audience, hub.clock())
    listed = []
    for offer in found:
        definition = catalogue().get(offer.indicator)
        listed.append(
            {
                **msgspec.to_builtins(offer),
                "title": None if definition is None else msgspec.to_builtins(definition.title),
                "axis": None if definition is None else definition.axis,
                "comparison": f"/api/v1/indicators/{offer.indicator}/comparison",
            }
        )
    return json_answer(listed)


@blueprint.get("/<string:indicator>/comparison", parameters=[INDICATOR])
@blueprint.arguments(ComparisonArguments, location="query", unknown=RAISE)
@blueprint.doc(responses={"200": {"content": _CONTENT}})
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(400, description="The indicator is not cut this way.")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
@blueprint.alt_response(404, description="No such indicator, or no region released it for this choice.")
def get_comparison(arguments: dict[str, Any], indicator: str) -> Response:
    """Return every region's typed value with interval or range, standing, age, definition hash and corrections."""
    if arguments["format"] in _CRUDE and arguments["standardise"] != NONE:
        abort(422, f"{arguments['format']} has no word for a standard population; ask for json, csv, xlsx or parquet.")
    if arguments["sort"] == "value" and not orders_regions(arguments["standardise"]):
        abort(
            422,
            "Two regions cannot be ordered by indirectly standardised figures; leave sort out: rows are by name.",
        )
    view = _view(indicator, arguments)
    if arguments["format"] in _FILES:
        return _file(view, arguments["format"])
    return json_answer(view)


@blueprint.get("/<string:indicator>/publications", parameters=[INDICATOR])
@blueprint.arguments(PublicationsArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_publications(arguments: dict[str, Any], indicator: str) -> Response:
    """Return all figures of one period, of every set of regions, and who is in which set: what a node checks against.

    What was corrected or withdrawn is among them, as it can still be read; what was destroyed is not. More than fits in
    one answer is refused; `publications/pages` gives it in parts.
    """
    place = (reader().audience, indicator, arguments["period"])
    with the_hub().engine.connect() as connection:
        if size_of(connection, *place, *is_open(place[0])) > WHOLE_BYTES:
            abort(
                422,
                "These figures are more than one answer holds; fetch them from publications/pages, as nodes do.",
            )
        found = Neighbourhood(seen(connection, *place, *is_open(place[0])), dict(sets(connection)))
    return json_answer(found)


@blueprint.get("/<string:indicator>/publications/pages", parameters=[INDICATOR])
@blueprint.arguments(PageArguments, location="query", unknown=RAISE)
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(422, description="An argument is not known or not in its form.")
def get_publications_page(arguments: dict[str, Any], indicator: str) -> Response:
    """Return a part of all figures of one period: `next` is the next part's `after`, null at the end.

    Every part says the `scope` of the whole: where it changes, something came meanwhile, and reading begins again.
    """
    place = (reader().audience, indicator, arguments["period"])
    region, sequence = arguments["after"].split(":")
    with the_hub().engine.connect() as connection:
        only = is_open(place[0])
        here = scope(connection, *place, *only)
        found, last = seen_from(connection, *place, (region, int(sequence)), *only)
        page = NeighbourhoodPage(found, dict(sets(connection)), here, None if last is None else f"{last[0]}:{last[1]}")
    return json_answer(page)


def _view(indicator: str, arguments: dict[str, Any]) -> IndicatorView:
    hub = the_hub()
    now, asked = hub.clock(), arguments["as_known_on"]
    with hub.engine.connect() as connection:
        try:
            view = kept_view(
                connection,
                reader().audience,
                now,
                indicator,
                period=arguments["period"],
                region_set=arguments["set"],
                by=parse_cut(arguments["by"]),
                known_on=None if asked is None else known_on(asked, now),
                beside=arguments["beside"],
                sort=arguments["sort"],
                standardise=arguments["standardise"],
            )
            return narrowed(connection, view, arguments["peers"].split(",") if arguments["peers"] else ())
        except NotOffered as error:
            refuse(error)
        except MomentWrong as error:
            abort(422, str(error))


def _file(view: IndicatorView, kind: str) -> Response:
    content_type, made = _FILES[kind]
    try:
        body = made(view)
    except PeriodUnknown as error:
        abort(422, f"{error} This format needs its days; ask for another one.")
    response = Response(body, content_type=content_type)
    name = f"{view.indicator}-{view.period}.{_ENDINGS.get(kind, kind)}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
