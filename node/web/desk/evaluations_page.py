"""Did it work? Recorded interventions, the form that asks for an evaluation, and its outcome with the checks on it."""

import shlex
from typing import Final, get_args

from node.evaluation.estimated import Estimate, number_words, p_words
from node.evaluation.evaluate import Evaluated, Method
from node.evaluation.interrupted import Season
from node.knowledge import interventions
from node.knowledge.interventions import Intervention
from node.release.evaluation_words import VERDICTS
from node.release.wording import readers_told
from node.work.evaluating import WORDS, Question, evaluated
from schemas.codes import PERIOD
from schemas.text import Text

from .markup import Child, Html, h
from .page import badge, button, choice, command, field, form, link, page, panel, table, ticks
from .visit import Answer, FormUnfit, Visit

_METHODS: Final[dict[Method, Text]] = {
    "did": Text("naast gebieden zonder de interventie (verschil-in-verschillen)",
                "beside areas without it (difference-in-differences)"),
    "its": Text("de reeks zelf (onderbroken tijdreeks)", "the series itself (interrupted time series)"),
}  # fmt: skip
_SEASONS: Final[dict[str, Text]] = {
    "usual": Text("zoals gebruikelijk bij de perioden", "as usual for the periods"),
    "fourier": Text("golf van een jaar", "wave of a year"), "dummies": Text("per kwartaal", "by quarter"),
    "none": Text("geen", "none"),
}  # fmt: skip
_SIGNS: Final = {"passed": "ok", "failed": "stop", "imprecise": "warn", "not_possible": ""}


def index(visit: Visit) -> Answer:
    """List the interventions, with the form to ask what one of them did."""
    known = _known(visit)
    heads = [visit.t(*pair) for pair in (("Interventie", "Intervention"), ("Begonnen", "Started"),
                                         ("Gebieden", "Areas"), ("Beoordeeld op", "Judged by"))]  # fmt: skip
    rows = [
        ([visit.told(one.title), " ", h("code", one.id)], h("span", str(one.start), class_="nowrap"),
         ", ".join(one.areas) or visit.t("hele regio", "whole region"), "; ".join(map(visit.indicator, one.measures)))
        for one in known
    ]  # fmt: skip
    title = visit.t("Vastgelegde interventies", "Recorded interventions")
    none = [h("p", visit.t("Nog geen; leg er een vast:", "None yet; record one:"), class_="quiet"),
            command("python -m node intervention record FILE --author NAME")]  # fmt: skip
    return page(
        visit,
        visit.t("Werkte het?", "Did it work?"),
        panel(title, table(title, heads, rows) if rows else none),
        panel(visit.t("Vraag een evaluatie", "Ask for an evaluation"), _form(visit, known), class_="gap")
        if known else None,
        lead=visit.t("Een schatting met de controles erop. Hier wordt niets bevroren of gepubliceerd.",
                     "An estimate with the checks on it. Nothing is frozen or published here."),
    )  # fmt: skip


def _known(visit: Visit) -> tuple[Intervention, ...]:
    with visit.desk.engine.connect() as connection:
        return interventions.interventions(connection)


def _form(visit: Visit, known: tuple[Intervention, ...]) -> Html:
    hint = visit.t("Bijvoorbeeld 2022-Q1; jaren, kwartalen of maanden.",
                   "For instance 2022-Q1; years, quarters or months.")  # fmt: skip
    names = [(one.id, visit.told(one.title)) for one in known]
    return form(
        visit, "/evaluations",
        choice(visit.t("Interventie", "Intervention"), "intervention", names, visit.one("intervention", "")),
        field(visit.t("Eerste periode", "First period"), "first", visit.one("first", ""), hint=hint),
        field(visit.t("Laatste periode", "Last period"), "last", visit.one("last", ""),
              hint=visit.t("Even lang als de eerste.", "As long as the first.")),
        field(visit.t("Uitkomst", "Outcome"), "outcome", visit.one("outcome", ""), required=False,
              hint=visit.t("Een indicator waarop zij beoordeeld wordt; leeg: die van het doel.",
                           "An indicator that it is judged by; empty: its goal's.")),
        ticks(visit.t("Methode", "Method"), "method",
              [(name, visit.told(text)) for name, text in _METHODS.items()], (visit.one("method", "did"),), "radio"),
        field(visit.t("Vergelijk met gebieden", "Compare with areas"), "compared", visit.one("compared", ""),
              required=False, hint=visit.t("Codes met komma's ertussen; leeg: alle andere.",
                                           "Codes with commas between; empty: all others.")),
        choice(visit.t("Seizoen", "Season"), "season",
               [(name, visit.told(text)) for name, text in _SEASONS.items()], visit.one("season", "usual")),
        ticks(visit.t("Cijfers", "Figures"), "published",
              [("yes", visit.t("alleen wat deze regio publiceerde, niet haar records",
                               "only what this region published, not its records"))], visit.all("published")),
        h("p", button(visit.t("Evalueer", "Evaluate"), primary=True), class_="btns"),
    )  # fmt: skip


def ask(visit: Visit) -> Answer:
    """Show what an intervention did, with assumptions, checks and a reading; nothing is kept."""
    desk, asked = visit.desk, _asked(visit)
    found = evaluated(desk.engine, desk.settings, desk.counting_place, asked, desk.clock().date())
    return page(
        visit,
        visit.told(found.title),
        _stays(visit, found, asked),
        panel(visit.told(WORDS["reading"]), h("p", visit.told(found.reading), class_="reading"),
              _estimates(visit, found), class_="gap"),
        panel(visit.told(WORDS["checks"]), _checks(visit, found), class_="gap"),
        panel(visit.told(WORDS["assumptions"]),
              h("ul", [h("li", visit.told(one)) for one in found.assumptions], class_="list"), class_="gap"),
        panel(visit.t("Waarop dit rust", "What this rests on"), h("dl", [
            [h("dt", name), h("dd", said)] for name, said in _basis(visit, found)]), class_="sheet gap"),
        panel(visit.t("Vraag het anders", "Ask it differently"), _form(visit, _known(visit)), class_="gap"),
        crumb=link(visit.t("Evaluatie", "Evaluation"), "/evaluations"),
        lead=f"{found.indicator} ({visit.told(found.unit)})",
    )  # fmt: skip


def _asked(visit: Visit) -> Question:
    """Return what a form asks for; raises FormUnfit."""
    first, last = visit.one("first"), visit.one("last")
    if not (PERIOD.match(first) and PERIOD.match(last)):
        raise FormUnfit(visit.t("Schrijf een periode als 2022, 2022-Q1 of 2022-03.",
                                "Write a period as 2022, 2022-Q1 or 2022-03."))  # fmt: skip
    method = next((one for one in _METHODS if one == visit.one("method")), None)
    season = visit.one("season", "usual")
    if method is None or season not in _SEASONS:
        raise FormUnfit(visit.t("Kies een methode en een seizoen uit de lijst.",
                                "Choose a method and a season from the list."))  # fmt: skip
    seasons: tuple[Season, ...] = get_args(Season)
    compared = tuple(filter(None, (code.strip() for code in visit.one("compared", "").split(","))))
    return Question(
        visit.one("intervention"), first, last, visit.one("outcome", "") or None, method, compared,
        next((one for one in seasons if one == season), None), bool(visit.all("published")),
    )  # fmt: skip


def _stays(visit: Visit, found: Evaluated, asked: Question) -> Html:
    if found.readers is None:
        return h("p", h("strong", "! "), visit.told(WORDS["stays"]), class_="note warn")
    line = ["python", "-m", "node", "release", "evaluation", found.intervention, "--from", asked.first, "--until",
            asked.last, "--outcome", found.indicator, "--method", found.method]  # fmt: skip
    line += [part for code in asked.compared for part in ("--compare", code)]
    line += ["--season", asked.season] if asked.season is not None else []
    told = f"{visit.told(WORDS['may_be_told'])}: {visit.told(readers_told(found.readers))}."
    return h("div", h("p", h("strong", "✓ "), told, class_="note ok"),
             h("p", visit.t("Zo wordt zij voor beoordeling bevroren:", "So it is frozen for review:"),
               class_="quiet small gap-s"),
             command(f"{shlex.join(line)} --role ROLE --author NAME --audience {found.readers}"))  # fmt: skip


def _estimates(visit: Visit, found: Evaluated) -> Html:
    heads = [visit.t("Schatting", "Estimate"), visit.t("Waarde", "Value"), visit.told(WORDS["interval"]), "p"]
    return table(visit.told(WORDS["estimates"]), heads, [_estimate(visit, one) for one in found.estimates])


def _estimate(visit: Visit, one: Estimate) -> tuple[str, str, str, str]:
    value, low, high = (visit.told(number_words(number)) for number in (one.value, one.low, one.high))
    return visit.told(one.name), value, f"{low} {visit.told(WORDS['to'])} {high}", visit.told(p_words(one.p))


def _checks(visit: Visit, found: Evaluated) -> Html:
    return h(
        "ul",
        [
            h("li", badge(visit.told(VERDICTS[one.verdict]), _SIGNS[one.verdict]), " ", visit.told(one.words))
            for one in found.checks
        ],
        class_="list",
    )


def _basis(visit: Visit, found: Evaluated) -> list[tuple[str, Child]]:
    rows: list[tuple[str, Child]] = [
        (visit.t("Begonnen", "Started"), found.start), (visit.told(WORDS["method"]), visit.told(found.how)),
    ]  # fmt: skip
    rows += [(visit.told(WORDS[key]), ", ".join(names))
             for key, names in (("areas", found.areas), ("compared", found.compared)) if names]  # fmt: skip
    rows += [(visit.told(WORDS[key]), f"{names[0]} – {names[-1]} ({len(names)})")
             for key, names in (("before", found.before), ("after", found.after))]  # fmt: skip
    if found.left_out:
        rows.append((visit.told(WORDS["left_out"]), ", ".join(found.left_out)))
    return rows
