"""The page of a region's open problems: who solved them, with the reasons shown."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select

from hub import tables
from hub.intake.ledger import RegionNotListed
from hub.serving.feed import anchor
from hub.serving.kept_pages import kept_match
from hub.serving.match import Match, ProblemNotOpen
from hub.web.pages import audience, guard, language, show, the_hub
from hub.web.terms import terms

blueprint = Blueprint("match-page", __name__, template_folder="templates")
blueprint.after_request(guard)


@blueprint.get("/match")
def matched() -> Response:
    """Show a region's problems and what may help; without a region, the regions to choose from."""
    hub = the_hub()
    code, wanted = request.args.get("region", ""), request.args.get("for") or None
    region = tables.region.c
    with hub.engine.connect() as connection:
        names = select(region.code, region.name).where(region.enrolled_at.is_not(None)).order_by(region.name)
        offered = [(row.code, row.name) for row in connection.execute(names)]
    content: dict[str, Any] = {"here": "knowledge", "offered": offered, "code": code, "wanted": wanted}
    if not code:
        return show("match.html", found=None, **content)
    try:
        with hub.engine.connect() as connection:
            found = kept_match(connection, audience(), hub.clock(), code, wanted)
    except (RegionNotListed, ProblemNotOpen) as absent:
        return show("absent.html", status=404, here="knowledge", text=absent.text.told(language()))
    return show("match.html", found=found, title_of=_title, ways=_ways, anchor=anchor, **content)


def _title(one: Match) -> str:
    """Return what a problem is called: as lessons are classified where that has a word for it."""
    term = terms().get(one.problem.kind, {}).get(one.problem.id)
    told = one.problem.title.told(language()) if term is None else term.label(language())
    return told[:1].upper() + told[1:]


def _ways(one: Match) -> dict[str, str]:
    """Return where to look further: lessons about it, and for an indicator the comparison."""
    lang, problem = language(), one.problem
    about: dict[str, Any] = dict(problem.facets)
    ways = {"match_all_lessons": url_for("knowledge.knowledge", lang=lang, **about)}
    if problem.kind == "indicator":
        ways["compare"] = url_for("pages.compare", indicator=problem.id, lang=lang)
    else:
        ways["readiness"] = url_for("readiness.readiness", lang=lang)
    return ways
