"""Read the fields by which persons are compared, into memory only: normalised, without anybody who objected."""

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import pyarrow as pa

from connectors.sources import SourceRefused
from connectors.sources.canonical import LINKAGE_FIELDS
from connectors.sources.mapping import FieldMapping, FileMapping, SourceMapping
from connectors.sources.read import read

from .pseudonymise import Pseudonymiser

_OLDEST: Final = 1880


@dataclass(frozen=True)
class ComparedPersons:
    """Persons of all compared sources, in an order that depends on their fields alone; the repr holds no data.

    `table` has `unique_id` (a person's place: 0, 1, ...) and LINKAGE_FIELDS as text, null where missing. `source` and
    `pseudonym` follow the same order. `left_out` counts per source the persons who objected.
    """

    table: pa.Table = field(repr=False)
    source: tuple[str, ...] = field(repr=False)
    pseudonym: tuple[bytes, ...] = field(repr=False)
    left_out: dict[str, int]


_Row = tuple[str, bytes, dict[str, str | None]]


def compared_fields(mapping: SourceMapping) -> tuple[str, ...]:
    """Return by which fields a source's persons are compared."""
    return tuple(name for name in LINKAGE_FIELDS if any(name in file.linkage for file in mapping.files))


def read_persons(
    sources: Sequence[tuple[SourceMapping, Pseudonymiser, Collection[bytes]]],
) -> ComparedPersons:
    """Read every source with its pseudonymiser and the pseudonyms of who objected; raises SourceRefused."""
    rows: list[_Row] = []
    left_out: dict[str, int] = {}
    for mapping, pseudonymiser, objecting in sources:
        found = _persons(mapping, pseudonymiser)
        left_out[mapping.id] = len(found.keys() & set(objecting))
        rows += [(mapping.id, pseudonym, one) for pseudonym, one in found.items() if pseudonym not in objecting]
    # by what is compared: neither the order in an extract nor a renewed key changes what comes out
    rows.sort(key=lambda row: (row[0], [text or "" for text in row[2].values()], row[1]))
    columns = {name: pa.array([row[2][name] for row in rows], pa.string()) for name in LINKAGE_FIELDS}
    table = pa.table({"unique_id": pa.array(range(len(rows)), pa.int64()), **columns})
    return ComparedPersons(table, tuple(row[0] for row in rows), tuple(row[1] for row in rows), left_out)


def _persons(mapping: SourceMapping, pseudonymiser: Pseudonymiser) -> dict[bytes, dict[str, str | None]]:
    """Return the first description of each person; one without a readable identifier is left to the load to reject."""
    files = tuple(_comparable(file) for file in mapping.files if file.linkage)
    if not files:
        raise SourceRefused(
            f"{mapping.id}: has no file of persons with `linkage` fields; add them to its mapping, or leave it out."
        )
    found: dict[bytes, dict[str, str | None]] = {}
    for batch in read(replace(mapping, files=files)):
        columns = {name: _normalised(batch.table, name, batch.mapping) for name in LINKAGE_FIELDS}
        for place, identifier in enumerate(batch.table.column("person_id").to_pylist()):
            pseudonym = pseudonymiser.of(str(identifier))
            if pseudonym is not None and pseudonym not in found:
                found[pseudonym] = {name: column[place] for name, column in columns.items()}
    return found


def _comparable(file: FileMapping) -> FileMapping:
    return replace(file, fields={"person_id": file.fields["person_id"], **file.linkage})


def _normalised(table: pa.Table, name: str, file: FileMapping) -> list[str | None]:
    how = file.fields.get(name)
    if how is None:
        return [None] * table.num_rows
    encoded = table.column(name).combine_chunks().dictionary_encode()
    made = [_one(str(text), name, how, file.date_format) for text in encoded.dictionary.to_pylist()]
    return [None if index is None else made[index] for index in encoded.indices.to_pylist()]


def _one(text: str, name: str, how: FieldMapping, date_format: str) -> str | None:
    text = how.codes.get(text.strip(), "") if how.codes else text.strip()
    return _NORMAL.get(name, _plain)(text) or None if name != "birth_date" else _date(text, date_format)


def _plain(text: str) -> str:
    """Return a text in lower case, without accents, with single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def _joined(text: str) -> str:
    return _plain(text).replace(" ", "")


def _number(text: str) -> str:
    return _joined(text).lstrip("0")


def _date(text: str, date_format: str) -> str | None:
    try:
        found = datetime.strptime(text, date_format).date()
    except ValueError:
        return None
    return found.isoformat() if found.year >= _OLDEST else None


_NORMAL: Final[dict[str, Callable[[str], str]]] = {
    "postcode": _joined,
    "house_number": _number,
    "insurer_number": _number,
    "personal_number": _number,
    "email": str.casefold,
}
