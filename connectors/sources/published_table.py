"""Read a table of percentages that is public already, such as a StatLine CSV, by a mapping file."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from schemas.codes import AREA_CODE, PERIOD, REGION_CODE

from . import SourceRefused

_LARGEST_PERCENTAGE: Final = 100
_MUNICIPALITY: Final = "GM"
_PLAIN: Final = {  # marshmallow's words, as the end of a sentence of ours
    "Missing data for required field.": "is missing",
    "Unknown field.": "is no key of a mapping",
    "Not a valid integer.": "must be a whole number",
    "Not a valid string.": "must be a text between quotes",
    "Not a valid date.": 'must be a day between quotes, such as "2025-09-22"',
    "Not a valid mapping type.": "must be a mapping of keys",
    "Invalid input type.": "must be a mapping of keys",
}


@dataclass(frozen=True, slots=True)
class TableRead:
    """A whole published table: texts as in the source, None where the source has an empty cell.

    `figures[area][indicator]` is that text; `members[region]` are the areas of a region that have a row, in order.
    """

    period: str
    division_year: int
    step: str
    owner: str
    table: str
    url: str
    licence: str
    retrieved_on: str
    file_sha256: str
    indicators: tuple[str, ...]
    figures: Mapping[str, Mapping[str, str | None]]
    members: Mapping[str, tuple[str, ...]]


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1, error="must not be empty"), **options)


def _separator() -> fields.String:
    return fields.String(required=True, validate=validate.Length(equal=1, error="must be one character"))


class _MembershipSchema(Schema):
    class Meta:
        unknown = RAISE

    file = _text()
    separator = _separator()
    encoding = _text()
    area_column = _text()
    region_column = _text()


class _MappingSchema(Schema):
    class Meta:
        unknown = RAISE

    separator = _separator()
    encoding = _text()
    area_column = _text()
    filters = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    period = fields.String(required=True, validate=validate.Regexp(PERIOD, error="must look like 2024"))
    division_year = fields.Integer(strict=True, required=True)
    decimals = fields.Integer(
        strict=True, required=True, validate=validate.Range(min=0, max=3, error="must be from 0 to 3")
    )
    owner = _text()
    table = _text()
    url = _text()
    licence = _text()
    retrieved_on = fields.Date(format="iso", required=True)
    membership = fields.Nested(_MembershipSchema, required=True)
    values = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


def published_table(file: Path, mapping_file: Path) -> TableRead:
    """Read a published table once per process: unchanged files are not parsed again.

    Raises SourceRefused with one sentence where a file is missing, is not as the mapping says or has a bad cell.
    """
    mapping_bytes, table_bytes = _bytes_of(mapping_file), _bytes_of(file)
    mapping = _read_mapping(mapping_bytes, mapping_file.name)
    membership_file = mapping_file.parent / mapping["membership"]["file"]
    return _parse(
        file.name, table_bytes, mapping_file.name, mapping_bytes, membership_file.name, _bytes_of(membership_file)
    )


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceRefused(f"{file.name} cannot be read; check its path and its permissions.") from error


@lru_cache(maxsize=8)
def _read_mapping(content: bytes, name: str) -> dict[str, Any]:
    try:
        mapping: dict[str, Any] = _MappingSchema().load(yaml.safe_load(content.decode("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceRefused(f"{name} is not YAML in UTF-8; check its indents, colons and quotes.") from error
    except ValidationError as error:
        key, sentence = _first_mistake(error.messages, ())
        raise SourceRefused(f"In {name}, key {key}: {sentence.rstrip('.')}; correct it.") from error
    if len(set(mapping["values"].values())) < len(mapping["values"]):
        raise SourceRefused(f"In {name}, key values: two columns have the same indicator; give each its own.")
    return mapping


def _first_mistake(messages: Any, path: tuple[str, ...]) -> tuple[str, str]:
    if isinstance(messages, Mapping):
        key = sorted(messages, key=str)[0]
        return _first_mistake(messages[key], (*path, str(key)))
    sentence = str(messages[0])
    return ".".join(part for part in path if part != "_schema") or "mapping", _PLAIN.get(sentence, sentence)


@lru_cache(maxsize=8)
def _parse(
    name: str, table: bytes, mapping_name: str, mapping_bytes: bytes, membership_name: str, membership: bytes
) -> TableRead:
    mapping = _read_mapping(mapping_bytes, mapping_name)
    figures = _figures(name, table, mapping)
    region_of = _membership(membership_name, membership, mapping["membership"])
    members: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(set(region_of.values())), ())
    for area in sorted(figures):
        region = region_of.get(area)
        if region is not None:
            members[region] = (*members[region], area)
        elif area.startswith(_MUNICIPALITY):
            raise SourceRefused(f"{membership_name} has no row for {area}, which {name} has; add its region.")
    return TableRead(
        period=mapping["period"],
        division_year=mapping["division_year"],
        step="1" if mapping["decimals"] == 0 else "0." + "0" * (mapping["decimals"] - 1) + "1",
        owner=mapping["owner"],
        table=mapping["table"],
        url=mapping["url"],
        licence=mapping["licence"],
        retrieved_on=mapping["retrieved_on"].isoformat(),
        file_sha256=hashlib.sha256(table).hexdigest(),
        indicators=tuple(mapping["values"].values()),
        figures=figures,
        members=members,
    )


def _rows(
    name: str, content: bytes, form: Mapping[str, Any], needed: list[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode(form["encoding"])
    except (UnicodeDecodeError, LookupError) as error:
        raise SourceRefused(f"{name} is not in the encoding {form['encoding']}; correct `encoding`.") from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=form["separator"], strict=True)
    try:
        header = next(rows, [])
        missing = [column for column in needed if header.count(column) != 1]
        if missing:
            raise SourceRefused(f"{name} must have one column {missing[0]}; correct the mapping or the file.")
        for number, row in enumerate(rows, start=2):
            if len(row) != len(header):
                raise SourceRefused(f"{name}, row {number}: expected {len(header)} cells; repair this row.")
            yield number, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise SourceRefused(f"{name} is not CSV with separator {form['separator']!r}; correct `separator`.") from error


def _figures(name: str, content: bytes, mapping: Mapping[str, Any]) -> dict[str, dict[str, str | None]]:
    values, decimals = mapping["values"], mapping["decimals"]
    form = re.compile(r"\d{1,3}" + (rf"(\.\d{{1,{decimals}}})?" if decimals else ""), re.ASCII)
    figures: dict[str, dict[str, str | None]] = {}
    for number, row in _rows(name, content, mapping, [mapping["area_column"], *mapping["filters"], *values]):
        if any(row[column].strip() != wanted for column, wanted in mapping["filters"].items()):
            continue
        area = row[mapping["area_column"]].strip()
        if not (AREA_CODE if area.startswith(_MUNICIPALITY) else REGION_CODE).fullmatch(area):
            raise SourceRefused(
                f"{name}, row {number}, column {mapping['area_column']}: expected a code such as GM0363; correct it."
            )
        if area in figures:
            raise SourceRefused(
                f"{name}, row {number}: area {area} occurs twice; narrow `filters` to one row per area."
            )
        figures[area] = {}
        for column, indicator in values.items():
            text = row[column].strip()
            if text and not (form.fullmatch(text) and float(text) <= _LARGEST_PERCENTAGE):
                raise SourceRefused(
                    f"{name}, row {number}, column {column}: expected a percentage from 0 to 100 with a decimal point "
                    f"and at most {decimals} decimals, or nothing; correct it."
                )
            figures[area][indicator] = text or None
    if not figures:
        raise SourceRefused(f"{name} has no row that passes `filters`; correct the filters in the mapping.")
    return figures


def _membership(name: str, content: bytes, form: Mapping[str, Any]) -> dict[str, str]:
    region_of: dict[str, str] = {}
    for number, row in _rows(name, content, form, [form["area_column"], form["region_column"]]):
        area, region = row[form["area_column"]].strip(), row[form["region_column"]].strip()
        if area in region_of:
            raise SourceRefused(f"{name}, row {number}: area {area} occurs twice; give every area one region.")
        if not (AREA_CODE.fullmatch(area) and REGION_CODE.fullmatch(region)):
            raise SourceRefused(f"{name}, row {number}: expected an area code and a region code; correct this row.")
        region_of[area] = region
    return region_of
