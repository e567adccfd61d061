"""What is in a file: what readers are told of it, every word that can be read, or the picture itself."""

from collections.abc import Sequence
from typing import Final

from node.release.markdown import visible
from node.release.standing import StandingItem
from node.release.wording import READER_NAMES, number_words
from schemas.attached import DOCX, JPEG, MARKDOWN, PICTURES, PLAIN, PNG
from schemas.attachment import AttachmentPublished
from schemas.text import Text

from .file_forms import host_title
from .markup import Child, Html, h
from .page import badge, link, panel
from .visit import Visit

_KINDS: Final = {
    PNG: Text("PNG-afbeelding", "PNG picture"), JPEG: Text("JPEG-afbeelding", "JPEG picture"),
    PLAIN: Text("tekst", "text"), MARKDOWN: Text("Markdown", "Markdown"),
    DOCX: Text("Word-document (DOCX)", "Word document (DOCX)"),
}  # fmt: skip
_LANGUAGES: Final = {"nl": "Nederlands", "en": "English"}


def shown_panels(visit: Visit, one: AttachmentPublished, beside: StandingItem | None) -> Sequence[Html]:
    """Return what readers will get, and what is in it."""
    return _facts(visit, one, beside), _picture(visit, one) if one.media_type in PICTURES else _words(visit, one)


def _facts(visit: Visit, one: AttachmentPublished, beside: StandingItem | None) -> Html:
    host: Child = (
        "–"
        if beside is None
        else [
            visible(host_title(beside)),
            " ",
            badge(f"{visit.t('lezers', 'readers')}: {visit.told(READER_NAMES[beside.audience])}"),
        ]
    )
    told: list[tuple[str, Child]] = [
        (visit.t("Staat bij", "Stands beside"), host),
        (visit.t("Bestand", "File"), link(one.file_name, f"/files/{one.item}/file")),
        (visit.t("Soort", "Kind"), f"{visit.told(_KINDS[one.media_type])}, {visit.told(number_words(one.size))} bytes"),
        (visit.t("Wat erin staat", "What it shows or says"), visible(one.alternative)),
        (visit.t("Licentie", "Licence"), visible(one.licence)),
        (visit.t("Taal", "Language"), _LANGUAGES[one.language]),
        ("SHA-256", h("code", one.sha256)),
    ]  # fmt: skip
    return panel(
        visit.t("Wat lezers krijgen", "What readers get"),
        h("dl", [[h("dt", name), h("dd", said)] for name, said in told]), class_="sheet",
    )  # fmt: skip


def _picture(visit: Visit, one: AttachmentPublished) -> Html:
    look = visit.t("In een afbeelding zoekt geen programma naar personen. Kijk zelf naar gezichten en woorden.",
                   "No program looks for persons in a picture. Look yourself, at faces and at words.")  # fmt: skip
    return panel(
        visit.t("De afbeelding", "The picture"),
        h("p", look, class_="note warn"),
        h("img", src=f"/files/{one.item}/file", alt=one.alternative, class_="shown"),
        id_="words",
    )


def _words(visit: Visit, one: AttachmentPublished) -> Html:
    first, *rest = one.text or ("",)
    more = sum(map(len, rest))
    return panel(
        visit.t("Alle woorden in het bestand", "Every word in the file"),
        h("p", visit.t("Ook wat verborgen, verwijderd of in een kopregel staat. Dit wordt doorzocht.",
                       "What is hidden, deleted or in a heading line as well. This is what is searched."),
          class_="quiet small"),
        h("p", visible(first), class_="wrapped gap-s", lang=one.language),
        h("details", h("summary", visit.t(f"Nog {more} tekens", f"{more} more characters")),
          [h("p", visible(part), class_="wrapped", lang=one.language) for part in rest]) if rest else None,
        id_="words",
    )  # fmt: skip
