"""The form of a mapping file, as marshmallow schemas whose messages say what to do."""

from typing import Any, Final

from marshmallow import Schema, fields, validate, validates, validates_schema
from marshmallow.exceptions import ValidationError

from schemas.codes import AREA_CODE, SOURCE_ID
from schemas.quality import COVERAGE_UNITS, LINKAGE_METHODS

from .canonical import CODE_SYSTEMS, FIELDS, LINKAGE_FIELDS, RECORDS, SEXES, URGENCIES, Form
from .kinds import KINDS
from .settings_schema import DatabaseSchema, FhirSchema, OmopSchema, UntilField

_MISSING: Final = "is missing; add it."
_NO_FIELDS: Final = "is empty; fill it in, or remove this file from the mapping if it holds no records."
_NOT_LISTED: Final = "names a column that `columns` does not list; correct its name, or list it if the file has it."
_ALLOWED: Final[dict[Form, tuple[str, ...]]] = {"sex": SEXES, "urgency": URGENCIES, "system": CODE_SYSTEMS}
_FILE_KEYS: Final = frozenset(key for kind in KINDS.values() for key in kind.file_keys)
_DATE_FORMAT: Final = r"^[%YmdHMSjbBy\-/. T:]*(?<!%)Z?$"  # Z: a moment in UTC, whose day is that of UTC


class _Strict(Schema):
    error_messages = {  # noqa: RUF012 - marshmallow declares this attribute writable
        "unknown": "is not a key of a mapping; remove it or correct its spelling.",
        "type": "must be a group of keys.",
    }


def _text(required: bool = True, **more: Any) -> fields.String:
    return fields.String(
        required=required,
        validate=validate.Length(min=1, error="is empty; fill it in."),
        error_messages={"required": _MISSING, "null": "is empty; fill it in.", "invalid": "must be a text."},
        **more,
    )


def _one_of(choices: tuple[str, ...]) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.OneOf(choices, error="must be one of: {choices}."),
        error_messages={"required": _MISSING, "null": "is empty; fill it in."},
    )


def _character() -> fields.String:
    return fields.String(validate=validate.Length(equal=1, error="must be one character."))


class LegalSchema(_Strict):
    """The legal ground of a source; every key is required but the decision that costs do not say who was paid."""

    controller = _text()
    purpose = _text()
    legal_basis = _text()
    agreement = _text()
    linkage = _one_of(LINKAGE_METHODS)
    linkage_fields = fields.List(
        fields.String(validate=validate.OneOf(LINKAGE_FIELDS, error="may only hold: {choices}.")),
        error_messages={"invalid": "must be a list of linkage fields, such as [surname, birth_date]."},
    )
    permitted_indicators = fields.List(
        fields.String(),
        required=True,
        validate=validate.Length(min=1, error='is empty; list indicator ids, or ["all"].'),
        error_messages={"required": _MISSING, "invalid": 'must be a list of indicator ids, or ["all"].'},
    )
    delete_by = fields.Date(
        required=True,
        error_messages={"required": _MISSING, "invalid": "must be a date, written YYYY-MM-DD."},
    )
    organisations_not_recorded = _text(required=False)

    @validates("delete_by")
    def _nothing_odd(self, value: Any, **_: Any) -> None:
        if value.year < 2000:
            raise ValidationError("must be a date after 2000, written YYYY-MM-DD.")

    @validates_schema(skip_on_field_errors=True)
    def _says_by_what(self, data: dict[str, Any], **_: Any) -> None:
        if data["linkage"] == "probabilistic" and not data.get("linkage_fields"):
            raise ValidationError({"linkage_fields": ["is missing; list by which fields persons may be compared."]})


class FieldSchema(_Strict):
    """Where a canonical field comes from."""

    column = fields.String()
    codes = fields.Dict(keys=fields.Raw(), values=fields.String())
    constant = fields.String()
    pad = fields.Integer(strict=True, validate=validate.Range(1, 20, error="must be from 1 to 20 digits."))
    prefix = fields.String(validate=validate.Length(1, 10, error="must have 1 to 10 characters."))

    @validates_schema
    def _one_origin(self, data: dict[str, Any], **_: Any) -> None:
        if ("column" in data) == ("constant" in data):
            raise ValidationError("must have either `column` or `constant`.")
        if "constant" in data and ("pad" in data or "prefix" in data):
            raise ValidationError("`pad` and `prefix` complete a column's texts; write a constant in full.")
        if "codes" in data:
            data["codes"] = {str(code): meaning for code, meaning in data["codes"].items()}


class HeadingsSchema(_Strict):
    """Where the headings of a sheet stand."""

    row = fields.Integer(strict=True, validate=validate.Range(1, 1000, error="must be from 1 to 1000."))
    rows = fields.Integer(strict=True, validate=validate.Range(1, 5, error="must be from 1 to 5."))


class FileSchema(_Strict):
    """One file of a source."""

    file = _text()
    record = _one_of(RECORDS)
    separator = _character()
    encoding = fields.String()
    decimal = fields.String(validate=validate.OneOf((",", "."), error='must be "," or ".".'))
    date_format = fields.String(validate=validate.Regexp(_DATE_FORMAT, error="is not a date format."))
    columns = fields.List(
        fields.String(), validate=validate.Length(min=1, error="is empty; list all headings, or remove it.")
    )
    sheet = fields.String(validate=validate.Length(min=1, error="is empty; name the sheet."))
    headings = fields.Nested(HeadingsSchema)
    mapped = fields.Dict(
        data_key="fields",
        keys=fields.String(),
        values=fields.Nested(FieldSchema),
        required=True,
        error_messages={"required": _MISSING, "null": _NO_FIELDS, "invalid": "must map canonical fields to columns."},
    )
    linked = fields.Dict(
        data_key="linkage",
        keys=fields.String(validate=validate.OneOf(LINKAGE_FIELDS, error="is no linkage field; use {choices}.")),
        values=fields.Nested(FieldSchema),
        error_messages={"invalid": "must map linkage fields to columns."},
    )

    @validates("encoding")
    def _known(self, value: str, **_: Any) -> None:
        try:
            "".encode(value)  # a codec that turns bytes into bytes, such as zlib, is none of text
        except (LookupError, UnicodeError):
            raise ValidationError("is not a known encoding; use for instance utf-8 or windows-1252.") from None

    @validates_schema(skip_on_field_errors=True)
    def _fits_the_record(self, data: dict[str, Any], **_: Any) -> None:
        known = FIELDS[data["record"]]
        for name, how in data["mapped"].items():
            if name not in known:
                raise ValidationError({"fields": {name: [f"is no field of a {data['record']}; use {_names(known)}."]}})
            _check_codes(name, how, known[name].form)
        for name, expected in known.items():
            if expected.required and name not in data["mapped"]:
                raise ValidationError({"fields": {name: [_MISSING]}})
        for name, how in data["mapped"].items():
            if "columns" in data and how.get("column", data["columns"][0]) not in data["columns"]:
                raise ValidationError({"fields": {name: [_NOT_LISTED]}})


class TableSchema(FileSchema):
    """One table or view of a database."""

    class Meta:
        """What belongs to files only."""

        exclude = ("separator", "encoding", "sheet", "headings")

    file = fields.String(data_key="table", required=True, error_messages={"required": _MISSING, "null": _MISSING})
    schema = fields.String(validate=validate.Length(min=1, error="is empty; fill it in."))
    where = fields.Dict(keys=fields.String(), values=fields.Raw())

    @validates_schema
    def _plain_filters(self, data: dict[str, Any], **_: Any) -> None:
        for column, value in data.get("where", {}).items():
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise ValidationError({"where": {column: ["must be one text or whole number; filter in a view."]}})
        if "linked" in data and data["record"] != "person":
            raise ValidationError({"linkage": ["belongs to a file of persons only; remove it."]})


class SplitSchema(_Strict):
    """A share of the persons of one OMOP set."""

    parts = fields.Integer(required=True, validate=validate.Range(min=1, error="must be at least 1."))
    part = fields.Integer(required=True, validate=validate.Range(min=0, error="must be 0 or more."))

    @validates_schema(skip_on_field_errors=True)
    def _part_exists(self, data: dict[str, Any], **_: Any) -> None:
        if data["part"] >= data["parts"]:
            raise ValidationError({"part": ["must be below `parts`; parts are counted from 0."]})


class ObjectionsSchema(_Strict):
    """A list of persons who objected."""

    file = _text()
    column = _text()
    separator = _character()
    encoding = fields.String()


class CoversSchema(_Strict):
    """How much of the region a source covers."""

    unit = _one_of(COVERAGE_UNITS)
    covered = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, error="must be 0 or more."))
    of = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, error="must be 1 or more."))

    @validates_schema(skip_on_field_errors=True)
    def _part_of_the_whole(self, data: dict[str, Any], **_: Any) -> None:
        if data["covered"] > data["of"]:
            raise ValidationError({"covered": ["must not be more than `of`."]})


class MappingSchema(_Strict):
    """A whole mapping file."""

    id = fields.String(
        required=True,
        validate=validate.Regexp(SOURCE_ID, error="must be lower case letters, digits, - or _."),
        error_messages={"required": _MISSING},
    )
    kind = _one_of(tuple(KINDS))
    legal = fields.Nested(
        LegalSchema, required=True, error_messages={"required": "is missing; no source is loaded without legal ground."}
    )
    folder = fields.String()
    files = fields.List(fields.Nested(FileSchema), validate=validate.Length(min=1, error="is empty; list the files."))
    max_reject_share = fields.Float(
        load_default=0.05, validate=validate.Range(min=0, max=1, error="must be between 0 and 1.")
    )
    precedence = fields.Integer(load_default=100)
    split = fields.Nested(SplitSchema)
    municipality = fields.String(validate=validate.Regexp(AREA_CODE, error="must be an area code, such as GM0363."))
    objections = fields.Nested(ObjectionsSchema)
    database = fields.Nested(DatabaseSchema)
    tables = fields.List(
        fields.Nested(TableSchema), validate=validate.Length(min=1, error="is empty; list the tables.")
    )
    omop = fields.Nested(OmopSchema)
    fhir = fields.Nested(FhirSchema)
    covers = fields.Nested(CoversSchema)
    complete_until = UntilField()
    objections_left_out = _text(required=False)
    unique_persons = fields.Boolean(load_default=False, error_messages={"invalid": "must be true or false."})

    @validates_schema(skip_on_field_errors=True)
    def _may_be_compared(self, data: dict[str, Any], **_: Any) -> None:
        allowed = data["legal"].get("linkage_fields", ())
        for place, file in enumerate(data.get("files", ())):
            for name in file.get("linked", {}):
                if name not in allowed:
                    problem = "is not among `legal.linkage_fields`; have it recorded there first."
                    raise ValidationError({"files": {place: {"linkage": {name: [problem]}}}})

    @validates_schema(skip_on_field_errors=True)
    def _fits_the_kind(self, data: dict[str, Any], **_: Any) -> None:
        kind = data["kind"]
        if not KINDS[kind].lists_files and "files" in data:
            problem = f"does not belong to a source of kind {kind}, whose tables are known; remove it."
            raise ValidationError({"files": [problem]})
        if KINDS[kind].lists_files and "files" not in data:
            raise ValidationError({"files": [_MISSING]})
        for place, file in enumerate(data.get("files", ())):
            for key in _FILE_KEYS & set(file) - set(KINDS[kind].file_keys):
                raise ValidationError({"files": {place: {key: [f"does not belong to kind {kind}; remove it."]}}})
        owned = {key for other in KINDS.values() for key in other.own_keys}
        for key in sorted(owned & set(data) - set(KINDS[kind].own_keys)):
            owners = " or ".join(name for name, other in KINDS.items() if key in other.own_keys)
            raise ValidationError({key: [f"belongs to kind {owners} only; remove it."]})
        for key in KINDS[kind].required_keys:
            if key not in data:
                raise ValidationError({key: [_MISSING]})
        if "folder" in data and "database" in data:
            raise ValidationError({"folder": ["does not go with `database`; leave one of them out."]})


def _check_codes(name: str, how: dict[str, Any], form: Form) -> None:
    allowed = _ALLOWED.get(form)
    meanings = set(how.get("codes", {}).values()) | ({how["constant"]} if "constant" in how else set())
    if allowed is not None and not meanings <= set(allowed):
        raise ValidationError({"fields": {name: [f"may only mean {', '.join(allowed)}."]}})


def _names(known: dict[str, Any]) -> str:
    return ", ".join(known)


def first_message(messages: Any, path: str = "") -> tuple[str, str]:
    """Return the key path, its numbers counted from 1, and the text of the first of marshmallow's nested messages."""
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        if isinstance(key, int):
            key += 1  # people count from 1
        if key not in {"_schema", "value", "key"}:
            path = f"{path}.{key}" if path else str(key)
    return path or "(whole file)", str(messages[0] if isinstance(messages, list) else messages)
