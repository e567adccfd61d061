"""Open a source by its mapping's kind."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from .batch import RawBatch
from .csv_file import read_csv
from .fhir import read_fhir
from .mapping import FileMapping, SourceMapping
from .omop import read_omop
from .parquet_file import read_parquet
from .sql import read_sql
from .xlsx_file import read_xlsx

Reader = Callable[[SourceMapping], Iterator[RawBatch]]


def file_by_file(reader: Callable[[Path, FileMapping], Iterator[RawBatch]]) -> Reader:
    """Return a reader of sources from a reader of one file."""

    def read_files(mapping: SourceMapping) -> Iterator[RawBatch]:
        for file in mapping.files:
            yield from reader(mapping.folder / file.file, file)

    return read_files


READERS: Final[Mapping[str, Reader]] = {
    "csv": file_by_file(read_csv),
    "fhir": read_fhir,
    "omop": read_omop,
    "parquet": file_by_file(read_parquet),
    "sql": read_sql,
    "xlsx": file_by_file(read_xlsx),
}


STAYS: Final = "warehouse"
"""The kind of source whose rows stay where they are."""


def read(mapping: SourceMapping) -> Iterator[RawBatch]:
    """Read the extracts of one source and yield Arrow batches, file after file.

    Of a source whose rows stay in a warehouse nothing is read. Raises SourceRefused as soon as a file cannot be read as
    the mapping says.
    """
    return iter(()) if mapping.kind == STAYS else READERS[mapping.kind](mapping)
