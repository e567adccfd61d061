"""The plan for many indicators at once: what is gathered per person in one pass over a record table, and for whom.

Nothing here is SQL: `gather` and `gather_people` make statements of a plan, `roll_up` makes figures of their rows.
"""

import datetime
import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text

from .compile import compile
from .period import Period, read_period

Span = Literal["in_period", "until_mid", "until_end"]
MOST_FLAGS: Final = 62  # of a signed 64-bit integer, with one to spare
_FIGURES: Final = {
    "area", "age_band", "sex", "numerator", "numerator_persons", "denominator", "denominator_persons", "largest",
    "second",
}  # fmt: skip
_KNOWN: Final = {
    Criterion: {"record", "window", "system", "codes", "types", "urgency", "value_from", "value_below"},
    Population: {"covered_on", "age_from", "age_below", "criteria"},
    Measure: {"count", "of", "denominator", "value_scale"},
}
_RECORDS: Final = ("condition", "encounter", "measurement", "treatment", "cost")
_COUNTS: Final = ("persons", "records", "value_sum", "amount_sum")
_DENOMINATORS: Final = (None, "persons", "covered_days", "records")


@dataclass(frozen=True, order=True)
class Frame:
    """One period judged on one of its two reference dates: whom a cell holds depends on both."""

    period: str
    covered_on: str

    @property
    def days(self) -> Period:
        """Return the period's days."""
        return read_period(self.period)

    @property
    def reference(self) -> datetime.date:
        """Return the day on which coverage, life and age are judged."""
        return self.days.reference(self.covered_on)


@dataclass(frozen=True)
class Pattern:
    """Records to look for, with the window as a stretch of days that does not depend on the population."""

    record: str
    span: Span
    system: str | None
    codes: tuple[str, ...]
    types: tuple[str, ...]
    urgency: str | None
    value_from: int | None
    value_below: int | None


@dataclass(frozen=True)
class Amount:
    """What is added up over the matching records of one pattern: `records`, `value_sum` or `amount_sum`."""

    pattern: Pattern
    count: str
    scale: int = 1


@dataclass(frozen=True)
class Gathering:
    """One pass over a record table: per person and slice of time, flags of the patterns found, and the amounts.

    Slices are the stretches between neighbouring `cuts`; `slices_of` says which of them make up a frame.
    """

    record: str
    span: Span
    patterns: tuple[Pattern, ...]
    amounts: tuple[Amount, ...]
    cuts: tuple[datetime.date, ...]
    frames: tuple[Frame, ...]

    def slices_of(self, frame: Frame) -> tuple[int, int]:
        """Return the first slice of a frame and the one after its last."""
        first, last = _stretch(self.span, frame)
        return 0 if first is None else self.cuts.index(first), self.cuts.index(last) + (self.span != "in_period")

    @property
    def has_whole_slices(self) -> bool:
        """Tell whether every frame is exactly one slice, so that nothing is to be added up over slices."""
        return all(after - first == 1 for first, after in map(self.slices_of, self.frames))

    def flag(self, pattern: Pattern) -> int:
        """Return the number whose only bit stands for a pattern."""
        return 1 << self.patterns.index(pattern)


@dataclass(frozen=True)
class Counted:
    """One indicator in terms of the plan; `needs` are the patterns that the population must show."""

    definition: IndicatorDefinition
    needs: frozenset[Pattern]
    pattern: Pattern | None
    amount: Amount | None
    records: Amount | None


@dataclass(frozen=True)
class Plan:
    """All that is gathered for a set of indicators and periods.

    `groups` are the sets of patterns that some population needs, in the order of their bits in a person's membership;
    `ages` the lower bounds in completed years between which no indicator distinguishes.
    """

    frames: tuple[Frame, ...]
    areas: tuple[str, ...]
    ages: tuple[int, ...]
    groups: tuple[frozenset[Pattern], ...]
    gatherings: tuple[Gathering, ...]
    counted: tuple[Counted, ...] = field(repr=False)

    @property
    def needed(self) -> frozenset[int]:
        """Return the numbers of the gatherings in which some population's patterns are."""
        return frozenset(self.gathering_of(pattern)[0] for needs in self.groups for pattern in needs)

    def gathering_of(self, pattern: Pattern) -> tuple[int, Gathering]:
        """Return where a pattern is gathered, and the number of that pass."""
        return next((number, one) for number, one in enumerate(self.gatherings) if pattern in one.patterns)

    def group_bit(self, needs: frozenset[Pattern]) -> int:
        """Return the bit that members of a population have, 0 for everyone."""
        return 1 << self.groups.index(needs) if needs else 0


def is_fusible(definition: IndicatorDefinition) -> bool:
    """Tell whether a plan can hold this indicator: one with a key, a count or a figure unknown here is counted alone.

    Better counted alone than counted wrong, so whatever a later definition can say beyond these is no part of a plan.
    """
    population, measure = definition.population, definition.measure
    if population is None or measure is None:
        return False
    criteria = [*population.criteria, *([measure.of] if measure.of is not None else [])]
    return (
        all(_says_nothing_new(one) for one in (population, measure, *criteria))
        and all(one.record in _RECORDS for one in criteria)
        and all(one.window in ("in_period", "until_reference", "until_end") for one in criteria)
        and population.covered_on in ("mid_period", "end_period")
        and measure.count in _COUNTS
        and measure.denominator in _DENOMINATORS
        and set(definition.dimensions) <= {"area", "age_band", "sex"}
        and _has_known_figures(definition)
    )


def _has_known_figures(definition: IndicatorDefinition) -> bool:
    """Tell whether the statement that counts an indicator alone yields nothing that a plan does not."""
    simple = msgspec.structs.replace(definition, age_bands=(), population=Population())
    if simple.measure is not None and simple.measure.of is not None:  # which codes it counts makes no difference
        of = msgspec.structs.replace(simple.measure.of, codes=(), types=())
        simple = msgspec.structs.replace(simple, measure=msgspec.structs.replace(simple.measure, of=of))
    nothing = Text("", "")
    alike = msgspec.structs.replace(
        simple, id="", version=1, axis="health", title=nothing, description=nothing, unit=nothing, reference=""
    )
    return _figures_of(alike) <= _FIGURES


@functools.cache
def _figures_of(definition: IndicatorDefinition) -> frozenset[str]:
    """Return the names of the columns that an indicator's own statement yields."""
    return frozenset(one.name for one in compile(definition, "2000", ("any",)).selected_columns)


def _says_nothing_new(part: msgspec.Struct) -> bool:
    known = _KNOWN.get(type(part), set())
    fields = msgspec.structs.fields(type(part))
    return all(one.name in known or getattr(part, one.name) == one.default for one in fields)


def plan(definitions: Sequence[IndicatorDefinition], periods: Sequence[str], areas: Sequence[str]) -> Plan:
    """Make the plan for indicators that are all fusible; raises PeriodUnknown for a malformed period."""
    counted = tuple(_counted(one) for one in definitions)
    covered_ons = {one.population.covered_on for one in definitions if one.population}
    frames = tuple(sorted(Frame(period, covered_on) for period in set(periods) for covered_on in covered_ons))
    for frame in frames:
        read_period(frame.period)
    ages = {0}
    for one in definitions:
        ages |= {*one.age_bands, *_ends(one.population)}
    groups = dict.fromkeys(one.needs for one in counted if one.needs)
    return Plan(frames, tuple(areas), tuple(sorted(ages)), tuple(groups), tuple(_gatherings(counted, frames)), counted)


def _ends(population: Population | None) -> tuple[int, ...]:
    if population is None:
        return ()
    return tuple(age for age in (population.age_from, population.age_below) if age is not None)


def _counted(definition: IndicatorDefinition) -> Counted:
    population, measure = definition.population, definition.measure
    if population is None or measure is None:
        raise ValueError(f"Indicator {definition.id} has no measure, so it has no place in a plan.")
    needs = frozenset(_pattern(one, population) for one in population.criteria)
    pattern = _pattern(measure.of, population) if measure.of is not None else None
    amount = records = None
    if pattern is not None:
        if measure.count != "persons":
            scale = measure.value_scale if measure.count == "value_sum" else 1
            amount = Amount(pattern, measure.count, scale)
        if measure.denominator == "records":
            records = Amount(pattern, "records")
    return Counted(definition, needs, pattern, amount, records)


def _pattern(criterion: Criterion, population: Population) -> Pattern:
    span: Span = "in_period"
    if criterion.window != "in_period":
        # The reference date at a period's end is its last day, so "on or before" it is "before the end".
        is_mid = criterion.window == "until_reference" and population.covered_on == "mid_period"
        span = "until_mid" if is_mid else "until_end"
    return Pattern(
        criterion.record, span, criterion.system, tuple(sorted(set(criterion.codes))),
        tuple(sorted(set(criterion.types))), criterion.urgency, criterion.value_from, criterion.value_below,
    )  # fmt: skip


def _gatherings(counted: Sequence[Counted], frames: Sequence[Frame]) -> Iterable[Gathering]:
    asked: dict[Pattern, set[str]] = {}
    amounts: dict[Amount, None] = {}
    for one in counted:
        covered_on = one.definition.population.covered_on if one.definition.population else ""
        for pattern in (*sorted(one.needs, key=repr), *([one.pattern] if one.pattern else [])):
            asked.setdefault(pattern, set()).add(covered_on)
        amounts |= dict.fromkeys(amount for amount in (one.amount, one.records) if amount is not None)
    for (record, span), some in itertools.groupby(sorted(asked, key=repr), key=lambda one: (one.record, one.span)):
        patterns = tuple(some)
        for few in _batched(patterns):
            covered_ons = set().union(*(asked[one] for one in few))
            of_these = tuple(frame for frame in frames if frame.covered_on in covered_ons)
            days = {day for frame in of_these for day in _stretch(span, frame) if day is not None}
            summed = tuple(amount for amount in amounts if amount.pattern in few)
            yield Gathering(record, span, tuple(few), summed, tuple(sorted(days)), of_these)


def _batched(patterns: tuple[Pattern, ...]) -> Iterable[tuple[Pattern, ...]]:
    return (patterns[start : start + MOST_FLAGS] for start in range(0, len(patterns), MOST_FLAGS))


def _stretch(span: Span, frame: Frame) -> tuple[datetime.date | None, datetime.date]:
    """Return the first day of a span in a frame, None where it has no beginning, and the day after its last."""
    days = frame.days
    if span == "in_period":
        return days.start, days.end
    return None, days.middle + datetime.timedelta(days=1) if span == "until_mid" else days.end
