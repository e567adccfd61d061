"""The kinds of source there are, and what a mapping of each may say; `read.READERS` has their readers.

A source of kind `warehouse` has none: its rows stay in the region's own, and its mapping records on what ground.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """Whether a mapping lists its files, or names tables that are known beforehand.

    `own_keys` of the mapping belong to this kind, and to others that list them too; `required_keys` must be there;
    `file_keys` belong to the files of kinds that list them.
    """

    lists_files: bool
    own_keys: tuple[str, ...] = ()
    required_keys: tuple[str, ...] = ()
    file_keys: tuple[str, ...] = ()


KINDS: Final[Mapping[str, Kind]] = {
    "csv": Kind(lists_files=True),
    "fhir": Kind(lists_files=False, own_keys=("municipality", "fhir")),
    "omop": Kind(lists_files=False, own_keys=("split", "municipality", "database", "omop")),
    "parquet": Kind(lists_files=True),
    "sql": Kind(lists_files=False, own_keys=("database", "tables"), required_keys=("database", "tables")),
    "warehouse": Kind(lists_files=False, own_keys=("objections_left_out",), required_keys=("objections_left_out",)),
    "xlsx": Kind(lists_files=True, file_keys=("sheet", "headings")),
}
