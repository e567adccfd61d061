"""Interventions: recorded by a form, changed, and forgotten where they were a mistake. They stay in the region."""

from datetime import date
from typing import Final
from urllib.parse import quote

from connectors.database import writing
from node.knowledge import interventions
from node.knowledge.interventions import Intervention
from schemas.text import Text

from .intervention_form import STAGES, editor, typed
from .markup import Html, h
from .page import badge, button, form, link, page, panel, table
from .sending import REFUSALS, again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to

_STATES: Final = {
    "to_come": (Text("moet nog beginnen", "to come"), ""), "running": (Text("loopt", "running"), "ok"),
    "ended": (Text("afgelopen", "ended"), ""),
}  # fmt: skip


def index(visit: Visit) -> Answer:
    """List every intervention, from prevention to palliative care, enabling measures last."""
    with visit.desk.engine.connect() as connection:
        known = interventions.interventions(connection)
    today = visit.desk.clock().date()
    heads = [visit.t(*pair) for pair in (("Interventie", "Intervention"), ("Staat", "State"), ("Soort", "Kind"),
                                         ("Begonnen", "Started"), ("Gebieden", "Areas"),
                                         ("Beoordeeld op", "Judged by"))]  # fmt: skip
    rows = [
        (link(visit.told(one.title), _path(one.id)), _state(visit, one, today),
         visit.told(STAGES[one.stage or ""]).partition(" (")[0], str(one.start),
         ", ".join(one.areas) or visit.t("hele regio", "whole region"), ", ".join(one.measures))
        for one in known
    ]  # fmt: skip
    title = visit.t("Vastgelegde interventies", "Recorded interventions")
    return page(
        visit,
        visit.t("Interventies", "Interventions"),
        panel(title, table(title, heads, rows) if rows
              else h("p", visit.t("Nog geen.", "None yet."), class_="quiet")),
        h("p", h("a", visit.t("Leg een interventie vast", "Record an intervention"), href="/interventions/new",
                 class_="btn primary"), class_="btns"),
        lead=visit.t("Wat de regio doet, voor wie, sinds wanneer en waarop het wordt beoordeeld. Dit blijft in de "
                     "regio.",
                     "What the region does, for whom, since when and by what it is judged. This stays in the "
                     "region."),
    )  # fmt: skip


def new(visit: Visit, wrong: Exception | None = None) -> Answer:
    """Show an empty form or, where an intervention could not be kept, the form as it was filled in, with why."""
    return page(
        visit,
        visit.t("Leg een interventie vast", "Record an intervention"),
        refusal_note(visit, wrong),
        editor(visit, None),
        crumb=link(visit.t("Interventies", "Interventions"), "/interventions"),
        status=409 if wrong else 200,
    )


def show(visit: Visit, name: str, wrong: Exception | None = None) -> Answer:
    """Show an intervention to be changed, with the ways to evaluate and to forget it."""
    with visit.desk.engine.connect() as connection:
        one = interventions.find(connection, name)
    return page(
        visit,
        visit.told(one.title),
        refusal_note(visit, wrong),
        h(
            "div",
            h("div", editor(visit, one), class_="stack"),
            h("div", _evaluating(visit, one), _removal(visit, one), class_="stack"),
            class_="grid g21",
        ),
        crumb=[link(visit.t("Interventies", "Interventions"), "/interventions"), " · ", one.id, " ",
               _state(visit, one, visit.desk.clock().date())],
        status=409 if wrong else 200,
    )  # fmt: skip


def save(visit: Visit, name: str = "") -> Answer:
    """Keep an intervention; where it cannot be one, the form comes back as it was typed, with why."""
    try:
        found = typed(visit, name)
        with writing(visit.desk.engine) as connection:
            known = {one.id for one in interventions.interventions(connection)}
            if not name and found.id in {*known, "new"}:
                raise FormUnfit(visit.t(f"De naam '{found.id}' is al gebruikt; kies een andere, of verander die op "
                                        "haar pagina.",
                                        f"The name '{found.id}' is in use already; choose another, or change that one "
                                        "on its page."))  # fmt: skip
            if name:
                interventions.find(connection, name)  # one that was forgotten meanwhile does not come back unseen
            interventions.keep(connection, found, visit.entry("intervention.recorded", found.id))
    except interventions.InterventionUnknown:
        raise
    except REFUSALS as error:
        return show(again(visit, _path(name)), name, error) if name else new(again(visit, "/interventions/new"), error)
    return gone_to(_path(found.id), "kept")


def remove(visit: Visit, name: str) -> Answer:
    """Forget an intervention that was recorded by mistake."""
    with writing(visit.desk.engine) as connection:
        interventions.remove(connection, name, visit.entry("intervention.removed", name))
    return gone_to("/interventions", "removed")


def _state(visit: Visit, one: Intervention, today: date) -> Html:
    kind = "running" if one.runs_on(today) else "to_come" if today < one.start else "ended"
    words, sign = _STATES[kind]
    return badge(visit.told(words), sign)


def _evaluating(visit: Visit, one: Intervention) -> Html:
    return panel(
        visit.t("Werkte het?", "Did it work?"),
        h("p", visit.t("Publiceer voor elke periode, ook van voor de start: ",
                       "Publish for each period, also from before the start: "),
          [[h("code", name), " "] for name in one.measures], class_="quiet"),
        h("p", link(visit.t("Vraag een evaluatie", "Ask for an evaluation"),
                    f"/evaluations?intervention={quote(one.id, safe='')}"), class_="gap-s"),
    )  # fmt: skip


def _removal(visit: Visit, one: Intervention) -> Html:
    told = visit.t("Alleen voor wat bij vergissing is vastgelegd: een interventie die ophield krijgt een einddag. "
                   "Evaluaties die zijn uitgebracht, blijven.",
                   "Only for what was recorded by mistake: an intervention that ended gets an end. Evaluations that "
                   "were released stay.")  # fmt: skip
    return panel(
        visit.t("Vergeet deze interventie", "Forget this intervention"),
        h(
            "details",
            h("summary", visit.t("Bij vergissing vastgelegd", "Recorded by mistake")),
            h("p", told, class_="quiet small"),
            form(visit, f"{_path(one.id)}/remove",
                 h("p", button(visit.t("Vergeet haar hier", "Forget it here")), class_="btns")),
        ),
    )  # fmt: skip


def _path(name: str) -> str:
    return f"/interventions/{quote(name, safe='')}"
