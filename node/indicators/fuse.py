"""The plan for many indicators at once: what is gathered per person in one pass over a record table, and for whom.

Nothing here is SQL: `gather` and `gather_people` make statements of a plan, `roll_up` makes figures of their rows.
"""

import datetime
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from schemas.definition import Again, Criterion, IndicatorDefinition, Population

from .period import YEAR_AFTER, Period, read_period

Span = Literal["in_period", "until_mid", "until_end", "ended_in_period", "year_after_mid", "year_after_end"]
MOST_FLAGS: Final = 62  # of a signed 64-bit integer, with one to spare
_DAY: Final = datetime.timedelta(days=1)


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
    prefixes: tuple[str, ...] = ()
    at_least: int = 1
    code_length: int | None = None
    again: Again | None = None
    is_observed: bool = False  # only on days that the person is observed (`residence.observed`)

    @property
    def has_codes(self) -> bool:
        """Tell whether the code of a record decides."""
        return bool(self.codes or self.prefixes)


@dataclass(frozen=True)
class Need:
    """What a population asks of a person: to show a pattern, or (`exclude`) not to."""

    pattern: Pattern
    is_met: bool = True


@dataclass(frozen=True)
class Amount:
    """What is added up over the matching records of one pattern: `records`, `value_sum` or `amount_sum`."""

    pattern: Pattern
    count: str
    scale: int = 1


@dataclass(frozen=True)
class Gathering:
    """One pass over a record table: per person and slice of time, flags of the patterns found, and the amounts.

    Slices are the stretches between neighbouring `cuts`; `slices_of` says which of them make up a frame. A pattern of
    several distinct codes has a pass of its own, whose rows are also per code: whether they are enough shows only when
    a frame's slices are put together. So have patterns of a return, which looks at other records.
    """

    record: str
    span: Span
    patterns: tuple[Pattern, ...]
    amounts: tuple[Amount, ...]
    cuts: tuple[datetime.date, ...]
    frames: tuple[Frame, ...]
    areas: tuple[str, ...] = ()  # where deaths and observed days count; other records count wherever they are from

    def slices_of(self, frame: Frame) -> tuple[int, int]:
        """Return the first slice of a frame and the one after its last."""
        first, last = _stretch(self.span, frame)
        return 0 if first is None else self.cuts.index(first), self.cuts.index(last) + (not self.has_first_day)

    @property
    def has_first_day(self) -> bool:
        """Tell whether what lies before the first cut is left out."""
        return not self.span.startswith("until_")

    @property
    def is_observed(self) -> bool:
        """Tell whether some pattern counts only on days that a person is observed."""
        return any(one.is_observed for one in self.patterns)

    @property
    def distinct(self) -> Pattern | None:
        """Return the pattern whose distinct codes are counted, None where no pattern's are."""
        return self.patterns[0] if self.patterns[0].at_least > 1 else None

    @property
    def has_whole_slices(self) -> bool:
        """Tell whether every frame is exactly one slice, so that nothing is to be added up over slices."""
        return all(after - first == 1 for first, after in map(self.slices_of, self.frames))

    def flag(self, pattern: Pattern) -> int:
        """Return the number whose only bit stands for a pattern."""
        return 1 << self.patterns.index(pattern)


@dataclass(frozen=True)
class Counted:
    """One indicator in terms of the plan; `needs` are what the population must show, or must not."""

    definition: IndicatorDefinition
    needs: frozenset[Need]
    pattern: Pattern | None
    amount: Amount | None
    records: Amount | None


@dataclass(frozen=True)
class Plan:
    """All that is gathered for a set of indicators and periods.

    `groups` are the sets of needs of some population, in the order of their bits in a person's membership;
    `ages` the lower bounds in completed years between which no indicator distinguishes.
    """

    frames: tuple[Frame, ...]
    areas: tuple[str, ...]
    ages: tuple[int, ...]
    groups: tuple[frozenset[Need], ...]
    gatherings: tuple[Gathering, ...]
    counted: tuple[Counted, ...] = field(repr=False)

    @property
    def needed(self) -> frozenset[int]:
        """Return the numbers of the gatherings in which some population's patterns are."""
        return frozenset(self.gathering_of(need.pattern)[0] for needs in self.groups for need in needs)

    def gathering_of(self, pattern: Pattern) -> tuple[int, Gathering]:
        """Return where a pattern is gathered, and the number of that pass."""
        return next((number, one) for number, one in enumerate(self.gatherings) if pattern in one.patterns)

    def group_bit(self, needs: frozenset[Need]) -> int:
        """Return the bit that members of a population have, 0 for everyone."""
        return 1 << self.groups.index(needs) if needs else 0


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
    return Plan(
        frames,
        tuple(areas),
        tuple(sorted(ages)),
        tuple(groups),
        tuple(_gatherings(counted, frames, tuple(areas))),
        counted,
    )


def _ends(population: Population | None) -> tuple[int, ...]:
    if population is None:
        return ()
    return tuple(age for age in (population.age_from, population.age_below) if age is not None)


def _counted(definition: IndicatorDefinition) -> Counted:
    population, measure = definition.population, definition.measure
    if population is None or measure is None:
        raise ValueError(f"Indicator {definition.id} has no measure, so it has no place in a plan.")
    needs = frozenset(
        Need(_pattern(one, population), is_met)
        for asked, is_met in ((population.criteria, True), (population.exclude, False))
        for one in asked
    )
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
    several = criterion.at_least > 1
    return Pattern(
        criterion.record, _span(criterion, population), criterion.system, tuple(sorted(set(criterion.codes))),
        tuple(sorted(set(criterion.types))), criterion.urgency, criterion.value_from, criterion.value_below,
        tuple(sorted(set(criterion.prefixes))), criterion.at_least, criterion.code_length if several else None,
        criterion.again, criterion.window == "while_covered",
    )  # fmt: skip


def _span(criterion: Criterion, population: Population) -> Span:
    is_mid = population.covered_on == "mid_period"
    match criterion.window:
        case "until_reference":
            # The reference date at a period's end is its last day, so "on or before" it is "before the end".
            return "until_mid" if is_mid else "until_end"
        case "year_after_reference":
            return "year_after_mid" if is_mid else "year_after_end"
        case "while_covered":
            return "in_period"
    return criterion.window


def _gatherings(counted: Sequence[Counted], frames: Sequence[Frame], areas: tuple[str, ...]) -> Iterable[Gathering]:
    asked: dict[Pattern, set[str]] = {}
    amounts: dict[Amount, None] = {}
    for one in counted:
        covered_on = one.definition.population.covered_on if one.definition.population else ""
        needed = sorted((need.pattern for need in one.needs), key=repr)
        for pattern in (*needed, *([one.pattern] if one.pattern else [])):
            asked.setdefault(pattern, set()).add(covered_on)
        amounts |= dict.fromkeys(amount for amount in (one.amount, one.records) if amount is not None)
    for _, some in itertools.groupby(sorted(asked, key=lambda one: (_pass_of(one), repr(one))), key=_pass_of):
        patterns = tuple(some)
        record, span = patterns[0].record, patterns[0].span
        for few in _batched(patterns):
            covered_ons = set().union(*(asked[one] for one in few))
            of_these = tuple(frame for frame in frames if frame.covered_on in covered_ons)
            days = {day for frame in of_these for day in _stretch(span, frame) if day is not None}
            summed = tuple(amount for amount in amounts if amount.pattern in few)
            where = areas if record == "death" or any(one.is_observed for one in few) else ()
            yield Gathering(record, span, tuple(few), summed, tuple(sorted(days)), of_these, where)


def _pass_of(pattern: Pattern) -> str:
    """Return a name of the pass in which a pattern is gathered; those with the same share it."""
    again = (pattern.again, pattern.types) if pattern.again is not None else None
    return repr((pattern.record, pattern.span, again, pattern if pattern.at_least > 1 else None))


def _batched(patterns: tuple[Pattern, ...]) -> Iterable[tuple[Pattern, ...]]:
    return (patterns[start : start + MOST_FLAGS] for start in range(0, len(patterns), MOST_FLAGS))


def _stretch(span: Span, frame: Frame) -> tuple[datetime.date | None, datetime.date]:
    """Return the first day of a span in a frame, None where it has no beginning, and the day after its last."""
    days = frame.days
    reference = days.middle if span.endswith("_mid") else days.end - _DAY
    if span in ("in_period", "ended_in_period"):
        return days.start, days.end
    if span.startswith("until_"):
        return None, reference + _DAY
    return reference + _DAY, reference + (YEAR_AFTER + 1) * _DAY
