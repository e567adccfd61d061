"""Tables and views of any database that SQLAlchemy reaches: named by the mapping, read whole, turned into text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from . import SourceRefused
from .batch import RawBatch, canonical_table
from .canonical import FIELDS
from .csv_file import ExtractEmpty
from .database_snapshot import Snapshot, snapshot
from .headings import check_headings
from .mapping import FileMapping, SourceMapping
from .settings import Database

_HERE: Final = ZoneInfo("Europe/Amsterdam")


class ValueHasNoText(Exception):
    """A database value of a kind that no canonical field has; the message names the kind, never the value."""


def read_sql(mapping: SourceMapping) -> Iterator[RawBatch]:
    """Read every table of a mapping from one snapshot of the database, some 10,000 rows at a time.

    Rows are numbered from 1 in the order of `record_id`'s column where that is mapped, else of `person_id`'s.
    Raises SourceRefused for a database that cannot be reached, and a table or column that is absent or may not be read.
    """
    database = mapping.database or Database()  # the mapping's form requires one
    with snapshot(database) as opened:
        for file in mapping.files:
            yield from _read_table(opened, file)


def _read_table(opened: Snapshot, file: FileMapping) -> Iterator[RawBatch]:
    named = file.label
    wanted = file.mapped_columns
    known = opened.columns(file.file, file.schema)
    for one in (*wanted, *file.where):
        if one not in known:
            raise SourceRefused(
                f"{named}: column `{one}` is missing, or this user may not see it; correct the view or the mapping."
            )
    if file.columns:
        check_headings(named, known, file)
    order = [how.column for name in ("record_id", "person_id") if (how := file.fields.get(name)) and how.column][:1]
    first = 1
    for rows in opened.rows(file.file, wanted, file.schema, file.where, order):
        columns = {name: as_texts([row[place] for row in rows], file, name, named) for place, name in enumerate(wanted)}
        numbers = pa.array(np.arange(first, first + len(rows), dtype=np.int64))
        first += len(rows)
        yield RawBatch(file.record, named, file, canonical_table(columns, numbers, file))
    if first == 1:
        raise ExtractEmpty(f"{named}: holds no rows; check the view, its filters and this user's rights to rows.")


def as_texts(values: Sequence[Any], file: FileMapping, name: str, named: str) -> pa.ChunkedArray[Any]:
    """Turn one column's values into text without loss: NULL becomes the empty text.

    A floating-point number is refused where the column holds an amount, since it is no exact number of cents.
    """
    amounts = {one for one, expected in FIELDS[file.record].items() if expected.form == "euros"}
    exact = any(how.column == name and one in amounts for one, how in file.fields.items())
    try:
        texts = [as_text(value, file.date_format, file.decimal, exact) for value in values]
    except ValueHasNoText as error:
        raise SourceRefused(f"{named}, column `{name}`: holds {error}; let a view give text, number or date.") from None
    return pa.chunked_array([pa.array(texts, pa.string())])


def as_text(value: Any, date_format: str = "%Y-%m-%d", decimal: str = ".", exact: bool = False) -> str:
    """Turn one value into the text that a file would hold; a moment with a zone becomes that moment in the Netherlands.

    Raises ValueHasNoText for binary values, lists and the like, and for a floating-point number that must be exact.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | UUID():
            return str(value)
        case Decimal():
            return format(value, "f").replace(".", decimal)
        case float() if not exact:
            # the shortest decimal that is this very number, without an exponent
            return format(Decimal(repr(value)), "f").replace(".", decimal)
        case datetime():
            moment = value if value.tzinfo is None else in_the_netherlands(value)
            return moment.strftime(date_format)
        case date():
            return value.strftime(date_format)
        case time():
            return value.isoformat()
    kind = "floating-point amounts" if isinstance(value, float) else f"values of kind {type(value).__name__}"
    raise ValueHasNoText(kind)


def in_the_netherlands(moment: datetime) -> datetime:
    """Return a moment as a clock in the Netherlands showed it: on which day something was is asked there."""
    try:
        return moment.astimezone(_HERE)
    except OverflowError:  # the first and last day of the calendar have no neighbour
        return moment.astimezone(UTC)
