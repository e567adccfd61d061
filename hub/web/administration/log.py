"""The audit log: who did what, when and from where, newest first."""

from datetime import date

from flask import Response, request

from hub.audit import actions, lines
from hub.web.administration.acts import ROWS, blueprint_of, named, page
from hub.web.pages import number_of, the_hub

blueprint = blueprint_of("administration-log")


@blueprint.get("/administration/log")
def log() -> Response:
    """Show a page of the log: of one actor, of one kind of act, up to a day."""
    asked = request.args
    actor, action, until = asked.get("actor", "").strip()[:200], asked.get("action", ""), asked.get("until", "")
    with the_hub().engine.connect() as connection:
        kinds = actions(connection)
        action = action if action in kinds else ""
        day = _day(until)
        place = number_of(asked.get("before", ""))
        found = lines(connection, ROWS + 1, place, actor or None, action or None, day)
    older = found[ROWS - 1].position if len(found) > ROWS else None
    said = named("act")
    ordered = sorted(((one, said(one)) for one in kinds), key=lambda one: one[1].casefold())
    return page(
        "log.html", "log", lines=found[:ROWS], older=older, kinds=ordered, actor=actor, action=action, until=day or "",
        act_said=said, fact_said=named("fact"), paged=place is not None,
    )  # fmt: skip


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
