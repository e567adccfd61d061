"""One event of the region's chain: what it is, whether readers see it, and its two ways back."""

import json
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, select

from connectors.database import writing
from node.release import redact
from node.release.preview import kind_of_event
from node.release.redact import DESTROYED
from node.release.standing import EventUnknown, StandingItem, of_event, same_place, shown
from node.release.states import OVER
from node.release.subject import event_name, opaque
from node.release.title_words import titled
from node.release.wording import readers_told
from node.tables import answer as answer_table
from node.tables import bundle as bundle_table
from node.tables import event as event_table
from node.tables import item as item_table
from node.work.taking_back import withdraw_event
from schemas.codes import Audience, EventType
from schemas.evaluation import EvaluationPublished
from schemas.payloads import Content, IndicatorPublished

from .accounts import Role
from .markup import Child, Html, h
from .page import area, badge, button, form, link, page, panel
from .visit import Answer, Visit, gone_to

_MAKERS: Final[tuple[Role, ...]] = ("scientist", "author")


@dataclass(frozen=True, slots=True)
class Event:
    """An own event as its page shows it; `found` is None where it holds neither figures nor words (any more).

    `shown` is the event that readers see in its place, None after a withdrawal; `on_its_way` are bundles that would
    withdraw, replace or destroy it.
    """

    id: str
    sequence: int
    type: EventType
    title: str
    audience: Audience
    hub: str
    bundle: str
    position: int
    is_destroyed: bool
    found: StandingItem | None = field(repr=False)
    shown: str | None
    on_its_way: tuple[str, ...]

    @property
    def stands(self) -> bool:
        """Tell whether readers see this very event."""
        return self.found is not None and self.shown == self.id


def event_of(visit: Visit, connection: Connection, event_id: str) -> Event:
    """Return an own event; raises EventUnknown."""
    row = connection.execute(
        select(event_table, item_table, answer_table.c.answer)
        .join(item_table, same_place())
        .outerjoin(answer_table, answer_table.c.event_id == event_table.c.id)
        .where(event_table.c.id == event_id)
    ).one_or_none()
    if row is None:
        raise EventUnknown(f"Event {event_id[:16]} is not on this region's chain; choose one of the ledger.")
    found = of_event(connection, event_id)
    named = [row.subject, opaque(visit.desk.secret("subject"), event_name(event_id))]
    waiting = (
        select(bundle_table.c.id)
        .join(item_table, item_table.c.bundle_id == bundle_table.c.id)
        .where(item_table.c.subject.in_(named), bundle_table.c.state.not_in(OVER))
        .distinct()
    )
    return Event(
        row.id, row.sequence, EventType(row.type), row.title, row.audience,
        json.loads(row.answer)["outcome"] if row.answer else "waiting", row.bundle_id, row.position,
        not row.salt, found, None if found is None else shown(connection, found.subject),
        tuple(connection.scalars(waiting.order_by(bundle_table.c.id))),
    )  # fmt: skip


def makers_of(content: Content) -> tuple[Role, ...]:
    """Return who prepares that something is taken back: of figures who counts them, of words their writers as well."""
    return ("scientist",) if isinstance(content, IndicatorPublished | EvaluationPublished) else _MAKERS


def name_of_event(visit: Visit, one: Event) -> str:
    """Return what people call an event; of one that was destroyed nothing but its number."""
    if one.is_destroyed or one.title == DESTROYED:
        return visit.t(f"Gebeurtenis {one.sequence}", f"Event {one.sequence}")
    return visit.told(titled(one.title, one.type))


def show(visit: Visit, event_id: str) -> Answer:
    """Show one event, and what this person can do with it."""
    with visit.desk.engine.connect() as connection:
        one = event_of(visit, connection, event_id)
    item = f"/bundles/{one.bundle}/items/{one.position + 1}"
    facts: tuple[tuple[str, Child], ...] = (
        (visit.t("Soort", "Kind"), visit.told(kind_of_event(one.type))),
        (visit.t("Plaats in de keten", "Place in the chain"), one.sequence),
        (visit.t("Lezers", "Readers"), visit.told(readers_told(one.audience))),
        (visit.t("Gebeurtenis", "Event"), h("code", one.id)),
        (visit.t("Inhoud", "Content"), link(visit.t("Bekijk wat lezers zien", "See what readers see"), item)),
    )
    return page(
        visit,
        name_of_event(visit, one),
        panel(
            visit.t("Wat dit is", "What this is"),
            h("p", _state(visit, one)),
            h("div", h("dl", [[h("dt", what), h("dd", value)] for what, value in facts]), class_="sheet gap-s"),
        ),
        _on_its_way(visit, one),
        *_ways_back(visit, one),
        crumb=[link(visit.t("Grootboek", "Ledger"), "/ledger"), f" · {one.sequence}"],
    )


def _state(visit: Visit, one: Event) -> list[Child]:
    if one.is_destroyed:
        told = visit.t("Zout en inhoud zijn hier vernietigd; de envelop blijft, zodat de keten klopt.",
                       "Salt and payload were destroyed here; the envelope stays, so the chain verifies.")  # fmt: skip
        return [badge(visit.t("inhoud vernietigd", "payload destroyed"), "stop"), " ", told]
    if one.found is None:
        return [badge(visit.t("bericht", "notice"), ""), " ",
                visit.t("Dit zegt iets van andere gebeurtenissen of sleutels, en wordt niet teruggenomen.",
                        "This says something of other events or keys, and is not taken back.")]  # fmt: skip
    if one.stands:
        return [badge(visit.t("lezers zien dit", "readers see this"), "ok")]
    if one.shown is None:
        return [badge(visit.t("ingetrokken", "withdrawn"), "warn")]
    later = link(visit.t("door deze gebeurtenis", "by this event"), f"/ledger/events/{one.shown}")
    return [badge(visit.t("vervangen", "replaced"), "warn"), " ", later]


def _on_its_way(visit: Visit, one: Event) -> Html | None:
    if not one.on_its_way:
        return None
    told = visit.t("Er is al een bundel die dit verandert: ", "There is a bundle already that changes this: ")
    named = [[", " if place else None, link(name, f"/bundles/{name}")] for place, name in enumerate(one.on_its_way)]
    return h("p", told, named, class_="note warn gap-s")


def _ways_back(visit: Visit, one: Event) -> list[Html]:
    """Return the forms of who may take this back: withdraw what stands, destroy what holds figures or words."""
    if one.is_destroyed and visit.may("scientist"):
        return [_scrubbing(visit)]
    if one.found is None or not visit.may(*makers_of(one.found.content)):
        return []
    found: list[Html] = []
    if one.stands:
        found.append(
            panel(
                visit.t("Trek dit in", "Withdraw this"),
                h("p", visit.t("Lezers zien dan dat het is ingetrokken, en waarom. De gebeurtenis blijft in het "
                               "grootboek.",
                               "Readers then see that it was withdrawn, and why. The event stays in the ledger.")),
                form(
                    visit, f"/ledger/events/{one.id}/withdraw",
                    area(visit.t("Waarom? Lezers zien dit.", "Why? Readers see this."), "reason", rows=2,
                         hint=visit.t("Noem niemand.", "Name nobody.")),
                    h("p", button(visit.t("Bevries de intrekking", "Freeze the withdrawal"), primary=True),
                      class_="btns"),
                ),
                class_="gap",
            )
        )  # fmt: skip
    found.append(
        panel(
            visit.t("Laat dit vernietigen", "Have this destroyed"),
            h("p", visit.t("Alleen als er iets uitging dat nooit uit had mogen gaan, zoals de naam van een mens. Het "
                           "kan niet ongedaan worden gemaakt.",
                           "Only where something left that never should have, such as a person's name. It cannot be "
                           "undone.")),
            h("p", link(visit.t("Zie eerst wat er dan gebeurt", "See first what would happen"),
                        f"/ledger/events/{one.id}/redact"), class_="gap-s"),
            class_="gap",
        )
    )  # fmt: skip
    return found


def _scrubbing(visit: Visit) -> Html:
    return panel(
        visit.t("Schoon de opslag op", "Clear the store"),
        h("p", visit.t("Bij het publiceren gebeurt dit al, tenzij een ander proces de opslag dan gebruikt. Back-ups "
                       "verwijdert u zelf.",
                       "Publishing does this already, unless another process uses the store then. Backups are yours to "
                       "delete.")),
        form(visit, "/ledger/scrub", h("p", button(visit.t("Schoon op", "Clear")), class_="btns")),
        class_="gap",
    )  # fmt: skip


def withdraw(visit: Visit, event_id: str) -> Answer:
    """Freeze for one reviewer that what stands at an event is taken back."""
    with writing(visit.desk.engine) as connection:
        one = event_of(visit, connection, event_id)
        if one.found is not None:
            visit.require(*makers_of(one.found.content))
        entry = visit.entry("withdrawal.prepared", event_id)
        bundle = withdraw_event(connection, visit.desk.secret("subject"), event_id, visit.one("reason"), entry)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def scrub(visit: Visit) -> Answer:
    """Clear the store's files of what redactions destroyed."""
    redact.scrub_now(visit.desk.engine)
    return gone_to("/ledger", "scrubbed")
