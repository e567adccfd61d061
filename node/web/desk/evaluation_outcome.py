"""The outcome of an evaluation on its page: estimates, checks, what it rests on, and its way to the reviewers."""

from collections.abc import Sequence
from typing import Final

from node.evaluation.estimated import Estimate, number_words, p_words
from node.evaluation.evaluate import Evaluated
from node.release.evaluation_words import VERDICTS
from node.release.wording import READERS
from node.work.evaluating import WORDS, Looked
from schemas.codes import AUDIENCES, Audience, may_read
from schemas.evaluation import EvaluationPublished
from schemas.text import Text

from .bundles import reason
from .markup import Child, Html, h
from .page import badge, button, field, form, link, panel, table, ticks
from .visit import Visit

_SIGNS: Final = {"passed": "ok", "failed": "stop", "imprecise": "warn", "not_possible": ""}
LEVELS: Final[tuple[tuple[str, Text], ...]] = (
    ("population", Text("iedereen in de gebieden die de uitkomst telt, bereikt of niet",
                        "everyone in the areas whom the outcome counts, reached or not")),
    ("intervention", Text("alleen wie meededen; de uitkomst moet dan onder hen geteld zijn",
                          "those who took part alone; the outcome has to be counted among them")),
)  # fmt: skip


def outcome_panels(visit: Visit, looked: Looked) -> list[Html]:
    """Return what was found: the reading, checks, assumptions and what it rests on."""
    found = looked.found
    return [
        panel(visit.told(WORDS["reading"]), h("p", visit.told(found.reading), class_="reading"),
              _estimates(visit, found), class_="gap"),
        panel(visit.told(WORDS["checks"]), _checks(visit, found), class_="gap"),
        panel(visit.told(WORDS["assumptions"]),
              h("ul", [h("li", visit.told(one)) for one in found.assumptions], class_="list"), class_="gap"),
        panel(visit.t("Waarop dit rust", "What this rests on"),
              h("dl", [[h("dt", name), h("dd", said)] for name, said in _basis(visit, found)]),
              _figures(visit, looked.event) if looked.event is not None else None, class_="sheet gap"),
    ]  # fmt: skip


def freezing_panel(visit: Visit, looked: Looked, question: Sequence[tuple[str, str]]) -> Html:
    """Return the form by which this very outcome goes to two reviewers; of unprotected figures, that it stays."""
    readers = looked.found.readers
    if readers is None:
        return h("p", h("strong", "! "), visit.told(WORDS["stays"]), class_="note warn")
    hidden = [h("input", type="hidden", name=name, value=value) for name, value in question]
    options = [(name, f"{name}: {visit.told(READERS[name])}") for name in _may(readers)]
    told = f"{visit.told(WORDS['may_be_told'])}: {visit.told(READERS[readers])}."
    return panel(
        visit.t("Naar de beoordelaars", "To the reviewers"),
        h("p", h("strong", "✓ "), told, class_="note ok"),
        h("p", visit.t("Twee beoordelaars zien alles wat hierboven staat, en de cijfers waarop het rust; er gaat nog "
                       "niets uit.",
                       "Two reviewers see all that stands above, and the figures that it rests on; nothing leaves "
                       "yet."), class_="quiet gap-s"),
        form(
            visit, "/evaluations/freeze", hidden,
            h("input", type="hidden", name="mark", value=looked.mark),
            ticks(visit.t("Over wie gaat dit?", "Whom is this about?"), "level",
                  [(name, visit.told(said)) for name, said in LEVELS], (visit.one("level", LEVELS[0][0]),), "radio"),
            field(visit.t("Namens wie", "On whose behalf"), "role", visit.one("role", ""),
                  hint=visit.t("Een rol, zoals analist van de GGD; geen naam.",
                               "A role, such as analyst of the GGD; no name.")),
            ticks(visit.t("Wie mag dit lezen?", "Who may read it?"), "audience", options, visit.all("audience"),
                  "radio"),
            reason(visit),
            h("p", button(visit.t("Bevries en stuur naar de beoordelaars", "Freeze and send to the reviewers"),
                          primary=True), class_="btns"),
        ),
        class_="gap", id_="release",
    )  # fmt: skip


def _may(readers: Audience) -> list[Audience]:
    """Return the audiences that an evaluation can have: those who may read every figure under it."""
    return [one for one in AUDIENCES if may_read(one, readers)]


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


def _figures(visit: Visit, event: EvaluationPublished) -> Html:
    """Return the published figures that were read, each with the way to its event."""
    listed = [h("li", link(f"{event.indicator} {one.period}", f"/ledger/events/{one.event_id}"))
              for one in event.figures]  # fmt: skip
    named = visit.t("De gepubliceerde cijfers", "The published figures")
    return h("details", h("summary", f"{named} ({len(listed)})"), h("ul", listed, class_="list"), class_="gap-s")
