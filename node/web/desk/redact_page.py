"""Destroy an event everywhere: asked with a reason, shown in figures, and answered a second time; then it is frozen."""

from typing import Final

from connectors.database import writing
from node.release.reason import check_reason
from node.release.redact import Reach, reach
from node.work.taking_back import redact_event

from .event_page import Event, event_of, makers_of, name_of_event
from .markup import Html, h
from .page import area, button, field, form, link, page, panel
from .visit import Answer, FormUnfit, Visit, gone_to

_MARK: Final = "seen"  # the figures that the second answer is about


def ask(visit: Visit, event_id: str) -> Answer:
    """Say in figures what a redaction would destroy, and ask why."""
    one, figures = _looked_up(visit, event_id)
    return _shown(
        visit, one, figures,
        form(
            visit, f"/ledger/events/{event_id}/redact",
            area(visit.t("Waarom? De reden blijft en wordt gelezen.", "Why? The reason stays, and is read."), "reason",
                 rows=2, hint=visit.t("Noem niemand en herhaal de woorden niet.",
                                      "Name nobody, and do not repeat the words.")),
            h("p", button(visit.t("Ga verder", "Go on")), class_="btns"),
        ),
    )  # fmt: skip


def confirm(visit: Visit, event_id: str) -> Answer:
    """Show the figures with the reason once more, and ask for the event's number as the second answer."""
    one, figures = _looked_up(visit, event_id)
    reason = visit.one("reason")
    check_reason(reason)
    return _shown(
        visit, one, figures,
        h("p", h("strong", visit.t("Uw reden: ", "Your reason: ")), reason),
        h("p", visit.t("Na uw antwoord keurt een beoordelaar dit goed; zodra het daarna wordt ondertekend, is de "
                       "inhoud weg. Daarna kan niemand haar terughalen.",
                       "After your answer a reviewer approves this; once it is signed after that, the content is gone. "
                       "Nobody can bring it back then."), class_="note stop gap-s"),
        form(
            visit, f"/ledger/events/{event_id}/redact/freeze",
            h("input", type="hidden", name="reason", value=reason),
            h("input", type="hidden", name=_MARK, value=_mark(figures)),
            field(visit.t(f"Typ {one.sequence}, het nummer van deze gebeurtenis",
                          f"Type {one.sequence}, the number of this event"), "number"),
            h("p", button(visit.t("Ja, laat dit vernietigen", "Yes, have this destroyed"), primary=True),
              h("a", visit.t("Nee, terug", "No, go back"), href=f"/ledger/events/{event_id}", class_="btn"),
              class_="btns"),
            class_="narrowed",
        ),
    )  # fmt: skip


def freeze(visit: Visit, event_id: str) -> Answer:
    """Freeze the order for one reviewer, where the second answer is about this event and the figures shown."""
    with writing(visit.desk.engine) as connection:
        one = event_of(visit, connection, event_id)
        figures = reach(connection, event_id)
        if one.found is not None:
            visit.require(*makers_of(one.found.content))
        if visit.one("number") != str(one.sequence):
            raise FormUnfit(
                visit.t(
                    f"Dat is niet het nummer van deze gebeurtenis ({one.sequence}); er is niets gedaan.",
                    f"That is not the number of this event ({one.sequence}); nothing was done.",
                )
            )
        if visit.one(_MARK, "") != _mark(figures):
            raise FormUnfit(
                visit.t(
                    "Wat vernietigd zou worden is intussen anders; bekijk de aantallen opnieuw.",
                    "What would be destroyed is another by now; look at the figures again.",
                )
            )
        entry = visit.entry("redaction.prepared", event_id)
        bundle = redact_event(connection, visit.desk.secret("subject"), event_id, visit.one("reason"), entry)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def _looked_up(visit: Visit, event_id: str) -> tuple[Event, Reach]:
    with visit.desk.engine.connect() as connection:
        one = event_of(visit, connection, event_id)
        figures = reach(connection, event_id)
        if one.found is not None:
            visit.require(*makers_of(one.found.content))
        return one, figures


def _mark(figures: Reach) -> str:
    parts = (figures.copies, figures.octets, figures.drafts, figures.decisions, *figures.others)
    return "-".join(map(str, parts))


def _shown(visit: Visit, one: Event, figures: Reach, *below: Html) -> Answer:
    event = f"/ledger/events/{one.id}"
    return page(
        visit,
        visit.t("Laat dit vernietigen", "Have this destroyed"),
        panel(
            name_of_event(visit, one),
            h(
                "div",
                h("div", h("h3", visit.t("Wordt vernietigd", "Is destroyed")), _rows(_destroyed(visit, figures)),
                  class_="out"),
                h("div", h("h3", visit.t("Blijft", "Stays")), _rows(_left(visit, figures)), class_="stays"),
                class_="border gap-s",
            ),
            h("p", visit.t("Ook de hub en iedere afnemer wissen zout en inhoud en bevestigen dat. Wat mensen overnamen "
                           "of bewaarden, back-ups en uitgeschreven bestanden verwijdert niemand voor u.",
                           "The hub and every subscriber destroy salt and payload too, and confirm it. Nobody deletes "
                           "for you what people copied or kept, backups, and files that were written out."),
              class_="gap-s"),
        ),
        panel(visit.t("Uw antwoord", "Your answer"), *below, class_="gap"),
        crumb=[link(visit.t("Grootboek", "Ledger"), "/ledger"), " · ", link(str(one.sequence), event)],
    )  # fmt: skip


def _rows(rows: list[tuple[str, str]]) -> Html:
    return h("dl", [[h("dt", number, class_="num"), h("dd", said)] for number, said in rows])


def _destroyed(visit: Visit, figures: Reach) -> list[tuple[str, str]]:
    size = visit.number(figures.octets)
    return [
        (str(figures.copies),
         visit.noun(figures.copies, ("kopie", "kopieën"), ("copy", "copies"))
         + visit.t(" van de inhoud hier, ook in bundels die nooit uitgingen",
                   " of the payload here, in bundles that never left as well")),
        (size, visit.t("bytes inhoud en zout", "bytes of payload and salt")),
        (str(figures.drafts), visit.noun(figures.drafts, ("concept", "concepten"), ("draft", "drafts"))
         + visit.t(" met dezelfde woorden", " with the same words")),
        (str(figures.decisions), visit.noun(figures.decisions, ("besluit", "besluiten"), ("decision", "decisions"))
         + visit.t(" over woorden die bleven staan", " on words that were let stand")),
    ]  # fmt: skip


def _left(visit: Visit, figures: Reach) -> list[tuple[str, str]]:
    numbers = f" ({', '.join(map(str, figures.others))})" if figures.others else ""
    return [
        ("1", visit.t("ondertekende envelop op zijn plaats in de keten, met de reden",
                      "signed envelope in its place in the chain, with the reason")),
        (str(len(figures.others)),
         visit.noun(len(figures.others), ("andere versie", "andere versies"), ("other version", "other versions"))
         + visit.t(f"{numbers}: vernietig ook iedere die hetzelfde zegt",
                   f"{numbers}: have each that says the same destroyed too")),
    ]  # fmt: skip
