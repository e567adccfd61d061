"""The ledger: what left, with the hub's answers, the chain verified each time the page opens; and shipping."""

from typing import Any, Final

from node.release import ledger, outbox, signed_decisions
from node.release.title_words import titled
from node.release.wording import READER_NAMES
from schemas.codes import EventType

from .enrolled import unknown_at_hub
from .markup import Html, h
from .page import badge, button, coded, english, form, link, page, panel, table
from .signed_note import signed_note
from .visit import Answer, Visit, gone_to

_MOST: Final = 300
_MOST_DIGITS: Final = 12  # of a place in the chain
_NO_END: Final = 10**_MOST_DIGITS
_KINDS: Final = {"accepted": "ok", "refused": "stop", "waiting": "warn"}
_NL: Final = {"accepted": "aangenomen", "refused": "geweigerd", "waiting": "wacht"}


def show(visit: Visit) -> Answer:
    """Verify the chain and list what left, the newest first."""
    desk, broken, length = visit.desk, "", 0
    asked = visit.one("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS else _NO_END
    with desk.engine.connect() as connection:
        try:
            length = ledger.verify_chain(connection, desk.service_key().public)
        except ledger.ChainBroken as error:
            broken = str(error)
        listed = [one for one in reversed(ledger.entries(connection)) if one["sequence"] < before]
        counts = outbox.counts(connection)
        decided = signed_decisions.checked(connection, desk.settings.region)
    waiting = counts["pending"] + counts["sent"]
    told = (
        h("p", h("strong", "✕ "), english(visit, broken), class_="note stop", role="alert") if broken
        else h("p", badge(visit.t("keten klopt", "chain verifies"), "ok"), " ",
               visit.count(length, ("gebeurtenis", "gebeurtenissen"), ("event", "events")),
               visit.t(", alle handtekeningen en schakels nagegaan.", ", every signature and link checked."))
    )  # fmt: skip
    rows = [
        (
            str(one["sequence"]),
            link(_title(visit, one), f"/ledger/events/{one['id']}"),
            visit.told(READER_NAMES[one["audience"]]),
            one["time"][:16].replace("T", " "),
            [badge(_NL.get(one["hub"], one["hub"]) if visit.lang == "nl" else one["hub"], _KINDS.get(one["hub"], "")),
             h("p", english(visit, one["reason"]), class_="small") if one["reason"] else None],
            h("code", one["id"][:16]),
        )
        for one in listed[:_MOST]
    ]  # fmt: skip
    title = visit.t("Grootboek", "Ledger")
    heads = [visit.t(*pair) for pair in (("Nr.", "No."), ("Wat", "What"), ("Lezers", "Readers"), ("Wanneer", "When"),
                                         ("Hub", "Hub"), ("Gebeurtenis", "Event"))]  # fmt: skip
    more = len(listed) - _MOST
    return page(
        visit,
        title,
        panel(visit.t("Verzenden", "Ship"), _shipping(visit, waiting, counts["refused"])),
        panel(
            visit.t("Wat de regio verliet", "What left the region"),
            told,
            signed_note(visit, decided),
            table(title, heads, rows) if rows else h("p", visit.t("Nog niets.", "Nothing yet."), class_="quiet"),
            h("p", link(visit.t(f"Nog {more} oudere", f"{more} older ones"),
                        f"/ledger?before={listed[_MOST - 1]['sequence']}"), class_="gap-s") if more > 0 else None,
            h("p", link(visit.t("Sleutels van deze regio", "Keys of this region"), "/ledger/keys"), class_="gap-s"),
            class_="gap",
        ),
    )  # fmt: skip


def _title(visit: Visit, one: dict[str, Any]) -> str:
    if not one["title"]:
        return visit.t("inhoud vernietigd", "payload destroyed")
    return visit.told(titled(one["title"], EventType(one["type"])))


def _shipping(visit: Visit, waiting: int, refused: int) -> list[Html]:
    wait = visit.count(waiting, ("gebeurtenis wacht op de hub", "gebeurtenissen wachten op de hub"),
                       ("event waits for the hub", "events wait for the hub"))  # fmt: skip
    said = f"{wait}, {visit.count(refused, ('is geweigerd', 'zijn geweigerd'), ('was refused', 'were refused'))}."
    if not visit.desk.is_enrolled:
        return [h("p", said), h("p", coded(unknown_at_hub(visit)), class_="note warn small gap-s")]
    if not visit.may("scientist", "author"):
        return [h("p", said)]
    send = button(visit.t("Verzend nu", "Ship now"), primary=True)
    return [h("p", said), form(visit, "/ledger/ship", h("p", send, class_="btns"))]


def ship(visit: Visit) -> Answer:
    """Send what waits and take in the hub's answers."""
    visit.desk.ship()
    return gone_to("/ledger", "shipped")
