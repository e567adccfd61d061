"""Computed indicators as the tables that disclosure control joins: statistics by canonical name, and their links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from node.indicators.compile import is_money
from node.indicators.figures import ComputedIndicator, Counts
from node.release.disclosure import CellKey, Dimension, Organisations, Statistic, SubsetLink
from node.release.inclusion import check_cuts, check_sums, implied_links
from node.release.join import is_age, join, total_name
from node.release.refusal import ReleaseRefused
from schemas.codes import TOTAL
from schemas.definition import denominator_key, numerator_key

Key = tuple[str, str]  # canonical statistic, period


class DefinitionHasNoMeasure(ReleaseRefused):
    """A computed indicator whose definition does not say what is counted."""


@dataclass(frozen=True)
class Cube:
    """All statistics of a release, their subset links, and what each is called in a sentence for people.

    `unshown` are cells that no indicator shows: parts of one age band that another indicator's edges make.
    """

    statistics: Mapping[Key, Statistic] = field(repr=False)
    links: tuple[SubsetLink, ...] = field(repr=False)
    labels: Mapping[str, str] = field(repr=False)
    unshown: frozenset[CellKey] = field(repr=False)

    def in_words(self, sentence: str) -> str:
        """Return the sentence with every canonical name replaced by what people call the statistic."""
        for key in sorted(self.labels, key=len, reverse=True):
            sentence = sentence.replace(key, self.labels[key])
        return sentence[:1].upper() + sentence[1:]

    def unplaced(self, earlier: Iterable[CellKey]) -> list[Key]:
        """Return the statistics that an earlier release cut into cells they do not have now."""
        have = {key: set(table.cells()) for key, table in self.statistics.items()}
        keys = {(cell.statistic, cell.period) for cell in earlier if cell not in have.get(_key(cell), {cell})}
        return sorted(keys)


def _key(cell: CellKey) -> Key:
    return cell.statistic, cell.period


def cube(computed: Sequence[ComputedIndicator]) -> Cube:
    """Join the indicators' numerators and denominators into statistics that each occur once.

    Person counts are linked also where one is part of another by what they count. Raises DefinitionHasNoMeasure,
    AxesDisagree, StatisticsDisagree, SumsOverlap, PartCutOtherwise, and what Statistic raises for misshapen tables.
    """
    tables: dict[Key, list[Statistic]] = {}
    names: dict[str, list[str]] = {}
    links: set[SubsetLink] = set()
    for one in computed:
        part, whole = statistic_keys(one)
        measure = one.definition.measure
        part_persons = measure is not None and measure.count == "persons"
        whole_persons = measure is not None and measure.denominator == "persons"
        numerator = _statistic(one, part, one.numerator, one.numerator_persons, part_persons)
        if is_money(one.definition):
            numerator = replace(numerator, largest=_largest(one), organisations=_organisations(one))
        tables.setdefault((part, one.period), []).append(numerator)
        names.setdefault(part, []).append(f"the numerator of {one.definition.id}")
        if whole is None or one.denominator is None or one.denominator_persons is None:
            continue
        denominator = _statistic(one, whole, one.denominator, one.denominator_persons, whole_persons)
        tables.setdefault((whole, one.period), []).append(denominator)
        names.setdefault(whole, []).append(f"the denominator of {one.definition.id}")
        if part_persons and whole_persons and part != whole:
            links.add(SubsetLink(part, whole))
    statistics = {key: join(same, " and ".join(dict.fromkeys(names[key[0]]))) for key, same in tables.items()}
    shown = {cell for same in tables.values() for table in same for cell in table.cells()}
    every = {cell for table in statistics.values() for cell in table.cells()}
    labels = {key: found[0] for key, found in names.items()}
    check_sums(statistics, labels)
    check_cuts(statistics, labels)
    links |= implied_links(statistics, links)
    return Cube(statistics, tuple(sorted(links)), labels, frozenset(every - shown))


def statistic_keys(one: ComputedIndicator) -> tuple[str, str | None]:
    """Return the names of an indicator's two statistics in the joint model; raises DefinitionHasNoMeasure.

    With age bands the bounds of age are left to the nodes, so that 65-74 among all and among those of 60 and over
    are one figure.
    """
    definition = one.definition
    if definition.population is not None and any(is_age(axis.name, axis.leaves) for axis in one.axes):
        everyone = msgspec.structs.replace(definition.population, age_from=None, age_below=None)
        definition = msgspec.structs.replace(definition, population=everyone)
    part, whole = numerator_key(definition), denominator_key(definition)
    if part is None or (whole is None) != (one.denominator is None):
        raise DefinitionHasNoMeasure(
            f"Indicator {definition.id} was computed, but its definition does not say what its figures count;"
            " complete its measure."
        )
    return part, whole


def _largest(one: ComputedIndicator) -> Counts:
    """Return the largest contributions; a sum of money without them cannot be judged."""
    if one.largest is None:
        raise DefinitionHasNoMeasure(
            f"Indicator {one.definition.id} sums money, and nobody worked out its largest contributions; measure again."
        )
    return one.largest


def _organisations(one: ComputedIndicator) -> Organisations:
    """Return who was paid; a sum of money without that cannot be judged."""
    if one.organisations is None:
        raise DefinitionHasNoMeasure(
            f"Indicator {one.definition.id} sums money, and nobody worked out which organisations were paid; measure"
            " again."
        )
    return Organisations(one.organisations.codes, one.organisations.amounts)


def placed(one: ComputedIndicator, nodes: Sequence[str]) -> tuple[str, ...]:
    """Return the nodes of a payload's cell as the joint model calls them."""
    pairs = zip(one.axes, nodes, strict=True)
    return tuple(total_name(axis) if node == TOTAL else node for axis, node in pairs)


def _statistic(one: ComputedIndicator, key: str, values: Counts, persons: Counts, is_persons: bool) -> Statistic:
    dimensions = tuple(Dimension(axis.name, axis.leaves, total_name(axis)) for axis in one.axes)
    if is_persons:
        return Statistic(key, one.period, "persons", dimensions, values)
    return Statistic(key, one.period, "sum", dimensions, values, persons)
