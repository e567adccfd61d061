"""What a definition needs of the records, and what of it the loaded sources do not have; never a person's value."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, FromClause, Integer, literal, select

from schemas.definition import Criterion, IndicatorDefinition

from .figures import ComputedIndicator
from .linked_tables import COVERAGE, LIVED_IN, PERSON, RECORDS, TYPE_COLUMN
from .matching import has_code
from .warehouse import Place, at

NO_COVERAGE: Final = "No coverage is loaded; load who was insured or registered from when to when."

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


def missing(place: Place, definition: IndicatorDefinition) -> tuple[str, ...]:
    """Return what the records at a place lack for a definition, one sentence each; nothing where they can feed it.

    Only whether there is any such record is looked at, not whether there are enough.
    """
    found = [*_about_persons(place, definition)]
    for criterion in needs(definition):
        lack = _lacking(place, criterion)
        if lack is not None and lack not in found:
            found.append(lack)
    return tuple(found)


def unfed(place: Place, computed: Sequence[ComputedIndicator]) -> tuple[str, ...]:
    """Say of which figures a zero may mean that nothing was recorded, not that nothing happened; one sentence each."""
    return tuple(
        f"{one.definition.id} over {one.period} reads 0, which may mean not recorded: {sentence}"
        for one in computed
        if not one.numerator.any()
        for sentence in missing(place, one.definition)
    )


def _about_persons(place: Place, definition: IndicatorDefinition) -> Iterator[str]:
    if not _any(place, PERSON):
        yield "No person is loaded; load a source with record person first, such as the population register."
        return
    if not _any(place, COVERAGE):
        yield NO_COVERAGE
    if "area" in definition.dimensions and not (
        _any(place, PERSON, PERSON.c.municipality.is_not(None)) or _any(place, LIVED_IN)
    ):
        yield "No person has a municipality; map it in the population register, or load record residence."
    if "sex" in definition.dimensions and not _any(place, PERSON, PERSON.c.sex != "unknown"):
        yield "No person's sex is known; map it in the population register."


def _lacking(place: Place, criterion: Criterion) -> str | None:
    """Return what is missing of one kind of record, the coarsest thing first."""
    records = RECORDS[criterion.record]
    if criterion.record == "death":
        is_there = _any(place, PERSON, PERSON.c.death_date.is_not(None))
        return None if is_there else "No date of death is loaded; map it in the population register."
    name, where = criterion.record, list[ColumnElement[bool]]()
    if not _any(place, records):
        return f"No {name} is loaded; needed is {described(criterion)}."
    if criterion.types:
        where.append(records.c[TYPE_COLUMN[name]].in_(criterion.types))
        if not _any(place, records, *where):
            return f"No {name} of type {' or '.join(criterion.types)} is loaded."
    if criterion.system is not None:
        where.append(records.c.code_system == criterion.system)
        if not _any(place, records, *where):
            return f"No {name} has a code of system {criterion.system}; needed is {described(criterion)}."
    if criterion.codes or criterion.prefixes:
        where.append(has_code(records, criterion))
        if not _any(place, records, *where):
            return f"None of the codes was ever seen; needed is {described(criterion)}."
    for what, is_needed in _extras(criterion):
        if is_needed and not _any(place, records, *where, records.c[_EXTRAS[what]].is_not(None)):
            return f"No such {name} has {what}; needed is {described(criterion)}."
    return None


_EXTRAS: Final = {"a value": "value", "an urgency": "urgency", "an end date": "end_date"}


def _extras(criterion: Criterion) -> tuple[tuple[str, bool], ...]:
    again = criterion.again
    return (
        ("a value", (criterion.value_from, criterion.value_below) != (None, None)),
        ("an urgency", criterion.urgency is not None or (again is not None and again.urgency is not None)),
        ("an end date", criterion.window == "ended_in_period" or again is not None),
    )


def _any(place: Place, records: FromClause, *where: ColumnElement[bool]) -> bool:
    query = select(literal(1, Integer).label("one")).select_from(records).where(*where).limit(1)
    return bool(at(place).read(query))
