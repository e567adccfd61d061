"""The forms of a file's page: bring one in, change it, send it to the reviewers, take it back."""

from collections.abc import Sequence
from typing import Final

from node.release.markdown import visible
from node.release.scan import Finding
from node.release.standing import StandingItem
from node.release.wording import readers_told
from schemas.attached import LARGEST
from schemas.attachment import AttachmentPublished
from schemas.codes import Audience
from schemas.item_words import noun_word
from schemas.items import Item
from schemas.text import Text

from .bundles import reason
from .markup import Child, Html, h
from .page import area, button, choice, field, form, link, panel, ticks
from .sending import file_field, file_form
from .visit import Visit

WORDS: Final = Text("Woorden in het bestand", "Words in the file")
_ACCEPT: Final = ".png,.jpg,.jpeg,.txt,.md,.docx"
_LANGUAGES: Final = (("nl", "Nederlands"), ("en", "English"))


def new_panel(visit: Visit, there: Sequence[StandingItem]) -> Html:
    """Return the form for another file; where readers see nothing that it could stand beside, what comes first."""
    title = visit.t("Voeg een bestand toe", "Add a file")
    if not there:
        told = visit.t("Lezers zien nog geen les of item van deze regio. Breng eerst een les uit; dan kan er een "
                       "bestand bij.",
                       "Readers see no lesson or item of this region yet. Release a lesson first; then a file can go "
                       "with it.")  # fmt: skip
        return panel(title, h("p", told, " ", link(visit.t("Naar de lessen", "To the lessons"), "/lessons")))
    hosts = [(one.event_id, f"{_noun(visit, one)}: {visible(host_title(one))}") for one in there]
    chosen = visit.one("of", "")
    return panel(
        title,
        file_form(
            visit, "/files",
            choice(visit.t("Waar staat het bij?", "What does it stand beside?"), "of", hosts, chosen,
                   blank="" if chosen else visit.t("Kies …", "Choose …")),
            field(visit.t("Korte naam van het bestand", "The file's short name"), "name", visit.one("name", ""),
                  hint=visit.t("Blijft altijd zo, bijvoorbeeld controlelijst.",
                               "Stays so for ever, for instance checklist.")),
            _fields(visit, None),
            h("p", button(visit.t("Breng in en kijk", "Bring in and look"), primary=True), class_="btns"),
        ),
    )  # fmt: skip


def change_panel(visit: Visit, one: AttachmentPublished) -> Html:
    """Return the form that puts another file, or other words about it, in the place of what is here."""
    return panel(
        visit.t("Verander het", "Change it"),
        file_form(
            visit, f"/files/{one.item}", _fields(visit, one),
            h("p", button(visit.t("Bewaar en kijk", "Keep and look")), class_="btns"),
        ),
        id_="change",
    )  # fmt: skip


def _fields(visit: Visit, one: AttachmentPublished | None) -> list[Child]:
    kib = LARGEST // 1024
    now = "" if one is None else visit.t(f" Nu: {one.file_name}.", f" Now: {one.file_name}.")
    had = ("", "", "CC-BY-4.0", visit.lang) if one is None else (one.title, one.alternative, one.licence, one.language)
    title, alternative, licence, language = had
    return [
        file_field(visit.t("Bestand", "File"), "file", _ACCEPT, required=one is None,
                   hint=visit.t(f"PNG, JPEG, tekst, Markdown of DOCX, hoogstens {kib} KiB; geen PDF.",
                                f"PNG, JPEG, text, Markdown or DOCX, {kib} KiB at most; no PDF.") + now),
        field(visit.t("Titel", "Title"), "title", visit.one("title", title),
              hint=visit.t("Zo noemen lezers het.", "What readers call it.")),
        area(visit.t("Wat is erin te zien of te lezen?", "What does it show or say?"), "alternative",
             visit.one("alternative", alternative), rows=2,
             hint=visit.t("Voor wie het niet ziet.", "For who does not see it.")),
        field(visit.t("Licentie", "Licence"), "licence", visit.one("licence", licence)),
        choice(visit.t("Taal van het bestand", "Language of the file"), "language", _LANGUAGES,
               visit.one("language", language)),
    ]  # fmt: skip


def repair(visit: Visit, one: Finding) -> Html:
    """Return how a finding is put right: the file is shared as it is, so it changes with who made it."""
    if one.field == "text":
        told = visit.t("Haal het uit het bestand zelf en breng het opnieuw in.",
                       "Take it out of the file itself, and bring that in again.")  # fmt: skip
    else:
        told = visit.t("Pas het veld aan.", "Change the field.")
    return h("p", told, " ", link(visit.t("Naar het formulier", "To the form"), "#change"))


def release_panel(
    visit: Visit, one: AttachmentPublished, readers: Sequence[Audience], *, is_clean: bool, is_out: bool
) -> Html:
    """Return the way to the reviewers: for no others than may read what the file stands beside."""
    title = visit.t("Naar de beoordelaars", "To the reviewers")
    if is_out:
        return panel(title, h("p", visit.t("Lezers krijgen dit bestand al.", "Readers get this file already."),
                              class_="quiet"))  # fmt: skip
    if not is_clean:
        told = visit.t("Eerst beslissen over de bevindingen hierboven.", "First decide on the findings above.")
        return panel(title, h("p", told, class_="note warn small"))
    if not readers:
        told = visit.t("Lezers zien niet (meer) waar dit bij staat; breng dat eerst uit.",
                       "Readers do not see (any more) what this stands beside; release that first.")  # fmt: skip
        return panel(title, h("p", told, class_="note warn small"))
    options = [(name, visit.told(readers_told(name))) for name in readers]
    return panel(
        title,
        h("p", visit.t("Twee beoordelaars van twee organisaties openen het bestand en keuren precies deze bytes goed.",
                       "Two reviewers of two organisations open the file and approve exactly these bytes."),
          class_="quiet"),
        form(
            visit, f"/files/{one.item}/release",
            ticks(visit.t("Wie mag dit lezen?", "Who may read it?"), "audience", options, visit.all("audience"),
                  "radio"),
            reason(visit),
            h("p", button(visit.t("Bevries en stuur naar de beoordelaars", "Freeze and send to the reviewers"),
                          primary=True), class_="btns"),
        ),
        id_="release",
    )  # fmt: skip


def host_title(one: StandingItem) -> str:
    """Return the title of what a file stands beside, as its writer gave it."""
    return one.content.title if isinstance(one.content, Item) else one.title


def _noun(visit: Visit, one: StandingItem) -> str:
    return visit.told(noun_word(one.content.noun)) if isinstance(one.content, Item) else visit.t("les", "lesson")
