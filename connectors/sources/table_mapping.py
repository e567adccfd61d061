"""What a mapping of a published table may say: one YAML file beside the table, read strictly."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import yaml
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from schemas.codes import PERIOD
from schemas.plain_yaml import YamlNotPlain, read_yaml

from . import SourceRefused
from .symbols import CBS, CBS_PROVISIONAL, MEANINGS, Symbols

UNITS: Final = ("day", "week", "month", "quarter", "year")
_PLAIN: Final = {  # marshmallow's words, as the end of a sentence of ours
    "Missing data for required field.": "is missing",
    "Unknown field.": "is no key of a mapping",
    "Not a valid integer.": "must be a whole number",
    "Not a valid string.": "must be a text between quotes",
    "Not a valid boolean.": "must be true or false",
    "Not a valid list.": "must be a list",
    "Not a valid date.": 'must be a day between quotes, such as "2025-09-22"',
    "Not a valid mapping type.": "must be a mapping of keys",
    "Invalid input type.": "must be a mapping of keys",
}


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1, error="must not be empty"), **options)


def _texts() -> fields.List[str]:
    return fields.List(fields.String(), load_default=list)


def _separator() -> fields.String:
    return fields.String(required=True, validate=validate.Length(equal=1, error="must be one character"))


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class _Names(fields.Field[list[str]]):
    """A column's name, or the names it has in several layouts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[str]:
        names = [value] if isinstance(value, str) else value
        if not (isinstance(names, list) and names and all(isinstance(name, str) and name for name in names)):
            raise ValidationError("must be a column's name, or a list of the names it has in several layouts")
        return names


class _Symbols(fields.Field[Symbols]):
    """The preset `cbs`, or texts each with its meaning; `provisional` is a list of endings."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Symbols:
        if value == "cbs":
            return Symbols(CBS, CBS_PROVISIONAL)
        if not isinstance(value, dict):
            raise ValidationError("must be `cbs`, or texts between quotes, each with its meaning")
        marks = value.get("provisional", [])
        meanings = {str(text): meaning for text, meaning in value.items() if text != "provisional"}
        if not (isinstance(marks, list) and all(isinstance(mark, str) and mark for mark in marks)):
            raise ValidationError('must be a list of endings, such as ["*"]', "provisional")
        if any(meaning not in MEANINGS for meaning in meanings.values()):
            raise ValidationError("must give every text one of the meanings " + ", ".join(MEANINGS))
        return Symbols(meanings, tuple(marks))


class _HeadingsSchema(_Strict):
    row = fields.Integer(strict=True, validate=validate.Range(1, 1000, error="must be from 1 to 1000"))
    rows = fields.Integer(strict=True, validate=validate.Range(1, 5, error="must be from 1 to 5"))


class _MembershipSchema(_Strict):
    file = _text()
    separator = _separator()
    encoding = _text()
    area_column = _text()
    region_column = _text()


class _PeriodSchema(_Strict):
    column = _Names(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(UNITS, error="must be one of " + ", ".join(UNITS)))
    format = fields.String(load_default="%Y-%m-%d", validate=validate.Length(min=2, error="must be like %Y-%m-%d"))


class _Period(fields.Field[Any]):
    """One period for the whole table, or the column that says it row by row."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, dict):
            return _PeriodSchema().load(value)
        if not (isinstance(value, str) and PERIOD.fullmatch(value)):
            raise ValidationError('must look like "2024", or name a column, its unit and its format')
        return value


class _MappingSchema(_Strict):
    kind = fields.String(
        load_default="csv", validate=validate.OneOf(("csv", "xlsx"), error="must be csv or xlsx"),
    )  # fmt: skip
    separator = fields.String(validate=validate.Length(equal=1, error="must be one character"))
    encoding = fields.String(validate=validate.Length(min=1, error="must not be empty"))
    sheet = fields.String(validate=validate.Length(min=1, error="must not be empty"))
    headings = fields.Nested(_HeadingsSchema)
    decimal = fields.String(load_default=".", validate=validate.OneOf((".", ","), error='must be "." or ","'))
    symbols = _Symbols(load_default=lambda: Symbols({}))
    layouts = fields.List(fields.List(fields.String()), load_default=list)
    area_column = _Names(required=True)
    area_form = fields.String(
        load_default="code",
        validate=validate.OneOf(("code", "municipality_number"), error="must be code or municipality_number"),
    )
    no_area = _texts()
    filters = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    period = _Period(required=True)
    division_year = fields.Integer(strict=True, required=True)
    numbers = fields.String(
        load_default="percentage",
        validate=validate.OneOf(("percentage", "count", "rate"), error="must be percentage, count or rate"),
    )
    decimals = fields.Integer(
        strict=True, required=True, validate=validate.Range(min=0, max=3, error="must be from 0 to 3")
    )
    not_available = _texts()
    labels = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    complete = fields.Boolean(load_default=False)
    owner = _text()
    table = _text()
    url = _text()
    licence = _text()
    retrieved_on = fields.Date(format="iso", required=True)
    membership = fields.Nested(_MembershipSchema, required=True)
    values = fields.Dict(keys=fields.String(), values=fields.String(), required=True)

    @validates_schema(skip_on_field_errors=True)
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        for key in ("separator", "encoding"):
            if data["kind"] == "csv" and key not in data:
                raise ValidationError("Missing data for required field.", key)
            if data["kind"] == "xlsx" and key in data:
                raise ValidationError("belongs to a CSV only; remove it", key)
        if data["kind"] == "csv" and "sheet" in data:
            raise ValidationError("belongs to a workbook only; remove it, or write kind: xlsx", "sheet")
        if data["numbers"] == "count" and data["decimals"] != 0:
            raise ValidationError("must be 0 for numbers: count", "decimals")
        if not data["values"]:
            raise ValidationError("must name at least one column", "values")
        if len(set(data["values"].values())) < len(data["values"]):
            raise ValidationError("two columns have the same indicator; give each its own", "values")
        if set(data["labels"]) - set(data["values"]):
            raise ValidationError("must name columns of `values`, each with the column of its text", "labels")


@lru_cache(maxsize=8)
def read_mapping(content: bytes, name: str) -> dict[str, Any]:
    """Read a mapping of a published table; raises SourceRefused naming the file, the key and what to write."""
    try:
        mapping: dict[str, Any] = _MappingSchema().load(read_yaml(content.decode("utf-8")))
    except YamlNotPlain as error:
        raise SourceRefused(f"{name}: {error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceRefused(f"{name} is not YAML in UTF-8; check its indents, colons and quotes.") from error
    except ValidationError as error:
        key, sentence = _first_mistake(error.messages, ())
        raise SourceRefused(f"In {name}, key {key}: {sentence.rstrip('.')}; correct it.") from error
    return mapping


def _first_mistake(messages: Any, path: tuple[str, ...]) -> tuple[str, str]:
    if isinstance(messages, Mapping):
        key = sorted(messages, key=str)[0]
        return _first_mistake(messages[key], (*path, str(key)))
    sentence = str(messages[0])
    return ".".join(part for part in path if part != "_schema") or "mapping", _PLAIN.get(sentence, sentence)
