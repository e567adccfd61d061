"""The mapping of one source: its legal ground, its files, and which column holds which canonical field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from marshmallow import ValidationError

from schemas.plain_yaml import YamlNotPlain, read_yaml
from schemas.quality import CoverageUnit

from . import SourceRefused
from .canonical import Record
from .mapping_schema import MappingSchema

Linkage = Literal["bsn", "pseudonym", "probabilistic", "none"]


@dataclass(frozen=True)
class LegalGround:
    """Why this source may be used at all; `permitted_indicators` are ids, or ("all",).

    `linkage_fields` are those by which its persons may be compared with other sources' persons; none where empty.
    """

    controller: str
    purpose: str
    legal_basis: str
    agreement: str
    linkage: Linkage
    permitted_indicators: tuple[str, ...]
    delete_by: date
    linkage_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldMapping:
    """Where one canonical field comes from: a column, optionally with its codes translated, or a constant."""

    column: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    constant: str | None = None


@dataclass(frozen=True)
class FileMapping:
    """One file of a source: what record its rows are, how it is written, and its fields by canonical name."""

    file: str
    record: Record
    fields: Mapping[str, FieldMapping]
    separator: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    date_format: str = "%Y-%m-%d"
    linkage: Mapping[str, FieldMapping] = field(default_factory=dict)  # read by the linkage only, never loaded

    def column_of(self, canonical: str) -> str:
        """Return the name of the column behind a canonical field, for messages."""
        mapped = self.fields.get(canonical)
        return mapped.column if mapped is not None and mapped.column is not None else canonical


@dataclass(frozen=True)
class Objections:
    """A list of persons whose records must be left out before anything is counted."""

    file: str
    column: str
    separator: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Covers:
    """How much of the region a source covers, as its holder states: `covered` of `of` units."""

    unit: CoverageUnit
    covered: int
    of: int


@dataclass(frozen=True)
class Split:
    """Keep persons whose int(sha256(str(person_id)), 16) % parts == part: one public set can play several regions."""

    parts: int
    part: int


@dataclass(frozen=True)
class SourceMapping:
    """A validated mapping; `folder` is where its file names start, `precedence` whose demographics win (low first)."""

    id: str
    kind: Literal["csv", "parquet", "omop"]
    legal: LegalGround
    folder: Path
    files: tuple[FileMapping, ...] = ()
    max_reject_share: float = 0.05
    precedence: int = 100
    split: Split | None = None
    municipality: str | None = None
    objections: Objections | None = None
    covers: Covers | None = None
    unique_persons: bool = False  # no person occurs in this source under two numbers


def read_mapping(path: Path, today: date) -> SourceMapping:
    """Read a mapping file, validate it, and refuse a source without a legal ground or past its delete-by date.

    Raises SourceRefused with one sentence that names the file and the key.
    """
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceRefused(f"{path.name}: this mapping file does not exist; check the path.") from None
    except YamlNotPlain as error:
        raise SourceRefused(f"{path.name}: {error}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceRefused(f"{path.name}: cannot be read as YAML{_line(error)}; correct the file.") from None
    if not isinstance(document, dict):
        raise SourceRefused(f"{path.name}: holds no mapping; start it with `id:`, `kind:` and `legal:`.")
    try:
        loaded: dict[str, Any] = MappingSchema().load(document)
    except ValidationError as error:
        key, problem = _first(error.messages)
        raise SourceRefused(f"{path.name}: key `{key}`: {problem}") from None
    mapping = _build(loaded, path.parent)
    if mapping.legal.delete_by <= today:
        raise SourceRefused(
            f"{path.name}: key `legal.delete_by`: the date {mapping.legal.delete_by.isoformat()} has passed; "
            "renew the agreement before loading this source again."
        )
    return mapping


def _build(loaded: dict[str, Any], folder: Path) -> SourceMapping:
    legal = dict(loaded["legal"])
    permitted, linked = legal.pop("permitted_indicators"), legal.pop("linkage_fields", ())
    files = tuple(
        FileMapping(fields=_fields(entry.pop("mapped")), linkage=_fields(entry.pop("linked", {})), **entry)
        for entry in loaded.get("files", ())
    )
    split, objections = loaded.get("split"), loaded.get("objections")
    return SourceMapping(
        id=loaded["id"],
        kind=loaded["kind"],
        legal=LegalGround(permitted_indicators=tuple(permitted), linkage_fields=tuple(linked), **legal),
        folder=folder / loaded.get("folder", "."),
        files=files,
        max_reject_share=loaded["max_reject_share"],
        precedence=loaded["precedence"],
        split=None if split is None else Split(**split),
        municipality=loaded.get("municipality"),
        objections=None if objections is None else Objections(**objections),
        covers=None if (covers := loaded.get("covers")) is None else Covers(**covers),
        unique_persons=loaded["unique_persons"],
    )


def _fields(mapped: Mapping[str, Any]) -> dict[str, FieldMapping]:
    return {name: FieldMapping(**how) for name, how in mapped.items()}


def _first(messages: Any, path: str = "") -> tuple[str, str]:
    """Return the key path and the text of the first of marshmallow's nested messages."""
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        if key not in {"_schema", "value", "key"}:
            path = f"{path}.{key}" if path else str(key)
    return path or "(whole file)", str(messages[0] if isinstance(messages, list) else messages)


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f" at line {mark.line + 1}"
