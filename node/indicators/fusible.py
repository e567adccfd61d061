"""Whether a plan can hold an indicator: all that definitions can say now, and nothing that they may say later."""

import functools
from typing import Final

import msgspec

from schemas.definition import Again, Criterion, IndicatorDefinition, Measure, Population

FIGURES: Final = frozenset({
    "area", "age_band", "sex", "numerator", "numerator_persons", "denominator", "denominator_persons", "largest",
    "second",
})  # fmt: skip
"""All columns that a plan can make, of those that an indicator's own statement yields."""

_KNOWN: Final = {
    Criterion: {
        "record", "window", "system", "codes", "types", "urgency", "value_from", "value_below", "prefixes", "at_least",
        "code_length", "again",
    },
    Population: {"covered_on", "age_from", "age_below", "criteria", "exclude"},
    Measure: {"count", "of", "denominator", "value_scale"},
    Again: {"within_days", "urgency"},
}  # fmt: skip
_RECORDS: Final = ("condition", "encounter", "measurement", "treatment", "cost", "death")
_WINDOWS: Final = (
    "in_period", "while_covered", "until_reference", "until_end", "ended_in_period", "year_after_reference",
)  # fmt: skip
_COVERED_ONS: Final = ("mid_period", "end_period", "any_day")
COUNTS: Final = ("persons", "records", "value_sum", "amount_sum")
DENOMINATORS: Final = (None, "persons", "covered_days", "records")


def is_fusible(definition: IndicatorDefinition) -> bool:
    """Tell whether a plan can hold this indicator: one with a key or a count unknown here is counted alone.

    Better counted alone than counted wrong, so whatever a later definition can say beyond these is no part of a plan.
    """
    population, measure = definition.population, definition.measure
    if population is None or measure is None:
        return False
    criteria = [*population.criteria, *population.exclude, *([measure.of] if measure.of is not None else [])]
    agains = [one.again for one in criteria if one.again is not None]
    return (
        all(_says_nothing_new(one) for one in (population, measure, *criteria, *agains))
        and all(one.record in _RECORDS for one in criteria)
        and all(one.window in _WINDOWS for one in criteria)
        and population.covered_on in _COVERED_ONS
        and measure.count in COUNTS
        and measure.denominator in DENOMINATORS
        and set(definition.dimensions) <= {"area", "age_band", "sex"}
    )


def _says_nothing_new(part: msgspec.Struct) -> bool:
    return all(getattr(part, name) == default for name, default in _new_in(type(part)))


@functools.cache
def _new_in(kind: type[msgspec.Struct]) -> tuple[tuple[str, object], ...]:
    """Return the fields of a part of a definition that a plan does not know, each with its default."""
    known = _KNOWN.get(kind, set())
    return tuple((one.name, one.default) for one in msgspec.structs.fields(kind) if one.name not in known)
