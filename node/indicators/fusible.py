"""Whether a plan can hold an indicator: all that definitions can say now, and nothing that they may say later."""

import functools
from typing import Final

import msgspec

from schemas.definition import Again, Criterion, IndicatorDefinition, Measure, Population, Text

from .compile import compile

_FIGURES: Final = {
    "area", "age_band", "sex", "numerator", "numerator_persons", "denominator", "denominator_persons", "largest",
    "second",
}  # fmt: skip
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
_WINDOWS: Final = ("in_period", "until_reference", "until_end", "ended_in_period", "year_after_reference")
_COVERED_ONS: Final = ("mid_period", "end_period", "any_day")
_COUNTS: Final = ("persons", "records", "value_sum", "amount_sum")
_DENOMINATORS: Final = (None, "persons", "covered_days", "records")


def is_fusible(definition: IndicatorDefinition) -> bool:
    """Tell whether a plan can hold this indicator: one with a key, a count or a figure unknown here is counted alone.

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
        and measure.count in _COUNTS
        and measure.denominator in _DENOMINATORS
        and set(definition.dimensions) <= {"area", "age_band", "sex"}
        and _has_known_figures(definition)
    )


def _has_known_figures(definition: IndicatorDefinition) -> bool:
    """Tell whether the statement that counts an indicator alone yields nothing that a plan does not."""
    measure = definition.measure
    if measure is not None and measure.of is not None:  # which of its records it counts makes no difference
        summed = measure.count in ("value_sum", "amount_sum")
        of = Criterion(measure.of.record if summed else "condition")
        measure = msgspec.structs.replace(measure, of=of, value_scale=1)
    # So few ways to count are there that most definitions find theirs compiled.
    nothing = Text("", "")
    alike = IndicatorDefinition(
        "", 1, "health", "count", nothing, nothing, nothing, 1, "neither", "", (), (), Population(), measure
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
