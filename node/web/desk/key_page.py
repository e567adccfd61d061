"""A reviewer's or officer's own key: made in the browser, kept by them, and its public half made known here."""

import re
import unicodedata

from sqlalchemy import select

from connectors.database import writing
from node.release import keyring, officer, review
from node.release.person import same_person
from node.tables import reviewer as reviewer_table
from node.work import enrolling
from schemas.signature import PublicKey

from .enrolled import unknown_at_hub
from .keys_page import revoking_form
from .markup import Html, h
from .page import badge, button, coded, command, field, link, page, panel
from .signing import enrolment_form, joined, joining_form, own_signature
from .visit import Answer, FormUnfit, Visit, gone_to


def show(visit: Visit) -> Answer:
    """Show whether this person's key is known, and how to make one."""
    with visit.desk.engine.connect() as connection:
        people = review.reviewers(connection) if visit.may("reviewer") else officer.officers(connection)
    known = next((one for one in people if same_person(one.name, visit.who.name)), None)
    title = visit.t("Mijn sleutel", "My key")
    if known is not None:
        told = _known(visit, known.key.key_id)
        return page(visit, title, told, _at_the_hub(visit, known.key), scripts=("keys.js", "sign.js"))
    return page(
        visit,
        title,
        panel(visit.t("1. Maak een sleutel", "1. Make a key"), _making(visit)),
        panel(
            visit.t("2. Maak hem bekend", "2. Make it known"),
            h("p", visit.t("Kies het bestand dat u net bewaarde. Alleen de openbare helft gaat naar de node.",
                           "Choose the file that you just saved. Only the public half goes to the node.")),
            joining_form(visit, _line(visit)),
            class_="gap",
        ),
        lead=visit.t(
            "U tekent met een sleutel die alleen u hebt. Hij ligt niet op de node; wie de node beheert, kan niet voor "
            "u tekenen.",
            "You sign with a key that only you have. It does not lie on the node; who runs the node cannot sign for "
            "you.",
        ),
        scripts=("keys.js", "sign.js"),
    )  # fmt: skip


def join(visit: Visit) -> Answer:
    """Register the key that this person proves to have."""
    key = joined(visit)
    with writing(visit.desk.engine) as connection:
        if visit.may("reviewer"):
            entry = visit.entry("reviewer.joined", key.key_id)
            review.register(connection, review.Reviewer(visit.who.name, visit.who.organisation, key), entry)
        else:
            entry = visit.entry("officer.joined", key.key_id)
            officer.register(connection, officer.Officer(visit.who.name, key), entry)
    return gone_to("/key", "joined")


def _known(visit: Visit, key_id: str) -> Html:
    told = [
        h("p", visit.t("Uw sleutel is bekend:", "Your key is known:"), " ", h("code", key_id)),
        h("p", visit.t("Is het bestand weg of door een ander gezien? Laat de sleutel meteen terugnemen:",
                       "Is the file lost, or seen by another? Have the key taken back at once:"), class_="quiet"),
        _lost(visit, key_id),
    ]  # fmt: skip
    return panel(visit.t("Bekend bij deze node", "Known at this node"), told)


def _lost(visit: Visit, key_id: str) -> Html:
    """Return the way to have a key taken back: a reviewer's by a notice, an officer's by ending what they may do."""
    if visit.may("officer"):
        return command(f'python -m node desk end --name "{visit.who.name}"')
    if not visit.desk.is_enrolled:
        return h("p", coded(unknown_at_hub(visit)), class_="note warn small")
    with visit.desk.engine.connect() as connection:
        is_on_its_way = keyring.is_being_revoked(connection, key_id)
    on_its_way = visit.t("De terugname is onderweg.", "The revocation is on its way.")
    return h("p", badge(on_its_way, "warn")) if is_on_its_way else revoking_form(visit, key_id)


def _at_the_hub(visit: Visit, key: PublicKey) -> Html | None:
    """Say whether the hub knows a reviewer's key, with the way there where it does not."""
    if not visit.may("reviewer") or not visit.desk.is_enrolled:
        return None
    with visit.desk.engine.connect() as connection:
        chosen = select(reviewer_table.c.enrolled_at).where(reviewer_table.c.key_id == key.key_id)
        is_known = connection.scalar(chosen) is not None
        on_its_way = keyring.enrolment(connection, key)
    title = visit.t("Bij de hub", "At the hub")
    if is_known:
        known = visit.t("de hub kent deze sleutel", "the hub knows this key")
        return panel(title, h("p", badge(known, "ok")), class_="gap")
    if on_its_way is not None:
        told = visit.t("Twee anderen moeten dit goedkeuren: ", "Two others have to approve this: ")
        return panel(title, h("p", told, link(on_its_way.bundle_id, f"/bundles/{on_its_way.bundle_id}")), class_="gap")
    return panel(
        title,
        h("p", visit.t("De hub kent deze sleutel nog niet; wat u ermee goedkeurt, zou hij weigeren. Twee andere "
                       "beoordelaars keuren de melding goed.",
                       "The hub does not know this key yet, and would refuse what you approve. Two other reviewers "
                       "approve the notice.")),
        enrolment_form(visit, key, f'python -m node key add-reviewer "{visit.who.name}" --key FILE --author NAME'),
        class_="gap",
    )  # fmt: skip


def enrol(visit: Visit) -> Answer:
    """Freeze for two others that the hub is told of a reviewer's key."""
    desk = visit.desk
    with writing(desk.engine) as connection:
        key = own_signature(visit, connection)
        chosen = select(reviewer_table).where(reviewer_table.c.key_id == key.public.key_id)
        row = connection.execute(chosen).one()
        if row.enrolled_at is not None or keyring.enrolment(connection, key.public) is not None:
            raise FormUnfit(visit.t("Dit is al bekend of onderweg.", "This is known, or on its way, already."))
        enrolling.note_first_reviewers(connection, desk.settings, key.public, desk.clock())
        notice = enrolling.reviewers_notice(desk.settings.region, row.name, row.organisation, key)
        entry = visit.entry("reviewer.enrolment prepared", notice.title)
        bundle = enrolling.freeze(connection, desk.secret("subject"), notice, entry)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def _making(visit: Visit) -> Html:
    plain = unicodedata.normalize("NFKD", visit.who.name).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "key"
    return h(
        "form",
        field(
            visit.t("Wachtzin voor de sleutel", "Passphrase for the key"), "one", type_="password",
            hint=visit.t("Ten minste 12 tekens; een andere dan die waarmee u inlogt.",
                         "At least 12 characters; another than the one you sign in with."),
        ),
        field(visit.t("Nogmaals dezelfde wachtzin", "The same passphrase again"), "other", type_="password"),
        h("p", "", class_="note small", role="alert", hidden=True, tabindex=-1, data_told=True),
        h("p", button(visit.t("Maak en bewaar", "Make and save"), disabled=True), class_="btns"),
        h("details", h("summary", visit.t("Zonder script, op de opdrachtregel", "Without script, on the command line")),
          command(_line(visit))),
        method="dialog",
        data_file=f"regiohelix-{name}.pem",
        data_differ=visit.t("De twee verschillen, of zijn korter dan 12 tekens.",
                            "The two differ, or are shorter than 12 characters."),
        data_done=visit.t("Bewaard bij uw downloads. Zet het bestand op een eigen plek, niet op de node.",
                          "Saved among your downloads. Put the file in a place of your own, not on the node."),
        data_unable=visit.t("Deze browser kan hier geen sleutel maken; gebruik de opdrachtregel.",
                            "This browser cannot make a key here; use the command line."),
    )  # fmt: skip


def _line(visit: Visit) -> str:
    if visit.may("officer"):
        return f'python -m node review dpo add --name "{visit.who.name}" --key FILE'
    return f'python -m node review join --name "{visit.who.name}" --organisation "{visit.who.organisation}" --key FILE'
