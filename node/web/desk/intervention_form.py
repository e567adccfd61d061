"""The form of an intervention, and what is typed in it read strictly: a refusal names the field as it is labelled."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import quote

from node.indicators import approved
from node.knowledge import interventions
from node.knowledge.interventions import Goal, Intervention, Stage
from schemas.catalogue import catalogue
from schemas.text import Text

from .markup import Html, h
from .page import area, button, choice, field, form, panel, ticks
from .typed import chosen, needed, needed_day, one_of, said
from .visit import FormUnfit, Visit

STAGES: Final[dict[str, Text]] = {
    "prevention": Text("preventie", "prevention"), "early_detection": Text("vroegsignalering", "early detection"),
    "treatment": Text("behandeling", "treatment"), "rehabilitation": Text("revalidatie", "rehabilitation"),
    "long_term_care": Text("langdurige zorg", "long-term care"),
    "palliative_care": Text("palliatieve zorg", "palliative care"),
    "": Text("randvoorwaarde (organisatie, geld of informatie), voor alle stadia",
             "enabling measure (organisation, finance or information), for all stages"),
}  # fmt: skip
_ENABLING: Final = "enabling"  # what the form sends of an intervention without a stage
_ID: Final = Text("Korte naam", "Short name")
_TITLES: Final = (Text("Titel in het Nederlands", "Title in Dutch"), Text("Titel in het Engels", "Title in English"))
_DESCRIPTIONS: Final = (
    Text("Wat wordt er gedaan?", "What is done?"), Text("Hetzelfde in het Engels", "The same in English"),
)  # fmt: skip
_POPULATION: Final = Text("Voor wie", "For whom")
_SEGMENT: Final = Text("Segment", "Segment")
_KIND: Final = Text("Soort", "Kind")
_GOAL: Final = Text("Indicator van het doel", "The goal's indicator")
_START: Final = Text("Eerste dag", "First day")
_END: Final = Text("Eerste dag zonder", "First day without it")
_BY: Final = Text("Uiterlijk op", "By which day")
_VALUE: Final = Text("Waarde van het doel", "The goal's value")


def editor(visit: Visit, one: Intervention | None) -> Html:
    """Return the form, of an intervention that is here or a new one, with what was typed in the place of both."""
    return form(
        visit, "/interventions" if one is None else f"/interventions/{quote(one.id, safe='')}",
        panel(visit.t("Wat en voor wie", "What and for whom"), _what(visit, one)),
        panel(visit.t("Wanneer en waar", "When and where"), _when(visit, one), class_="gap"),
        panel(visit.t("Waarop zij wordt beoordeeld", "What it is judged by"), _judged(visit, one), class_="gap"),
        h("p", button(visit.t("Leg vast", "Record"), primary=True), class_="btns"),
    )  # fmt: skip


def _what(visit: Visit, one: Intervention | None) -> list[Html | None]:
    had = one or _NOTHING
    name = None if one is not None else field(
        visit.told(_ID), "id", said(visit, "id"),
        hint=visit.t("Kleine letters, cijfers en streepjes; blijft altijd zo.",
                     "Small letters, digits and hyphens; stays so for ever."),
    )  # fmt: skip
    stages = [(code or _ENABLING, visit.told(words)) for code, words in STAGES.items()]
    return [
        name,
        field(visit.told(_TITLES[0]), "title_nl", said(visit, "title_nl", had.title.nl),
              hint=visit.t("Staat boven een evaluatie die u uitbrengt; zonder namen van personen.",
                           "Stands above an evaluation that you release; without names of persons.")),
        field(visit.told(_TITLES[1]), "title_en", said(visit, "title_en", had.title.en)),
        area(visit.told(_DESCRIPTIONS[0]), "description_nl",
             said(visit, "description_nl", had.description.nl), rows=2,
             hint=visit.t("In het Nederlands.", "In Dutch.")),
        area(visit.told(_DESCRIPTIONS[1]), "description_en",
             said(visit, "description_en", had.description.en), rows=2),
        field(visit.told(_POPULATION), "population", said(visit, "population", had.population),
              hint=visit.t("Zoals inwoners met diabetes.", "Such as residents with diabetes.")),
        field(visit.told(_SEGMENT), "segment", said(visit, "segment", had.segment),
              hint=visit.t("De groep uit uw segmentatie, zoals chronisch.",
                           "The group of your segmentation, such as chronic.")),
        choice(visit.told(_KIND), "stage", stages,
               said(visit, "stage", "" if one is None else one.stage or _ENABLING),
               blank=visit.t("Kies", "Choose")),
    ]  # fmt: skip


def _when(visit: Visit, one: Intervention | None) -> list[Html]:
    start, end = ("", "") if one is None else (str(one.start), str(one.end or ""))
    known = ", ".join(visit.desk.settings.areas[:3])
    return [
        _day_field(visit, _START, "start", start),
        _day_field(visit, _END, "end", end, visit.t("Leeg zolang zij doorgaat.", "Empty while it goes on."), False),
        field(visit.t("Gebieden", "Areas"), "areas", said(visit, "areas", ", ".join(one.areas) if one else ""),
              required=False, hint=visit.t("Codes met komma's ertussen; leeg: de hele regio.",
                                           "Codes with commas between; empty: the whole region.")
              + (visit.t(f" Zoals {known}.", f" Such as {known}.") if known else "")),
    ]  # fmt: skip


def _day_field(
    visit: Visit, label: Text, name: str, value: str, hint: str = "", required: bool = True
) -> Html:  # fmt: skip
    return field(visit.told(label), name, said(visit, name, value), hint=hint, type_="date", required=required)


def _judged(visit: Visit, one: Intervention | None) -> list[Html]:
    with visit.desk.engine.connect() as connection:
        own = approved.computable(connection)
    named = [(name, f"{name} – {visit.told(found.title)}") for name, found in sorted(catalogue().items())]
    goal = ("", "", "") if one is None else (one.goal.indicator, f"{one.goal.value:f}", str(one.goal.by))
    picked = chosen(visit, "outcomes", one.outcomes if one else ())
    near = [pair for pair in named if pair[0] in own or pair[0] in picked]
    others = [pair for pair in named if pair not in near]
    others_named = visit.t("Andere indicatoren", "Other indicators")
    also = visit.t("Ook beoordeeld op", "Also judged by")
    return [
        choice(visit.told(_GOAL), "goal", named, said(visit, "goal", goal[0]),
               blank=visit.t("Kies", "Choose")),
        field(visit.told(_VALUE), "value", said(visit, "value", goal[1]),
              hint=visit.t("Zoals de indicator wordt getoond, bijvoorbeeld 90 of 12,5.",
                           "As the indicator is shown, for instance 90 or 12.5.")),
        _day_field(visit, _BY, "by", goal[2]),
        *([ticks(also, "outcomes", near, picked)] if near else []),
        h("details", h("summary", f"{others_named} ({len(others)})"),
          h("div", ticks(others_named if near else also, "outcomes", others, picked), class_="long")),
    ]  # fmt: skip


def typed(visit: Visit, name: str) -> Intervention:
    """Return what was typed, under a name that is here already or the one that was given.

    Raises FormUnfit or InterventionUnreadable.
    """
    found = Intervention(
        name or needed(visit, "id", _ID),
        Text(needed(visit, "title_nl", _TITLES[0]), needed(visit, "title_en", _TITLES[1])),
        Text(needed(visit, "description_nl", _DESCRIPTIONS[0]), needed(visit, "description_en", _DESCRIPTIONS[1])),
        needed(visit, "population", _POPULATION),
        needed(visit, "segment", _SEGMENT),
        needed_day(visit, "start", _START),
        Goal(needed(visit, "goal", _GOAL), _number(visit), needed_day(visit, "by", _BY)),
        visit.all("outcomes"),
        _stage(visit),
        needed_day(visit, "end", _END) if visit.one("end", "") else None,
        _areas(visit),
    )
    interventions.check(found, visit.t("De interventie", "The intervention"))
    return found


def _number(visit: Visit) -> Decimal:
    try:
        return Decimal(needed(visit, "value", _VALUE).replace(",", "."))
    except InvalidOperation as error:
        label = visit.told(_VALUE)
        raise FormUnfit(visit.t(f"'{label}' is geen getal; schrijf bijvoorbeeld 90 of 12,5.",
                                f"'{label}' is no number; write for instance 90 or 12.5.")) from error  # fmt: skip


def _stage(visit: Visit) -> Stage | None:
    found = one_of(visit, "stage", _KIND, (*interventions.STAGES, _ENABLING))
    return next((one for one in interventions.STAGES if one == found), None)


def _areas(visit: Visit) -> tuple[str, ...]:
    return tuple(filter(None, (code.strip() for code in visit.one("areas", "").split(","))))


_NOTHING: Final = Intervention(
    "", Text("", ""), Text("", ""), "", "", date.min, Goal("", Decimal(0), date.min), ()
)  # what a new one has where nothing was typed
