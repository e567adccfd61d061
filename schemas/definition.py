"""Indicator definitions: data (YAML, versioned, hashed), never code from outside.

A definition says who is counted (population), what is counted about them (measure) and how the result is cut
(dimensions). `numerator_key` and `denominator_key` are the canonical names of the two statistics: the persons with
diabetes that one indicator counts *are* the population of another.
"""

from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

from .canonical import canonical_bytes, sha256_hex
from .payloads import IndicatorKind
from .text import Text as Text

RecordKind = Literal["condition", "encounter", "measurement", "treatment", "cost", "death"]
Window = Literal[
    "in_period", "while_covered", "until_reference", "until_end", "ended_in_period", "year_after_reference"
]  # fmt: skip
CoveredOn = Literal["mid_period", "end_period", "any_day"]


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another encounter of the same person and type, begun on day 1 to `within_days` after the end of the first.

    The day of discharge itself is left out: what begins on it is taken for a transfer.
    """

    within_days: int
    urgency: Literal["acute", "planned"] | None = None


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of one kind: by code system and codes, type (of encounter) or category (of cost), urgency, value, date.

    An empty tuple or None means *any*. `value_from` <= value < `value_below`. Windows are half-open: `in_period` is
    [start, end); `until_reference` is on or before the population's reference date; `until_end` is before the end;
    `ended_in_period` looks at the end date; `year_after_reference` is the 365 days after the reference date;
    `while_covered` are the days of the period that the person is covered, alive and living here, and the day of death:
    what `covered_days` counts, so that a rate's events are those of its person-time. A code
    matches if it is one of `codes` or starts with one of `prefixes`. A person meets the criterion with at least
    `at_least` distinct codes, of which the first `code_length` characters count. Record `death` is the day of death, of
    somebody covered and living here until that day; `year_after_reference` follows persons wherever they went.
    """

    record: RecordKind
    window: Window = "in_period"
    system: str | None = None
    codes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    urgency: Literal["acute", "planned"] | None = None
    value_from: int | None = None
    value_below: int | None = None
    prefixes: tuple[str, ...] = ()
    at_least: int = 1
    code_length: int | None = None
    again: Again | None = None


class Population(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Persons covered and alive on the reference date who live in the region, are of the age, and meet every criterion.

    Age is in completed years on the reference date; `age_from` <= age < `age_below`. Whoever meets a criterion of
    `exclude` is left out. With `any_day` it is everybody who is covered, alive and living in the region on any day of
    the period, or who was until the day of a death in it; the reference date is then its last day.
    """

    covered_on: CoveredOn = "mid_period"
    age_from: int | None = None
    age_below: int | None = None
    criteria: tuple[Criterion, ...] = ()
    exclude: tuple[Criterion, ...] = ()


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


class Provenance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the choices of a definition come from, and whether somebody has held them against that source."""

    source: str
    verified: bool


class IndicatorDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of one indicator; without population and measure it is taken over from a public table.

    That holds for every `percentage`, and for the counts and rates that others publish.

    Shown value = numerator / denominator * per (rates: denominator days / 365.25; scaled sums: / value_scale).
    `segment` names the rule from which the population was made; the rule itself is in the population. `standard` names
    the population by which the figure is to be standardised; what is published here is the crude figure.
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
    segment: str | None = None
    standard: Literal["esp2013"] | None = None
    provenance: Provenance | None = None

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the canonical definition: what `definition_hash` in a payload refers to.

        It covers what is counted and what it is called, not its `provenance`: who checks a definition changes nothing.
        """
        return _hash_of(self)


@lru_cache(maxsize=4096)  # asked for of every figure that is read
def _hash_of(definition: IndicatorDefinition) -> str:
    return sha256_hex(canonical_bytes(meaning(definition)))


# Keys that the language of definitions gained later, with the value that says nothing: left out where they have it,
# so that a definition of before keeps its hash, and its statistics their names in what was released.
_LATER: Final[dict[str, Any]] = {
    "prefixes": [], "at_least": 1, "code_length": None, "again": None, "exclude": [], "segment": None, "standard": None,
}  # fmt: skip


def meaning(definition: IndicatorDefinition) -> dict[str, Any]:
    """Return a definition as the mapping that is hashed and shown: all of it but its provenance."""
    whole: dict[str, Any] = _plain(definition)
    del whole["provenance"]
    return whole


def _plain(value: Any) -> Any:
    """Return a struct as plain mappings and lists, without later keys that say nothing."""
    return _without_later(msgspec.to_builtins(value))


def _without_later(value: Any) -> Any:
    if isinstance(value, dict):
        said = {key: inner for key, inner in value.items() if key not in _LATER or _listed(inner) != _LATER[key]}
        return {key: _without_later(inner) for key, inner in said.items()}
    return [_without_later(inner) for inner in value] if isinstance(value, list | tuple) else value


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


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
    plain = _plain(msgspec.structs.replace(population, criteria=(), exclude=()))
    plain["criteria"] = _in_order(population.criteria)
    if population.exclude:
        plain["exclude"] = _in_order(population.exclude)
    key = {"population": plain, "counted": counted, "of": None if of is None else _plain(_sorted(of)), "scale": scale}
    return canonical_bytes(key).decode()


def _in_order(criteria: tuple[Criterion, ...]) -> list[Any]:
    return [msgspec.json.decode(one) for one in sorted({canonical_bytes(_plain(_sorted(c))) for c in criteria})]


def _sorted(criterion: Criterion) -> Criterion:
    lists = {name: tuple(sorted(set(getattr(criterion, name)))) for name in ("codes", "types", "prefixes")}
    return msgspec.structs.replace(criterion, **lists)
