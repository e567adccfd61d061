"""What the node does by itself: plans, when they are due, and every run with how it ended."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from connectors.database import writing
from node.indicators import approved
from node.release.wording import READER_NAMES
from node.work import inbox, plans, runs
from node.work.plans import Ingest, Plan, Prepare, Task, Unit
from node.work.runs import Run
from node.work.take_up import run_now
from node.work.timetable import next_due, read_timetable
from schemas.text import Text

from .bundles import asked_audience, audience
from .markup import Child, Html, h
from .page import badge, button, choice, english, field, form, link, page, panel, table, ticks
from .visit import Answer, FormUnfit, Visit, gone_to

_MOST: Final = 50
_OUTCOMES: Final = {
    "running": (Text("bezig", "running"), ""), "done": (Text("gedaan", "done"), "ok"),
    "nothing": (Text("niets te doen", "nothing to do"), ""), "failed": (Text("mislukt", "failed"), "stop"),
    "waiting": (Text("wordt herhaald", "tried again"), "warn"),
    "broken_off": (Text("afgebroken", "broken off"), "warn"),
}  # fmt: skip
_LAST: Final[dict[Unit, Text]] = {
    "month": Text("de laatste hele maand", "the last whole month"),
    "quarter": Text("het laatste hele kwartaal", "the last whole quarter"),
    "year": Text("het laatste hele jaar", "the last whole year"),
}


def show(visit: Visit) -> Answer:
    """List plans and runs, with the forms to add one."""
    with visit.desk.engine.connect() as connection:
        found = [(plan, runs.newest(connection, plan.id)) for plan in plans.plans(connection)]
        ran = runs.runs(connection, _MOST)
        computable = approved.computable(connection)
    heads = [visit.t(*pair) for pair in (("Planning", "Plan"), ("Wat", "What"), ("Weer om", "Next"),
                                         ("Laatst", "Last"), ("Doen", "Do"))]  # fmt: skip
    rows = [
        (plan.id, _task(visit, plan.task), _due(visit, plan), _last(visit, last), _buttons(visit, plan))
        for plan, last in found
    ]
    run_heads = [visit.t(*pair) for pair in (("Begonnen", "Started"), ("Planning", "Plan"), ("Uitkomst", "Outcome"),
                                             ("Duur", "Took"), ("Rijen", "Rows"), ("Wat", "What"))]  # fmt: skip
    run_rows = [
        (_stamp(run.started_at), run.plan, _outcome(visit, run),
         "" if run.seconds is None else visit.t(f"{run.seconds:.1f} s".replace(".", ","), f"{run.seconds:.1f} s"),
         str(run.rows),
         [english(visit, run.detail),
          [" ", link(run.bundle, f"/bundles/{run.bundle}")] if run.bundle else None])
        for run in ran
    ]  # fmt: skip
    title, runs_title = visit.t("Planning", "Schedule"), visit.t("Laatste runs", "Last runs")
    none = h("p", visit.t("Nog geen.", "None yet."), class_="quiet")
    return page(
        visit,
        title,
        panel(visit.t("Wat de node zelf doet", "What the node does by itself"),
              table(title, heads, rows) if rows else none),
        panel(runs_title, table(runs_title, run_heads, run_rows) if run_rows else none, class_="gap"),
        panel(visit.t("Een bron laden", "Load a source"), _ingest_form(visit), class_="gap"),
        panel(visit.t("Cijfers klaarzetten", "Prepare figures"),
              _measure_form(visit, [(one.id, f"{one.id} – {visit.told(one.title)}") for one in computable.values()]),
              class_="gap"),
        lead=visit.t("`python -m node run` doet wat aan de beurt is; mensen beslissen wat uitgaat.",
                     "`python -m node run` does what is due; people decide what leaves."),
    )  # fmt: skip


def _task(visit: Visit, task: Task) -> str:
    if isinstance(task, Ingest):
        return visit.t(f"laadt {task.mapping}", f"loads {task.mapping}")
    what = ", ".join(map(visit.indicator, task.indicators)) or visit.t("alles wat mag", "all that is permitted")
    last, readers = visit.told(_LAST[task.unit]), visit.told(READER_NAMES[task.audience])
    return visit.t(f"zet {what} klaar over {last}; lezers: {readers}",
                   f"prepares {what} of {last}; readers: {readers}")  # fmt: skip


def _due(visit: Visit, plan: Plan) -> str:
    moment = next_due(plan.at, plan.zone, visit.desk.clock())
    if moment is None:
        return visit.t("nooit", "never")
    return f"{moment.astimezone(ZoneInfo(plan.zone)):%Y-%m-%d %H:%M} ({plan.zone})"


def _last(visit: Visit, last: Run | None) -> Child:
    if last is None:
        return visit.t("nog niet", "not yet")
    return [_stamp(last.started_at), " ", _outcome(visit, last)]


def _outcome(visit: Visit, run: Run) -> Html:
    words, kind = _OUTCOMES[run.outcome]
    return badge(visit.told(words), kind)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _buttons(visit: Visit, plan: Plan) -> list[Html]:
    name = h("span", f" {plan.id}", class_="vh")
    return [
        form(visit, f"/plans/{plan.id}/run", h("button", visit.t("Nu", "Now"), name, class_="btn")),
        form(visit, f"/plans/{plan.id}/remove", h("button", visit.t("Verwijder", "Remove"), name, class_="btn")),
    ]


def _common(visit: Visit, kind: str) -> list[Html]:
    hint = visit.t("'daily 03:30', 'weekly mon 03:30', 'monthly 5 03:30' of een crontab-regel; Nederlandse tijd.",
                   "'daily 03:30', 'weekly mon 03:30', 'monthly 5 03:30' or a crontab line; Dutch time.")  # fmt: skip
    return [
        field(visit.t("Naam", "Name"), "name", id_=f"{kind}-name",
              hint=visit.t("Kleine letters, cijfers en streepjes.", "Lower-case letters, digits and hyphens.")),
        field(visit.t("Wanneer", "When"), "at", id_=f"{kind}-at", hint=hint),
    ]  # fmt: skip


def _ingest_form(visit: Visit) -> Html:
    folders = [one.source for one in inbox.incoming(visit.desk.settings.home) if one.has_mapping]
    if not folders:
        told = visit.t("Breng eerst een bron met mapping binnen. ", "First bring a source with a mapping in. ")
        return h("p", told, link(visit.t("Naar de bronnen", "To the sources"), "/sources"), class_="quiet")
    return form(
        visit, "/plans/ingest",
        choice(visit.t("Bron", "Source"), "source", [(one, one) for one in folders]),
        _common(visit, "ingest"),
        h("p", button(visit.t("Plan het laden", "Plan the loading")), class_="btns"),
    )  # fmt: skip


def _measure_form(visit: Visit, options: list[tuple[str, str]]) -> Html:
    if not options:
        told = visit.t("Keur eerst definities goed. ", "First approve definitions. ")
        return h("p", told, link(visit.t("Naar de definities", "To the definitions"), "/definitions"), class_="quiet")
    units = [(name, visit.told(words)) for name, words in _LAST.items()]
    return form(
        visit, "/plans/measure",
        choice(visit.t("Telkens over", "Each time over"), "unit", units),
        ticks(visit.t("Cijfers (niets aangekruist: alles wat mag)", "Figures (nothing ticked: all that is permitted)"),
              "indicator", options),
        audience(visit),
        _common(visit, "measure"),
        h("p", button(visit.t("Plan het klaarzetten", "Plan the preparing")), class_="btns"),
    )  # fmt: skip


def ingest(visit: Visit) -> Answer:
    """Plan that a source is loaded from its folder."""
    source, home = visit.one("source"), visit.desk.settings.home
    if not inbox.find(home, source).has_mapping:
        raise FormUnfit(visit.t("Deze bron heeft nog geen mapping.", "This source has no mapping yet."))
    return _add(visit, Ingest(str((inbox.folder(home, source) / inbox.MAPPING).resolve())))


def measure(visit: Visit) -> Answer:
    """Plan that figures of the last whole month, quarter or year are frozen for review."""
    unit = next((one for one in _LAST if one == visit.one("unit")), None)
    if unit is None:
        raise FormUnfit(visit.t("Kies een maand, kwartaal of jaar.", "Choose a month, quarter or year."))
    names = visit.all("indicator")
    with visit.desk.engine.connect() as connection:
        computable = approved.computable(connection)
        for one in names:
            if one not in computable:
                raise approved.refusal(connection, one)
    return _add(visit, Prepare(unit, asked_audience(visit), names))


def _add(visit: Visit, task: Task) -> Answer:
    name, zone, moment = visit.one("name"), "Europe/Amsterdam", visit.desk.clock()
    crontab = read_timetable(visit.one("at"), zone)
    plan = Plan(name, task, crontab, zone, visit.who.name, moment)
    with writing(visit.desk.engine) as connection:
        plans.add(connection, plan, visit.entry("plan.added", name, crontab))
    return gone_to("/plans", "kept")


def run(visit: Visit, name: str) -> Answer:
    """Do a plan's task now; its outcome is among the runs."""
    desk = visit.desk
    with desk.engine.connect() as connection:
        plan = plans.find(connection, name)
    run_now(desk.engine, desk.settings.home, plan, desk.do_plan, desk.clock)
    return gone_to("/plans", "ran")


def remove(visit: Visit, name: str) -> Answer:
    """Forget a plan; its runs stay readable."""
    with writing(visit.desk.engine) as connection:
        plans.remove(connection, name, visit.entry("plan.removed", name))
    return gone_to("/plans", "removed")
