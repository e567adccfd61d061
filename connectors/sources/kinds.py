"""The kinds of source there are, and what a mapping of each may say; `read.READERS` has the reader of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """Whether a mapping lists its files, or names tables that are known beforehand.

    `own_keys` of the mapping and `file_keys` of its files belong to kinds that list them.
    """

    lists_files: bool
    own_keys: tuple[str, ...] = ()
    file_keys: tuple[str, ...] = ()


KINDS: Final[Mapping[str, Kind]] = {
    "csv": Kind(lists_files=True),
    "omop": Kind(lists_files=False, own_keys=("split", "municipality")),
    "parquet": Kind(lists_files=True),
    "xlsx": Kind(lists_files=True, file_keys=("sheet", "headings")),
}
