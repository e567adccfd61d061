"""The form of parts of a mapping, as marshmallow schemas: databases, OMOP, FHIR, and until when all is delivered."""

import contextlib
from datetime import date, datetime
from typing import Any, Final

from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from .canonical import CODE_SYSTEMS
from .fhir_table import RESOURCES

_EMPTY: Final = "is empty; fill it in."
_NAME: Final = r"^[A-Za-z_][A-Za-z0-9_]*$"
_AMOUNTS: Final = ("total_paid", "total_cost", "total_charge", "paid_by_payer")
_COSTS: Final = {"ExplanationOfBenefit", "Claim"}


class _Strict(Schema):
    error_messages = {  # noqa: RUF012 - marshmallow declares this attribute writable
        "unknown": "is not a key of a mapping; remove it or correct its spelling.",
        "type": "must be a group of keys.",
    }


def _filled() -> fields.String:
    return fields.String(
        validate=validate.Length(min=1, error=_EMPTY), error_messages={"null": _EMPTY, "invalid": "must be a text."}
    )


def _system() -> fields.String:
    return fields.String(validate=validate.OneOf(CODE_SYSTEMS, error="must be one of: {choices}."))


class DatabaseSchema(_Strict):
    """Where the address of a database is found; the address itself holds a password and has no place in a mapping."""

    url_env = fields.String(
        validate=validate.Regexp(_NAME, error="must be the name of an environment variable, not an address.")
    )
    url_file = fields.String(
        validate=[
            validate.Length(min=1, error=_EMPTY),
            validate.ContainsNoneOf((":", "@"), error="must be the name of a file, not an address."),
        ]
    )
    schema = _filled()

    @validates_schema
    def _one_place(self, data: dict[str, Any], **_: Any) -> None:
        if ("url_env" in data) == ("url_file" in data):
            raise ValidationError(
                "must have either `url_env`, the environment variable that holds the database's address, or `url_file`,"
                " a file that only its owner can read."
            )


class OmopSchema(_Strict):
    """How OMOP tables are read."""

    source_values = fields.Dict(
        keys=fields.String(
            validate=validate.OneOf(
                ("condition", "treatment", "measurement"), error="must be condition, treatment or measurement."
            )
        ),
        values=_system(),
    )
    concept_map = _filled()
    currency_concept_id = fields.Integer(strict=True)
    amount = fields.String(validate=validate.OneOf(_AMOUNTS, error="must be one of: {choices}."))


class FhirSchema(_Strict):
    """How FHIR resources are read."""

    files = fields.List(fields.String(), validate=validate.Length(min=1, error="is empty; list the files."))
    resources = fields.List(
        fields.String(validate=validate.OneOf(tuple(RESOURCES), error="must be one of: {choices}.")),
        validate=validate.Length(min=1, error="is empty; list the types to read."),
    )
    identifier_system = _filled()
    code_systems = fields.Dict(keys=fields.String(), values=_system())
    encounter_types = fields.Dict(keys=fields.String(), values=_filled())
    value_codes = fields.Dict(
        keys=fields.Raw(),
        values=fields.String(
            validate=validate.Regexp(r"^-?[0-9]{1,13}(\.[0-9]{1,4})?$", error='must be a number between quotes: "1".')
        ),
    )
    currency = fields.String(validate=validate.Regexp(r"^[A-Z]{3}$", error="must be a currency, such as EUR."))
    round = fields.Boolean(error_messages={"invalid": "must be true or false."})

    @validates_schema(skip_on_field_errors=True)
    def _costs_once(self, data: dict[str, Any], **_: Any) -> None:
        if set(data.get("resources", ())) >= _COSTS:
            problem = "have the same costs in Claim and ExplanationOfBenefit; leave one of them out."
            raise ValidationError({"resources": [problem]})

    @validates_schema
    def _codes_as_text(self, data: dict[str, Any], **_: Any) -> None:
        # YAML reads an unquoted code as a number
        if "value_codes" in data:
            data["value_codes"] = {str(code): number for code, number in data["value_codes"].items()}


class UntilField(fields.Field[Any]):
    """The last day of which a source delivered all, or `{days_before: N}`, counted from the day of loading."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date | int:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        days = value.get("days_before") if isinstance(value, dict) and len(value) == 1 else None
        if isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= 1000:
            return days
        with contextlib.suppress(ValueError, TypeError):
            return date.fromisoformat(value)
        raise ValidationError("must be a day, written YYYY-MM-DD, or {days_before: 45}, counted from loading.")
