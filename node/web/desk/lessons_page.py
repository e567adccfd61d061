"""Lessons: written, checked for traces of persons while they are, revised, sent to review and taken back."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import select

from connectors.database import writing
from node.knowledge import lessons, steps_text
from node.release.preview_words import OF_LESSON
from node.release.refusal import ReleaseRefused
from node.release.subject import name_of
from node.tables import lesson as lesson_table
from node.work.taking_back import seen_among, seen_by_readers
from schemas.payloads import LessonPublished
from schemas.text import Text

from .drafts import draft_state, release_panel, take_words_back, withdrawal_panel
from .files_beside import files_panel
from .findings import findings_panel, let_stand, scanned
from .markup import Html, h
from .page import area, button, choice, field, form, link, page, panel, table, ticks
from .sending import again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to
from .word_findings import Drafts, repair
from .word_findings import replace as replace_words

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LONG: Final = ("context", "barrier_or_opportunity", "action", "consequence", "advice")
_VOICES: Final = {
    "government": Text("overheid", "government"), "practice": Text("praktijk", "practice"),
    "knowledge": Text("kennis", "knowledge"), "citizens": Text("bewoners", "residents"),
}  # fmt: skip
_HINTS: Final = {
    "context": Text("Waar en voor wie.", "Where and for whom."),
    "barrier_or_opportunity": Text("Wat stond in de weg, of hielp.", "What stood in the way, or helped."),
    "action": Text("Wat is gedaan.", "What was done."),
    "consequence": Text("Wat volgde daaruit.", "What followed."),
    "advice": Text("Wat u een andere regio zou aanraden.", "What you would tell another region."),
}


LESSONS: Final = Drafts("/lessons", OF_LESSON, "lesson.written", lessons.find, lessons.keep)


class LessonNotSeen(ReleaseRefused, FormUnfit):
    """A lesson that no reader sees, so that it cannot be taken back."""


def index(visit: Visit) -> Answer:
    """List every lesson with who wrote it and whether readers see it."""
    key = visit.desk.secret("subject")
    with visit.desk.engine.connect() as connection:
        rows = connection.execute(select(lesson_table).order_by(lesson_table.c.written_at.desc())).all()
        found = [(row, msgspec.json.decode(row.payload, type=LessonPublished)) for row in rows]
        there = seen_among(connection, key, [name_of(one) for _, one in found])
    heads = [visit.t("Les", "Lesson"), visit.t("Staat", "State"), visit.t("Geschreven door", "Written by")]
    cells = [
        (link(one.title or one.lesson, LESSONS.page_of(one.lesson)), draft_state(visit, one, there.get(name_of(one))),
         row.author)
        for row, one in found
    ]  # fmt: skip
    listed = table(visit.t("Lessen", "Lessons"), heads, cells) if cells else h("p", visit.t("Nog geen.", "None yet."))
    return page(
        visit,
        visit.t("Lessen", "Lessons"),
        panel(visit.t("Alle lessen van deze node", "All lessons of this node"), listed),
        h("p", h("a", visit.t("Schrijf een les", "Write a lesson"), href="/lessons/new", class_="btn primary"),
          class_="btns"),
        lead=visit.t("Wat een regio leerde, ook wat mislukte, scheelt een andere regio maanden.",
                     "What a region learnt, what failed too, saves another region months."),
    )  # fmt: skip


def new(visit: Visit, wrong: Exception | None = None) -> Answer:
    """Show an empty lesson or, where one could not be kept, the form as it was filled in, with why."""
    return page(
        visit,
        visit.t("Schrijf een les", "Write a lesson"),
        refusal_note(visit, wrong),
        _editor(visit, _typed(visit) if wrong is not None else {}, is_new=True),
        crumb=link(visit.t("Lessen", "Lessons"), "/lessons"),
        scripts=("wording.js",),
        status=409 if wrong else 200,
    )


def show(visit: Visit, name: str, wrong: Exception | None = None) -> Answer:
    """Show a lesson to be edited, what may point at a person in it, and its way to readers."""
    key = visit.desk.secret("subject")
    with visit.desk.engine.connect() as connection:
        one = lessons.find(connection, name)
        there = seen_by_readers(connection, key, name_of(one))
        beside = files_panel(visit, connection, there)
    looked = scanned(visit, one, LESSONS.page_of(name), OF_LESSON)
    return page(
        visit,
        one.title or one.lesson,
        refusal_note(visit, wrong),
        h(
            "div",
            h("div", _editor(visit, _typed(visit) if wrong is not None else msgspec.to_builtins(one)), class_="stack"),
            h(
                "div",
                findings_panel(visit, looked, partial(repair, visit, LESSONS, name, one)),
                release_panel(
                    visit, "/bundles", h("input", type="hidden", name="lesson", value=one.lesson),
                    is_clean=looked.is_clean, is_out=there is not None and there.content == one,
                ),
                beside,
                _translating(visit, there.event_id) if there is not None else None,
                withdrawal_panel(visit, visit.t("Neem de les terug", "Take the lesson back"),
                                 f"{LESSONS.page_of(one.lesson)}/withdraw", there.event_id)
                if there is not None else None,
                class_="stack",
            ),
            class_="grid g21",
        ),
        crumb=[link(visit.t("Lessen", "Lessons"), "/lessons"), " · ", one.lesson, " ", draft_state(visit, one, there)],
        scripts=("wording.js",),
        status=409 if wrong else 200,
    )  # fmt: skip


def _translating(visit: Visit, event_id: str) -> Html:
    return panel(
        visit.t("Doe er iets mee", "Act on it"),
        h("p", link(visit.t("Leg een actie uit deze les vast", "Record an action of this lesson"),
                    f"/learning/action/new?lesson={event_id}&lesson_region={visit.desk.settings.region}")),
    )  # fmt: skip


def save(visit: Visit) -> Answer:
    """Keep a lesson as a draft; where it cannot be one, the form comes back with why."""
    try:
        written = _kept(visit)
    except FormUnfit as error:
        if visit.one("is_new", ""):
            return new(again(visit, "/lessons/new"), error)
        name = visit.one("lesson")
        return show(again(visit, LESSONS.page_of(name)), name, error)
    return gone_to(LESSONS.page_of(written.lesson), "kept")


def _kept(visit: Visit) -> LessonPublished:
    written = _written(visit)
    with writing(visit.desk.engine) as connection:
        known = dict(lessons.titles(connection))
        if visit.one("is_new", "") and written.lesson in known:
            raise FormUnfit(visit.t(f"Er is al een les '{written.lesson}'; kies een andere naam.",
                                    f"There is a lesson '{written.lesson}' already; choose another name."))  # fmt: skip
        if written.lesson in known:
            about = lessons.find(connection, written.lesson).about
            written = msgspec.structs.replace(written, about=about)
        lessons.keep(connection, written, visit.entry("lesson.written", written.lesson))
    return written


def withdraw(visit: Visit, name: str) -> Answer:
    """Freeze for one reviewer that a lesson is taken back."""
    unseen = LessonNotSeen(visit.t(f"Lezers zien geen les '{name}', dus er valt niets terug te nemen.",
                    f"No reader sees lesson '{name}', so there is nothing to take back."))  # fmt: skip
    return take_words_back(visit, lessons.find, name, unseen)


def replace(visit: Visit, name: str) -> Answer:
    """Put other words in the place of a finding's."""
    return replace_words(visit, LESSONS, name)


def stand(visit: Visit, name: str) -> Answer:
    """Let a finding stand, with a reason."""
    return let_stand(visit, LESSONS.finding(name), LESSONS.page_of(name), name)


def _written(visit: Visit) -> LessonPublished:
    name = visit.one("lesson")
    if visit.one("is_new", "") and not _ID.fullmatch(name):
        raise FormUnfit(visit.t(f"'{name}' is geen naam; schrijf kleine letters, cijfers en streepjes.",
                                f"'{name}' is no name; write small letters, digits and hyphens."))  # fmt: skip
    for needed in ("language", "title", "licence"):
        visit.one(needed)
    try:
        return msgspec.convert(_typed(visit), LessonPublished)
    except msgspec.ValidationError as error:  # it may name a value; only the field is passed on
        field_name = re.search(r"\$\.(\w+)", str(error))
        words = OF_LESSON.get(field_name[1] if field_name else "")
        where = visit.told(words) if words is not None else "?"
        raise FormUnfit(visit.t(f"Het veld ‘{where}’ heeft een andere vorm; kies opnieuw.",
                                f"The field ‘{where}’ has another form; choose again.")) from error  # fmt: skip


def _typed(visit: Visit) -> dict[str, Any]:
    """Return what the form was filled in with, whether or not it can be a lesson."""
    return {
        **{one: visit.one(one, "") for one in ("lesson", "language", "title", *_LONG, "author_role", "licence")},
        "themes": _parts(visit.one("themes", "")), "indicators": _parts(visit.one("indicators", "")),
        "steps": [int(one) for one in visit.all("steps") if one.isdecimal()],
        "helix_voices": visit.all("helix_voices"),
    }  # fmt: skip


def _parts(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _editor(visit: Visit, had: Mapping[str, Any], *, is_new: bool = False) -> Html:
    w = {name: visit.told(words) for name, words in OF_LESSON.items()}
    name = h("input", type="hidden", name="lesson", value=had["lesson"]) if not is_new else [
        h("input", type="hidden", name="is_new", value="yes"),
        field(visit.t("Korte naam van de les", "The lesson's short name"), "lesson", had.get("lesson", ""),
              hint=visit.t("Blijft altijd zo, bijvoorbeeld praktijkondersteuner-belt-na.",
                           "Stays so for ever, for instance nurse-calls-back.")),
    ]  # fmt: skip
    languages = [("nl", "Nederlands"), ("en", "English")]
    six = [(str(number), f"{number}. {visit.told(told)}") for number, told in enumerate(steps_text.TITLES, start=1)]
    voices = [(code, visit.told(told)) for code, told in _VOICES.items()]
    return form(
        visit, "/lessons",
        panel(
            visit.t("De les", "The lesson"),
            name,
            choice(visit.t("Taal van de les", "Language of the lesson"), "language", languages,
                   had.get("language", visit.lang)),
            field(w["title"], "title", had.get("title", ""),
                  hint=visit.t("Eén zin die zegt wat is geleerd.", "One sentence that says what was learnt.")),
            [_checked(visit, w[name], name, had.get(name, "")) for name in _LONG],
            field(w.get("author_role", visit.t("Rol", "Role")), "author_role", had.get("author_role", ""),
                  required=False, hint=visit.t("Een rol, geen naam.", "A role, not a name.")),
            ticks(visit.t("Bij welke stappen hoort dit?", "Which steps does it belong to?"), "steps", six,
                  [str(number) for number in had.get("steps", ())]),
            ticks(visit.t("Wie zijn gehoord?", "Who was heard?"), "helix_voices", voices, had.get("helix_voices", ())),
            field(visit.t("Thema's", "Themes"), "themes", ", ".join(had.get("themes", ())), required=False,
                  hint=visit.t("Met komma's ertussen.", "With commas between.")),
            field(visit.t("Indicatoren", "Indicators"), "indicators", ", ".join(had.get("indicators", ())),
                  required=False, hint=visit.t("Hun namen, met komma's ertussen.", "Their ids, with commas between.")),
            field(visit.t("Licentie", "Licence"), "licence", had.get("licence", "CC BY 4.0")),
            h("p", button(visit.t("Bewaar als concept", "Keep as a draft"), primary=True), class_="btns"),
        ),
        data_check="/lessons/check",
    )  # fmt: skip


def _checked(visit: Visit, label: str, name: str, value: str) -> Html:
    """Return a field whose words are looked at while they are typed, where scripts run."""
    hint = visit.told(_HINTS[name])
    told = h("p", "", class_="small warned", aria_live="polite", data_for=f"f-{name}")
    return h("div", area(label, name, value, hint=hint, required=False, rows=4), told)
