"""Statistics that are parts of each other without saying so are protected together, or not released together."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from node.indicators.figures import Axis, ComputedIndicator
from node.release.cube import cube
from node.release.disclosure import CellKey, DisclosurePolicy, Earlier, SubsetLink
from node.release.inclusion import PartCutOtherwise, SumsOverlap
from node.release.protect import ProtectedIndicator, RevisionRevealsPersons, protect
from schemas.catalogue import catalogue
from schemas.definition import Again, Criterion, IndicatorDefinition, Population, denominator_key, numerator_key
from schemas.inclusion import is_among, is_part, is_within
from schemas.values import Exact, Suppressed

AREAS = Axis("area", ("XG-A", "XG-B", "XG-C"))
PEOPLE = np.array([400, 250, 300])
CHRONIC = np.array([150, 95, 120])
COPD = np.array([145, 40, 50])  # in the first area five persons are chronically ill otherwise


def _computed(indicator: str, counted: np.ndarray, people: np.ndarray = PEOPLE) -> ComputedIndicator:
    definition = msgspec.structs.replace(catalogue()[indicator], dimensions=("area",), age_bands=())
    return ComputedIndicator(definition, "2025", (AREAS,), counted, counted, people, people, ("gp",))


def _of(period: str, indicator: str, counted: np.ndarray, people: np.ndarray | None) -> ComputedIndicator:
    """Return an indicator of some period, without people as a bare count."""
    found = _computed(indicator, counted)
    measure = found.definition.measure
    assert measure is not None
    if people is None:
        measure = msgspec.structs.replace(measure, denominator=None)
    definition = msgspec.structs.replace(found.definition, measure=measure)
    return replace(found, definition=definition, period=period, denominator=people, denominator_persons=people)


def _protected(*computed: ComputedIndicator, earlier: Earlier | None = None) -> tuple[ProtectedIndicator, ...]:
    return protect(computed, (), earlier or Earlier(), DisclosurePolicy(), "demo", 2025)


def _after(*items: ProtectedIndicator) -> Earlier:
    cells: dict[CellKey, int | None] = {}
    for one in items:
        cells.update(one.remembered)
    return Earlier(cells, tuple(vintage for one in items for vintage in one.vintages))


def _shown(one: ProtectedIndicator, area: str) -> bool:
    (value,) = [cell.value for cell in one.payload.cells if cell.nodes == (area,)]
    assert isinstance(value, Exact | Suppressed)
    return isinstance(value, Exact)


def test_five_persons_that_a_subtraction_would_show_are_hidden() -> None:
    chronic, copd = _protected(_computed("h.chronic", CHRONIC), _computed("h.copd", COPD))
    assert not (_shown(chronic, "XG-A") and _shown(copd, "XG-A"))
    assert _shown(_protected(_computed("h.copd", COPD))[0], "XG-A")
    assert _shown(_protected(_computed("h.chronic", CHRONIC))[0], "XG-A")


def test_they_stay_hidden_when_the_two_are_released_one_after_the_other() -> None:
    chronic = _protected(_computed("h.chronic", CHRONIC))
    (copd,) = _protected(_computed("h.copd", COPD), earlier=_after(*chronic))
    assert _shown(chronic[0], "XG-A")
    assert not _shown(copd, "XG-A")


def test_they_stay_hidden_beside_a_period_in_which_only_one_of_the_two_was_counted() -> None:
    before = _of("2024", "h.copd", COPD, PEOPLE)
    chronic, copd, _ = _protected(_computed("h.chronic", CHRONIC), _computed("h.copd", COPD), before)
    assert not (_shown(chronic, "XG-A") and _shown(copd, "XG-A"))


def test_a_link_is_drawn_where_the_statistic_between_two_others_was_counted_in_another_period() -> None:
    copd, chronic = numerator_key(_computed("h.copd", COPD).definition), numerator_key(catalogue()["h.chronic"])
    everybody = denominator_key(catalogue()["h.chronic"])
    now = [_of("2025", "h.copd", COPD, people=None), _of("2025", "pop.persons", PEOPLE, people=None)]
    then = [_of("2024", "h.copd", COPD, people=None), _of("2024", "h.chronic", CHRONIC, people=None)]
    joined = cube([*now, *then, _of("2024", "pop.persons", PEOPLE, people=None)])
    assert {(str(copd), str(everybody)), (str(copd), str(chronic))} <= {
        (one.part_key, one.whole_key) for one in joined.links
    }


def test_a_part_that_is_cut_by_other_dimensions_than_its_whole_is_refused_now_and_later() -> None:
    sexes = Axis("sex", ("f", "m"))
    half = CHRONIC // 2
    chronic = replace(
        _of("2025", "h.chronic", np.stack([half, CHRONIC - half], axis=1), people=None), axes=(AREAS, sexes)
    )
    copd = _of("2025", "h.copd", COPD, people=None)
    for one, other in ((chronic, copd), (copd, chronic)):
        with pytest.raises(PartCutOtherwise, match="subtracted in the totals that they share"):
            _protected(one, other)
        with pytest.raises(PartCutOtherwise, match="a statistic released earlier"):
            _protected(other, earlier=_after(*_protected(one)))


def test_a_link_that_follows_from_two_others_is_not_drawn_again() -> None:
    joined = cube([_computed("h.chronic", CHRONIC), _computed("h.copd", COPD), _computed("c.ed_patients", COPD)])
    chronic, copd, seen = (numerator_key(catalogue()[name]) for name in ("h.chronic", "h.copd", "c.ed_patients"))
    everyone = denominator_key(catalogue()["h.copd"])
    assert None not in (chronic, copd, seen, everyone)
    drawn = {(link.part_key, link.whole_key) for link in joined.links}
    assert drawn == {(copd, everyone), (chronic, everyone), (seen, everyone), (copd, chronic)}
    assert SubsetLink(str(copd), str(chronic)) in joined.links


def _good(indicator: str, below: int, results: Criterion | None, times: int) -> ComputedIndicator:
    """Return who had a low result, of those with diabetes and (where asked) a result: the latter says nothing new."""
    good = catalogue()["q.hba1c_good"]
    assert good.population is not None
    assert good.measure is not None
    assert good.measure.of is not None
    asked = (good.population.criteria[0], *([] if results is None else [results]))
    definition = msgspec.structs.replace(
        good, id=indicator, dimensions=("area",), age_bands=(),
        population=msgspec.structs.replace(good.population, criteria=asked),
        measure=msgspec.structs.replace(good.measure, of=msgspec.structs.replace(good.measure.of, value_below=below)),
    )  # fmt: skip
    counted, people = (COPD if below == 53 else CHRONIC), PEOPLE * times
    return ComputedIndicator(definition, "2025", (AREAS,), counted, counted, people, people, ("gp",))


MEASURED = Criterion("measurement", system="local", codes=("HBA1C",))
IN_OTHER_WORDS = (
    _good("q.hba1c_first", 53, MEASURED, 4),
    _good("q.hba1c_second", 53, msgspec.structs.replace(MEASURED, value_from=10, value_below=201), 2),
    _good("q.hba1c_own", 53, None, 6),
)


def test_the_same_persons_in_three_wordings_are_linked_each_with_each() -> None:
    keys = [str(numerator_key(one.definition)) for one in IN_OTHER_WORDS]
    drawn = {(link.part_key, link.whole_key) for link in cube(IN_OTHER_WORDS).links}
    assert {(one, other) for one in keys for other in keys if one != other} <= drawn


def test_the_same_persons_in_three_wordings_do_not_hide_that_they_are_part_of_others() -> None:
    wider = _good("q.hba1c_wider", 60, None, 6)  # in the first area five persons more
    *same, more = _protected(*IN_OTHER_WORDS, wider)
    assert not (_shown(more, "XG-A") and any(_shown(one, "XG-A") for one in same))


def _records(indicator: str, of: Criterion) -> ComputedIndicator:
    rate = catalogue()["c.ed"]
    assert rate.measure is not None
    definition = msgspec.structs.replace(
        rate, id=indicator, dimensions=("area",), age_bands=(), measure=msgspec.structs.replace(rate.measure, of=of)
    )
    return ComputedIndicator(definition, "2025", (AREAS,), CHRONIC, CHRONIC, PEOPLE * 365, PEOPLE, ("gp",))


def test_a_sum_and_its_part_are_refused_in_one_period_also_one_after_the_other() -> None:
    whole = _records("c.admissions", Criterion("encounter", types=("admission",)))
    part = _records("c.acute", Criterion("encounter", types=("admission",), urgency="acute"))
    words = "In 2025, the numerator of c.acute is part of the numerator of c.admissions.*release one of the two"
    with pytest.raises(SumsOverlap, match=words):
        _protected(whole, part)
    words = r"c\.acute 2025 was left out: its numerator is part of a sum released earlier, .* stays known"
    with pytest.raises(RevisionRevealsPersons, match=words) as refused:
        _protected(part, earlier=_after(*_protected(whole)))
    assert "leave this one out of that period" in str(refused.value)
    assert "release one of the two" not in str(refused.value)
    (released,) = _protected(part)
    with pytest.raises(
        RevisionRevealsPersons, match=r"c\.admissions 2025 was left out: its numerator has as a part a sum"
    ):
        _protected(whole, earlier=_after(released))


PLAIN = Criterion("condition", window="until_reference", system="icpc", prefixes=("R9",))


@pytest.mark.parametrize(
    ("narrow", "wide", "holds"),
    [
        ({"prefixes": ("R95",)}, {}, True),
        ({"prefixes": (), "codes": ("R96.01",)}, {}, True),
        ({"prefixes": ("R",)}, {}, False),
        ({"prefixes": (), "codes": ("T90",)}, {}, False),
        ({}, {"prefixes": (), "codes": ("R95",)}, False),
        ({}, {"prefixes": (), "system": None}, True),
        ({"prefixes": (), "system": None}, {}, False),
        ({"at_least": 2}, {}, True),
        ({"at_least": 3, "code_length": 3}, {"at_least": 2, "code_length": 3}, True),
        ({"at_least": 3}, {"at_least": 2, "code_length": 3}, False),
        ({"at_least": 2, "code_length": 3}, {"at_least": 2}, True),  # two beginnings are two codes
        ({"at_least": 2, "code_length": 3}, {"at_least": 2, "code_length": 4}, True),
        ({"at_least": 2, "code_length": 4}, {"at_least": 2, "code_length": 3}, False),
        ({}, {"window": "until_end"}, True),
        ({"window": "until_end"}, {}, False),
        ({"window": "ended_in_period"}, {"window": "in_period"}, False),
        ({"record": "treatment"}, {}, False),
    ],
)
def test_one_criterion_is_within_another_only_where_that_follows(
    narrow: dict[str, object], wide: dict[str, object], holds: bool
) -> None:
    one, other = (msgspec.structs.replace(PLAIN, **changed) for changed in (narrow, wide))
    assert is_within(one, other) is holds


def test_values_types_and_returns_are_narrower_as_their_bounds_are() -> None:
    low = Criterion("measurement", system="local", codes=("BMI",), value_from=25, value_below=100)
    assert is_within(msgspec.structs.replace(low, value_from=30), low)
    assert not is_within(low, msgspec.structs.replace(low, value_from=30))
    assert not is_within(msgspec.structs.replace(low, value_below=None), low)
    stay = Criterion("encounter", types=("admission",), window="ended_in_period")
    back = msgspec.structs.replace(stay, again=Again(30, "acute"))
    assert is_within(back, stay)
    assert is_within(back, msgspec.structs.replace(stay, again=Again(60)))
    assert not is_within(msgspec.structs.replace(stay, again=Again(60, "acute")), back)
    assert not is_within(stay, msgspec.structs.replace(stay, types=("ed",)))


def test_a_population_is_among_another_by_its_ages_criteria_and_exclusions() -> None:
    assert is_among(Population(age_from=75), Population(age_from=65))
    assert not is_among(Population(), Population(age_below=75))
    assert is_among(Population(criteria=(PLAIN,)), Population())
    assert is_among(Population(exclude=(PLAIN,)), Population())
    assert not is_among(Population(), Population(exclude=(PLAIN,)))
    assert not is_among(Population(covered_on="any_day"), Population())
    narrower = msgspec.structs.replace(PLAIN, prefixes=("R95",))
    assert is_among(Population(exclude=(PLAIN,)), Population(exclude=(narrower,)))


def _names(definition: IndicatorDefinition) -> str:
    return str(numerator_key(definition))


def test_names_of_another_kind_are_part_of_nothing() -> None:
    persons = _names(catalogue()["h.copd"])
    assert not is_part("a table of somebody else", persons)
    assert not is_part(persons, persons)
    assert not is_part(_names(catalogue()["c.ed"]), persons)


def test_events_while_covered_are_among_those_of_the_period_and_not_the_other_way_round() -> None:
    asked = Criterion("encounter", types=("ed",))
    covered = msgspec.structs.replace(asked, window="while_covered")
    assert is_within(covered, asked)
    assert is_within(covered, msgspec.structs.replace(asked, window="until_end"))
    assert not is_within(asked, covered)
    assert not is_within(covered, msgspec.structs.replace(asked, window="until_reference"))
