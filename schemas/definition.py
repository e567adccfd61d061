"""Indicator definitions: data (YAML, versioned, hashed), never code from outside.

A definition says who is counted (population), what is counted about them (measure) and how the result is cut
(dimensions). `numerator_key` and `denominator_key` are the canonical names of the two statistics: the persons with
diabetes that one indicator counts *are* the population of another.
"""

from typing import Literal

import msgspec

from .canonical import canonical_bytes, sha256_hex
from .payloads import IndicatorKind

RecordKind = Literal["condition", "encounter", "measurement", "treatment", "cost"]
Window = Literal["in_period", "until_reference", "until_end"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    nl: str
    en: str


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of one kind: by code system and codes, type (of encounter) or category (of cost), urgency, value, date.

    An empty tuple or None means *any*. `value_from` <= value < `value_below`. Windows are half-open: `in_period` is
    [start, end); `until_reference` is on or before the population's reference date; `until_end` is before the end.
    """

    record: RecordKind
    window: Window = "in_period"
    system: str | None = None
    codes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    urgency: Literal["acute", "planned"] | None = None
    value_from: int | None = None
    value_below: int | None = None


class Population(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Persons covered and alive on the reference date who live in the region, are of the age, and meet every criterion.

    Age is in completed years on the reference date; `age_from` <= age < `age_below`.
    """

    covered_on: Literal["mid_period", "end_period"] = "mid_period"
    age_from: int | None = None
    age_below: int | None = None
    criteria: tuple[Criterion, ...] = ()


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is counted of the population.

    count: `persons` with a matching record, `records`, `value_sum` (measurement value x `value_scale`, an integer) or
    `amount_sum` (cost, cents). denominator: `persons` of the population, their `covered_days` in the period, or the
    matching `records` themselves (for a mean); None for a bare count. `of` None counts the population itself.
    """

    count: Literal["persons", "records", "value_sum", "amount_sum"]
    of: Criterion | None = None
    denominator: Literal["persons", "covered_days", "records"] | None = "persons"
    value_scale: int = 1


class IndicatorDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of one indicator; without population and measure it is taken over from a public table.

    That holds for every `percentage`, and for the counts and rates that others publish.

    Shown value = numerator / denominator * per (rates: denominator days / 365.25; scaled sums: / value_scale).
    """

    id: str
    version: int
    axis: Literal["health", "quality", "cost", "workforce", "population"]
    kind: IndicatorKind
    title: Text
    description: Text
    unit: Text
    per: int
    favourable: Literal["higher", "lower", "neither"]
    reference: str
    dimensions: tuple[str, ...]
    age_bands: tuple[int, ...] = ()
    population: Population | None = None
    measure: Measure | None = None

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the canonical definition: what `definition_hash` in a payload refers to."""
        return sha256_hex(canonical_bytes(self))


def denominator_key(definition: IndicatorDefinition) -> str | None:
    """Return the canonical name of the denominator's statistic, None for a bare count or a public table."""
    population, measure = definition.population, definition.measure
    if population is None or measure is None or measure.denominator is None:
        return None
    return _key(population, measure.denominator, measure.of if measure.denominator == "records" else None, 1)


def numerator_key(definition: IndicatorDefinition) -> str | None:
    """Return the canonical name of the numerator's statistic, None for a public table."""
    population, measure = definition.population, definition.measure
    if population is None or measure is None:
        return None
    if measure.count == "persons":
        return _key(_with(population, measure.of), "persons", None, 1)
    return _key(population, measure.count, measure.of, measure.value_scale)


def _with(population: Population, criterion: Criterion | None) -> Population:
    if criterion is None:
        return population
    return msgspec.structs.replace(population, criteria=(*population.criteria, criterion))


def _key(population: Population, counted: str, of: Criterion | None, scale: int) -> str:
    criteria = sorted({canonical_bytes(_sorted(c)) for c in population.criteria})
    plain = msgspec.to_builtins(msgspec.structs.replace(population, criteria=()))
    plain["criteria"] = [msgspec.json.decode(c) for c in criteria]
    key = {"population": plain, "counted": counted, "of": None if of is None else _sorted(of), "scale": scale}
    return canonical_bytes(key).decode()


def _sorted(criterion: Criterion) -> Criterion:
    return msgspec.structs.replace(
        criterion, codes=tuple(sorted(set(criterion.codes))), types=tuple(sorted(set(criterion.types)))
    )
