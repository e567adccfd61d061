"""An instrument: how one supplier's files are read, without legal ground or names of files, so regions can share it.

A mapping names an instrument and version, and which file plays which role; the instrument lies beside the mapping.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from schemas.codes import SOURCE_ID
from schemas.plain_yaml import YamlNotPlain, read_yaml

from . import SourceRefused
from .kinds import KINDS
from .mapping_schema import FileSchema, first_message

ENDING: Final = ".instrument.yaml"
_MISSING: Final[dict[str, Any]] = {"required": "is missing; add it."}
_PARTS: Final = ("separator", "encoding", "decimal", "date_format", "columns", "headings", "record", "fields")


class _Strict(Schema):
    error_messages = {  # noqa: RUF012 - marshmallow declares this attribute writable
        "unknown": "is not a key of an instrument; remove it or correct its spelling.",
        "type": "must be a group of keys.",
    }


class ReferenceSchema(_Strict):
    """How a mapping names the instrument that it is read by."""

    id = fields.String(
        required=True,
        error_messages=_MISSING,
        validate=validate.Regexp(SOURCE_ID, error="must be lower case letters, digits, - or _."),
    )
    version = fields.Integer(
        required=True, error_messages=_MISSING, strict=True, validate=validate.Range(min=1, error="must be 1 or more.")
    )


class _Role(FileSchema):
    """One file of an instrument, without its name."""

    file = fields.String()

    @validates_schema(skip_on_field_errors=True)
    def _nameless(self, data: dict[str, Any], **_: Any) -> None:
        if "file" in data or "sheet" in data:
            raise ValidationError("names a file or sheet; those belong in the mapping, remove it.")


class InstrumentSchema(_Strict):
    """A whole instrument."""

    instrument = fields.String(
        required=True,
        error_messages=_MISSING,
        validate=validate.Regexp(SOURCE_ID, error="must be lower case letters, digits, - or _."),
    )
    version = fields.Integer(
        required=True, error_messages=_MISSING, strict=True, validate=validate.Range(min=1, error="must be 1 or more.")
    )
    supplier = fields.String(
        required=True, error_messages=_MISSING, validate=validate.Length(min=1, error="is empty; fill it in.")
    )
    kind = fields.String(
        required=True,
        error_messages=_MISSING,
        validate=validate.OneOf(
            [kind for kind, one in KINDS.items() if one.lists_files], error="must be one of: {choices}."
        ),
    )
    roles = fields.Dict(
        keys=fields.String(validate=validate.Regexp(SOURCE_ID, error="must be lower case letters, digits, - or _.")),
        values=fields.Nested(_Role),
        required=True,
        error_messages=_MISSING,
        validate=validate.Length(min=1, error="is empty; list the roles."),
    )


def file_name(instrument: str, version: int) -> str:
    """Return the name under which an instrument lies beside the mappings that use it."""
    return f"{instrument}-{version}{ENDING}"


def completed(document: Mapping[str, Any], folder: Path, name: str) -> tuple[dict[str, Any], str, bytes]:
    """Return a mapping's document with its instrument's files in place, the instrument's title and its bytes.

    `name` is the mapping file's, for messages. Raises SourceRefused where the instrument is absent, another version, or
    has no such role.
    """
    reference = document["instrument"]
    problems: dict[str, Any] = {"_schema": ["must have id and version."]}
    if isinstance(reference, dict):
        problems = ReferenceSchema().validate(reference)
    if problems:
        key, problem = first_message({"instrument": problems})
        raise SourceRefused(f"{name}: key `{key}`: {problem}")
    wanted = file_name(reference["id"], reference["version"])
    content, instrument = read_instrument(folder / wanted)
    if (instrument["instrument"], instrument["version"]) != (reference["id"], reference["version"]):
        raise SourceRefused(
            f"{wanted}: says it is another instrument or version than its name; ask the sender for it again."
        )
    if document.get("kind", instrument["kind"]) != instrument["kind"]:
        raise SourceRefused(f"{name}: key `kind`: is another than that of {wanted}; remove it.")
    if not isinstance(files := document.get("files"), dict) or not files:
        raise SourceRefused(f"{name}: key `files`: must say for every role of the instrument which file plays it.")
    listed = []
    for role, file in files.items():
        if role not in instrument["roles"]:
            known = ", ".join(sorted(instrument["roles"]))
            raise SourceRefused(f"{name}: key `files.{role}`: is no role of {wanted}; use {known}.")
        parts = {"file": file} if isinstance(file, str) else dict(file) if isinstance(file, dict) else {}
        if not parts.keys() <= {"file", "sheet"} or "file" not in parts:
            raise SourceRefused(f"{name}: key `files.{role}`: must be a file's name, or `file` and `sheet`.")
        listed.append({**instrument["roles"][role], **parts})
    whole = {key: value for key, value in document.items() if key not in ("instrument", "kind")}
    title = f"{reference['id']} version {reference['version']} (sha256 {hashlib.sha256(content).hexdigest()[:12]})"
    return {**whole, "kind": instrument["kind"], "files": listed}, title, content


def read_instrument(path: Path) -> tuple[bytes, dict[str, Any]]:
    """Read an instrument strictly; returns its bytes and its document. Raises SourceRefused with file and key."""
    try:
        content = path.read_bytes()
        document = read_yaml(content.decode("utf-8"))
    except FileNotFoundError:
        raise SourceRefused(
            f"{path.name}: this instrument is not beside the mapping; put it there, or correct its id and version."
        ) from None
    except YamlNotPlain as error:
        raise SourceRefused(f"{path.name}: {error}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise SourceRefused(f"{path.name}: cannot be read as YAML; ask the sender for it again.") from None
    problems = (
        InstrumentSchema().validate(document) if isinstance(document, dict) else {"_schema": ["is no instrument."]}
    )
    if problems:
        key, problem = first_message(problems)
        raise SourceRefused(f"{path.name}: key `{key}`: {problem}")
    return content, document


def instrument_of(
    document: Mapping[str, Any], name: str, instrument: str, version: int, supplier: str
) -> dict[str, Any]:
    """Return the instrument that a mapping holds: its files by role, without names, sheets and legal ground.

    `name` is the mapping file's; raises SourceRefused where it lists no files itself.
    """
    if "instrument" in document or not isinstance(document.get("files"), list):
        raise SourceRefused(f"{name}: lists no files of its own; take a mapping that says how its files are read.")
    roles: dict[str, Any] = {}
    for file in document["files"]:
        role = next(role for role in _role_names(str(file.get("record"))) if role not in roles)
        roles[role] = {key: file[key] for key in _PARTS if key in file}
    return {
        "instrument": instrument,
        "version": version,
        "supplier": supplier,
        "kind": document.get("kind"),
        "roles": roles,
    }


def _role_names(record: str) -> Iterator[str]:
    yield record
    number = 2
    while True:
        yield f"{record}-{number}"
        number += 1
