"""What words of every kind share on their pages: how far a draft is, its way to readers, and its way back."""

from collections.abc import Callable

from sqlalchemy import Connection

from connectors.database import writing
from node.release.refusal import ReleaseRefused
from node.release.standing import StandingItem
from node.release.subject import Words, name_of
from node.work.taking_back import take_back

from .bundles import audience, reason
from .markup import Child, Html, h
from .page import area, badge, button, form, link, panel
from .visit import Answer, Visit, gone_to


def draft_state(visit: Visit, draft: Words, there: StandingItem | None) -> Html:
    """Say whether readers see a draft, and as it reads now; `there` is what stands of it."""
    if there is None:
        return badge(visit.t("concept", "draft"))
    if there.content == draft:
        return badge(visit.t("uitgebracht", "released"), "ok")
    return badge(visit.t("uitgebracht met andere woorden", "released with other words"), "warn")


def take_words_back(
    visit: Visit, find: Callable[[Connection, str], Words], name: str, unseen: ReleaseRefused
) -> Answer:  # fmt: skip
    """Freeze for one reviewer that words are taken back; raises `unseen` where no reader sees them."""
    with writing(visit.desk.engine) as connection:
        subject, entry = name_of(find(connection, name)), visit.entry("withdrawal.prepared", name)
        bundle = take_back(connection, visit.desk.secret("subject"), subject, unseen, visit.one("reason"), entry)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def release_panel(
    visit: Visit, action: str, *before: Child, is_clean: bool, is_out: bool, can_change: bool = True
) -> Html:
    """Return the form by which words go to their reviewer, or why they do not.

    `can_change` is False where what readers see is never revised, so that no reason for a change is asked.
    """
    title = visit.t("Naar de beoordelaar", "To the reviewer")
    if is_out:
        told = visit.t("Lezers zien deze woorden al.", "Readers see these words already.")
        return panel(title, h("p", told, class_="quiet"))
    if not is_clean:
        told = visit.t("Eerst beslissen over de bevindingen hierboven.", "First decide on the findings above.")
        return panel(title, h("p", told, class_="note warn small"))
    return panel(
        title,
        form(
            visit, action, *before,
            audience(visit), reason(visit) if can_change else None,
            h("p", button(visit.t("Bevries en stuur naar de beoordelaar", "Freeze and send to the reviewer"),
                          primary=True), class_="btns"),
        ),
        id_="release",
    )  # fmt: skip


def withdrawal_panel(visit: Visit, title: str, action: str, event_id: str) -> Html:
    """Return the form by which what readers see is taken back, folded away, and the way to have it destroyed."""
    label = visit.t("Waarom? Lezers zien dit.", "Why? Readers see this.")
    return panel(
        title,
        h(
            "details",
            h("summary", visit.t("Vraag een beoordelaar om terugname", "Ask a reviewer to take it back")),
            form(
                visit, action,
                area(label, "reason", rows=2, id_="withdraw-reason"),
                h("p", button(visit.t("Bevries de terugname", "Freeze the withdrawal")), class_="btns"),
            ),
        ),
        h("p", visit.t("Ging er een naam mee uit? ", "Did a name go out with it? "),
          link(visit.t("Laat deze versie vernietigen", "Have this version destroyed"), f"/ledger/events/{event_id}"),
          class_="small"),
    )  # fmt: skip
