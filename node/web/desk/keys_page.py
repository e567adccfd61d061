"""The region's keys: where each holds, a new service key, and keys taken back; all of it by two reviewers."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from connectors.database import writing
from node.release import keyring
from node.release.person import same_person
from node.release.states import BundleState
from node.tables import reviewer as reviewer_table
from node.work import renewing

from .enrolled import require_enrolled, unknown_at_hub
from .markup import Child, Html, h
from .page import area, badge, button, coded, form, link, page, panel, table
from .visit import Answer, NotTheirs, Visit, gone_to


def show(visit: Visit) -> Answer:
    """Name every key with where it holds, and the ways to renew the service key and to take a key back."""
    desk = visit.desk
    present = desk.service_key().public
    with desk.engine.connect() as connection:
        rows = [*_service_rows(visit, connection), *_reviewer_rows(visit, connection)]
        coming = renewing.on_its_way(connection, desk.settings)
    heads = [visit.t(*pair) for pair in (("Sleutel", "Key"), ("Van", "Of"), ("Geldt", "Holds"),
                                         ("Terugnemen", "Take back"))]  # fmt: skip
    title = visit.t("Sleutels van deze regio", "Keys of this region")
    return page(
        visit,
        title,
        panel(visit.t("Wie tekent", "Who signs"), table(title, heads, rows)),
        _renewing(visit, coming, present.key_id),
        crumb=link(visit.t("Grootboek", "Ledger"), "/ledger"),
        lead=visit.t("Met de servicesleutel tekent de node de keten; beoordelaars tekenen met een eigen sleutel.",
                     "The node signs the chain with the service key; reviewers sign with keys of their own."),
    )  # fmt: skip


def _service_rows(visit: Visit, connection: Connection) -> list[Sequence[Child]]:
    present = visit.desk.service_key().public
    rows: list[Sequence[Child]] = []
    for key_id, held in keyring.service_keys(connection, present).items():
        if held.until_sequence is None:
            holds = visit.t(f"vanaf gebeurtenis {held.from_sequence}", f"from event {held.from_sequence} on")
        else:
            holds = visit.t(f"gebeurtenis {held.from_sequence} tot en met {held.until_sequence - 1}",
                            f"events {held.from_sequence} to {held.until_sequence - 1}")  # fmt: skip
        name = visit.t("de node", "the node")
        now = [name, " ", badge(visit.t("tekent nu", "signs now"), "ok")] if key_id == present.key_id else name
        can_go = key_id != present.key_id and held.until_sequence is None
        rows.append((h("code", key_id), now, holds, _taking_back(visit, connection, key_id, can_go)))
    return rows


def _reviewer_rows(visit: Visit, connection: Connection) -> list[Sequence[Child]]:
    rows: list[Sequence[Child]] = []
    for row in connection.execute(select(reviewer_table).order_by(reviewer_table.c.name)):
        if row.revoked_at:
            holds: Child = badge(visit.t(f"teruggenomen op {row.revoked_at[:10]}",
                                         f"taken back on {row.revoked_at[:10]}"), "stop")  # fmt: skip
        elif row.enrolled_at:
            holds = visit.t("bekend bij de hub", "known at the hub")
        else:
            holds = badge(visit.t("nog niet bekend bij de hub", "not known at the hub yet"), "warn")
        taking = _taking_back(visit, connection, row.key_id, not row.revoked_at)
        rows.append((h("code", row.key_id), f"{row.name} ({row.organisation})", holds, taking))
    return rows


def _taking_back(visit: Visit, connection: Connection, key_id: str, can_go: bool) -> Child:
    if not can_go or not visit.desk.is_enrolled:
        return None
    if keyring.is_being_revoked(connection, key_id):
        return badge(visit.t("onderweg", "on its way"), "warn")
    return revoking_form(visit, key_id) if visit.may("scientist") else None


def revoking_form(visit: Visit, key_id: str) -> Html:
    """Return the form by which a key is taken back, folded away."""
    return h(
        "details",
        h("summary", visit.t("Neem terug", "Take back"), h("span", f" {key_id}", class_="vh")),
        form(
            visit, f"/ledger/keys/{key_id}/revoke",
            area(visit.t("Waarom? Iedereen kan dit lezen.", "Why? Everybody can read this."), "reason", rows=2,
                 id_=f"why-{key_id}", hint=visit.t("Noem niemand.", "Name nobody.")),
            h("p", visit.t("Twee beoordelaars keuren dit goed. Wat de sleutel daarna tekent, telt niet meer.",
                           "Two reviewers approve this. What the key signs after that counts for nothing."),
              class_="small"),
            h("p", button(visit.t("Bevries de terugname", "Freeze the revocation")), class_="btns"),
        ),
    )  # fmt: skip


def _renewing(visit: Visit, coming: keyring.Enrolment | None, present: str) -> Html:
    title = visit.t("Vernieuw de servicesleutel", "Renew the service key")
    if not visit.desk.is_enrolled:
        return panel(title, h("p", coded(unknown_at_hub(visit)), class_="note warn small"), class_="gap")
    about = visit.t("De node maakt een nieuwe sleutel; twee beoordelaars keuren hem goed. Zodra de hub hem aanvaardt "
                    "tekent hij, en gaat er een bundel naar twee beoordelaars die de oude terugneemt.",
                    "The node makes a new key, and two reviewers approve it. Once the hub accepts it, it signs, and a "
                    "bundle that takes the old one back goes to two reviewers.")  # fmt: skip
    how_far = None if coming is None else h("p", _how_far(visit, coming), class_="note warn gap-s")
    label = visit.t("Maak een nieuwe servicesleutel", "Make a new service key")
    if coming is not None:
        label = visit.t("Neem in gebruik zodra de hub hem kent", "Take it up once the hub knows it")
    send = form(visit, "/ledger/keys/renew", h("p", button(label, primary=coming is None), class_="btns"))
    return panel(
        title,
        h("p", about),
        h("p", visit.t("Nu tekent ", "Signing now: "), h("code", present), class_="small quiet gap-s"),
        how_far,
        send if visit.may("scientist") else None,
        class_="gap",
    )


def _how_far(visit: Visit, coming: keyring.Enrolment) -> list[Child]:
    to = link(coming.bundle_id, f"/bundles/{coming.bundle_id}")
    match coming.state, coming.answer:
        case BundleState.APPROVED, _:
            told = visit.t("De nieuwe sleutel is goedgekeurd; publiceer zijn bundel: ",
                           "The new key is approved; publish its bundle: ")  # fmt: skip
        case BundleState.HELD, _:
            told = visit.t("De nieuwe sleutel is stilgezet, in bundel ", "The new key is on hold, in bundle ")
        case BundleState.SIGNED, "refused":
            told = visit.t("De hub weigerde de nieuwe sleutel; het landelijk team weet waarom. Bundel ",
                           "The hub refused the new key; the national team knows why. Bundle ")  # fmt: skip
        case BundleState.SIGNED, "accepted":
            told = visit.t("De hub kent de nieuwe sleutel; hij kan in gebruik. Bundel ",
                           "The hub knows the new key; it can be taken up. Bundle ")  # fmt: skip
        case BundleState.SIGNED, _:
            told = visit.t("De nieuwe sleutel wacht op de hub; verzend in het grootboek. Bundel ",
                           "The new key waits for the hub; ship in the ledger. Bundle ")  # fmt: skip
        case _:
            told = visit.t("De nieuwe sleutel wacht op twee beoordelaars, in bundel ",
                           "The new key waits for two reviewers, in bundle ")  # fmt: skip
    return [told, to]


def renew(visit: Visit) -> Answer:
    """Make a new service key and freeze its enrolment, or take it up where the hub knows it."""
    require_enrolled(visit)
    desk = visit.desk
    found = renewing.renew(desk.engine, desk.settings, visit.who.name, desk.clock)
    if found.frozen is not None:
        return gone_to(f"/bundles/{found.frozen.id}", "frozen")
    return gone_to("/ledger/keys", "renewed" if found.is_taken_up else "")


def revoke(visit: Visit, key_id: str) -> Answer:
    """Freeze for two reviewers that a key is taken back; a reviewer asks so of their own key alone."""
    require_enrolled(visit)
    with writing(visit.desk.engine) as connection:
        if visit.may("reviewer"):
            owner = connection.scalar(select(reviewer_table.c.name).where(reviewer_table.c.key_id == key_id))
            if owner is None or not same_person(owner, visit.who.name):
                raise NotTheirs(
                    visit.t(
                        "Dit is niet uw sleutel; vraag een datawetenschapper om hem terug te nemen.",
                        "This is not your key; ask a data scientist to have it taken back.",
                    )
                )
        entry = visit.entry("key.revocation prepared", key_id)
        bundle = renewing.take_back(connection, visit.desk.settings, key_id, visit.one("reason"), entry)
    return gone_to(f"/bundles/{bundle.id}", "frozen")
