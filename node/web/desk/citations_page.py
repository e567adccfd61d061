"""Citations: whether another region's lesson held here, by own evidence; frozen, taken back, never reworded."""

import re
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from connectors.database import writing
from node.knowledge import citations
from node.release.preview_words import OF_CITATION
from node.release.refusal import ReleaseRefused
from node.release.subject import name_of
from node.tables import citation as citation_table
from node.work import citing
from node.work.taking_back import seen_among, seen_by_readers
from schemas.citation import CitationPublished, CitedExperience
from schemas.refused import Refused

from .bundles import asked_audience
from .citation_form import CLASS_NAMES, Given, editor, given, of_draft
from .drafts import draft_state, release_panel, take_words_back, withdrawal_panel
from .findings import findings_panel, let_stand, scanned
from .markup import Child, h
from .page import link, page, panel, table
from .refusal_words import told
from .sending import again
from .visit import Answer, FormUnfit, Visit, gone_to
from .word_findings import Drafts, repair
from .word_findings import replace as replace_words

CITATIONS: Final = Drafts("/citations", OF_CITATION, "citation.written", citations.find, citations.keep)
_EVENT: Final = re.compile(r"[0-9a-f]{64}")


class CitationNotSeen(ReleaseRefused, FormUnfit):
    """A citation that no reader sees, so that it cannot be taken back."""


def index(visit: Visit) -> Answer:
    """List every citation with its class, what it cites, and whether readers see it."""
    key = visit.desk.secret("subject")
    with visit.desk.engine.connect() as connection:
        rows = connection.execute(select(citation_table.c.id, citation_table.c.author))
        authors = {row.id: row.author for row in rows}
        drafts = citations.drafts(connection)
        there = seen_among(connection, key, map(name_of, drafts))
    heads = [visit.t(*pair) for pair in (("Aanhaling", "Citation"), ("Staat", "State"), ("Soort", "Class"),
                                         ("Les van", "Lesson of"), ("Geschreven door", "Written by"))]  # fmt: skip
    cells = [
        (link(one.citation, CITATIONS.page_of(one.citation)), draft_state(visit, one, there.get(name_of(one))),
         visit.told(CLASS_NAMES[one.classified]), one.lesson_region, authors[one.citation])
        for one in drafts
    ]  # fmt: skip
    title = visit.t("Aanhalingen", "Citations")
    none = h("p", visit.t("Nog geen.", "None yet."), class_="quiet")
    return page(
        visit,
        title,
        panel(visit.t("Alle aanhalingen van deze node", "All citations of this node"),
              table(title, heads, cells) if cells else none),
        h("p", h("a", visit.t("Haal een les aan", "Cite a lesson"), href="/citations/new", class_="btn primary"),
          class_="btns"),
        lead=visit.t("Zeg van een les van een andere regio of hij hier opging, met bewijs van deze regio zelf.",
                     "Say of another region's lesson whether it held here, with evidence of this region's own."),
    )  # fmt: skip


def new(visit: Visit) -> Answer:
    """Show an empty citation; the lesson may be named in the address."""
    return _editing(visit, given(visit), is_new=True)


def _editing(visit: Visit, said: Given, is_new: bool, refused: Child = None, status: int = 200) -> Answer:
    with visit.desk.engine.connect() as connection:
        form = editor(visit, connection, said, is_new)
    return page(
        visit,
        visit.t("Haal een les aan", "Cite a lesson") if is_new else said.citation,
        h("p", refused, class_="note stop", role="alert") if refused is not None else None,
        form,
        crumb=link(visit.t("Aanhalingen", "Citations"), "/citations"),
        scripts=("wording.js",),
        status=status,
    )


def show(visit: Visit, name: str) -> Answer:
    """Show a citation to be edited, what may point at a person in it, and its way to readers."""
    key = visit.desk.secret("subject")
    with visit.desk.engine.connect() as connection:
        one = citations.find(connection, name)
        there = seen_by_readers(connection, key, name_of(one))
        form = editor(visit, connection, of_draft(one), is_new=False)
    at = CITATIONS.page_of(name)
    looked = scanned(visit, one, at, OF_CITATION)
    seen = visit.t("Lezers zien deze aanhaling en ze wordt niet herzien: neem haar terug, en breng haar dan met andere "
                   "woorden opnieuw uit.",
                   "Readers see this citation, and it is not revised: take it back, then release it anew in other "
                   "words.")  # fmt: skip
    return page(
        visit,
        one.citation,
        h(
            "div",
            h("div", h("p", seen, class_="note warn") if there is not None else None, form, class_="stack"),
            h(
                "div",
                findings_panel(visit, looked, partial(repair, visit, CITATIONS, name, one)),
                release_panel(visit, f"{at}/release", is_clean=looked.is_clean, is_out=there is not None,
                              can_change=False),
                withdrawal_panel(visit, visit.t("Neem de aanhaling terug", "Take the citation back"), f"{at}/withdraw",
                                 there.event_id)
                if there is not None else None,
                class_="stack",
            ),
            class_="grid g21",
        ),
        crumb=[link(visit.t("Aanhalingen", "Citations"), "/citations"), " · ", draft_state(visit, one, there)],
        scripts=("wording.js",),
    )  # fmt: skip


def save(visit: Visit) -> Answer:
    """Keep a citation as a draft; what is refused is shown again as it was typed, with the sentence that says why."""
    said, is_new = given(visit), bool(visit.one("is_new", ""))
    try:
        with writing(visit.desk.engine) as connection:
            written = citations.checked(_written(visit, connection, said), visit.desk.settings.region)
            known = {one.citation for one in citations.drafts(connection)}
            if is_new and written.citation in {*known, "new"}:
                name = written.citation
                raise FormUnfit(visit.t(f"De naam '{name}' is al gebruikt; kies een andere.",
                                        f"The name '{name}' is in use already; choose another."))  # fmt: skip
            citations.keep(connection, written, visit.entry(CITATIONS.written, written.citation))
    except (Refused, FormUnfit) as error:
        path = "/citations/new" if is_new else CITATIONS.page_of(said.citation)
        return _editing(again(visit, path), said, is_new, told(visit, error), 409)
    return gone_to(CITATIONS.page_of(written.citation), "kept")


def _written(visit: Visit, connection: Connection, said: Given) -> CitationPublished:
    """Return what was typed as a citation; raises FormUnfit, EventUnknown or EvidenceNotOwn."""
    named = _EVENT.search(said.lesson.lower())
    told_of = [(CitedExperience("residents", one)) for one in said.residents]
    told_of += [(CitedExperience("professionals", one)) for one in said.professionals]
    data = {
        "citation": said.citation, "lesson": named[0] if named else said.lesson, "lesson_region": said.lesson_region,
        "language": said.language, "classified": said.classified, "classified_by": said.classified_by,
        "context": said.context,
        "evidence": msgspec.to_builtins([*citing.evidence_of(connection, said.events), *told_of]),
    }  # fmt: skip
    try:
        return msgspec.convert(data, CitationPublished)
    except msgspec.ValidationError as error:  # only choices of a list can be other than they should
        raise FormUnfit(visit.t("Kies een taal en een soort uit de lijst.",
                                "Choose a language and a class from the list.")) from error  # fmt: skip


def release(visit: Visit, name: str) -> Answer:
    """Hold a citation's evidence to the chain, scan its words, freeze it for its reviewer, and go and see it."""
    desk, readers = visit.desk, asked_audience(visit)
    with desk.engine.connect() as connection:
        one = citations.find(connection, name)
    entry = visit.entry("bundle.prepared", name)
    bundle = citing.freeze(desk.engine, desk.settings, desk.secret("subject"), one, readers, entry)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def withdraw(visit: Visit, name: str) -> Answer:
    """Freeze for one reviewer that a citation is taken back."""
    unseen = CitationNotSeen(visit.t(f"Lezers zien geen aanhaling '{name}', dus er valt niets terug te nemen.",
                    f"No reader sees citation '{name}', so there is nothing to take back."))  # fmt: skip
    return take_words_back(visit, citations.find, name, unseen)


def replace(visit: Visit, name: str) -> Answer:
    """Put other words in the place of a finding's."""
    return replace_words(visit, CITATIONS, name)


def stand(visit: Visit, name: str) -> Answer:
    """Let a finding stand, with a reason."""
    return let_stand(visit, CITATIONS.finding(name), CITATIONS.page_of(name), name)
