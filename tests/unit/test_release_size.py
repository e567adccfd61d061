"""How much hangs together is known before anything is counted: too much is refused by name, with what fits."""

import pytest

from node.indicators.compute import compute, planned
from node.release.disclosure import Earlier
from node.release.overlap import SecondTable
from node.release.size import ReleaseTooLarge, choice, require_size
from schemas.catalogue import catalogue
from tests.properties.test_compiled_sql import AREAS, _store
from tests.support.linked_store import store_of

COUNTED = [one for one in catalogue().values() if one.measure is not None]
MANY = tuple(f"GM{number:04}" for number in range(25))


def test_the_whole_catalogue_of_many_municipalities_is_refused_with_what_fits() -> None:
    everything = [planned(one, "2024", MANY) for one in COUNTED]
    found = choice(everything, Earlier())
    assert found is not None
    assert found.figures > 20_000
    assert sorted((*found.kept, *found.over)) == sorted(one.id for one in COUNTED)
    kept = [one for one in everything if one.definition.id in found.kept]
    assert choice(kept, Earlier()) is None
    with pytest.raises(ReleaseTooLarge) as refused:
        require_size(everything, Earlier())
    said = str(refused.value)
    assert all(name in said for name in found.over)
    assert all(f"--indicator {name}" in said for name in found.kept)


def test_the_whole_catalogue_of_few_municipalities_fits() -> None:
    require_size([planned(one, "2024", MANY[:5]) for one in COUNTED], Earlier())


def test_what_could_never_be_released_together_is_refused_too() -> None:
    persons = catalogue()["pop.persons"]
    with pytest.raises(SecondTable):
        require_size([planned(persons, "2024", MANY), planned(persons, "2024", ())], Earlier())


def test_what_is_planned_has_the_size_of_what_is_counted() -> None:
    rows = _store(7, "2024")
    for person in rows["person"]:  # a third sex shows only where somebody has it
        person["sex"] = "f" if person["sex"] == "unknown" else person["sex"]
    with store_of(rows) as store:
        for one in COUNTED:
            here, there = planned(one, "2024", AREAS), compute(store, one, "2024", AREAS)
            assert here.axes == there.axes
            assert here.numerator.shape == there.numerator.shape
            assert (here.denominator is None) is (there.denominator is None)
            assert (here.largest is None) is (there.largest is None)
