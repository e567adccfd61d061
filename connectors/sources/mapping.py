"""The mapping of one source: its legal ground, its files, and which column holds which canonical field."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from schemas.plain_yaml import YamlNotPlain, read_yaml
from schemas.quality import CoverageUnit, LinkageMethod

from . import SourceRefused
from .canonical import Record
from .instrument import completed
from .mapping_schema import MappingSchema, first_message
from .settings import Database, FhirSettings, OmopSettings


@dataclass(frozen=True)
class LegalGround:
    """Why this source may be used at all; `permitted_indicators` are ids, or ("all",).

    `organisations_not_recorded` is the decision to use costs that do not say which organisation was paid, as the
    reason for it; None where nobody decided that.
    `linkage_fields` are those by which its persons may be compared with other sources' persons; none where empty.
    """

    controller: str
    purpose: str
    legal_basis: str
    agreement: str
    linkage: LinkageMethod
    permitted_indicators: tuple[str, ...]
    delete_by: date
    organisations_not_recorded: str | None = None
    linkage_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldMapping:
    """Where one canonical field comes from: a column, optionally with its codes translated, or a constant.

    Texts of digits only are filled to `pad` digits with zeros in front, and then given `prefix`.
    """

    column: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    constant: str | None = None
    pad: int | None = None
    prefix: str | None = None


@dataclass(frozen=True)
class Headings:
    """Where the headings of a sheet stand: the number of their first row, and how many rows they take."""

    row: int = 1
    rows: int = 1


@dataclass(frozen=True)
class FileMapping:
    """One file of a source: what record its rows are, how it is written, and its fields by canonical name.

    `columns`, where given, are all headings the file has; any other set of headings is refused.
    """

    file: str
    record: Record
    fields: Mapping[str, FieldMapping]
    separator: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    date_format: str = "%Y-%m-%d"
    linkage: Mapping[str, FieldMapping] = field(default_factory=dict)  # read by the linkage only, never loaded
    columns: tuple[str, ...] = ()
    sheet: str | None = None
    headings: Headings = Headings()
    schema: str | None = None  # of a table in a database, like its filters
    where: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def mapped_columns(self) -> list[str]:
        """Return the columns that are read, in alphabetical order."""
        return sorted({how.column for how in self.fields.values() if how.column is not None})

    @property
    def label(self) -> str:
        """Return how reports call this file: by its name, with its sheet or its schema where that is named."""
        if self.schema is not None:
            return f"{self.schema}.{self.file}"
        return self.file if self.sheet is None else f"{self.file}, sheet `{self.sheet}`"

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
    """A validated mapping; `folder` is where its file names start, `precedence` whose demographics win (low first).

    `beside` is the folder of the mapping file itself.
    """

    id: str
    kind: str  # one of kinds.KINDS
    legal: LegalGround
    folder: Path
    files: tuple[FileMapping, ...] = ()
    max_reject_share: float = 0.05
    precedence: int = 100
    split: Split | None = None
    municipality: str | None = None
    objections: Objections | None = None
    database: Database | None = None
    omop: OmopSettings = field(default_factory=OmopSettings)
    fhir: FhirSettings = field(default_factory=FhirSettings)
    beside: Path = Path()
    sha256: str = ""  # of the mapping's bytes, and of its instrument's
    instrument: str | None = None
    covers: Covers | None = None
    complete_until: date | int | None = None  # the last day of which all is delivered, or so many days before loading
    objections_left_out: str | None = None  # of rows that stay in the warehouse: how those who object are left out
    unique_persons: bool = False  # no person occurs in this source under two numbers


def read_mapping(path: Path, today: date) -> SourceMapping:
    """Read a mapping file, validate it, and refuse a source without a legal ground or past its delete-by date.

    Raises SourceRefused with one sentence that names the file and the key.
    """
    document, content = _document(path)
    instrument = None
    if "instrument" in document:
        document, instrument, beside = completed(document, path.parent, path.name)
        content += beside
    try:
        loaded: dict[str, Any] = MappingSchema().load(document)
    except ValidationError as error:
        key, problem = first_message(error.messages)
        raise SourceRefused(f"{path.name}: key `{key}`: {problem}") from None
    mapping = replace(_build(loaded, path.parent), sha256=hashlib.sha256(content).hexdigest(), instrument=instrument)
    if mapping.legal.delete_by <= today:
        raise SourceRefused(
            f"{path.name}: key `legal.delete_by`: the date {mapping.legal.delete_by.isoformat()} has passed; "
            "renew the agreement before loading this source again."
        )
    return mapping


def read_document(path: Path) -> dict[str, Any]:
    """Read a mapping as it is written, not yet checked; raises SourceRefused where it is no YAML."""
    return _document(path)[0]


def _document(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        content = path.read_bytes()
        document = read_yaml(content.decode("utf-8"))
    except FileNotFoundError:
        raise SourceRefused(f"{path.name}: this mapping file does not exist; check the path.") from None
    except YamlNotPlain as error:
        raise SourceRefused(f"{path.name}: {error}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceRefused(f"{path.name}: cannot be read as YAML{_line(error)}; correct the file.") from None
    if not isinstance(document, dict):
        raise SourceRefused(f"{path.name}: holds no mapping; start it with `id:`, `kind:` and `legal:`.")
    return document, content


def _build(loaded: dict[str, Any], folder: Path) -> SourceMapping:
    legal = dict(loaded["legal"])
    permitted, linked = legal.pop("permitted_indicators"), legal.pop("linkage_fields", ())
    schema = loaded.get("database", {}).get("schema")
    tables = ({"schema": schema, **entry} for entry in loaded.get("tables", ()))
    files = tuple(
        FileMapping(
            fields=_fields(entry.pop("mapped")),
            linkage=_fields(entry.pop("linked", {})),
            columns=tuple(entry.pop("columns", ())),
            headings=Headings(**entry.pop("headings", {})),
            **entry,
        )
        for entry in (*loaded.get("files", ()), *tables)
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
        objections_left_out=loaded.get("objections_left_out"),
        objections=None if objections is None else Objections(**objections),
        beside=folder,
        database=_database(loaded.get("database"), folder),
        omop=OmopSettings(**loaded.get("omop", {})),
        fhir=_fhir(loaded.get("fhir", {})),
        covers=None if (covers := loaded.get("covers")) is None else Covers(**covers),
        complete_until=loaded.get("complete_until"),
        unique_persons=loaded["unique_persons"],
    )


def _fhir(loaded: dict[str, Any]) -> FhirSettings:
    listed: dict[str, Any] = {name: tuple(loaded[name]) for name in ("files", "resources") if name in loaded}
    return FhirSettings(**(loaded | listed))


def _database(loaded: dict[str, str] | None, folder: Path) -> Database | None:
    if loaded is None:
        return None
    file = loaded.get("url_file")
    return Database(loaded.get("url_env"), None if file is None else folder / file, loaded.get("schema"))


def _fields(mapped: Mapping[str, Any]) -> dict[str, FieldMapping]:
    return {name: FieldMapping(**how) for name, how in mapped.items()}


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f" at line {mark.line + 1}"
