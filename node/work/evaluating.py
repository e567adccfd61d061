"""An evaluation as commands and pages ask for it and freeze it; asking keeps nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Engine

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.config import Settings
from node.evaluation.asked import AskedEvaluation, outcome_asked, standing_figures, told
from node.evaluation.evaluate import Evaluated, Method, evaluate
from node.evaluation.figures_over_time import FiguresOverTime, figures_over_time, periods_between
from node.evaluation.interrupted import Season
from node.evaluation.refusal import EvaluationRefused
from node.indicators.delivered import delivered, require_some
from node.indicators.measured import compute_all
from node.indicators.period import check_over
from node.knowledge import interventions
from node.records.store import delivered_until
from node.release.candidate import FrozenBundle
from node.release.standing import content_of
from node.release.words.deidentifier import Deidentifier
from schemas.codes import Audience
from schemas.evaluation import EvaluationPublished
from schemas.text import Text
from schemas.upcast import read_payload

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


class NotAsShown(EvaluationRefused):
    """An evaluation that comes out otherwise than it was shown to who wants it frozen."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What an intervention did, and `event`, what would be said of it: None of what stays in the region.

    Who made it and at which level are still to be said; `mark` is of all the rest, empty where there is no event.
    """

    found: Evaluated
    event: EvaluationPublished | None = field(repr=False)

    @property
    def mark(self) -> str:
        """Return what tells this outcome, and the figures under it, from any other."""
        return "" if self.event is None else _mark(self.event)


def evaluated(
    engine: Engine, settings: Settings, place_of: CountingPlace, asked: Question, today: date
) -> Evaluated:  # fmt: skip
    """Return what an intervention did; raises InterventionUnknown, an EvaluationRefused, or what counting raises."""
    return look(engine, settings, place_of, asked, today).found


def look(engine: Engine, settings: Settings, place_of: CountingPlace, asked: Question, today: date) -> Looked:
    """Return what an intervention did and what an event would say of it; raises as `evaluated`. Nothing is kept."""
    periods = periods_between(asked.first, asked.last)
    with engine.connect() as connection:
        found = interventions.find(connection, asked.intervention)
        name, standing = outcome_asked(found, asked.outcome), None
        if asked.is_published:
            standing = standing_figures(connection, name, periods)
    if standing is None:
        figures = _counted(engine, settings, place_of, name, periods, today)
        return Looked(evaluate(found, figures, asked.method, asked.compared, asked.season), None)
    result = evaluate(found, standing.figures, asked.method, asked.compared, asked.season, standing.readers)
    return Looked(result, told(result, standing, AskedEvaluation(asked.intervention, periods, "")))


def freeze(
    engine: Engine,
    settings: Settings,
    asked: AskedEvaluation,
    *,
    audience: Audience,
    subject_key: bytes,
    reason: str,
    entry: AuditEntry,
    finder: Deidentifier | None,
    shown: str | None = None,
) -> FrozenBundle:
    """Evaluate by published figures alone and freeze the outcome for two reviewers.

    With `shown`, the mark of what was looked at, only that: raises NotAsShown, or as `flow.release` does.
    """
    if finder is not None:
        finder.start()  # takes longer than others should wait for the store
    with writing(engine) as connection:
        bundle = flow.release(
            connection, settings, (), (), (), (asked,),
            audience=audience, subject_key=subject_key, entry=entry, reason=reason, deidentifier=finder,
        )  # fmt: skip
        if shown is not None and [_mark_of(item.type, item.payload) for item in bundle.items] != [shown]:
            raise NotAsShown(  # nothing of this transaction is kept
                f"The evaluation of '{asked.intervention}' comes out otherwise than it was shown, since figures or the "
                "intervention changed; look at it again."
            )
        return bundle


def _mark_of(kind: str, payload: bytes) -> str:
    content = content_of(read_payload(kind, payload))
    return _mark(content) if isinstance(content, EvaluationPublished) else ""


def _mark(event: EvaluationPublished) -> str:
    same = msgspec.structs.replace(event, evaluation="", level="population", made_by="")
    return hashlib.sha256(msgspec.json.encode(same)).hexdigest()


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
