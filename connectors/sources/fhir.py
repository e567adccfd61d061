"""FHIR R4 as a source: bulk exports and bundles, JSON and XML, by the paths in `fhir_table`.

Every resource of a type that is read becomes a row or is refused with its reason; the others are counted by type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from .batch import RawBatch, RefusedRow, Remark
from .canonical import FIELDS
from .csv_file import ExtractEmpty
from .fhir_files import Delivery, Found
from .fhir_people import People
from .fhir_rows import Row, Rows, Uncounted
from .fhir_table import READ_WITHOUT_CHOICE, RESOURCES
from .mapping import FieldMapping, FileMapping, SourceMapping

_ROWS_AT_ONCE: Final = 20_000
_NAMED_FIRST: Final = ("Patient", "Medication")


def read_fhir(mapping: SourceMapping) -> Iterator[RawBatch]:
    """Read a delivery twice: first whom its references mean, then its resources, some 20,000 rows at a time.

    Raises SourceRefused for a file that is not FHIR, too large or nested too deeply, and for a delivery of nothing
    that is read.
    """
    chosen = mapping.fhir.resources or READ_WITHOUT_CHOICE
    delivery, people = Delivery(mapping), People(mapping)
    for found in delivery.resources(only=_NAMED_FIRST):
        if found.type in _NAMED_FIRST:
            people.note(found)
    rows, seen = Rows(mapping, people), Counter[str]()
    held = _Held()
    for found in delivery.resources():
        seen[found.type] += 1
        if found.type in chosen:
            held.take(found, rows)
            yield from held.full()
    if not any(seen[kind] for kind in chosen):
        raise ExtractEmpty(
            f"{mapping.folder.name}: holds no resource of a type that is read; check what was delivered."
        )
    yield from held.rest(_remarks(seen, chosen, delivery, rows))


class _Held:
    """Rows and refusals by file and type, until they are enough for a batch."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[tuple[int, Row]]] = {}
        self._refused: dict[tuple[str, str], list[RefusedRow]] = {}
        self._count = 0
        self._last: tuple[str, str] | None = None

    def take(self, found: Found, rows: Rows) -> None:
        """Make a resource's row, and those of its components under a name of their own."""
        try:
            row = rows.row(found.type, found.content, found.url)
        except Uncounted as why:
            self._refuse(found.file, found.type, found.row, why)
            return
        self._add(found.file, found.type, found.row, row)
        component = RESOURCES[found.type].component
        for one in rows.components(found.type, found.content, row) if component else ():
            if isinstance(one, Uncounted):
                self._refuse(f"{found.file}, {component}", found.type, found.row, one)
            else:
                self._add(f"{found.file}, {component}", found.type, found.row, one)

    def full(self) -> Iterator[RawBatch]:
        """Yield everything that is held, as soon as it is 20,000 rows."""
        if self._count >= _ROWS_AT_ONCE:
            yield from self.rest()

    def rest(self, remarks: tuple[Remark, ...] = ()) -> Iterator[RawBatch]:
        """Yield what is held, the first batch with the remarks."""
        self._count = 0
        if remarks and not self._rows and self._last:
            self._rows[self._last] = []  # all was yielded already, and what is to be said is not
        for key in list(self._rows):
            yield self._batch(key, remarks)
            remarks = ()

    def _add(self, file: str, kind: str, number: int, row: Row) -> None:
        self._count += 1
        self._rows.setdefault((file, kind), []).append((number, row))

    def _refuse(self, file: str, kind: str, number: int, why: Uncounted) -> None:
        self._count += 1
        self._rows.setdefault((file, kind), [])
        self._refused.setdefault((file, kind), []).append(RefusedRow(number, why.path, why.reason))

    def _batch(self, key: tuple[str, str], remarks: tuple[Remark, ...]) -> RawBatch:
        self._last = key
        file, kind = key
        rows, refused = self._rows.pop(key), tuple(self._refused.pop(key, ()))
        mapping = _described(file, kind)
        columns: dict[str, pa.Array[Any]] = {"row": pa.array([number for number, _ in rows], pa.int64())}
        for name in mapping.fields:
            columns[name] = pa.array([row[name] for _, row in rows], pa.string())
        return RawBatch(mapping.record, file, mapping, pa.table(columns), refused=refused, remarks=remarks)


def _described(file: str, kind: str) -> FileMapping:
    """Return the mapping that the report and the typing of one type's rows go by: each field with its first path."""
    read = RESOURCES[kind]
    paths = {"person_id": read.person or "identifier", "record_id": "id"}
    paths |= {name: field.paths[0] for name, field in read.fields.items()}
    if "code" in paths:
        paths["code_system"] = f"{paths['code']}.coding.system"
    fields = {name: FieldMapping(column=paths[name]) for name in FIELDS[read.record] if name in paths}
    return FileMapping(file, read.record, fields)


def _remarks(seen: Counter[str], chosen: tuple[str, ...], delivery: Delivery, rows: Rows) -> tuple[Remark, ...]:
    said = [Remark(kind, text, count) for (kind, text), count in (*delivery.remarks.items(), *rows.remarks.items())]
    said += [Remark(*one) for one in rows.several_units()]
    for kind, count in sorted(seen.items()):
        if kind not in chosen:
            why = "read for the codes of medicines only" if kind == "Medication" else "not read"
            said.append(Remark(kind, f"{why}; resources", count))
    for kind, count in sorted(delivery.manifest.items()):
        if seen[kind] != count:
            said.append(Remark(kind, f"the manifest lists {count}, and the delivery has", seen[kind]))
    feeding: dict[str, list[str]] = {}
    for kind in chosen:
        feeding.setdefault(RESOURCES[kind].record, []).append(kind)
    for record, kinds in feeding.items():
        if not any(seen[kind] for kind in kinds):
            said.append(Remark(", ".join(kinds), f"not in the delivery, so it brings no {record}; resources", 0))
    return tuple(said)
