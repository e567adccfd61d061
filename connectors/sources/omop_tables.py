"""Where the tables of an OMOP set are: files in a folder, as CSV or Parquet, or a schema of a database; in any case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from . import SourceRefused
from .batch import RawBatch, canonical_table
from .canonical import Record
from .csv_file import ExtractEmpty, read_csv, read_header
from .database_snapshot import Snapshot, label, snapshot
from .mapping import FieldMapping, FileMapping, SourceMapping
from .parquet_file import read_parquet
from .sql import as_texts

_ENDINGS: Final = (".CSV", ".CSV.GZ", ".PARQUET")


class Tables(Protocol):
    """The tables of one OMOP set, by their standard names in capitals."""

    def holds(self, table: str) -> bool:
        """Tell whether the set has this table."""

    def columns(self, table: str) -> Mapping[str, str]:
        """Return the table's columns by their standard names in lower case; raises SourceRefused where it is absent."""

    def batches(self, table: str, record: Record, wanted: Mapping[str, str]) -> Iterator[RawBatch]:
        """Yield a table's rows as text, `wanted` naming each result and its column.

        Raises SourceRefused where the table or a column is absent. A table without rows may raise ExtractEmpty.
        """

    def count(self, table: str) -> int:
        """Return how many rows a table has, without bringing them here where that can be helped."""


@contextmanager
def opened(mapping: SourceMapping) -> Iterator[Tables]:
    """Open the tables of a mapping, from its database if it names one and else from its folder."""
    if mapping.database is None:
        yield _Folder(mapping.folder)
    else:
        with snapshot(mapping.database) as held:
            yield _Schema(held, mapping.database.schema)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._found: dict[str, list[Path]] = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            name = path.name.upper()
            for ending in _ENDINGS:
                if name.endswith(ending):
                    self._found.setdefault(name.removesuffix(ending), []).append(path)

    def holds(self, table: str) -> bool:
        return table in self._found

    def columns(self, table: str) -> Mapping[str, str]:
        path = self._path(table)
        if path.suffix.upper() != ".PARQUET":
            return {name.lower(): name for name in read_header(path, path.name, ",", "utf-8")}
        try:
            return {name.lower(): name for name in parquet.read_schema(path).names}
        except (pa.ArrowException, OSError):
            raise SourceRefused(f"{path.name}: cannot be read as Parquet; check the file.") from None

    def batches(self, table: str, record: Record, wanted: Mapping[str, str]) -> Iterator[RawBatch]:
        path = self._path(table)
        file = _named(path.name, record, wanted, self.columns(table))
        if path.suffix.upper() == ".PARQUET":
            return read_parquet(path, file, floats=True)
        return read_csv(path, file)

    def count(self, table: str) -> int:
        path = self._path(table)
        if path.suffix.upper() == ".PARQUET":
            try:
                return int(parquet.read_metadata(path).num_rows)
            except (pa.ArrowException, OSError):
                raise SourceRefused(f"{path.name}: cannot be read as Parquet; check the file.") from None
        header = read_header(path, path.name, ",", "utf-8")
        file = _named(path.name, "person", {"any": header[0]}, {})
        try:
            return sum(batch.table.num_rows + len(batch.malformed) for batch in read_csv(path, file))
        except ExtractEmpty:
            return 0

    def _path(self, table: str) -> Path:
        found = self._found.get(table, [])
        if not found:
            raise SourceRefused(
                f"{table}.csv: this OMOP table does not exist in the folder; add it (.csv, .csv.gz or .parquet)."
            )
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise SourceRefused(f"{names}: are the same OMOP table; leave one of them in the folder.")
        return found[0]


class _Schema:
    def __init__(self, held: Snapshot, schema: str | None) -> None:
        self._held, self._schema = held, schema

    def holds(self, table: str) -> bool:
        return self._held.find(table) is not None

    def columns(self, table: str) -> Mapping[str, str]:
        return {name.lower(): name for name in self._held.columns(self._name(table))}

    def batches(self, table: str, record: Record, wanted: Mapping[str, str]) -> Iterator[RawBatch]:
        name, known = self._name(table), self.columns(table)
        named = label(name, self._schema)
        file = _named(named, record, wanted, known)
        for column in wanted.values():
            if column not in known:
                raise SourceRefused(f"{named}: column `{column}` is missing, or this user may not see it.")
        columns = sorted({known[column] for column in wanted.values()})
        # a table's own key comes first in OMOP, so that the same rows keep the same numbers
        order = [known[key]] if (key := next(iter(wanted.values()))) else []
        first = 1
        for rows in self._held.rows(name, columns, order=order):
            texts = {one: as_texts([row[place] for row in rows], file, one, named) for place, one in enumerate(columns)}
            numbers = pa.array(np.arange(first, first + len(rows), dtype=np.int64))
            first += len(rows)
            yield RawBatch(record, named, file, canonical_table(texts, numbers, file))

    def count(self, table: str) -> int:
        return self._held.count(self._name(table))

    def _name(self, table: str) -> str:
        found = self._held.find(table)
        if found is None:
            raise SourceRefused(
                f"{label(table.lower(), self._schema)}: there is no such OMOP table, or this user may not see it; check"
                " `database.schema` and the user's rights."
            )
        return found


def _named(file: str, record: Record, wanted: Mapping[str, str], known: Mapping[str, str]) -> FileMapping:
    fields = {name: FieldMapping(column=known.get(column, column)) for name, column in wanted.items()}
    return FileMapping(file=file, record=record, fields=fields)


def described(file: str, record: Record, columns: Mapping[str, str], **constants: str) -> FileMapping:
    """Return the mapping that the report and the typing of an OMOP table's rows go by."""
    plain = FileMapping(file, record, {name: FieldMapping(column=column) for name, column in columns.items()})
    fixed = {name: FieldMapping(constant=text) for name, text in constants.items()}
    return replace(plain, fields={**plain.fields, **fixed})
