"""The administrator's first page: what needs attention, as the doctor finds it, and what ends soon.

The doctor looks at all of a hub, which takes seconds where many regions take part. What it found is kept while no event
came, nothing was refused and nobody did anything that the log knows of; a minute at most.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from flask import Response, url_for
from sqlalchemy import Connection, func, select

from connectors.findings import Finding
from hub.config import Hub
from hub.doctor.examine import Found, examine
from hub.identity.token_ends import ending
from hub.intake.letters import backlog
from hub.intake.members import members
from hub.serving.in_turn import in_turn
from hub.serving.subscriptions import PAUSED, subscriptions
from hub.tables import audit_log, dead_letter
from hub.web import words
from hub.web.administration.acts import blueprint_of, page
from hub.web.pages import language, the_hub
from schemas.codes import Language

blueprint = blueprint_of("administration")
_OF_REGIONS: Final = (
    "dark", "unapproved", "gap_one", "gap_many", "told_together", "token_ends_region", "token_over_region",
)  # fmt: skip
_OF_TOKENS: Final = ("token_ends", "token_over", "token_endless")


@blueprint.get("/administration")
def overview() -> Response:
    """Show what needs a hand, and how much there is of everything."""
    hub = the_hub()
    now = hub.clock()
    with hub.engine.connect() as connection:
        found = _found(hub, connection, now)
        joined = members(connection)
        waiting = backlog(connection, now)
        paused = sum(one.state == PAUSED for one in subscriptions(connection))
        soon = [one for one in ending(connection, now) if one.expires_at is not None and not one.is_over]
    counts = {
        "letters_open": waiting.open,
        "dark": sum(one.said == "dark" for one in found),
        "unapproved": sum(one.awaits for one in joined),
        "invited": sum(one.enrolled_at is None for one in joined),
        "ending": len(soon),
        "paused": paused,
    }
    lang = language()
    ordered = sorted(found, key=lambda one: not one.needs_hand)
    seen = [(_told(one, lang), _place(one)) for one in ordered]
    return page("overview.html", "overview", counts=counts, seen=seen, ending=soon)


def _found(hub: Hub, connection: Connection, now: datetime) -> list[Found]:
    acts, letter = connection.scalar(select(func.max(audit_log.c.position))), dead_letter.c
    letters = connection.execute(select(func.count(), func.max(letter.id)).where(letter.state == "open")).one()
    return in_turn(connection, ("doctor", acts, *letters), now, lambda: examine(hub, connection)[0])


def _told(one: Found, lang: Language) -> Finding:
    """Return a finding in words; of refused events the reason too, which the command names by its code."""
    told = one.told(lang)
    reason = f"letter_{one.facts.get('reason')}"
    if one.said != "letters" or reason not in words.WORDS:
        return told
    what = words.word("letters_refused", lang).format(reason=words.word(reason, lang), number=one.facts["number"])
    return replace(told, what=what)


def _place(one: Found) -> str | None:
    """Return the page where a finding is mended, where that is a page of ours."""
    if one.said == "letters":
        return url_for("administration-letters.letters", state="open", lang=language())
    if one.said in _OF_TOKENS:
        return url_for("administration-tokens.tokens", lang=language())
    if one.said in _OF_REGIONS:
        return url_for("administration-regions.region", code=one.about, lang=language())
    return None
