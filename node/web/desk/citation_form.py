"""The form of a citation: what it cites, its class, its words, and which own evidence it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from node.release.standing import StandingTitle, titles
from node.release.title_words import titled
from node.release.wording import READER_NAMES
from schemas.citation import CitationClass, CitationPublished, CitedExperience, events_of
from schemas.codes import CORRECTED_FIGURES, PUBLISHED_FIGURES, EventType
from schemas.text import Text

from .markup import Child, Html, h
from .page import area, button, choice, field, form, panel, ticks
from .visit import Visit

CLASS_NAMES: Final[Mapping[CitationClass, Text]] = {
    "supporting": Text("ondersteunend", "supporting"),
    "contrasting": Text("contrasterend", "contrasting"),
    "mentioning": Text("vermeldend", "mentioning"),
}
_CLASSES: Final[Mapping[CitationClass, Text]] = {
    "supporting": Text("Ondersteunend: hier bleek hetzelfde, met eigen bewijs",
                       "Supporting: the same was found here, with own evidence"),
    "contrasting": Text("Contrasterend: hier bleek iets anders, met eigen bewijs",
                        "Contrasting: something else was found here, with own evidence"),
    "mentioning": Text("Vermeldend: genoemd, zonder dat er bewijs voor nodig is",
                       "Mentioning: named, which needs no evidence"),
}  # fmt: skip
_FIGURES: Final = frozenset({*PUBLISHED_FIGURES, *CORRECTED_FIGURES})
_EVALUATIONS: Final = frozenset({EventType.EVALUATION_PUBLISHED, EventType.EVALUATION_REVISED})
_OPEN: Final = 6  # pieces of evidence that are listed without being folded away


@dataclass(frozen=True, slots=True)
class Given:
    """A citation as people fill it in; `events` are own events, the last two say where experiences are written down."""

    citation: str
    lesson: str
    lesson_region: str
    language: str
    classified: str
    classified_by: str
    context: str
    events: tuple[str, ...]
    residents: tuple[str, ...]
    professionals: tuple[str, ...]


def given(visit: Visit) -> Given:
    """Return what a form, or an address that names a lesson, says; whatever is missing is empty."""
    return Given(
        visit.one("citation", ""), visit.one("lesson", ""), visit.one("lesson_region", ""), visit.one("language", ""),
        visit.one("classified", ""), visit.one("classified_by", ""), visit.one("context", ""),
        visit.all("events"), visit.all("residents"), visit.all("professionals"),
    )  # fmt: skip


def of_draft(one: CitationPublished) -> Given:
    """Return a draft as the form shows it."""
    told = [piece for piece in one.evidence if isinstance(piece, CitedExperience)]
    return Given(
        one.citation, one.lesson, one.lesson_region, one.language, one.classified, one.classified_by, one.context,
        events_of(one),
        tuple(piece.documented for piece in told if piece.of == "residents"),
        tuple(piece.documented for piece in told if piece.of == "professionals"),
    )  # fmt: skip


def editor(visit: Visit, connection: Connection, said: Given, is_new: bool) -> Html:
    """Return the form, with every own figure and evaluation that stands to be ticked."""
    hidden = h("input", type="hidden", name="citation", value=said.citation)
    name = hidden if not is_new else [
        h("input", type="hidden", name="is_new", value="yes"),
        field(visit.t("Korte naam van de aanhaling", "The citation's short name"), "citation", said.citation,
              hint=visit.t("Kleine letters, cijfers en streepjes; blijft altijd zo.",
                           "Small letters, digits and hyphens; stays so for ever.")),
    ]  # fmt: skip
    return form(
        visit, "/citations",
        panel(
            visit.t("De les", "The lesson"), name,
            field(visit.t("Adres van de les bij de hub", "The lesson's address at the hub"), "lesson", said.lesson,
                  hint=visit.t("Plak het adres van de pagina van de les, of de code van 64 tekens daarin.",
                               "Paste the address of the lesson's page, or the code of 64 characters in it.")),
            field(visit.t("Code van de regio van de les", "Code of the lesson's region"), "lesson_region",
                  said.lesson_region, hint=visit.t("Staat op de pagina van de les.", "Is on the lesson's page.")),
        ),
        panel(
            visit.t("Wat hier bleek", "What was found here"),
            ticks(visit.t("Wat is dit voor een aanhaling?", "What kind of citation is this?"), "classified",
                  [(code, visit.told(text)) for code, text in _CLASSES.items()], (said.classified,), "radio"),
            field(visit.t("Wie koos dat?", "Who decided on that?"), "classified_by", said.classified_by,
                  hint=visit.t("Een rol, geen naam.", "A role, not a name.")),
            choice(visit.t("Taal van de aanhaling", "Language of the citation"), "language",
                   [("nl", "Nederlands"), ("en", "English")], said.language or visit.lang),
            h("div",
              area(visit.t("In welke situatie, en wat is gevonden?", "In which situation, and what was found?"),
                   "context", said.context, rows=5,
                   hint=visit.t("Ten hoogste 4.000 tekens.", "At most 4,000 characters.")),
              h("p", "", class_="small warned", aria_live="polite", data_for="f-context")),
            class_="gap",
        ),
        panel(
            visit.t("Bewijs van deze regio zelf", "Evidence of this region's own"),
            _offered(visit, list(titles(connection, {*_FIGURES, *_EVALUATIONS})), said.events),
            _experiences(visit, "residents", said.residents,
                         visit.t("Ervaring van bewoners", "Experience of residents")),
            _experiences(visit, "professionals", said.professionals,
                         visit.t("Ervaring van professionals", "Experience of professionals")),
            class_="gap",
        ),
        h("p", button(visit.t("Bewaar als concept", "Keep as a draft"), primary=True), class_="btns"),
        data_check="/lessons/check",
    )  # fmt: skip


def _offered(visit: Visit, stands: Sequence[StandingTitle], chosen: Sequence[str]) -> list[Child]:
    """Return what can be ticked: figures of one indicator under each other, evaluations, and what stands no more."""
    by_indicator: dict[str, list[StandingTitle]] = {}
    for one in stands:
        if one.type in _FIGURES:
            by_indicator.setdefault(one.title.partition(" ")[0], []).append(one)
    groups = [(visit.indicator(name), found) for name, found in sorted(by_indicator.items())]
    if evaluations := [one for one in stands if one.type in _EVALUATIONS]:
        groups.insert(0, (visit.t("Evaluaties", "Evaluations"), evaluations))
    there = {one.event_id for one in stands}
    gone = [(name, name[:16]) for name in chosen if name not in there]
    told = visit.t("Staat niet meer: haal het vinkje weg", "Stands no more: untick it")
    is_short = len(stands) <= _OPEN
    return [
        h("p", visit.t("Er is nog niets van deze regio uitgebracht dat bewijs kan zijn.",
                       "Nothing of this region that can be evidence was released yet."), class_="quiet small")
        if not stands else None,
        ticks(told, "events", gone, chosen) if gone else None,
        *(_group(visit, name, found, chosen, is_short) for name, found in groups),
    ]  # fmt: skip


def _group(visit: Visit, name: str, found: Sequence[StandingTitle], chosen: Sequence[str], is_open: bool) -> Html:
    options = [
        (
            one.event_id,
            f"{visit.told(titled(one.title, one.type))} ({visit.told(READER_NAMES[one.audience])}, {one.event_id[:8]})",
        )
        for one in found
    ]
    ticked = sum(one.event_id in chosen for one in found)
    if is_open:
        return ticks(name, "events", options, chosen)
    of_all = visit.t(f"{ticked} van {len(found)}", f"{ticked} of {len(found)}")
    return h("details", h("summary", f"{name} ({of_all})"), ticks(name, "events", options, chosen), open=ticked > 0)


def _experiences(visit: Visit, name: str, said: Sequence[str], label: str) -> list[Html]:
    """Return a field for each experience that is named, and one to add another."""
    hint = visit.t("Waar en hoe is die opgeschreven? Zonder namen; leeg als het er niet is.",
                   "Where and how was it written down? Without names; empty where there is none.")  # fmt: skip
    more = [*said, ""]
    return [
        area(label if len(more) == 1 else f"{label} {number}", name, text, hint=hint, rows=2, required=False,
             id_=f"f-{name}-{number}")
        for number, text in enumerate(more, start=1)
    ]  # fmt: skip
