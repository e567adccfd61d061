"""A source's mapping as choices: of each file what a row is, of each column its field; the rest stays as it was.

What a form cannot say (one column for two fields, persons compared by names) stays in YAML, and is never lost.
"""

import copy
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from connectors.sources.canonical import FIELDS, RECORDS, Record
from connectors.sources.sample import samples

from . import inbox

_LEGAL: Final = ("controller", "purpose", "legal_basis", "agreement", "linkage", "delete_by")
_FILE_KEYS: Final = frozenset({"file", "sheet", "headings", "record", "separator", "encoding", "decimal", "date_format",
                               "columns", "fields"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileChoice:
    """One file, or one sheet: what a row is, the field of each column that is read, and what all rows have alike.

    `fields` goes from column to field, `constants` from field to text. `since` is the column of a file of persons that
    tells since when each is registered or insured; empty where none does.
    """

    name: str
    record: Record
    columns: tuple[str, ...]
    fields: Mapping[str, str]
    constants: Mapping[str, str]
    date_format: str
    decimal: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A mapping as choices; `mark` is of the mapping and the headings that they were offered of.

    `legal` holds texts, under `permitted` the indicators with commas between. `unnamed` are files of the folder that
    the mapping does not read.
    """

    legal: Mapping[str, str]
    files: tuple[FileChoice, ...]
    mark: str
    unnamed: tuple[str, ...]


def choice(home: Path, source: str) -> Choice | None:
    """Return the mapping of a folder, or its proposal, as choices; None where there is none, or it says more.

    Raises SourceRefused of files that cannot be read.
    """
    text = inbox.mapping(home, source)
    document: Any = inbox.document_of(text) if text else None
    if not _is_plain(document):
        return None
    is_listed = all(one.get("columns") for one in document["files"])
    headings = {} if is_listed else _headings(home, source)  # a large workbook is not opened for what is known
    files = tuple(_file(one, headings) for one in document["files"])
    mark = hashlib.sha256(repr((text, [one.columns for one in files])).encode()).hexdigest()
    named = {one["file"] for one in document["files"]} | {str((document.get("objections") or {}).get("file"))}
    unnamed = tuple(name for name, _ in inbox.find(home, source).files if name not in named)
    return Choice(_legal(document.get("legal")), files, mark, unnamed)


def mapping_text(home: Path, source: str, made: Choice) -> str:
    """Return the YAML of a mapping with other choices in it; whatever else it says stays. Raises SourceRefused."""
    document = inbox.document_of(inbox.mapping(home, source))
    permitted = [one.strip() for one in made.legal["permitted"].split(",") if one.strip()]
    legal = {name: made.legal[name] for name in _LEGAL} | {"permitted_indicators": permitted}
    document["legal"] = {**(document.get("legal") or {}), **legal}
    merged = [(_merged(had, one), one) for had, one in zip(document["files"], made.files, strict=True)]
    document["files"] = [part for file, one in merged for part in (file, *_counted_from(file, one.since))]
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def _is_plain(document: Any) -> bool:
    groups = ("legal", "objections")
    if not isinstance(document, dict) or not all(isinstance(document.get(one), dict | None) for one in groups):
        return False
    files, legal = document.get("files"), document.get("legal") or {}
    if legal.get("linkage") == "probabilistic" or "linkage_fields" in legal:
        return False
    return isinstance(files, list) and bool(files) and all(map(_is_plain_file, files))


def _is_plain_file(one: Any) -> bool:
    if not isinstance(one, dict) or not one.keys() <= _FILE_KEYS or one.get("record") not in RECORDS:
        return False
    fields = one.get("fields") or {}
    if not isinstance(one.get("file"), str) or not isinstance(fields, dict):
        return False
    if not all(isinstance(how, dict) and ("column" in how) != ("constant" in how) for how in fields.values()):
        return False
    columns = [how["column"] for how in fields.values() if "column" in how]
    return len(set(map(str, columns))) == len(columns) and fields.keys() <= FIELDS[one["record"]].keys()


def _headings(home: Path, source: str) -> Mapping[tuple[str, str], Sequence[str]]:
    """Return the headings of what lies in a folder, by file and sheet; a heading that occurs twice names no column."""
    place, found = inbox.folder(home, source), {}
    for name, _ in inbox.find(home, source).files:
        for one in samples(place / name):
            found[name, one.sheet or ""] = [head for head in one.headings if one.headings.count(head) == 1 and head]
    return found


def _file(one: Mapping[str, Any], headings: Mapping[tuple[str, str], Sequence[str]]) -> FileChoice:
    file, sheet = one["file"], str(one.get("sheet") or "")
    fields = one.get("fields") or {}
    by_column = {str(how["column"]): name for name, how in fields.items() if "column" in how}
    columns = (*headings.get((file, sheet), one.get("columns") or ()), *by_column)
    return FileChoice(
        f"{file} ({sheet})" if sheet else file, one["record"], tuple(dict.fromkeys(map(str, columns))), by_column,
        {name: str(how["constant"]) for name, how in fields.items() if "constant" in how},
        str(one.get("date_format") or ""), str(one.get("decimal") or "."),
    )  # fmt: skip


def _legal(legal: Any) -> Mapping[str, str]:
    found = {name: str((legal or {}).get(name) or "") for name in _LEGAL}
    permitted = (legal or {}).get("permitted_indicators")
    found["permitted"] = ", ".join(map(str, permitted)) if isinstance(permitted, list) else ""
    return found


def _merged(had: Mapping[str, Any], one: FileChoice) -> dict[str, Any]:
    """Return a file as chosen; of a column that keeps its field what the mapping says besides stays."""
    before = had.get("fields") or {}
    fields = {}
    for name in FIELDS[one.record]:
        column = next((key for key, value in one.fields.items() if value == name), None)
        same = before.get(name, {})
        if column is not None:
            fields[name] = same if str(same.get("column")) == column else {"column": column}
        elif name in one.constants:
            constant = one.constants[name]
            fields[name] = same if str(same.get("constant")) == constant else {"constant": constant}
    made = {key: value for key, value in had.items() if key not in ("decimal", "date_format", "fields")}
    made["record"] = one.record
    if one.decimal != ".":
        made["decimal"] = one.decimal
    if one.date_format:
        made["date_format"] = one.date_format
    return {**made, "fields": fields}


def _counted_from(persons: dict[str, Any], since: str) -> Sequence[dict[str, Any]]:
    """Return the same file once more, as who counts since when; nothing where no column says it."""
    if not since:
        return ()
    fields = {"person_id": persons["fields"]["person_id"], "start_date": {"column": since}}
    return ({**copy.deepcopy(persons), "record": "coverage", "fields": copy.deepcopy(fields)},)  # YAML without aliases
