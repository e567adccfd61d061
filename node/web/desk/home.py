"""The desk's first page: what waits for whom, the way to a first release, and the six steps of the region."""

from typing import Final

from node.knowledge import steps
from node.release.rhythm import rhythm
from node.work.guide import facts
from node.work.sources import RecordStoreBusy, sources
from schemas.text import Text

from .accounts import Role
from .markup import Html, h
from .menu import may_open
from .page import badge, coded, link, page, panel
from .visit import ROLE_NAMES, Answer, Visit
from .waiting import FirstStep, Wait, first_steps, waits

_STATES = {
    "done": (Text("gedaan", "done"), "ok"),
    "under_way": (Text("bezig", "under way"), "warn"),
    "not_begun": (Text("nog niet", "not begun"), ""),
}


def show(visit: Visit) -> Answer:
    """Show what waits, and what comes next."""
    desk = visit.desk
    with desk.engine.connect() as connection:
        try:
            loaded = sources(desk.settings.home)
            six = steps.steps(facts(desk.settings.home, connection, desk.clock().date()))
        except RecordStoreBusy:  # a source is loaded, or figures are counted: what waits elsewhere is shown meanwhile
            loaded, six = None, ()
        waiting = waits(connection, visit, loaded or ())
        first = () if loaded is None else first_steps(connection, desk, loaded)
        next_one = rhythm(connection, desk.settings.release_every_months)
    due = None
    if next_one is not None:
        due = h("p", visit.t(f"Laatste release: {next_one.last}. Volgende: {next_one.due}.",
                             f"Last release: {next_one.last}. Next due: {next_one.due}."), class_="quiet")  # fmt: skip
    guide = None if all(one.is_done for one in first) else _first(visit, first)
    busy = visit.t("Er wordt nu geladen of geteld; de bronnen staan hier straks weer.",
                   "Something is loaded or counted just now; sources are shown here again later.")  # fmt: skip
    mine = [one for one in waiting if one.is_mine]
    others = [one for one in waiting if not one.is_mine]
    return page(
        visit,
        visit.t(f"Dag {visit.who.name}", f"Good day, {visit.who.name}"),
        h(
            "div",
            h(
                "div",
                panel(visit.t("Wacht op u", "Waits for you"), _list(visit, mine, visit.t("Niets.", "Nothing."))),
                panel(
                    visit.t("Wacht op anderen", "Waits for others"),
                    _list(visit, others, visit.t("Niets.", "Nothing.")), due,
                ),
                _begin(visit),
                class_="stack",
            ),
            h("div", guide, _six(visit, six) if six else h("p", busy, class_="note"), class_="stack"),
            class_="grid g21",
        ),
    )  # fmt: skip


_BEGIN: Final[tuple[tuple[str, Text, tuple[Role, ...]], ...]] = (
    ("/bundles/new", Text("Geef cijfers of lessen vrij", "Release figures or lessons"), ("scientist", "author")),
    ("/tables", Text("Openbare tabellen: neem er een over", "Public tables: take one over"), ("scientist",)),
    ("/interventions/new", Text("Leg een interventie vast", "Record an intervention"), ("scientist",)),
    ("/lessons/new", Text("Schrijf een les", "Write a lesson"), ("scientist", "author")),
    (
        "/citations/new",
        Text("Haal een les van een andere regio aan", "Cite another region's lesson"),
        ("scientist", "author"),
    ),
    ("/files", Text("Zet een bestand bij een les", "Put a file beside a lesson"), ("scientist", "author")),
    ("/learning/action/new", Text("Leg een actie vast", "Record an action"), ("scientist", "author")),
    ("/replies", Text("Reageer op een vergelijking", "Reply to a comparison"), ("scientist", "author")),
)


# Of the six steps those whose advice names a command that has a page here.
_PAGES: Final[dict[int, tuple[str, tuple[Role, ...]]]] = {
    1: ("/sources", ("scientist",)),
    2: ("/bundles/new", ("scientist",)),
    3: ("/interventions/new", ("scientist",)),
    4: ("/interventions", ("scientist",)),
    5: ("/bundles/new", ("scientist",)),
    6: ("/lessons/new", ("scientist", "author")),
}


def _begin(visit: Visit) -> Html | None:
    """Return what somebody can begin; nothing for who only decides."""
    listed = [h("li", link(visit.told(text), to)) for to, text, roles in _BEGIN if visit.may(*roles)]
    return (
        panel(visit.t("Begin iets nieuws", "Begin something new"), h("ul", listed, class_="list")) if listed else None
    )


def _list(visit: Visit, waiting: list[Wait], none: str) -> Html:
    if not waiting:
        return h("p", none, class_="quiet")
    return h(
        "ul",
        [
            h(
                "li",
                link(visit.told(one.what), one.to),
                " ",
                [badge(visit.t("dringend", "urgent"), "stop"), " "] if one.is_urgent else None,
                None if one.is_mine else h("span", ", ".join(visit.told(ROLE_NAMES[r]) for r in one.roles),
                                           class_="quiet small"),
            )
            for one in waiting
        ],
        class_="list",
    )  # fmt: skip


def _first(visit: Visit, first: tuple[FirstStep, ...]) -> Html:
    following = next(one for one in first if not one.is_done)
    return panel(
        visit.t("Naar de eerste veilige publicatie", "To the first safe publication"),
        h(
            "ol",
            [
                h(
                    "li",
                    badge(visit.t("gedaan", "done"), "ok") if one.is_done
                    else badge(visit.t("nu", "now") if one is following else visit.t("later", "later"),
                               "warn" if one is following else ""),
                    " ",
                    h("strong", visit.told(one.what)) if one is following else visit.told(one.what),
                    h("p", coded(visit.told(one.why)), " ",
                      link(visit.t("Ga erheen", "Go there"), one.to) if may_open(visit, one.to) else None,
                      class_="small")
                    if one is following else None,
                    aria_current="step" if one is following else None,
                )
                for one in first
            ],
            class_="list",
        ),
        id_="first",
    )  # fmt: skip


def _six(visit: Visit, six: tuple[steps.Step, ...]) -> Html:
    return panel(
        visit.t("Zes stappen van populatiemanagement", "Six steps of population management"),
        h(
            "ol",
            [
                h(
                    "li",
                    badge(visit.told(_STATES[one.state][0]), _STATES[one.state][1]),
                    f" {one.number}. {visit.told(one.title)}",
                    [h("p", coded(visit.told(line)), class_="small quiet") for line in one.there_is],
                    h("p", coded(visit.told(one.advice)), " ", _page_of(visit, one.number), class_="small")
                    if one.advice is not None
                    else None,
                )
                for one in six
            ],
            class_="list",
        ),
    )


def _page_of(visit: Visit, number: int) -> Html | None:
    """Return the way to the page of the desk that does what a step's command does; None where there is none."""
    to, roles = _PAGES.get(number, ("", ()))
    return link(visit.t("Of doe het hier", "Or do it here"), to) if to and visit.may(*roles) else None
