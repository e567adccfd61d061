"""What a definition needs of the records, and what of it the loaded sources do not have; never a person's value."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import duckdb

from schemas.definition import Criterion, IndicatorDefinition

from .compile import TYPE_COLUMN
from .figures import ComputedIndicator

_CODES_NAMED: Final = 6  # in a sentence


def needs(definition: IndicatorDefinition) -> tuple[Criterion, ...]:
    """Return every kind of record that a definition looks at, each once."""
    population, measure = definition.population, definition.measure
    asked = [] if population is None else [*population.criteria, *population.exclude]
    of = [] if measure is None or measure.of is None else [measure.of]
    return tuple(dict.fromkeys((*asked, *of)))


def described(criterion: Criterion) -> str:
    """Return in words which records a criterion looks at: `measurement (local: BMI), with a value`."""
    codes = [*criterion.codes, *(f"{prefix}..." for prefix in criterion.prefixes)]
    named = ", ".join(codes[:_CODES_NAMED]) + (", ..." if len(codes) > _CODES_NAMED else "")
    parts = [f"{criterion.system}: {named or 'any code'}"] if criterion.system else []
    parts += [f"type {' or '.join(criterion.types)}"] if criterion.types else []
    extras = [word for word, is_needed in _extras(criterion) if is_needed]
    return criterion.record + (f" ({'; '.join(parts)})" if parts else "") + "".join(f", with {one}" for one in extras)


def missing(records: duckdb.DuckDBPyConnection, definition: IndicatorDefinition) -> tuple[str, ...]:
    """Return what the loaded sources lack for a definition, one sentence each; nothing where they can feed it.

    Only whether there is any such record is looked at, not whether there are enough.
    """
    found = [*_about_persons(records, definition)]
    for criterion in needs(definition):
        lack = _lacking(records, criterion)
        if lack is not None and lack not in found:
            found.append(lack)
    return tuple(found)


def unfed(records: duckdb.DuckDBPyConnection, computed: Sequence[ComputedIndicator]) -> tuple[str, ...]:
    """Say of which figures a zero may mean that nothing was recorded, not that nothing happened; one sentence each."""
    return tuple(
        f"{one.definition.id} over {one.period} reads 0, which may mean not recorded: {sentence}"
        for one in computed
        if not one.numerator.any()
        for sentence in missing(records, one.definition)
    )


def _about_persons(records: duckdb.DuckDBPyConnection, definition: IndicatorDefinition) -> Iterator[str]:
    if not _any(records, "person", "true"):
        yield "No person is loaded; load a source with record person first, such as the population register."
        return
    if not _any(records, "coverage", "true"):
        yield "No coverage is loaded; load who was insured or registered from when to when."
    if "area" in definition.dimensions and not (
        _any(records, "person", "municipality IS NOT NULL") or _any(records, "lived_in", "true")
    ):
        yield "No person has a municipality; map it in the population register, or load record residence."
    if "sex" in definition.dimensions and not _any(records, "person", "sex <> 'unknown'"):
        yield "No person's sex is known; map it in the population register."


def _lacking(records: duckdb.DuckDBPyConnection, criterion: Criterion) -> str | None:
    """Return what is missing of one kind of record, the coarsest thing first."""
    if criterion.record == "death":
        is_there = _any(records, "person", "death_date IS NOT NULL")
        return None if is_there else "No date of death is loaded; map it in the population register."
    table, where, values = criterion.record, ["true"], list[Any]()
    if not _any(records, table, "true"):
        return f"No {table} is loaded; needed is {described(criterion)}."
    if criterion.types:
        where.append(f"list_contains(?, {TYPE_COLUMN[table]})")
        values.append(list(criterion.types))
        if not _any(records, table, " AND ".join(where), values):
            return f"No {table} of type {' or '.join(criterion.types)} is loaded."
    if criterion.system is not None:
        where.append("code_system = ?")
        values.append(criterion.system)
        if not _any(records, table, " AND ".join(where), values):
            return f"No {table} has a code of system {criterion.system}; needed is {described(criterion)}."
    if criterion.codes or criterion.prefixes:
        where.append("(list_contains(?, code) OR len(list_filter(?, lambda start: starts_with(code, start))) > 0)")
        values += [list(criterion.codes), list(criterion.prefixes)]
        if not _any(records, table, " AND ".join(where), values):
            return f"None of the codes was ever seen; needed is {described(criterion)}."
    for what, is_needed in _extras(criterion):
        if is_needed and not _any(records, table, " AND ".join([*where, _EXTRAS[what]]), values):
            return f"No such {table} has {what}; needed is {described(criterion)}."
    return None


_EXTRAS: Final = {
    "a value": "value IS NOT NULL",
    "an urgency": "urgency IS NOT NULL",
    "an end date": "end_date IS NOT NULL",
}


def _extras(criterion: Criterion) -> tuple[tuple[str, bool], ...]:
    again = criterion.again
    return (
        ("a value", (criterion.value_from, criterion.value_below) != (None, None)),
        ("an urgency", criterion.urgency is not None or (again is not None and again.urgency is not None)),
        ("an end date", criterion.window == "ended_in_period" or again is not None),
    )


def _any(records: duckdb.DuckDBPyConnection, table: str, where: str, values: list[Any] | None = None) -> bool:
    # the table and the conditions come from the closed lists above, every value is a parameter
    query = f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {where})"  # nosec B608  # noqa: S608
    row = records.execute(query, values or []).fetchone()
    return bool(row and row[0])
