"""From a mapping, such as one YAML document, to an indicator definition; each mistake gives one clear sentence."""

import functools
from collections.abc import Mapping
from typing import Any, Final, get_args

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from schemas.refused import Refused

from .definition import Again, Criterion, IndicatorDefinition, Measure, Population, Provenance, Text, Window

_ID: Final = r"^[a-z][a-z0-9]{0,7}\.[a-z0-9]+(_[a-z0-9]+)*$"
_CODED: Final = ("condition", "encounter", "measurement", "treatment")
_DENOMINATORS: Final[dict[str, tuple[str | None, ...]]] = {
    "count": (None,),
    "proportion": ("persons",),
    "rate": ("covered_days", "persons"),
    "mean": ("records",),
    "cost_per_person": ("persons", "covered_days"),
}
_TAKEN_OVER: Final = ("count", "rate")  # without population and measure: public figures, never computed here
_COUNTS: Final = {"count": ("persons", "records"), "proportion": ("persons",), "rate": ("persons", "records")}


class DefinitionInvalid(Refused, ValueError):
    """A definition breaks the rules; `sentences` holds one sentence per mistake: file, key, what to write."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class _Strict(Schema):
    class Meta:
        unknown = RAISE


def _text(required: bool = True) -> fields.String:
    return fields.String(required=required, validate=validate.Length(min=1, error="must not be empty; write a text"))


def _choice(*allowed: str, **options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(allowed, error="must be one of " + ", ".join(allowed)), **options)


def _whole(low: int, high: int, **options: Any) -> fields.Integer:
    between = validate.Range(min=low, max=high, error=f"must be a whole number from {low} to {high}")
    return fields.Integer(strict=True, validate=between, **options)


class _TextSchema(_Strict):
    nl = _text()
    en = _text()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Text:
        return Text(**data)


class _AgainSchema(_Strict):
    within_days = _whole(1, 366, required=True)
    urgency = _choice("acute", "planned", allow_none=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Again:
        return Again(**data)


class _CriterionSchema(_Strict):
    record = _choice(*_CODED, "cost", "death", required=True)
    window = _choice(*get_args(Window))
    system = fields.String(allow_none=True, validate=validate.Regexp(r"^[a-z0-9]+$", error="must be in lower case"))
    codes = fields.List(_text())
    types = fields.List(_text())
    urgency = _choice("acute", "planned", allow_none=True)
    value_from = _whole(-1_000_000, 1_000_000, allow_none=True)
    value_below = _whole(-1_000_000, 1_000_000, allow_none=True)
    prefixes = fields.List(
        fields.String(validate=validate.Regexp(r"^[A-Z0-9.]+$", error="must be capitals, digits and points"))
    )
    at_least = _whole(1, 100)
    code_length = _whole(1, 20, allow_none=True)
    again = fields.Nested(_AgainSchema, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _fits_its_record(self, data: dict[str, Any], **_: Any) -> None:
        record = data["record"]
        if data.get("system") is not None and record not in _CODED:
            remedy = "use types" if record == "cost" else "remove it"
            raise ValidationError(f"cannot be given for {record}; {remedy}", "system")
        for name in ("codes", "prefixes"):
            if data.get(name) and data.get("system") is None:
                raise ValidationError(f"is needed beside {name}; write the code system, such as icpc", "system")
        if data.get("types") and record not in ("encounter", "cost"):
            raise ValidationError("can be given only for encounter and cost; use codes", "types")
        if data.get("urgency") and record != "encounter":
            raise ValidationError("can be given only for encounter; remove it", "urgency")
        low, below = data.get("value_from"), data.get("value_below")
        if (low, below) != (None, None) and record != "measurement":
            raise ValidationError("can be given only for measurement; remove it", "value_from")
        if low is not None and below is not None and low >= below:
            raise ValidationError("must be more than value_from", "value_below")

    @validates_schema(skip_on_field_errors=True)
    def _counts_codes_it_has(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("at_least", 1) > 1 and data.get("system") is None:
            raise ValidationError("needs a code system, such as icpc: distinct codes are counted", "at_least")
        if data.get("code_length") is not None and data.get("at_least", 1) == 1:
            raise ValidationError("can be given only with at_least above 1; remove it", "code_length")

    @validates_schema(skip_on_field_errors=True)
    def _looks_where_it_can(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("window") == "ended_in_period" and data["record"] not in ("encounter", "condition"):
            raise ValidationError("can be ended_in_period only for encounter and condition", "window")
        if data.get("window") == "while_covered" and data["record"] == "death":
            raise ValidationError("must be in_period for death, which counts only where days do", "window")
        if data.get("window") == "while_covered" and data.get("again") is not None:
            raise ValidationError("cannot be while_covered beside again; use in_period or ended_in_period", "window")
        if data.get("again") is not None and (data["record"] != "encounter" or not data.get("types")):
            raise ValidationError("can be given only for encounter with types; say which", "again")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Criterion:
        return Criterion(**_with_tuples(data, "codes", "types", "prefixes"))


class _PopulationSchema(_Strict):
    covered_on = _choice("mid_period", "end_period", "any_day")
    age_from = _whole(0, 150, allow_none=True)
    age_below = _whole(1, 150, allow_none=True)
    criteria = fields.List(fields.Nested(_CriterionSchema))
    excluded = fields.List(fields.Nested(_CriterionSchema), data_key="exclude")  # a Schema has an `exclude` of its own

    @validates_schema(skip_on_field_errors=True)
    def _has_ages(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("age_below") is not None and data["age_below"] <= (data.get("age_from") or 0):
            raise ValidationError("must be more than age_from", "age_below")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Population:
        exclude = tuple(data.pop("excluded", ()))
        return Population(exclude=exclude, **_with_tuples(data, "criteria"))


class _MeasureSchema(_Strict):
    count = _choice("persons", "records", "value_sum", "amount_sum", required=True)
    of = fields.Nested(_CriterionSchema, allow_none=True)
    denominator = _choice("persons", "covered_days", "records", allow_none=True)
    value_scale = _whole(1, 10_000)

    @validates_schema(skip_on_field_errors=True)
    def _counts_what_it_can(self, data: dict[str, Any], **_: Any) -> None:
        count, of = data["count"], data.get("of")
        if of is None and count != "persons":
            raise ValidationError("is needed to count records, values or amounts; say which records", "of")
        if count == "amount_sum" and of is not None and of.record != "cost":
            raise ValidationError("must be records of cost to sum amounts", "of")
        if count == "value_sum" and of is not None and None in (of.value_from, of.value_below):
            raise ValidationError("must be measurements with value_from and value_below to sum values", "of")
        if count != "value_sum" and data.get("value_scale", 1) != 1:
            raise ValidationError("can be given only for value_sum; remove it", "value_scale")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Measure:
        return Measure(**data)


class _ProvenanceSchema(_Strict):
    source = _text()
    verified = fields.Boolean(required=True, truthy={True}, falsy={False})

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Provenance:
        return Provenance(**data)


class DefinitionSchema(_Strict):
    """Marshmallow schema of one definition; `load` returns an IndicatorDefinition or raises ValidationError."""

    id = fields.String(required=True, validate=validate.Regexp(_ID, error="must look like h.dm_prev"))
    version = _whole(1, 9_999, required=True)
    axis = _choice("health", "quality", "cost", "workforce", "population", required=True)
    kind = _choice(*_DENOMINATORS, "percentage", required=True)
    title = fields.Nested(_TextSchema, required=True)
    description = fields.Nested(_TextSchema, required=True)
    unit = fields.Nested(_TextSchema, required=True)
    per = _whole(1, 1_000_000, required=True)
    favourable = _choice("higher", "lower", "neither", required=True)
    reference = _text()
    dimensions = fields.List(_choice("area", "age_band", "sex"), required=True)
    age_bands = fields.List(_whole(0, 150))
    population = fields.Nested(_PopulationSchema, allow_none=True)
    measure = fields.Nested(_MeasureSchema, allow_none=True)
    segment = fields.String(allow_none=True)
    standard = _choice("esp2013", allow_none=True)
    provenance = fields.Nested(_ProvenanceSchema, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _has_sound_dimensions(self, data: dict[str, Any], **_: Any) -> None:
        dimensions, bands = data["dimensions"], data.get("age_bands", [])
        if len(set(dimensions)) < len(dimensions):
            raise ValidationError("must name every dimension once", "dimensions")
        if bands != sorted(set(bands)) or (("age_band" in dimensions) != bool(bands)):
            raise ValidationError("must hold rising ages with dimension age_band, and none without", "age_bands")
        population = data.get("population")
        if bands and population is not None and bands[0] not in (0, population.age_from):
            raise ValidationError("must start at 0 or at the population's age_from", "age_bands")
        if bands and population is not None and population.age_below is not None and bands[-1] >= population.age_below:
            raise ValidationError("must lie below the population's age_below", "age_bands")

    @validates_schema(skip_on_field_errors=True)
    def _counts_as_its_kind_says(self, data: dict[str, Any], **_: Any) -> None:
        kind, population, measure = data["kind"], data.get("population"), data.get("measure")
        if kind == "percentage":
            if population is not None or measure is not None:
                raise ValidationError("must be left out: kind percentage is taken over from a table", "measure")
            return
        if kind in _TAKEN_OVER and population is None and measure is None:
            return
        if population is None or measure is None:
            key = "population" if population is None else "measure"
            raise ValidationError(f"is needed for kind {kind}; say what is counted", key)
        counts = {"mean": ("value_sum",), "cost_per_person": ("amount_sum",)} | _COUNTS
        if measure.count not in counts[kind] or measure.denominator not in _DENOMINATORS[kind]:
            denominators = " or ".join(str(name) for name in _DENOMINATORS[kind])
            wanted = f"count {' or '.join(counts[kind])} with denominator {denominators}"
            raise ValidationError(f"must be {wanted} for kind {kind}", "measure")
        if population.covered_on == "any_day" and measure.denominator != "covered_days":
            # persons of any day, less those of one day, would be the few who came or left
            raise ValidationError("must have denominator covered_days beside covered_on any_day", "measure")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> IndicatorDefinition:
        return IndicatorDefinition(**_with_tuples(data, "dimensions", "age_bands"))


@functools.cache
def _schema() -> DefinitionSchema:
    """Return the one schema that reads definitions; to make it costs more than to read one."""
    return DefinitionSchema()


def read_definition(mapping: Mapping[str, Any], file: str) -> IndicatorDefinition:
    """Return the definition that a mapping describes; `file` is the name to use in a sentence.

    Raises DefinitionInvalid with one sentence per mistake.
    """
    try:
        definition: IndicatorDefinition = _schema().load(mapping)
    except ValidationError as error:
        raise DefinitionInvalid(tuple(_sentences(error.messages, file, ()))) from error
    return definition


def read_population(mapping: Any, file: str) -> Population:
    """Return the population that a mapping describes, such as a segment's rule; raises DefinitionInvalid."""
    try:
        population: Population = _PopulationSchema().load(mapping)
    except ValidationError as error:
        raise DefinitionInvalid(tuple(_sentences(error.messages, file, ()))) from error
    return population


def read_text(mapping: Any, file: str) -> Text:
    """Return a text in both languages; raises DefinitionInvalid."""
    try:
        text: Text = _TextSchema().load(mapping)
    except ValidationError as error:
        raise DefinitionInvalid(tuple(_sentences(error.messages, file, ()))) from error
    return text


def _sentences(messages: Any, file: str, path: tuple[str, ...]) -> list[str]:
    if isinstance(messages, Mapping):
        nested = [_sentences(below, file, (*path, str(key))) for key, below in messages.items()]
        return [sentence for sentences in nested for sentence in sentences]
    key = ".".join(part for part in path if part != "_schema") or "definition"
    return [f"In {file}, key {key}: {_PLAIN.get(message, message).rstrip('.')}." for message in messages]


_PLAIN: Final = {
    "Missing data for required field.": "is missing; add it",
    "Field may not be null.": "must not be empty; write a value or leave the key out",
    "Not a valid string.": "must be a text; put it between quotes",
    "Not a valid integer.": "must be a whole number",
    "Not a valid list.": "must be a list",
    "Invalid input type.": "must be a mapping of keys",
    "Unknown field.": "is no key of a definition; remove it",
}


def _with_tuples(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return data | {name: tuple(data[name]) for name in names if name in data}
