"""An evaluation as commands and pages ask for it, by records or by published figures; nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Engine

from node.config import Settings
from node.evaluation.asked import outcome_asked, standing_figures
from node.evaluation.evaluate import Evaluated, Method, evaluate
from node.evaluation.figures_over_time import FiguresOverTime, figures_over_time, periods_between
from node.evaluation.interrupted import Season
from node.indicators.delivered import delivered, require_some
from node.indicators.measured import compute_all
from node.indicators.period import check_over
from node.knowledge import interventions
from node.records.store import delivered_until
from schemas.text import Text

from .counting import CountingPlace, chosen_definitions, open_records

WORDS: Final = {
    "outcome": Text("Uitkomst", "Outcome"),
    "method": Text("Methode", "Method"),
    "areas": Text("Met interventie", "With the intervention"),
    "compared": Text("Vergeleken met", "Compared with"),
    "before": Text("Perioden ervoor", "Periods before"),
    "after": Text("Perioden erna", "Periods after"),
    "left_out": Text("Niet meegenomen", "Left out"),
    "estimates": Text("Schattingen", "Estimates"),
    "assumptions": Text("Aannames, die cijfers niet kunnen bewijzen", "Assumptions, which no figures can prove"),
    "checks": Text("Controles", "Checks"),
    "reading": Text("Lezing", "Reading"),
    "interval": Text("95%-interval", "95% interval"),
    "to": Text("tot", "to"),
    "may_be_told": Text(
        "Gemaakt van gepubliceerde cijfers alleen, dus te delen met wie die mag lezen",
        "Made from published figures only, so it may be told to whoever may read these",
    ),
    "stays": Text(
        "Gemaakt van onbeschermde cijfers: dit blijft in de regio.",
        "Made from unprotected figures: this stays in the region.",
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be evaluated, from the first period to the last, and how; `outcome` None is the goal's.

    `is_published`: by what this region published, and not by its records.
    """

    intervention: str
    first: str
    last: str
    outcome: str | None = None
    method: Method = "did"
    compared: Sequence[str] = ()
    season: Season | None = None
    is_published: bool = False


def evaluated(
    engine: Engine, settings: Settings, place_of: CountingPlace, asked: Question, today: date
) -> Evaluated:  # fmt: skip
    """Return what an intervention did; raises InterventionUnknown, an EvaluationRefused, or what counting raises."""
    periods = periods_between(asked.first, asked.last)
    with engine.connect() as connection:
        found = interventions.find(connection, asked.intervention)
        name, standing = outcome_asked(found, asked.outcome), None
        if asked.is_published:
            standing = standing_figures(connection, name, periods)
    if standing is None:
        figures, readers = _counted(engine, settings, place_of, name, periods, today), None
    else:
        figures, readers = standing.figures, standing.readers
    return evaluate(found, figures, asked.method, asked.compared, asked.season, readers)


def _counted(
    engine: Engine, settings: Settings, place_of: CountingPlace, name: str, periods: Sequence[str], today: date
) -> FiguresOverTime:
    """Return an indicator counted from the linked records, if it is approved and permitted."""
    with open_records(settings.home) as records:
        with engine.connect() as connection:
            definitions = chosen_definitions(connection, records, [name])
        with place_of(records) as place:
            check_over(periods[-1], today, definitions[0])  # what holds for the last holds for those before it
            require_some(*delivered(place, definitions, periods[-1], delivered_until(records)))
            return figures_over_time(compute_all(place, definitions, periods, settings.areas))
