"""Who solved what a region has open, as a typed table: a row a problem, with what may help and why."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .errors import AnswerNotUnderstood
from .tables import Row, Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something may help, in a sentence by language, and how strong that is.

    `measured` rests on a verdict over published figures, `named` on what a writer or citing region said, `related` on
    words or an aim alone.
    """

    strength: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MatchedLesson:
    """A lesson of another region, its title in the language it was written in."""

    event_id: str
    region: str
    region_name: str
    language: str
    title: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ImprovedRegion:
    """Another region that improved on the same measure."""

    region: str
    region_name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MatchedEvaluation:
    """Another region's evaluation that fits an effect; `evidence_changed`: its figures are not what they were."""

    event_id: str
    region: str
    region_name: str
    title: Mapping[str, str]
    evidence_changed: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MatchRow(Row):
    """One open problem; `key` asks for it alone, `why` says which verdicts make it one.

    `nothing` says, by language, why there is nothing that may help and what to do; None where there is something.
    """

    key: str
    kind: str
    title: Mapping[str, str]
    why: tuple[Reason, ...]
    lessons: tuple[MatchedLesson, ...]
    regions: tuple[ImprovedRegion, ...]
    evaluations: tuple[MatchedEvaluation, ...]
    nothing: Mapping[str, str] | None

    def flat(self) -> dict[str, Any]:
        """Return the row with the events of lessons and evaluations, and the codes of regions, as lists."""
        return {
            "key": self.key,
            "kind": self.kind,
            "title": self.title,
            "why": [one.strength for one in self.why],
            "lessons": [one.event_id for one in self.lessons],
            "regions": [one.region for one in self.regions],
            "evaluations": [one.event_id for one in self.evaluations],
        }


@dataclass(frozen=True)
class Matches(Table[MatchRow]):
    """A region's open problems; `left_out` are keys of others, `looked_at` says what there was to look at."""

    row_type = MatchRow
    region: str
    name: str
    as_known_on: str
    looked_at: tuple[Mapping[str, str], ...]
    left_out: tuple[str, ...]


def problems(told: list[Any]) -> Iterator[Mapping[str, Any]]:
    """Give each problem of an answer as what a row is made of; raises AnswerNotUnderstood."""
    try:
        for one in told:
            problem = one["problem"]
            yield {
                **{name: problem[name] for name in ("key", "kind", "title")},
                "why": tuple(Reason(why["kind"], why["text"]) for why in problem["why"]),
                "lessons": _all(MatchedLesson, one["lessons"]),
                "regions": _all(ImprovedRegion, one["regions"]),
                "evaluations": _all(MatchedEvaluation, one["evaluations"]),
                "nothing": one["nothing"],
            }
    except (KeyError, TypeError, AttributeError) as error:
        raise AnswerNotUnderstood(
            "The hub's answer lacks what a problem has; check its address, or update the client."
        ) from error


def _all(kind: Callable[..., T], told: list[Mapping[str, Any]]) -> tuple[T, ...]:
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    made = []
    for one in told:
        reasons = tuple(Reason(why["strength"], why["text"]) for why in one["reasons"])
        made.append(kind(**{name: one[name] for name in names if name != "reasons"}, reasons=reasons))
    return tuple(made)
