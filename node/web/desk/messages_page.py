"""What readers ask or say about the region's lessons: fetched from the hub, read, and erased once seen to."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from connectors.database import writing
from node.knowledge import messages
from node.knowledge.messages import KeptMessage
from node.release.markdown import visible
from schemas.message import ReaderMessage
from schemas.text import Text

from .enrolled import require_enrolled, unknown_at_hub
from .markup import Child, Html, h
from .page import button, coded, form, page, panel
from .visit import Answer, Visit, gone_to

_ROLES: Final = {
    "national": Text("landelijk team", "national team"), "partner": Text("partner", "partner"),
    "administrator": Text("beheerder", "administrator"),
}  # fmt: skip


def show(visit: Visit) -> Answer:
    """Show the messages that nobody has seen to yet, the oldest first."""
    with visit.desk.engine.connect() as connection:
        found = messages.kept(connection, is_all=True)
    waiting = [one for one in found if one.done_at is None]
    number = len(found) - len(waiting)
    done = visit.count(
        number,
        ("bericht is afgehandeld; de woorden zijn gewist.", "berichten zijn afgehandeld; de woorden zijn gewist."),
        ("message was seen to; its words are erased.", "messages were seen to; their words are erased."),
    )
    return page(
        visit,
        visit.t("Berichten van lezers", "Readers' messages"),
        _listed(visit, waiting),
        h("p", done, class_="quiet small gap-s") if number else None,
        panel(visit.t("Haal op bij de hub", "Fetch from the hub"), _fetching(visit), class_="gap"),
        lead=visit.t("Wat lezers vragen of zeggen over lessen van deze regio. Alleen deze regio ziet het.",
                     "What readers ask or say about this region's lessons. Only this region sees it."),
    )  # fmt: skip


def _listed(visit: Visit, waiting: Sequence[KeptMessage]) -> Html:
    if not waiting:
        return h("p", visit.t("Er wacht geen bericht.", "No message waits."), class_="quiet")
    return h("div", [_message(visit, one.id, one.said) for one in waiting if one.said is not None], class_="stack")


def _message(visit: Visit, name: str, said: ReaderMessage) -> Html:
    roles = f" ({', '.join(_role(visit, one) for one in said.from_roles)})" if said.from_roles else ""
    unsaid = h("span", visit.t("geen adres gegeven", "no address was given"), class_="quiet")
    answer: Child = unsaid
    if said.answer_to:
        answer = h("a", visible(said.answer_to), href=f"mailto:{quote(said.answer_to, safe='@+')}")
    facts = (
        (visit.t("Voor", "For"), visible(said.to_role)),
        (visit.t("Van", "From"), f"{visible(said.sender)}{roles}"),
        (visit.t("Verstuurd", "Sent"), said.sent_at[:16].replace("T", " ")),
        (visit.t("Antwoord aan", "Answer to"), answer),
    )
    return panel(
        visible(said.title),
        h("div", h("dl", [[h("dt", what), h("dd", value)] for what, value in facts]), class_="sheet"),
        h("blockquote", visible(said.text), class_="wrapped gap-s"),
        h(
            "details",
            h("summary", visit.t("Afgehandeld", "Seen to")),
            form(
                visit, f"/messages/{quote(name, safe='')}/done",
                h("p", visit.t("De woorden en het adres worden hier gewist; dat kan niet terug. Schrijf eerst uw "
                               "antwoord.",
                               "Its words and address are erased here for good. Write your answer first."),
                  class_="small"),
                h("p", button(visit.t("Wis dit bericht", "Erase this message"),
                              aria_label=visit.t(f"Wis het bericht over {said.title}",
                                                 f"Erase the message about {said.title}")), class_="btns"),
            ),
        ),
    )  # fmt: skip


def _role(visit: Visit, role: str) -> str:
    """Return a role that somebody has at the hub, in words; one that nobody worded yet as it is."""
    name, _, region = role.partition(":")
    if name == "region" and region:
        return visit.t("regio ", "region ") + visible(region)
    return visit.told(_ROLES[role]) if role in _ROLES else visible(role)


def _fetching(visit: Visit) -> list[Html]:
    if not visit.desk.is_enrolled:
        return [h("p", coded(unknown_at_hub(visit)), class_="note warn small")]
    told = visit.t("Bij iedere verzending gebeurt dit ook. De hub wist zijn kopie zodra een bericht hier is.",
                   "Each shipment does so as well. The hub deletes its copy once a message is here.")  # fmt: skip
    fetch = button(visit.t("Haal nu op", "Fetch now"), primary=True)
    return [h("p", told), form(visit, "/messages/fetch", h("p", fetch, class_="btns"))]


def fetch(visit: Visit) -> Answer:
    """Fetch what waits at the hub now."""
    require_enrolled(visit)
    new = visit.desk.fetch_messages()
    return gone_to("/messages", "fetched" if new else "fetched_none")


def done(visit: Visit, name: str) -> Answer:
    """Erase the words of a message that somebody has seen to."""
    with writing(visit.desk.engine) as connection:
        messages.done(connection, name, visit.entry("message.done", name))
    return gone_to("/messages", "erased")
