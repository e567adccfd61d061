"""Whether a region's own warehouse is laid out like the linked store, and may be counted: said in sentences."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    Integer,
    Numeric,
    String,
    and_,
    column,
    func,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError, NoSuchTableError
from sqlalchemy.types import TypeEngine

from node.records.store import RECORD_TABLES
from schemas.codes import SOURCE_ID

from .linked_tables import COVERAGE, LIVED_IN, PERSON, RECORDS
from .warehouse import WarehouseUnfit

_SOURCED: Final = tuple(name for name in RECORD_TABLES if name != "residence")  # told there by `lived_in`
_WORDS: Final = {Date: "date", Integer: "bigint", Numeric: "numeric", String: "text"}


def form() -> Mapping[str, Mapping[str, TypeEngine[Any]]]:
    """Return the tables or views that a warehouse must offer, each with its columns and their types."""
    tables = {"person": PERSON, "coverage": COVERAGE, "lived_in": LIVED_IN, **RECORDS}
    wanted = {
        name: {one.name: one.type for one in found.c} | ({"source": String()} if name in _SOURCED else {})
        for name, found in tables.items()
        if name != "death"  # told by `person`
    }
    wanted["encounter"]["organisation"] = wanted["treatment"]["organisation"] = String()
    return wanted


def faults(
    connection: Connection, schema: str, permitted: Mapping[str, datetime.date], today: datetime.date
) -> Iterator[str]:
    """Yield what keeps a warehouse from being counted: layout and rights; where these are right, content.

    `permitted` are the sources of which a legal ground is recorded here, each with its delete-by date.
    """
    found = list(_layout(connection, schema)) or list(_rights(connection))
    yield from found
    if not found:
        yield from _ground(connection, permitted, today)
        yield from _content(connection)


def require_fit(
    connection: Connection, schema: str, permitted: Mapping[str, datetime.date], today: datetime.date
) -> None:
    """Raise WarehouseUnfit with the first thing that keeps a warehouse from being counted."""
    for sentence in faults(connection, schema, permitted, today):
        raise WarehouseUnfit(f"{sentence} `python -m node doctor` names everything.")


def _layout(connection: Connection, schema: str) -> Iterator[str]:
    read = inspect(connection)
    for name, wanted in form().items():
        try:
            have = {one["name"]: one["type"] for one in read.get_columns(name, schema=schema)}
        except NoSuchTableError:
            empty = " (an empty one where nobody knows stays)" if name == "lived_in" else ""
            yield f"The warehouse's schema {schema} has no table or view {name}{empty}; see docs/data-mapping.md."
            continue
        for one, kind in wanted.items():
            word = next(word for base, word in _WORDS.items() if isinstance(kind, base))
            if one not in have:
                yield f"The warehouse's {name} lacks the column {one} ({word}); let its view give it, or NULL."
            elif not isinstance(have[one], _accepted(kind)):
                yield f"The warehouse's {name}.{one} is no {word}; let its view CAST it."


def _accepted(kind: TypeEngine[Any]) -> type[TypeEngine[Any]] | tuple[type[TypeEngine[Any]], ...]:
    if isinstance(kind, Numeric):
        return (Numeric, Integer)
    return Integer if isinstance(kind, BigInteger) else next(base for base in _WORDS if isinstance(kind, base))


def _rights(connection: Connection) -> Iterator[str]:
    try:
        with connection.begin_nested():
            for name in form():
                connection.execute(select(func.count()).select_from(select(table(name)).limit(0).subquery()))
            connection.execute(text("CREATE TEMPORARY TABLE regiohelix_try (one integer) ON COMMIT DROP"))
            connection.execute(text("DROP TABLE regiohelix_try"))
    except DBAPIError:
        yield (
            "The warehouse's user may not read all its tables, or make no temporary ones; GRANT SELECT on them, USAGE"
            " on the schema and TEMPORARY on the database."
        )


def _ground(connection: Connection, permitted: Mapping[str, datetime.date], today: datetime.date) -> Iterator[str]:
    source = column("source", String)
    found = {
        row[0] for name in _SOURCED for row in connection.execute(select(source).select_from(table(name)).distinct())
    }
    if None in found:
        yield "The warehouse has records without a `source`, so nobody knows on what ground; let its views name it."
    odd = {name for name in found - {None} if not SOURCE_ID.match(name)}
    if odd:  # a view of another column may hold anything, also what must not be read aloud
        yield (
            f"In the warehouse's column `source` are {len(odd)} values that are no id of a source (lower case letters,"
            " digits, - or _); let its views name the source."
        )
    for name in sorted(found - odd - {None}):
        if name not in permitted:
            yield (
                f"No legal ground is recorded for the warehouse's source {name!r}; write a mapping of kind warehouse"
                " with that id and load it with `python -m node source load`."
            )
        elif permitted[name] <= today:
            yield (
                f"The warehouse's source {name!r} was to be deleted on {permitted[name]}; take its rows out, or renew"
                " the agreement and load its mapping again."
            )


def _content(connection: Connection) -> Iterator[str]:
    twice = select(PERSON.c.person_id).group_by(PERSON.c.person_id).having(func.count() > 1).limit(1)
    if connection.execute(twice).first() or connection.execute(_nobody()).first():
        yield "The warehouse's person has a person_id twice, or NULL; give every person one row."
    later = LIVED_IN.alias("later")
    overlap = (
        select(LIVED_IN.c.person_id)
        .join(later, and_(later.c.person_id == LIVED_IN.c.person_id, later.c.start_date > LIVED_IN.c.start_date))
        .where(later.c.start_date < LIVED_IN.c.end_date)
        .limit(1)
    )
    alike = select(LIVED_IN.c.person_id).group_by(LIVED_IN.c.person_id, LIVED_IN.c.start_date).having(func.count() > 1)
    if connection.execute(overlap).first() or connection.execute(alike.limit(1)).first():
        yield "The warehouse's lived_in has stays of one person that overlap; end each where the next one begins."


def _nobody() -> Any:
    return select(PERSON.c.person_id).where(PERSON.c.person_id.is_(None)).limit(1)
