"""The resources of a FHIR delivery: one per line (bulk export), or in files of one resource or one bundle each."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec

from . import SourceRefused
from .csv_file import opened
from .fhir_elements import Element, elements, first_text, texts
from .fhir_xml import XmlNotFhir, parse_xml
from .mapping import SourceMapping

_LINES: Final = (".ndjson", ".jsonl")
_WHOLE: Final = (".json", ".xml")
_EXPORT_LOG: Final = "log.ndjson"  # what SMART bulk-data-client writes beside an export
_LONGEST_LINE: Final = 16 << 20  # bytes
_LARGEST_FILE: Final = 64 << 20  # bytes, unpacked: a bundle is in memory as a whole
_MOST_ELEMENTS: Final = (
    3_000_000  # as objects of Python they take some 200 bytes each; a real bundle has one per 27 bytes
)
_MOST_ENTRIES: Final = 999_999
_TYPE: Final = re.compile(r"[A-Z][A-Za-z]{1,60}")
_READ_BUNDLES: Final = ("collection", "transaction", "batch", "searchset", "document", "message")
_decode: Final = msgspec.json.Decoder(float_hook=str).decode  # a decimal stays the text that it is


@dataclass(frozen=True)
class Found:
    """One resource and its place: a file and line, or file number x 1,000,000 + entry under the name of its type."""

    file: str
    row: int
    type: str
    content: Element = field(repr=False)
    url: str = field(default="", repr=False)


class Delivery:
    """The files of one delivery, read as often as asked; what they say about themselves is counted in `remarks`."""

    def __init__(self, mapping: SourceMapping) -> None:
        """List the files; raises SourceRefused where a file is absent or there is none."""
        self._folder = mapping.folder
        self._names = _listed(mapping.folder, mapping.fhir.files)
        self.remarks: Counter[tuple[str, str]] = Counter()
        self.manifest: Counter[str] = Counter()

    def resources(self, only: tuple[str, ...] = ()) -> Iterator[Found]:
        """Yield every resource, or those of some types; raises SourceRefused for a file that is not FHIR."""
        self.remarks.clear()
        self.manifest.clear()
        asked = re.compile(rb"[\"<:](?:" + b"|".join(name.encode() for name in only) + rb")[\"\s>]") if only else None
        number = 0
        for name in self._names:
            path = self._folder / name
            try:
                with opened(path) as packed:
                    stream = cast(BinaryIO, io.BufferedReader(cast(Any, packed)))
                    if _form(name) in _LINES:
                        yield from self._lines(name, stream, asked)
                    else:
                        number += 1
                        yield from self._whole(_numbered(number, name, self._names), number, stream, asked, name)
            except FileNotFoundError:
                raise SourceRefused(f"{name}: this file does not exist; put it in place or correct the list.") from None
            except (OSError, EOFError):
                raise SourceRefused(f"{name}: cannot be read or unpacked; ask for the file again.") from None

    def _lines(self, name: str, stream: BinaryIO, asked: re.Pattern[bytes] | None) -> Iterator[Found]:
        if name.removesuffix(".gz") == _EXPORT_LOG:
            self.remarks[name, "is the log of an export, and is not read; files"] += 1
            return
        row = 0
        while line := stream.readline(_LONGEST_LINE + 1):
            row += 1
            if len(line) > _LONGEST_LINE:
                raise SourceRefused(f"{name}, line {row}: is longer than 16 megabytes; check that it is one resource.")
            if (asked is not None and not asked.search(line)) or not line.strip():
                continue
            content = _decoded(line, f"{name}, line {row}")
            kind = _type_of(content, f"{name}, line {row}")
            yield Found(name if name.startswith(kind) else f"{name}, {kind}", row, kind, content)

    def _whole(
        self, place: str, number: int, stream: BinaryIO, asked: re.Pattern[bytes] | None, name: str
    ) -> Iterator[Found]:
        content = stream.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise SourceRefused(
                f"{place}: is larger than 64 megabytes; deliver one resource per line (.ndjson) instead."
            )
        if asked is not None and not asked.search(content) and b"\x00" not in content[:4]:
            return
        try:
            whole = parse_xml(content) if _form(name) == ".xml" else _decoded(content, place)
        except XmlNotFhir as fault:
            raise SourceRefused(f"{place}: {fault}; ask for the file again.") from None
        del content
        if _is_manifest(whole):
            for output in elements(whole, "output"):
                count = first_text(output, "count")
                self.manifest[first_text(output, "type")] += int(count) if count.isdecimal() and len(count) < 12 else 0
            return
        kind = _type_of(whole, place)
        if kind == "Bundle":
            yield from self._entries(place, number, whole)
        else:
            yield Found(kind, number * (_MOST_ENTRIES + 1) + 1, kind, whole)

    def _entries(self, place: str, number: int, bundle: Element) -> Iterator[Found]:
        form = first_text(bundle, "type")
        if form not in _READ_BUNDLES:
            raise SourceRefused(
                f"{place}: is a bundle of another type than {', '.join(_READ_BUNDLES)}; ask for one of those."
            )
        entries = elements(bundle, "entry")
        if len(entries) > _MOST_ENTRIES:
            raise SourceRefused(f"{place}: has a million entries or more; deliver one resource per line (.ndjson).")
        if "next" in texts(bundle, "link.relation"):
            self.remarks["Bundle", "has a next page; check that it is in the delivery too; bundles"] += 1
        for entry, row in zip(entries, range(number * (_MOST_ENTRIES + 1) + 1, 1 << 62), strict=False):
            held = elements(entry, "resource")
            if len(held) != 1:
                self.remarks["Bundle", "entries without a resource"] += 1
                continue
            kind = _type_of(held[0], f"{place}, entry {row % (_MOST_ENTRIES + 1)}")
            yield Found(kind, row, kind, held[0], first_text(entry, "fullUrl"))


def _listed(folder: Path, named: tuple[str, ...]) -> tuple[str, ...]:
    if named:
        for name in named:
            if _form(name) not in (*_LINES, *_WHOLE) or Path(name).name != name:
                raise SourceRefused(f"{name}: must be a .ndjson, .json or .xml file (or .gz) in the mapping's folder.")
        return tuple(sorted(set(named)))
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    names = tuple(name for name in found if _form(name) in (*_LINES, *_WHOLE))
    if not names:
        raise SourceRefused(
            f"{folder.name}: holds no .ndjson, .json or .xml file (or .gz); check `folder`, or ask for it again."
        )
    return names


def _form(name: str) -> str:
    return Path(name.lower().removesuffix(".gz")).suffix


def _numbered(number: int, name: str, names: tuple[str, ...]) -> str:
    """Call a file by its number: one that holds a person's bundle is often named after the person."""
    ending = name[len(name.lower().removesuffix(".gz")) - len(_form(name)) :]
    return f"{ending[1:]} file {number} in the order of name" if len(names) > 1 else f"the {ending[1:]} file"


def _decoded(content: bytes, place: str) -> Element:
    if sum(content.count(mark) for mark in (b"{", b"[", b",")) > _MOST_ELEMENTS:
        raise SourceRefused(
            f"{place}: has over three million elements; deliver one resource per line (.ndjson) instead."
        )
    try:
        found = _decode(content.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        raise SourceRefused(f"{place}: is nested too deeply for FHIR; check where it is from.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise SourceRefused(
            f"{place}: is not JSON in UTF-8; ask for the file again (one resource per line belongs in .ndjson)."
        ) from None
    return found if isinstance(found, dict) else {}


def _type_of(content: object, place: str) -> str:
    kind = content.get("resourceType") if isinstance(content, dict) else None
    if not (isinstance(kind, str) and _TYPE.fullmatch(kind)):
        raise SourceRefused(f"{place}: holds no FHIR resource; leave it out of the delivery, or ask for it again.")
    return kind


def _is_manifest(content: Element) -> bool:
    """Tell the manifest of a bulk export (FHIR Bulk Data Access, response of the status request) by its keys."""
    return "resourceType" not in content and "transactionTime" in content and "output" in content
