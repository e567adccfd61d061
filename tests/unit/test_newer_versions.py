"""What a newer version of a definition can say of a period of which an earlier version was released."""

import msgspec
import numpy as np
import pytest

from node.indicators.figures import Axis, ComputedIndicator
from node.release.disclosure import CellKey, DisclosurePolicy, Earlier
from node.release.guard import IndicatorUnprotectable
from node.release.protect import ProtectedIndicator, protect, protect_run
from schemas.catalogue import catalogue, earlier
from schemas.definition import IndicatorDefinition
from schemas.values import Exact, Suppressed

AREAS = Axis("area", ("XG-A", "XG-B", "XG-C", "XG-D"))
PEOPLE = np.array([4000, 2500, 3000, 5000])
COUNTED = np.array([600, 400, 500, 800])
POLICY = DisclosurePolicy()
SUMS = ("c.ed", "c.gp_units", "q.acute_adm")
ONLY_THE_TITLE = ("h.depression", "h.obesity", "h.overweight", "h.smoke")
AVOIDABLE = tuple(f"q.acsc_{name}" for name in ("angina", "asthma", "copd", "diabetes", "heart_failure"))


def _computed(definition: IndicatorDefinition, period: str = "2025") -> ComputedIndicator:
    plain = msgspec.structs.replace(definition, dimensions=("area",), age_bands=())
    assert plain.measure is not None
    below = PEOPLE * 365 if plain.measure.denominator == "covered_days" else PEOPLE
    return ComputedIndicator(plain, period, (AREAS,), COUNTED, COUNTED, below, PEOPLE, ("gp",))


def _known(*before: ProtectedIndicator) -> Earlier:
    cells: dict[CellKey, int | None] = {}
    for item in before:
        cells.update(item.remembered)
    return Earlier(cells, tuple(vintage for item in before for vintage in item.vintages))


def _protected(one: ComputedIndicator, *before: ProtectedIndicator) -> ProtectedIndicator:
    (found,) = protect((one,), (), _known(*before), POLICY, "demo", 2025)
    return found


def _kinds(one: ProtectedIndicator) -> set[type]:
    return {type(cell.value) for cell in one.payload.cells}


def _versions(name: str) -> tuple[IndicatorDefinition, IndicatorDefinition]:
    (first,) = [one for one in earlier() if one.id == name]
    return first, catalogue()[name]


def test_every_definition_with_an_earlier_version_is_told_of_here() -> None:
    assert {one.id for one in earlier()} == {*SUMS, *ONLY_THE_TITLE, *AVOIDABLE, "q.hba1c_good"}


@pytest.mark.parametrize("name", SUMS)
def test_a_sum_begins_with_a_period_of_which_the_earlier_version_was_not_released(name: str) -> None:
    first, second = _versions(name)
    released = _protected(_computed(first))
    run = protect_run((_computed(second), _computed(catalogue()["h.copd"])), (), _known(released), POLICY, "demo", 2025)
    assert [one.payload.indicator for one in run.items] == ["h.copd"]
    (told,) = run.left_out
    assert told.startswith(f"{name} 2025 was left out: its numerator is part of a sum released earlier")
    assert "begins with a period of which no earlier version was released" in told
    assert _kinds(_protected(_computed(second, "2026"), released)) == {Exact}
    assert _protected(_computed(first), released).payload.cells == released.payload.cells


@pytest.mark.parametrize("name", AVOIDABLE)
def test_of_persons_of_whom_nearly_all_are_in_both_most_is_hidden(name: str) -> None:
    first, second = _versions(name)
    released = _protected(_computed(first))
    assert _kinds(released) == {Exact}
    assert _kinds(_protected(_computed(second), released)) == {Suppressed}
    assert _kinds(_protected(_computed(second, "2026"), released)) == {Exact}


def test_the_same_persons_in_other_words_are_refused() -> None:
    first, second = _versions("q.hba1c_good")
    released = _protected(_computed(first))
    with pytest.raises(IndicatorUnprotectable, match="leave the statistic out of this release"):
        _protected(_computed(second), released)
    assert _kinds(_protected(_computed(second, "2026"), released)) == {Exact}


@pytest.mark.parametrize("name", ONLY_THE_TITLE)
def test_where_the_title_alone_changed_every_figure_stays(name: str) -> None:
    first, second = _versions(name)
    released = _protected(_computed(first))
    again = _protected(_computed(second), released)
    assert (released.payload.version, again.payload.version) == (1, 2)
    assert again.payload.cells == released.payload.cells
