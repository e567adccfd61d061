"""The hub's pages: overview, comparison, lessons; each shows what is public, and more to who is signed in."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.audit import utc_text
from hub.config import Hub
from hub.identity.caller import PUBLIC, Caller
from hub.serving.as_compared import stored_of
from hub.serving.compared import (
    ComparisonHeld,
    CutUnknown,
    IndicatorAbsent,
    IndicatorUnknown,
    RegionAbsent,
    cuts,
    figures_held,
    offered,
    parse_cut,
)
from hub.serving.figures import regions
from hub.serving.kept_offers import kept_offers
from hub.serving.kept_views import kept_view
from hub.serving.moment import MomentWrong, known_on
from hub.serving.moments import moments
from hub.serving.narrowed import narrowed
from hub.serving.paging import PageUnknown
from hub.serving.replies import comparisons_awaited
from hub.serving.search import newest_lessons
from hub.serving.standard import NONE, StandardRefused, allowed, orders_regions
from hub.serving.turns import COME_BACK, HubBusy
from hub.serving.view import Sort
from hub.web import appearance, indicator_index, overview_page, words
from hub.web.compare_views import chosen_view, one_view
from hub.web.comparison_page import comparison_page
from hub.web.navigation import menu
from hub.web.outlines import by_set
from schemas.catalogue import catalogue
from schemas.codes import Audience, Language

blueprint = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
RECENT = 5
ARGUMENTS = (
    "indicator", "set", "period", "by", "as_known_on", "beside", "sort", "standardise", "page", "why", "peers",
    "traits", "count", "rank_by", "weights", "first", "region", "axis", "view", "since", "goal", "instrument",
    "q", "theme", "step", "aim", "change", "lens", "rainbow", "principle", "phase", "scope", "voice", "kind",
    "language", "noun", "for", "state", "owner_role", "actor", "action", "before", "until",
)  # fmt: skip
_DIGITS = 9  # of a page, or of a place in a list
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def nowhere() -> Response | None:
    """Return the page for an address that leads nowhere, in the reader's language; None for who asks for no page."""
    if request.endpoint is not None or not _wants_page():
        return None
    return guard(show("absent.html", status=404, here="", text=words.word("no_address", language())))


def busy(error: HubBusy) -> Response | None:
    """Return the page that says when to come back, in the reader's language; None for who asks for no page."""
    if not _wants_page():
        return None
    response = guard(show("absent.html", status=503, here="", heading="busy", text=error.text.told(language())))
    response.headers["Retry-After"] = str(COME_BACK)
    return response


def _wants_page() -> bool:
    return "text/html" in request.accept_mimetypes.values() and not request.path.startswith("/api/")


def the_hub() -> Hub:
    """Return the hub whose pages these are."""
    hub: Hub = current_app.extensions["regiohelix"]
    return hub


def reading() -> Caller:
    """Return who the browser's reader is, as the doorkeeper found from its session."""
    found = g.get("reader")
    return found if isinstance(found, Caller) else PUBLIC


def audience() -> Audience:
    """Return whose items the browser's reader may see."""
    return reading().audience


def language() -> Language:
    """Return the language that the address asks for; Dutch where it asks for none."""
    return "en" if request.args.get("lang") == "en" else "nl"


def number_of(text: str) -> int | None:
    """Return a number of an address or a form; None where it is none, or longer than any of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def page_asked() -> int:
    """Return which page of a list the address asks for, the first where it names none; 0 for what is no number."""
    return number_of(request.args.get("page", "1")) or 0


def show(template: str, status: int = 200, **content: Any) -> Response:
    """Answer with a page in the reader's language."""
    lang = language()
    # url_for takes some names (_external, _anchor, endpoint) as orders, so only the pages' own arguments go on
    other: dict[str, Any] = {name: request.args.getlist(name) for name in ARGUMENTS if name in request.args}
    other |= request.view_args or {}
    endpoint = request.endpoint or "pages.overview"
    switch = url_for(endpoint, **{**other, "lang": "nl" if lang == "en" else "en"})
    html = render_template(
        template,
        lang=lang,
        w=words.speaker(lang),
        day=partial(words.day, lang=lang),
        age=partial(words.age, lang=lang),
        num=partial(words.number, lang=lang),
        whole=partial(words.whole, lang=lang),
        other_language=switch,
        menu=menu(str(content.get("here", "")), lang, reading()),
        shown_as=appearance.chosen(),
        appearance=appearance.other(),
        this_page=url_for(endpoint, **{**other, "lang": lang}),
        **content,
    )
    response = make_response(html, status)
    response.headers["Content-Language"] = lang
    return response


@blueprint.after_request
def guard(response: Response) -> Response:
    """Set the headers that keep foreign script, style, frames and referrers out."""
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/")
def overview() -> Response:
    """Show the reader's own region first, else how much there is per axis; the map, what is new and what grows old."""
    hub, reader, lang = the_hub(), audience(), language()
    now, asked = hub.clock(), request.args.to_dict()
    with hub.engine.connect() as connection:
        there = regions(connection, reader)
        code = overview_page.chosen(asked.get("region"), reading(), {one.code for one in there})
        own = next((one for one in there if one.code == code), None)
        if own is None:
            content = overview_page.of_all(kept_offers(connection, reader, now))
        else:
            content = overview_page.of_region(connection, reader, now, own, asked, lang)
        content |= overview_page.new_and_old(connection, reader, now)
        waits = comparisons_awaited(connection) if reader == "network" else ()
    recent = newest_lessons(hub.engine, reader, size=RECENT).lessons
    sets = by_set(there)
    return show(
        "overview.html", here="overview", sets=sets, recent=recent, waits=waits, title_of=indicator_title, **content
    )


def indicator_title(indicator: str) -> str:
    """Return an indicator's title in the reader's language, its id where the catalogue does not have it."""
    definition = catalogue().get(indicator)
    return indicator if definition is None else definition.title.told(language())


@blueprint.get("/compare")
def choose() -> AnyResponse:
    """Lead the form's choice to its own address; a period or cut that the other indicator lacks is left out.

    Without an indicator it is the index of all of them.
    """
    indicator, region_set = request.args.get("indicator", ""), request.args.get("set")
    if not indicator:
        return _index()
    kept: dict[str, Any] = {"set": region_set, "lang": language()}
    hub = the_hub()
    now = hub.clock()
    with hub.engine.connect() as connection:
        try:
            offer = offered(connection, audience(), now, indicator, region_set)
            period = request.args.get("period", "")
            period = period if period in offer.periods else offer.periods[0]
            held = figures_held(connection, audience(), now, indicator, period, offer.region_set)
        except (IndicatorUnknown, IndicatorAbsent) as absent:
            return show("absent.html", status=404, here="", **_told(absent))
    by = request.args.get("by", "")
    groups = {f"{dimension}:{node}" for dimension, nodes in cuts(held).items() for node in nodes}
    if by and groups.issuperset(by.split(",")):
        kept["by"] = by
    if request.args.get("as_known_on"):
        kept["as_known_on"] = request.args["as_known_on"]
    if request.args.get("beside") in {one.region for one in held}:
        kept["beside"] = request.args["beside"]
    if "beside" in kept and request.args.get("peers"):
        kept["peers"] = request.args["peers"]
    if request.args.get("standardise") in allowed(
        catalogue()[indicator], stored_of(held), parse_cut(kept.get("by", ""))
    ):
        kept["standardise"] = request.args["standardise"]
    if request.args.get("view"):
        kept["view"] = chosen_view(request.args["view"])
    if request.args.get("sort") == "value" and orders_regions(kept.get("standardise")):
        kept["sort"] = "value"
    return redirect(url_for("pages.compare", indicator=indicator, period=period, **kept))


def _index() -> Response:
    hub = the_hub()
    with hub.engine.connect() as connection:
        offers = kept_offers(connection, audience(), hub.clock())
    found = indicator_index.index(offers, request.args.to_dict(), language())
    return show(
        "compare_index.html", here="compare", found=found, told=indicator_index.told(found["count"], language())
    )


@blueprint.get("/compare/<indicator>")
def compare(indicator: str) -> Response:
    """Show one comparison: the sentence, the drawings, the table, the definition and what it cannot say."""
    asked, by, moment = request.args, request.args.get("by", ""), request.args.get("as_known_on", "")
    period, region_set, beside = (asked.get(name) or None for name in ("period", "set", "beside"))
    standard = asked.get("standardise") or NONE
    sort: Sort = "value" if asked.get("sort") == "value" else "name"
    hub, reader, chosen = the_hub(), audience(), chosen_view(asked.get("view"))
    now = hub.clock()
    with hub.engine.connect() as connection:
        try:
            then = known_on(moment, now) if moment else None
            place = (indicator, period, region_set, parse_cut(by), then)
            view = kept_view(connection, reader, now, *place, beside=beside, sort=sort, standardise=standard)
            view = narrowed(connection, view, [one for one in asked.get("peers", "").split(",") if one])
            held = figures_held(connection, reader, now, indicator, view.period, view.region_set, then)
            found = kept_offers(connection, reader, now, then)
            more = one_view(connection, reader, now, view, chosen, then, language())
            days = moments(connection, reader, view)
        except (IndicatorUnknown, IndicatorAbsent) as absent:
            was_later = bool(moment) and isinstance(absent, IndicatorAbsent) and not isinstance(absent, ComparisonHeld)
            latest = was_later and url_for("pages.compare", indicator=indicator, set=region_set, lang=language())
            return show("absent.html", status=404, here="", latest=latest, **_told(absent))
        except (CutUnknown, MomentWrong, RegionAbsent, StandardRefused) as wrong:
            return show("absent.html", status=400, here="", text=wrong.text.told(language()))
    part = (asked.get("q", ""), asked.get("page", "1"))
    content = comparison_page(view, by, found, cuts(held), moment, language(), chosen, *part)
    content |= more | {"moments": days}
    return show("compare.html", here="compare", today=utc_text(now)[:10], **content)


def _told(absent: IndicatorAbsent | IndicatorUnknown) -> dict[str, str]:
    """Return what a page says of a comparison that is not there, and under which heading where it is to come."""
    if not isinstance(absent, ComparisonHeld):
        return {"text": absent.text.told(language())}
    lang = language()
    told = words.word("held_until", lang).format(moment=words.moment(absent.visible_from, lang))
    return {"text": told, "heading": "awaited"}


@blueprint.get("/lessons")
def lessons() -> Response:
    """List the lessons, newest first."""
    try:
        page = newest_lessons(the_hub().engine, audience(), page_asked())
    except PageUnknown as absent:
        return show("absent.html", status=404, here="lessons", text=absent.text.told(language()))
    return show("lessons.html", here="lessons", page=page)
