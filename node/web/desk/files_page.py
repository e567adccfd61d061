"""Files beside lessons and items: brought in, looked through, their words scanned, and frozen for two reviewers."""

from functools import partial
from typing import Final

from connectors.database import writing
from node.knowledge import attachments
from node.release import host
from node.release.refusal import ReleaseRefused
from node.release.standing import StandingItem
from node.release.subject import item_name, name_of
from node.release.words import deidentifier
from node.work import writing as work
from node.work.taking_back import seen_among, seen_by_readers, take_back
from schemas.attachment import AttachmentPublished
from schemas.codes import AUDIENCES, Audience, may_read
from schemas.item_words import FIELD_WORDS

from . import file_forms
from .bundle_file import handed
from .bundles import asked_audience
from .drafts import draft_state, withdrawal_panel
from .file_shown import shown_panels
from .findings import findings_panel, let_stand, scanned
from .markup import h
from .page import link, page, panel, table
from .sending import REFUSALS, again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to

_NOUN: Final = "attachment"


class FileNotSeen(ReleaseRefused):
    """A file that no reader sees, so that it cannot be taken back."""


def index(visit: Visit, wrong: Exception | None = None) -> Answer:
    """List every file that is kept here, with what it stands beside, and ask for another one."""
    key = visit.desk.secret("subject")
    with visit.desk.engine.connect() as connection:
        drafts = attachments.drafts(connection)
        seen = seen_among(connection, key, map(name_of, drafts))
        rows = [
            (link(one.title, _path(one.item)), one.file_name, file_forms.host_title(beside) if beside else "–",
             draft_state(visit, one, seen.get(name_of(one))))
            for one in drafts
            for beside in [host.stands_beside(connection, one)]
        ]  # fmt: skip
        there = host.hosts(connection)
    title = visit.t("Bestanden van deze node", "Files of this node")
    heads = [visit.t(*pair) for pair in (("Titel", "Title"), ("Bestand", "File"), ("Staat bij", "Stands beside"),
                                         ("Staat", "State"))]  # fmt: skip
    return page(
        visit,
        visit.t("Bestanden", "Files"),
        refusal_note(visit, wrong),
        h(
            "div",
            panel(title, table(title, heads, rows) if rows
                  else h("p", visit.t("Nog geen.", "None yet."), class_="quiet")),
            file_forms.new_panel(visit, there),
            class_="stack",
        ),
        lead=visit.t("Een controlelijst, formulier of afbeelding bij een les, methode, instrument of training.",
                     "A checklist, form or picture beside a lesson, method, instrument or training."),
        status=409 if wrong else 200,
    )  # fmt: skip


def show(visit: Visit, name: str, wrong: Exception | None = None) -> Answer:
    """Show a file: what it stands beside, what is in it, what may point at a person, and its way to readers."""
    key = visit.desk.secret("subject")
    with visit.desk.engine.connect() as connection:
        one = attachments.find(connection, name)
        there = seen_by_readers(connection, key, name_of(one))
        beside = host.stands_beside(connection, one)
    looked = scanned(visit, one, _path(name), {**FIELD_WORDS, "text": file_forms.WORDS})
    is_out = there is not None and there.content == one
    return page(
        visit,
        one.title,
        refusal_note(visit, wrong),
        h(
            "div",
            h("div", shown_panels(visit, one, beside), class_="stack"),
            h(
                "div",
                findings_panel(visit, looked, partial(file_forms.repair, visit)),
                file_forms.release_panel(visit, one, _readers(beside), is_clean=looked.is_clean, is_out=is_out),
                file_forms.change_panel(visit, one),
                withdrawal_panel(visit, visit.t("Neem het bestand terug", "Take the file back"),
                                 f"/files/{one.item}/withdraw", there.event_id) if there is not None else None,
                class_="stack",
            ),
            class_="grid g2",
        ),
        crumb=[link(visit.t("Bestanden", "Files"), "/files"), " · ", one.item, " ", draft_state(visit, one, there)],
        status=409 if wrong else 200,
    )  # fmt: skip


def keep(visit: Visit, name: str = "") -> Answer:
    """Look a file through and keep it as a draft; where it cannot be shared, the form comes back with why."""
    try:
        made = _made(visit, name)
        work.keep_items(visit.desk.engine, (made,), visit.who.name, visit.desk.clock)
    except REFUSALS as error:
        return show(visit, name, error) if name else index(visit, error)
    return gone_to(_path(made.item), "kept")


def stand(visit: Visit, name: str) -> Answer:
    """Let a finding stand, with a reason that reviewers read."""
    try:
        return let_stand(visit, partial(attachments.find, name=name), _path(name), name)
    except REFUSALS as error:
        return show(again(visit, _path(name)), name, error)


def release(visit: Visit, name: str) -> Answer:
    """Scan a file's words and freeze it for two reviewers."""
    desk = visit.desk
    try:
        with deidentifier.at_hand() as finder:
            bundle = work.freeze(
                desk.engine, desk.settings, (_find(visit, name),), f"{_NOUN}:{name}",
                audience=asked_audience(visit), subject_key=desk.secret("subject"), reason=visit.one("reason", ""),
                author=visit.who.name, clock=desk.clock, finder=finder,
            )  # fmt: skip
    except REFUSALS as error:
        return show(again(visit, _path(name)), name, error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def withdraw(visit: Visit, name: str) -> Answer:
    """Freeze for a reviewer that a file is taken back."""
    desk = visit.desk
    try:
        with writing(desk.engine) as connection:
            bundle = take_back(
                connection, desk.secret("subject"), item_name(_NOUN, name),
                FileNotSeen(f"No reader sees file '{name}', so there is nothing to take back."),
                visit.one("reason"), visit.entry("withdrawal.prepared", name),
            )  # fmt: skip
    except REFUSALS as error:
        return show(again(visit, _path(name)), name, error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def hand_out(visit: Visit, name: str) -> Answer:
    """Hand out the bytes of a file that is kept here, to be saved or shown as a picture in its page."""
    return handed(_find(visit, name))


def _find(visit: Visit, name: str) -> AttachmentPublished:
    with visit.desk.engine.connect() as connection:
        return attachments.find(connection, name)


def _made(visit: Visit, name: str) -> AttachmentPublished:
    """Return the file that a form brought, or with other words the one that is here; raises one of REFUSALS."""
    had = _find(visit, name) if name else None
    sent = visit.files.get("file")
    called = name or visit.one("name")
    of = had.of if had is not None else visit.one("of")
    with visit.desk.engine.connect() as connection:
        if had is None and called in {one.item for one in attachments.drafts(connection)}:
            raise FormUnfit(visit.t(f"Er is hier al een bestand '{called}'; kies een andere naam, of vervang het op "
                                    "zijn pagina.",
                                    f"There is a file '{called}' here already; choose another name, or replace it on "
                                    "its page."))  # fmt: skip
        if had is None and of not in {one.event_id for one in host.hosts(connection)}:
            raise FormUnfit(visit.t("Kies waar het bestand bij staat.", "Choose what the file stands beside."))
    if sent is None and had is None:
        raise attachments.AttachmentRefused("No file was chosen; choose one and send the form again.")
    file_name, content = (sent.name, sent.content) if sent else (had.file_name, had.content) if had else ("", b"")
    language = visit.one("language")
    if language not in ("nl", "en"):
        raise FormUnfit(visit.t("Kies de taal van het bestand.", "Choose the language of the file."))
    return attachments.made_of(
        file_name, content, file_name, called, of, "en" if language == "en" else "nl",
        visit.one("title"), visit.one("alternative"), visit.one("licence"),
    )  # fmt: skip


def _readers(beside: StandingItem | None) -> list[Audience]:
    """Return the audiences that a file can have: those who may read what it stands beside."""
    return [one for one in AUDIENCES if beside is not None and may_read(one, beside.audience)]


def _path(name: str) -> str:
    return f"/files/{name}"
