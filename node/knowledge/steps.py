"""The six steps of population management as a guide: where a region is, what it has, and what comes next.

Identify the population, Triple Aim baseline, segment, implement, evaluate, feed back: a cycle, so that the last step
leads into all earlier ones (Struijs et al., pubmed 25516015).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from schemas.text import Text, counted

from .interventions import Intervention
from .steps_text import ADVICE, TITLES

State = Literal["done", "under_way", "not_begun"]
TRIPLE_AIM: Final = ("health", "quality", "cost")


@dataclass(frozen=True, slots=True)
class Sources:
    """What is loaded: counts of persons and of record tables that hold anything, by table."""

    ids: tuple[str, ...]
    persons: int
    tables: Mapping[str, int]
    without_area: int


@dataclass(frozen=True, slots=True)
class Released:
    """One indicator and period that this region published, with its axis."""

    indicator: str
    period: str
    axis: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the guide looks at; it judges nothing but whether a step was taken."""

    today: date
    sources: Sources
    released: Sequence[Released]
    interventions: Sequence[Intervention]
    lessons_released: Sequence[str]
    indicators_of_lessons: frozenset[str]
    evaluated: frozenset[str] = frozenset()  # interventions of which an evaluation is published


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its state, what there is (both languages), and the advice on what to do next, None where it is done."""

    number: int
    title: Text
    state: State
    there_is: tuple[Text, ...]
    advice: Text | None


def steps(facts: Facts) -> tuple[Step, ...]:
    """Return the six steps in their order."""
    looks: tuple[Callable[[Facts], tuple[State, tuple[Text, ...], str]], ...] = (
        _population, _baseline, _segments, _portfolio, _evaluation, _feedback,
    )  # fmt: skip
    found = []
    for number, look in enumerate(looks, start=1):
        state, there_is, advice = look(facts)
        found.append(Step(number, TITLES[number - 1], state, there_is, ADVICE[advice] if advice else None))
    return tuple(found)


def at_step(found: Sequence[Step]) -> Step | None:
    """Return the first step that is not done, None once all are."""
    return next((one for one in found if one.state != "done"), None)


def _population(facts: Facts) -> tuple[State, tuple[Text, ...], str]:
    sources = facts.sources
    if not sources.ids:
        return "not_begun", (), "load_persons"
    names = ", ".join(sources.ids)
    there_is = [Text(f"bronnen: {names}", f"sources: {names}")]
    if sources.persons == 0:
        return "under_way", tuple(there_is), "load_persons"
    one = sources.persons == 1
    there_is.append(Text(f"{sources.persons:,} {'persoon' if one else 'personen'}".replace(",", "."),
                         f"{sources.persons:,} {'person' if one else 'persons'}"))  # fmt: skip
    if not sources.tables.get("coverage"):
        return "under_way", tuple(there_is), "load_coverage"
    if sources.without_area:
        few = sources.without_area
        there_is.append(Text(f"{few} van hen zonder gemeente", f"{few} of them without a municipality"))
    return "done", tuple(there_is), ""


def _baseline(facts: Facts) -> tuple[State, tuple[Text, ...], str]:
    periods = {axis: sorted({one.period for one in facts.released if one.axis == axis}) for axis in TRIPLE_AIM}
    there_is = tuple(
        Text(f"{_AXES[axis].nl}: gepubliceerd over {_range(found)}", f"{axis}: published for {_range(found)}")
        for axis, found in periods.items()
        if found
    )
    missing = [axis for axis, found in periods.items() if not found]
    if not missing:
        return "done", there_is, ""
    return ("under_way" if there_is else "not_begun"), there_is, f"baseline_{missing[0]}"


def _segments(facts: Facts) -> tuple[State, tuple[Text, ...], str]:
    found = sorted({one.segment for one in facts.interventions})
    if not found:
        return "not_begun", (), "segment"
    names = ", ".join(found)
    return "done", (Text(f"segmenten met een interventie: {names}", f"segments with an intervention: {names}"),), ""


def _portfolio(facts: Facts) -> tuple[State, tuple[Text, ...], str]:
    begun = [one for one in facts.interventions if one.start <= facts.today]
    running = [one for one in begun if one.runs_on(facts.today)]
    stages = list(dict.fromkeys(one.stage or "enabling" for one in facts.interventions))
    if not facts.interventions:
        return "not_begun", (), "intervention"
    number = counted(
        len(facts.interventions), ("interventie", "interventies"), ("intervention", "interventions")
    )  # fmt: skip
    there_is = (
        Text(f"{number.nl}; lopend: {len(running)}", f"{number.en}; running: {len(running)}"),
        Text(f"soorten: {', '.join(_STAGES[one].nl for one in stages)}",
             f"stages: {', '.join(_STAGES[one].en for one in stages)}"),
    )  # fmt: skip
    if not begun:
        return "under_way", there_is, "begin_intervention"
    return "done", there_is, ""


def _evaluation(facts: Facts) -> tuple[State, tuple[Text, ...], str]:
    """Whether figures exist to judge by: of each begun intervention the goal's indicator before and after its start."""
    begun = [one for one in facts.interventions if one.start <= facts.today]
    if not begun:
        return "not_begun", (), "no_intervention"
    ready = [one for one in begun if _has_both_sides(one, facts.released)]
    there_is = tuple(_judged(one, facts) for one in ready)
    if len(ready) == len(begun):
        return "done", there_is, ""
    return ("under_way" if ready else "not_begun"), there_is, "both_sides"


def _judged(one: Intervention, facts: Facts) -> Text:
    if one.id in facts.evaluated:
        return Text(f"{one.id}: evaluatie gepubliceerd", f"{one.id}: evaluation published")
    return Text(
        f"{one.id}: cijfers van vóór en na de start; of het werkte: `evaluate {one.id}`",
        f"{one.id}: figures from before and after its start; did it work: `evaluate {one.id}`",
    )


def _feedback(facts: Facts) -> tuple[State, tuple[Text, ...], str]:
    if not facts.lessons_released:
        return "not_begun", (), "lesson"
    measured = {name for one in facts.interventions for name in one.measures}
    number = len(facts.lessons_released)
    there_is = (Text(f"lessen uitgebracht: {number}", f"lessons released: {number}"),)
    if not measured & facts.indicators_of_lessons:
        return "under_way", there_is, "lesson_of_intervention"
    return "done", there_is, ""


def _has_both_sides(one: Intervention, released: Sequence[Released]) -> bool:
    periods = [found.period for found in released if found.indicator == one.goal.indicator]
    first, begun = one.start.isoformat(), [period for period in periods if _first_day(period) >= one.start.isoformat()]
    return bool(begun) and any(_first_day(period) < first for period in periods if period not in begun)


def _first_day(period: str) -> str:
    if period[5:6] == "Q":
        return f"{period[:4]}-{3 * int(period[6]) - 2:02d}-01"
    return (period + "-01-01")[:10]


def _range(periods: Sequence[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} – {periods[-1]}"


_AXES: Final = {
    "health": Text("gezondheid", "health"), "quality": Text("kwaliteit", "quality"), "cost": Text("kosten", "cost"),
}  # fmt: skip
_STAGES: Final = {
    "prevention": Text("preventie", "prevention"),
    "early_detection": Text("vroegsignalering", "early detection"),
    "treatment": Text("behandeling", "treatment"),
    "rehabilitation": Text("revalidatie", "rehabilitation"),
    "long_term_care": Text("langdurige zorg", "long-term care"),
    "palliative_care": Text("palliatieve zorg", "palliative care"),
    "enabling": Text("randvoorwaarden", "enabling measures"),
}
