"""Open a source by its mapping's kind."""

from collections.abc import Iterator

from .batch import RawBatch
from .csv_file import read_csv
from .mapping import SourceMapping
from .omop import read_omop
from .parquet_file import read_parquet


def read(mapping: SourceMapping) -> Iterator[RawBatch]:
    """Read the extracts of one source and yield Arrow batches, file after file.

    Raises SourceRefused as soon as a file cannot be read as the mapping says.
    """
    if mapping.kind == "omop":
        yield from read_omop(mapping)
        return
    reader = read_csv if mapping.kind == "csv" else read_parquet
    for file in mapping.files:
        yield from reader(mapping.folder / file.file, file)
