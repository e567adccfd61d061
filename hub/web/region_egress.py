"""Two pages of one region: what left it, link by link, and the same in plain words for the people who live there."""

from typing import Any, Final

from flask import Blueprint, Response, request, url_for

from hub.intake.ledger import RegionNotListed
from hub.serving.egress import Egress, Link, approvers, egress
from hub.serving.profile import ProfileRow, profile
from hub.web import words
from hub.web.indicator_index import AXES
from hub.web.pages import audience, guard, language, page_asked, show, the_hub
from schemas.catalogue import catalogue
from schemas.codes import EventType, Language
from schemas.values import Suppressed

blueprint = Blueprint("region-egress", __name__, template_folder="templates")
blueprint.after_request(guard)
_NAMED: Final = 6  # figures by name per subject; the rest is counted


def tabs(code: str, here: str, lang: Language) -> list[dict[str, Any]]:
    """Return the pages of one region, and which of them this is."""
    found = {"region": "region-page.region", "ledger": "region-egress.ledger", "residents": "region-egress.residents"}
    return [
        {
            "text": words.word(f"region_tab_{name}", lang),
            "address": url_for(endpoint, code=code, lang=lang),
            "is_here": name == here,
        }
        for name, endpoint in found.items()
    ]


@blueprint.get("/regions/<code>/ledger")
def ledger(code: str) -> Response:
    """Show a page of what left a region; with `verify` every link on it is verified before it is shown."""
    lang = language()
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            view = profile(connection, audience(), hub.clock(), code)
            found = egress(connection, audience(), code, page_asked(), is_verified="verify" in request.args)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=absent.text.told(lang))
    return show(
        "region_ledger.html",
        here="regions",
        region=view,
        found=found,
        rows=[_row(link, lang) for link in found.links],
        told=_verified(found, lang),
        tabs=tabs(code, "ledger", lang),
    )


def _row(link: Link, lang: Language) -> dict[str, Any]:
    kind = "unknown" if link.type is None else _kind(link.type)
    return {
        "sequence": link.sequence,
        "id": link.id,
        "at": link.accepted_at,
        "what": words.word(f"left_{kind}", lang),
        "audience": None if link.audience is None else words.word(link.audience, lang),
        "roles": ", ".join(link.roles),
        "is_destroyed": link.is_destroyed,
        "fault": None if link.fault is None else words.word(f"fault_{link.fault}", lang),
    }


def _kind(found: EventType) -> str:
    """Return what an event is to a reader: its noun and verb, whatever its version."""
    _, _, noun, verb, _ = found.value.split(".")
    return f"{noun}_{verb}"


def _verified(found: Egress, lang: Language) -> str | None:
    if not found.verified:
        return None
    word = "ledger_faults" if found.faults else "ledger_holds"
    return words.word(word, lang).format(count=found.verified, faults=found.faults)


@blueprint.get("/regions/<code>/residents")
def residents(code: str) -> Response:
    """Say in plain words what left a region about people, why, and who approved it."""
    lang = language()
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            view = profile(connection, audience(), hub.clock(), code)
            found = egress(connection, audience(), code, 1, is_verified=False)
        except RegionNotListed as absent:
            return show("absent.html", status=404, here="", text=absent.text.told(lang))
        approved = approvers(found.links)
    return show(
        "region_residents.html",
        here="regions",
        region=view,
        subjects=[subject for axis in AXES if (subject := _subject(axis, view.rows, lang))],
        figures=len(view.rows),
        hidden=sum(isinstance(row.value, Suppressed) for row in view.rows),
        looked_at=len(found.links),
        approved=approved,
        tabs=tabs(code, "residents", lang),
    )


def _subject(axis: str, rows: tuple[ProfileRow, ...], lang: Language) -> dict[str, Any] | None:
    """Return what left about one subject: figures by name, and by which groups they are told apart."""
    here = [row for row in rows if row.axis == axis]
    if not here:
        return None
    known = catalogue()
    groups = {name for row in here if row.indicator in known for name in known[row.indicator].dimensions}
    return {
        "axis": axis,
        "named": [(row.title.told(lang), row.indicator, row.period) for row in here[:_NAMED]],
        "more": len(here) - _NAMED,
        "groups": sorted(words.word(name, lang).lower() if name in words.WORDS else name for name in groups),
    }
