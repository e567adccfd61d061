"""Readiness rounds: opened for a panel, invited by links that are shown once, closed, and prepared for review."""

from typing import Final
from urllib.parse import urlsplit

from connectors.database import writing
from connectors.outside import LOOPBACK
from node import flow
from node.knowledge import answers, rounds
from node.knowledge.rounds import LensWord, Round, WordKind
from node.release.assessment_words import HELIX_WORDS, assessment_parts
from node.release.panel import AskedAssessment
from node.release.panel import panel as panel_of
from node.release.refusal import ReleaseRefused
from node.release.words import deidentifier
from node.work.showing_rounds import show_figures
from schemas.assessment import HELICES, Helix
from schemas.codes import PERIOD, Language
from schemas.questionnaires import questionnaires

from .bundles import asked_audience, audience, reason
from .markup import Html, h
from .page import area, badge, button, choice, english, field, form, link, page, panel, table
from .visit import Answer, FormUnfit, Visit, gone_to

_LANGUAGES: Final[tuple[tuple[Language, str], ...]] = (("nl", "Nederlands"), ("en", "English"))


def index(visit: Visit) -> Answer:
    """List every round, with the form that opens one."""
    with visit.desk.engine.connect() as connection:
        found = [(one, rounds.taken(connection, one)) for one in rounds.rounds(connection)]
    heads = [visit.t(*pair) for pair in (("Ronde", "Round"), ("Vragenlijst", "Questionnaire"), ("Periode", "Period"),
                                         ("Staat", "State"), ("Antwoorden", "Answers"))]  # fmt: skip
    rows = [
        (link(one.id, f"/rounds/{one.id}"), visit.told(one.questionnaire.title), one.period, _state(visit, one),
         visit.t(f"{sum(of.answered for of in held)} van {sum(of.seats for of in held)}",
                 f"{sum(of.answered for of in held)} of {sum(of.seats for of in held)}"))
        for one, held in found
    ]  # fmt: skip
    instruments = [(name, visit.told(asked.title)) for name, asked in questionnaires().items()]
    seats = [
        field(visit.told(HELIX_WORDS[helix]), f"seats-{helix}", "0", type_="number", required=False)
        for helix in HELICES
    ]  # fmt: skip
    title = visit.t("Rondes", "Rounds")
    return page(
        visit,
        visit.t("Gereedheid", "Readiness"),
        panel(title, table(title, heads, rows) if rows else h("p", visit.t("Nog geen.", "None yet."), class_="quiet")),
        panel(
            visit.t("Open een ronde", "Open a round"),
            form(
                visit, "/rounds",
                field(visit.t("Korte naam", "Short name"), "round",
                      hint=visit.t("Kleine letters, cijfers en streepjes.", "Small letters, digits and hyphens.")),
                choice(visit.t("Vragenlijst", "Questionnaire"), "instrument", instruments),
                field(visit.t("Periode", "Period"), "period", hint=visit.t("2026 of 2026-Q2.", "2026 or 2026-Q2.")),
                h("fieldset", h("legend", visit.t("Plaatsen per groep", "Seats per group")), seats),
                h("p", button(visit.t("Open", "Open"), primary=True), class_="btns"),
            ),
            class_="gap",
        ),
        lead=visit.t("Een ronde vraagt mensen uit vier groepen hoe klaar de regio is om samen te werken. Wat iemand "
                     "antwoordt, verlaat de regio niet.",
                     "A round asks people of four groups how ready the region is to work together. What somebody "
                     "answers does not leave the region."),
    )  # fmt: skip


def _state(visit: Visit, one: Round) -> Html:
    if one.closed_at is None:
        return badge(visit.t("open", "open"), "warn")
    return badge(visit.t(f"gesloten {one.closed_at[:10]}", f"closed {one.closed_at[:10]}"), "ok")


def begin(visit: Visit) -> Answer:
    """Open a round for a panel."""
    name, period = visit.one("round"), visit.one("period")
    asked = questionnaires().get(visit.one("instrument"))
    if asked is None or not PERIOD.match(period):
        raise FormUnfit(visit.t("Kies een vragenlijst, en schrijf de periode als 2026 of 2026-Q2.",
                                "Choose a questionnaire, and write the period as 2026 or 2026-Q2."))  # fmt: skip
    with writing(visit.desk.engine) as connection:
        entry = visit.entry("assessment.opened", name, f"{asked.id} {asked.version}")
        rounds.open_round(connection, name, asked, period, _seats(visit), entry)
    return gone_to(f"/rounds/{name}", "kept")


def _seats(visit: Visit) -> dict[Helix, int]:
    given = {helix: visit.one(f"seats-{helix}", "0") for helix in HELICES}
    for number in given.values():
        if not (number.isascii() and number.isdigit() and len(number) <= 4):
            raise FormUnfit(visit.t("Schrijf plaatsen als hele getallen.", "Write seats as whole numbers."))
    return {helix: int(number) for helix, number in given.items()}


def show(visit: Visit, name: str) -> Answer:
    """Show a round: who answered by helix, what the region may see of it, and what is next."""
    settings = visit.desk.settings
    with visit.desk.engine.connect() as connection:
        one = rounds.find(connection, name)
        lines = list(show_figures(connection, one, settings.lens_threshold, visit.lang, False))
    title, *told = lines
    inside = visit.t("Wat de regio ziet", "What the region sees")
    is_open = one.closed_at is None
    return page(
        visit,
        title,
        panel(inside, h("ul", [h("li", line) for line in told], class_="list")),
        panel(visit.t("Uitnodigen", "Invite"), _inviting(visit, one), class_="gap") if is_open else None,
        panel(visit.t("Wat anderen erover zeiden", "What others said of it"), _saying(visit, one), class_="gap"),
        panel(visit.t("Sluiten", "Close"), _closing(visit, one), class_="gap") if is_open
        else panel(visit.t("Naar buiten", "Release"), _releasing(visit, one), class_="gap"),
        crumb=[link(visit.t("Gereedheid", "Readiness"), "/rounds"), " · ", one.id, " ", _state(visit, one)],
    )  # fmt: skip


def _inviting(visit: Visit, one: Round) -> Html:
    return form(
        visit, f"/rounds/{one.id}/invite",
        field(visit.t("Adres waar de vragenlijst staat", "Where the questionnaire is served"), "url",
              "https://", type_="url",
              hint=visit.t("Zoals `python -m node serve` achter de webserver wordt bereikt.",
                           "As `python -m node serve` is reached behind the web server.")),
        h("p", button(visit.t("Maak de links", "Make the links")), class_="btns"),
        h("p", visit.t("Een link per plaats. Ze worden eenmaal getoond en nergens bewaard.",
                       "One link per seat. They are shown once and kept nowhere."), class_="small quiet"),
    )  # fmt: skip


def invite(visit: Visit, name: str) -> Answer:
    """Make links and show them, this once."""
    url = visit.one("url").rstrip("/")
    if not _keeps_secrets(url):
        raise FormUnfit(visit.t("Schrijf een https-adres; links zijn geheimen.",
                                "Write an https address; links are secrets."))  # fmt: skip
    with writing(visit.desk.engine) as connection:
        found = answers.invite(connection, rounds.find(connection, name), visit.entry("assessment.invited", name))
    heads = [visit.t("Groep", "Group"), visit.t("Link", "Link")]
    rows = [(visit.told(HELIX_WORDS[one.helix]), h("code", f"{url}/assess/{one.token}")) for one in found]
    title = visit.t("Links, nu en nooit meer te zien", "Links, shown now and never again")
    return page(
        visit,
        title,
        panel(
            visit.t("Geef iedere link aan één lid van die groep", "Give each link to one member of that group"),
            table(title, heads, rows),
            h("p", link(visit.t("Klaar", "Done"), f"/rounds/{name}"), class_="gap-s"),
        ),
        crumb=link(name, f"/rounds/{name}"),
    )


def _keeps_secrets(url: str) -> bool:
    """Tell whether what an address carries is read by nobody on the way."""
    try:
        parts = urlsplit(url)
        is_here = parts.scheme == "http" and parts.hostname in LOOPBACK
        return bool(parts.hostname) and (parts.scheme == "https" or is_here)
    except ValueError:
        return False


def _saying(visit: Visit, one: Round) -> Html:
    lenses = [(lens.id, visit.told(lens.title)) for lens in one.questionnaire.lenses]
    kinds = [("finding", visit.t("Bevinding van een focusgroep", "Focus group finding")),
             ("good", visit.t("Oordeel van experts: voldoende", "Expert verdict: satisfactory")),
             ("poor", visit.t("Oordeel van experts: niet voldoende", "Expert verdict: not satisfactory"))]  # fmt: skip
    return form(
        visit, f"/rounds/{one.id}/say",
        choice(visit.t("Onderdeel", "Lens"), "lens", lenses),
        choice(visit.t("Wat het is", "What it is"), "kind", kinds),
        choice(visit.t("Taal", "Language"), "language", _LANGUAGES, visit.lang),
        area(visit.t("Woorden", "Words"), "text", hint=visit.t("Zonder namen.", "Without names.")),
        h("p", button(visit.t("Bewaar", "Keep")), class_="btns"),
    )  # fmt: skip


def say(visit: Visit, name: str) -> Answer:
    """Keep a finding or verdict in words."""
    kind = visit.one("kind")
    language: Language = "en" if visit.one("language") == "en" else "nl"
    what: WordKind = "finding" if kind == "finding" else "verdict"
    is_good = None if what == "finding" else kind == "good"
    word = LensWord(visit.one("lens"), what, language, visit.one("text"), is_good, visit.who.name)
    with writing(visit.desk.engine) as connection:
        entry = visit.entry(f"assessment.{what}", name, word.lens)
        rounds.say(connection, rounds.find(connection, name), word, entry)
    return gone_to(f"/rounds/{name}", "kept")


def _closing(visit: Visit, one: Round) -> Html:
    told = visit.t("Daarna komt geen antwoord meer binnen en vervallen de links, voorgoed.",
                   "After that no answer comes in, and the links are forgotten, for good.")  # fmt: skip
    return form(
        visit, f"/rounds/{one.id}/close", h("p", told),
        h("p", button(visit.t("Sluit de ronde", "Close the round")), class_="btns"),
    )  # fmt: skip


def close(visit: Visit, name: str) -> Answer:
    """Close a round for good."""
    with writing(visit.desk.engine) as connection:
        rounds.close(connection, rounds.find(connection, name), visit.entry("assessment.closed", name))
    answers.forget_order(visit.desk.engine)
    return gone_to(f"/rounds/{name}", "closed")


def _releasing(visit: Visit, one: Round) -> list[Html | None]:
    """Show what would leave, by the rule for panels, before anything is frozen."""
    role = visit.t("programmabureau", "programme office")
    try:
        with visit.desk.engine.connect() as connection:
            made = panel_of(connection, AskedAssessment(one.id, role))
    except ReleaseRefused as error:
        return [h("p", english(visit, str(error)), class_="note stop", role="alert")]
    parts = [(visit.told(what), visit.told(said)) for _, what, said in assessment_parts(made.payload)]
    title = visit.t("Wat zou uitgaan", "What would leave")
    return [
        table(title, [visit.t("Deel", "Part"), visit.t("Wat lezers zien", "What readers see")], parts),
        form(
            visit, f"/rounds/{one.id}/release",
            field(visit.t("Namens wie", "On whose behalf"), "role", role,
                  hint=visit.t("Een rol, geen naam.", "A role, not a name.")),
            audience(visit), reason(visit),
            h("p", button(visit.t("Bevries voor de beoordelaars", "Freeze for the reviewers"), primary=True),
              class_="btns"),
        ),
    ]  # fmt: skip


def release(visit: Visit, name: str) -> Answer:
    """Freeze a closed round for review."""
    desk = visit.desk
    with deidentifier.at_hand() as finder:
        if finder is not None:
            finder.start()  # takes longer than others should wait for the store
        with writing(desk.engine) as connection:
            bundle = flow.release(
                connection, desk.settings, (), (), (), (), (AskedAssessment(name, visit.one("role")),),
                audience=asked_audience(visit), subject_key=desk.secret("subject"),
                entry=visit.entry("bundle.prepared", name), reason=visit.one("reason", ""), deidentifier=finder,
            )  # fmt: skip
    return gone_to(f"/bundles/{bundle.id}", "frozen")
