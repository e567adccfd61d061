"""What a definition needs of the records, and what of it the loaded sources do not have; never a person's value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, FromClause, Integer, literal, select

from schemas.definition import Criterion, IndicatorDefinition, RecordKind, Text

from .figures import ComputedIndicator
from .linked_tables import COVERAGE, LIVED_IN, PERSON, RECORDS, TYPE_COLUMN
from .matching import has_code
from .warehouse import Place, at

NO_COVERAGE: Final = Text(
    "Er is niet geladen wie van wanneer tot wanneer verzekerd of ingeschreven was; laad dat (record coverage).",
    "No coverage is loaded; load who was insured or registered from when to when.",
)
_NO_PERSON: Final = Text(
    "Er is geen persoon geladen; laad eerst een bron met record person, zoals het bevolkingsregister.",
    "No person is loaded; load a source with record person first, such as the population register.",
)
_NO_MUNICIPALITY: Final = Text(
    "Van niemand is de gemeente bekend; koppel haar in het bevolkingsregister, of laad record residence.",
    "No person has a municipality; map it in the population register, or load record residence.",
)
_NO_SEX: Final = Text(
    "Van niemand is het geslacht bekend; koppel het in het bevolkingsregister.",
    "No person's sex is known; map it in the population register.",
)
_NO_DEATH: Final = Text(
    "Er is geen datum van overlijden geladen; koppel die in het bevolkingsregister.",
    "No date of death is loaded; map it in the population register.",
)
# one record of a kind, and several; in English the kind's own name says both
_RECORDS: Final[Mapping[RecordKind, tuple[str, str]]] = {
    "condition": ("aandoening", "aandoeningen"), "encounter": ("contact", "contacten"),
    "measurement": ("meting", "metingen"), "treatment": ("behandeling", "behandelingen"),
    "cost": ("kostenpost", "kosten"), "death": ("overlijden", "overlijdens"),
}  # fmt: skip
_CODES_NAMED: Final = 6  # in a sentence


def needs(definition: IndicatorDefinition) -> tuple[Criterion, ...]:
    """Return every kind of record that a definition looks at, each once."""
    population, measure = definition.population, definition.measure
    asked = [] if population is None else [*population.criteria, *population.exclude]
    of = [] if measure is None or measure.of is None else [measure.of]
    return tuple(dict.fromkeys((*asked, *of)))


def described(criterion: Criterion) -> Text:
    """Return in words which records a criterion looks at: `measurement (local: BMI), with a value`."""
    codes = [*criterion.codes, *(f"{prefix}..." for prefix in criterion.prefixes)]
    named = ", ".join(codes[:_CODES_NAMED]) + (", ..." if len(codes) > _CODES_NAMED else "")
    nl, en = list[str](), list[str]()
    if criterion.system:
        nl.append(f"{criterion.system}: {named or 'iedere code'}")
        en.append(f"{criterion.system}: {named or 'any code'}")
    if criterion.types:
        nl.append(f"soort {' of '.join(criterion.types)}")
        en.append(f"type {' or '.join(criterion.types)}")
    extras = [_WITH[word] for word, is_needed in _extras(criterion) if is_needed]
    dutch = _RECORDS[criterion.record][0] + (f" ({'; '.join(nl)})" if nl else "")
    english = criterion.record + (f" ({'; '.join(en)})" if en else "")
    return Text(
        dutch + "".join(f", met {one.nl}" for one in extras), english + "".join(f", with {one.en}" for one in extras)
    )


def missing(place: Place, definition: IndicatorDefinition) -> tuple[Text, ...]:
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
        f"{one.definition.id} over {one.period} reads 0, which may mean not recorded: {sentence.en}"
        for one in computed
        if not one.numerator.any()
        for sentence in missing(place, one.definition)
    )


def _about_persons(place: Place, definition: IndicatorDefinition) -> Iterator[Text]:
    if not _any(place, PERSON):
        yield _NO_PERSON
        return
    if not _any(place, COVERAGE):
        yield NO_COVERAGE
    if "area" in definition.dimensions and not (
        _any(place, PERSON, PERSON.c.municipality.is_not(None)) or _any(place, LIVED_IN)
    ):
        yield _NO_MUNICIPALITY
    if "sex" in definition.dimensions and not _any(place, PERSON, PERSON.c.sex != "unknown"):
        yield _NO_SEX


def _lacking(place: Place, criterion: Criterion) -> Text | None:
    """Return what is missing of one kind of record, the coarsest thing first."""
    records = RECORDS[criterion.record]
    if criterion.record == "death":
        return None if _any(place, PERSON, PERSON.c.death_date.is_not(None)) else _NO_DEATH
    name, where = criterion.record, list[ColumnElement[bool]]()
    several, needed = _RECORDS[name][1], described(criterion)
    if not _any(place, records):
        return Text(f"Er zijn geen {several} geladen; nodig is {needed.nl}.",
                    f"No {name} is loaded; needed is {needed.en}.")  # fmt: skip
    if criterion.types:
        where.append(records.c[TYPE_COLUMN[name]].in_(criterion.types))
        if not _any(place, records, *where):
            return Text(f"Er zijn geen {several} van soort {' of '.join(criterion.types)} geladen.",
                        f"No {name} of type {' or '.join(criterion.types)} is loaded.")  # fmt: skip
    if criterion.system is not None:
        where.append(records.c.code_system == criterion.system)
        if not _any(place, records, *where):
            return Text(f"Geen van de {several} heeft een code van stelsel {criterion.system}; nodig is {needed.nl}.",
                        f"No {name} has a code of system {criterion.system}; needed is {needed.en}.")  # fmt: skip
    if criterion.codes or criterion.prefixes:
        where.append(has_code(records, criterion))
        if not _any(place, records, *where):
            return Text(f"Geen van de codes kwam ooit voor; nodig is {needed.nl}.",
                        f"None of the codes was ever seen; needed is {needed.en}.")  # fmt: skip
    for what, is_needed in _extras(criterion):
        if is_needed and not _any(place, records, *where, records.c[what].is_not(None)):
            return Text(f"Geen van die {several} heeft {_WITH[what].nl}; nodig is {needed.nl}.",
                        f"No such {name} has {_WITH[what].en}; needed is {needed.en}.")  # fmt: skip
    return None


_WITH: Final = {
    "value": Text("een waarde", "a value"), "urgency": Text("een urgentie", "an urgency"),
    "end_date": Text("een einddatum", "an end date"),
}  # fmt: skip


def _extras(criterion: Criterion) -> tuple[tuple[str, bool], ...]:
    again = criterion.again
    return (
        ("value", (criterion.value_from, criterion.value_below) != (None, None)),
        ("urgency", criterion.urgency is not None or (again is not None and again.urgency is not None)),
        ("end_date", criterion.window == "ended_in_period" or again is not None),
    )


def _any(place: Place, records: FromClause, *where: ColumnElement[bool]) -> bool:
    query = select(literal(1, Integer).label("one")).select_from(records).where(*where).limit(1)
    return bool(at(place).read(query))
