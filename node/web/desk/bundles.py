"""Bundles: listed by state, and the form by which a new one is prepared; who will read it is always asked."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from connectors.database import writing
from node import flow
from node.indicators import approved
from node.knowledge import lessons
from node.release import review
from node.release.candidate import FrozenBundle, load
from node.release.states import OVER, BundleState
from node.release.wording import readers_told
from node.release.words import deidentifier
from node.tables import bundle as bundle_table
from node.work.preparing import Counted, counted
from schemas.codes import AUDIENCES, PERIOD, Audience
from schemas.text import Text

from . import cuts_page
from .markup import Child, Html, h
from .page import area, badge, button, coded, field, form, link, page, panel, table, ticks
from .sending import REFUSALS, again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to

STATES: Final = {
    BundleState.TO_ANSWER: (Text("wacht op antwoorden", "to answer"), "warn"),
    BundleState.UNDER_REVIEW: (Text("ter beoordeling", "under review"), "warn"),
    BundleState.HELD: (Text("stilgezet", "on hold"), "stop"),
    BundleState.APPROVED: (Text("goedgekeurd", "approved"), "ok"),
    BundleState.REJECTED: (Text("afgewezen", "rejected"), ""),
    BundleState.SIGNED: (Text("ondertekend", "signed"), "ok"),
}
_MOST: Final = 200  # of those that left or were rejected; what waits is always listed


def index(visit: Visit) -> Answer:
    """List every bundle: those that wait first, then what left or was rejected."""
    with visit.desk.engine.connect() as connection:
        newest = select(bundle_table).order_by(bundle_table.c.created_at.desc(), bundle_table.c.id)
        waiting = connection.execute(newest.where(bundle_table.c.state.not_in(OVER))).all()
        over = connection.execute(newest.where(bundle_table.c.state.in_(OVER)).limit(_MOST + 1)).all()
        lacking = {
            row.id
            for row in waiting
            if row.state == BundleState.APPROVED and review.lacks_approval(connection, load(connection, row.id))
        }
    heads = [visit.t(*pair) for pair in (("Bundel", "Bundle"), ("Staat", "State"), ("Onderdelen", "Items"),
                                         ("Opgesteld door", "Prepared by"), ("Op", "On"))]  # fmt: skip

    def listed(title: str, chosen: Sequence[Row[Any]], *below: Child) -> Html:
        if not chosen:
            return panel(title, h("p", visit.t("Geen.", "None."), class_="quiet"))
        cells = [
            (
                link(row.id, f"/bundles/{row.id}"),
                [state(visit, BundleState(row.state)),
                 badge(visit.t("akkoord vervallen", "approval lapsed"), "stop") if row.id in lacking else None],
                row.size, row.author, row.created_at[:10],
            )
            for row in chosen
        ]  # fmt: skip
        return panel(title, table(title, heads, cells), *below)

    older = visit.t("Oudere bundels staan niet in deze lijst; `python -m node release list` noemt ze alle.",
                    "Older bundles are not in this list; `python -m node release list` names all.")  # fmt: skip
    left = h("p", coded(older), class_="quiet small gap-s") if len(over) > _MOST else None
    new = h(
        "p",
        link(visit.t("Bereid een bundel voor", "Prepare a bundle"), "/bundles/new"),
        [" · ", link(visit.t("Openbare tabellen: neem er een over", "Public tables: take one over"), "/tables")]
        if visit.may("scientist") else None,
        class_="gap-s",
    )  # fmt: skip
    return page(
        visit,
        visit.t("Vrijgave", "Release"),
        h(
            "div",
            new if visit.may("scientist", "author") else None,
            listed(visit.t("Wacht", "Waiting"), waiting),
            listed(visit.t("Uitgegaan of afgewezen", "Left, or rejected"), over[:_MOST], left),
            class_="stack",
        ),
    )


def state(visit: Visit, of: BundleState) -> Html:
    """Return a state as a word with a border."""
    words, kind = STATES[of]
    return badge(visit.told(words), kind)


def new(visit: Visit, wrong: Exception | None = None) -> Answer:
    """Ask what is to leave, over which period, and who may read it; after a refusal as it was filled in, with why."""
    with visit.desk.engine.connect() as connection:
        computable = approved.computable(connection)
        drafts = lessons.titles(connection)
    chosen = visit.all("indicator")
    counts = visit.may("scientist") and computable
    figures = [
        field(
            visit.t("Periode", "Period"), "period", visit.one("period", ""), required=False,
            hint=visit.t("2025, 2025-Q3 of 2025-11; alleen voor cijfers.", "2025, 2025-Q3 or 2025-11; for figures."),
        ),
        ticks(
            visit.t("Cijfers (niets aangekruist: alles wat de bronnen toestaan)",
                    "Figures (nothing ticked: all that the sources permit)"),
            "indicator", [(one.id, f"{one.id} – {visit.told(one.title)}") for one in computable.values()], chosen,
        ),
        cuts_page.fields(visit),
    ]  # fmt: skip
    none = h(
        "p",
        visit.t("Er is nog geen definitie goedgekeurd, dus er zijn geen cijfers te kiezen. ",
                "No definition is approved yet, so there are no figures to choose. "),
        link(visit.t("Naar de definities", "To the definitions"), "/definitions"), class_="quiet",
    )  # fmt: skip
    return page(
        visit,
        visit.t("Bereid een bundel voor", "Prepare a bundle"),
        refusal_note(visit, wrong),
        form(
            visit, "/bundles",
            panel(visit.t("Wat", "What"), figures if counts else none if visit.may("scientist") else None,
                  ticks(visit.t("Lessen", "Lessons"), "lesson", drafts, visit.all("lesson")) if drafts else None),
            panel(visit.t("Voor wie", "For whom"), audience(visit), reason(visit), class_="gap"),
            h("p", button(visit.t("Bereken, bescherm en bevries", "Compute, protect and freeze"), primary=True),
              button(visit.t("Probeer grovere indelingen", "Try coarser cuts"), formaction="/bundles/alternatives",
                     formnovalidate=True) if counts else None, class_="btns"),
            h("p", visit.t("Dit kan minuten duren. Er gaat nog niets uit: eerst ziet u precies wat zou uitgaan.",
                           "This can take minutes. Nothing leaves: first you see exactly what would."),
              class_="quiet small"),
        ),
        crumb=link(visit.t("Vrijgave", "Release"), "/bundles"),
        status=409 if wrong else 200,
    )  # fmt: skip


def audience(visit: Visit) -> Html:
    """Ask who may read it, saying who that is; nothing is chosen beforehand."""
    options = [(name, visit.told(readers_told(name))) for name in AUDIENCES]
    return ticks(
        visit.t("Wie mag dit lezen?", "Who may read it?"), "audience", options, visit.all("audience"), "radio"
    )  # fmt: skip


def reason(visit: Visit) -> Html:
    """Ask why something that stands already changes."""
    return area(
        visit.t("Waarom verandert wat al was uitgebracht?", "Why does what was released change?"), "reason",
        visit.one("reason", ""), required=False, rows=2,
        hint=visit.t("Alleen bij een correctie of herziening; lezers zien dit.",
                     "Only of a correction or revision; readers see it."),
    )  # fmt: skip


def prepare(visit: Visit) -> Answer:
    """Count, protect, scan and freeze what was asked, and go and see it; what is refused comes back with why."""
    try:
        bundle = _prepared(visit)
    except REFUSALS as error:
        return new(again(visit, "/bundles/new"), error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def alternatives(visit: Visit) -> Answer:
    """Show what coarser cuts would do; what is refused comes back with why."""
    try:
        return cuts_page.alternatives(visit)
    except REFUSALS as error:
        return new(again(visit, "/bundles/new"), error)


def _prepared(visit: Visit) -> FrozenBundle:
    desk, chosen, period = visit.desk, visit.all("lesson"), visit.one("period", "")
    readers = asked_audience(visit)
    found = Counted()
    if period:
        visit.require("scientist")
        if not PERIOD.match(period):
            raise FormUnfit(visit.t(f"'{period}' is geen periode; schrijf 2025, 2025-Q3 of 2025-11.",
                                    f"'{period}' is no period; write 2025, 2025-Q3 or 2025-11."))  # fmt: skip
        found = counted(
            desk.engine,
            desk.settings,
            desk.counting_place,
            period,
            visit.all("indicator"),
            bool(chosen),
            cuts_page.asked(visit),
        )
    elif not chosen:
        raise FormUnfit(visit.t("Vul een periode in, of kruis een les aan.", "Give a period, or tick a lesson."))
    with deidentifier.at_hand() as finder:
        if chosen and finder is not None:
            finder.start()  # takes longer than others should wait for the store
        with writing(desk.engine) as connection:
            return _frozen(visit, connection, found, chosen, readers, finder)


def asked_audience(visit: Visit) -> Audience:
    """Return who may read it; raises FormUnfit where that was not said."""
    named = visit.one("audience", "")
    found = next((one for one in AUDIENCES if one == named), None)
    if found is None:
        raise FormUnfit(visit.t("Zeg wie dit mag lezen.", "Say who may read it."))
    return found


def _frozen(
    visit: Visit,
    connection: Connection,
    found: Counted,
    chosen: tuple[str, ...],
    readers: Audience,
    finder: deidentifier.Deidentifier | None,
) -> FrozenBundle:
    return flow.release(
        connection, visit.desk.settings, found.computed, (), [lessons.find(connection, one) for one in chosen],
        audience=readers, subject_key=visit.desk.secret("subject"),
        entry=visit.entry("bundle.prepared", visit.one("period", "") or ", ".join(chosen)),
        reason=visit.one("reason", ""), notes=found.notes, owners=found.owners, deidentifier=finder,
    )  # fmt: skip
