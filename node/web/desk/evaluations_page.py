"""Did it work? The form that asks for an evaluation, its outcome, and freezing exactly what was shown."""

from typing import Final, get_args
from urllib.parse import urlencode

from node.evaluation.asked import AskedEvaluation
from node.evaluation.evaluate import Method
from node.evaluation.figures_over_time import periods_between
from node.evaluation.interrupted import Season
from node.knowledge import interventions
from node.knowledge.interventions import Intervention
from node.release.words import deidentifier
from node.work.evaluating import Question, freeze, look
from schemas.codes import PERIOD
from schemas.evaluation import EvaluationLevel
from schemas.text import Text

from .bundles import asked_audience
from .evaluation_outcome import LEVELS, freezing_panel, outcome_panels
from .markup import Html, h
from .page import button, choice, field, form, link, page, panel, ticks
from .sending import REFUSALS, again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to

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
_ASKED: Final = ("intervention", "first", "last", "outcome", "method", "compared", "season", "published")


def index(visit: Visit, wrong: Exception | None = None) -> Answer:
    """Show the form to ask what an intervention did; after a refusal as it was filled in, with why."""
    known = _known(visit)
    none = h("p", visit.t("Er is nog geen interventie vastgelegd. ", "No intervention is recorded yet. "),
             link(visit.t("Leg er een vast", "Record one"), "/interventions/new"), class_="quiet")  # fmt: skip
    return page(
        visit,
        visit.t("Werkte het?", "Did it work?"),
        refusal_note(visit, wrong),
        panel(visit.t("Vraag een evaluatie", "Ask for an evaluation"), _form(visit, known) if known else none),
        lead=visit.t("Een schatting met de controles erop. Vragen bewaart en bevriest niets.",
                     "An estimate with the checks on it. Asking keeps and freezes nothing."),
        status=409 if wrong else 200,
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
              [("yes", visit.t("alleen wat deze regio publiceerde, niet haar records; alleen zo kan de uitkomst naar "
                               "buiten",
                               "only what this region published, not its records; only so the outcome can leave"))],
              visit.all("published")),
        h("p", button(visit.t("Evalueer", "Evaluate"), primary=True), class_="btns"),
    )  # fmt: skip


def ask(visit: Visit, wrong: Exception | None = None) -> Answer:
    """Show what an intervention did, with the way to the reviewers; what is refused comes back with why."""
    desk = visit.desk
    typed = [(name, value) for name in _ASKED for value in visit.all(name)]
    visit = again(visit, f"/evaluations?{urlencode(typed)}")
    try:
        looked = look(desk.engine, desk.settings, desk.counting_place, _asked(visit), desk.clock().date())
    except REFUSALS as error:
        return index(visit, error)
    found = looked.found
    return page(
        visit,
        visit.told(found.title),
        refusal_note(visit, wrong),
        outcome_panels(visit, looked),
        freezing_panel(visit, looked, typed),
        panel(visit.t("Vraag het anders", "Ask it differently"), _form(visit, _known(visit)), class_="gap"),
        crumb=link(visit.t("Evaluatie", "Evaluation"), "/evaluations"),
        lead=f"{found.indicator} ({visit.told(found.unit)})",
        status=409 if wrong else 200,
    )  # fmt: skip


def freeze_shown(visit: Visit) -> Answer:
    """Freeze exactly what was shown for two reviewers, and go and see it."""
    desk = visit.desk
    try:
        asked, mark = _asked(visit), visit.one("mark")
        if not asked.is_published:
            raise FormUnfit(visit.t("Alleen wat uit gepubliceerde cijfers is gemaakt kan naar buiten; kruis dat aan en "
                                    "vraag het opnieuw.",
                                    "Only what is made of published figures can leave; tick that and ask "
                                    "again."))  # fmt: skip
        named = AskedEvaluation(
            asked.intervention, periods_between(asked.first, asked.last), visit.one("role"), asked.outcome,
            asked.method, asked.compared, asked.season, _level(visit),
        )  # fmt: skip
        readers = asked_audience(visit)
        with deidentifier.at_hand() as finder:
            bundle = freeze(
                desk.engine, desk.settings, named, audience=readers, subject_key=desk.secret("subject"),
                reason=visit.one("reason", ""), entry=visit.entry("bundle.prepared", asked.intervention),
                finder=finder, shown=mark,
            )  # fmt: skip
    except REFUSALS as error:
        return ask(visit, error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def _level(visit: Visit) -> EvaluationLevel:
    if visit.one("level") not in dict(LEVELS):
        raise FormUnfit(visit.t("Zeg over wie dit gaat.", "Say whom this is about."))
    return "intervention" if visit.one("level") == "intervention" else "population"


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
