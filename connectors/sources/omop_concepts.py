"""A file that translates OMOP concept ids to the codes that indicators ask for, such as ICPC and ATC."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute

from . import SourceRefused
from .canonical import CODE_SYSTEMS
from .mapping import SourceMapping

_pc: Any = pyarrow.compute
_COLUMNS: Final = ("concept_id", "code_system", "code")


@dataclass(frozen=True)
class ConceptMap:
    """Concept ids with the code system and code of each, in the same places."""

    concepts: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def applied(self, table: pa.Table) -> pa.Table:
        """Return the table with listed concepts translated; the others stay concept ids under `omop`."""
        if not self.concepts:
            return table
        place = _pc.index_in(table.column("code"), value_set=pa.array(self.concepts, pa.string()))
        for name, meant in (("code", self.codes), ("code_system", self.systems)):
            translated = pa.chunked_array([pa.array(meant, pa.string())]).take(place)
            kept = _pc.coalesce(translated, table.column(name))
            table = table.set_column(table.schema.get_field_index(name), name, kept)
        return table


def read_concept_map(mapping: SourceMapping) -> ConceptMap:
    """Read the concept map that a mapping names, an empty one where it names none.

    It is a CSV with columns concept_id, code_system, code. Raises SourceRefused with the row that is wrong.
    """
    name = mapping.omop.concept_map
    if name is None:
        return ConceptMap()
    try:
        with (mapping.beside / name).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise SourceRefused(f"{name}, row 1: must be concept_id,code_system,code; correct the header.")
            rows = list(reader)
    except FileNotFoundError:
        raise SourceRefused(f"{name}: this concept map does not exist; put it beside the mapping.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceRefused(f"{name}: cannot be read as CSV in UTF-8 ({type(error).__name__}); correct it.") from None
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        whole = [row[column] or "" for column in _COLUMNS]
        if not whole[0].isdigit() or whole[1] not in CODE_SYSTEMS or not whole[2] or None in row:
            raise SourceRefused(
                f"{name}, row {number}: must have a concept id, one of {', '.join(CODE_SYSTEMS)}, and a code."
            )
        if whole[0] in seen:
            raise SourceRefused(f"{name}, row {number}: has a concept id that an earlier row has too; keep one.")
        seen.add(whole[0])
    return ConceptMap(*(tuple(row[column] for row in rows) for column in _COLUMNS))
