"""What an earlier release left linked to a run takes part in its model, though the run does not measure it."""

import msgspec
import numpy as np

from node.indicators.figures import Axis, ComputedIndicator
from node.release.absent import Absent
from node.release.cube import cube
from node.release.disclosure import CellKey, DisclosurePolicy, Earlier
from node.release.protect import ProtectedIndicator, protect
from schemas.catalogue import catalogue
from schemas.definition import Criterion, Measure

POLICY = DisclosurePolicy()
AREAS = Axis("area", ("XG-A", "XG-B", "XG-C"))
PEOPLE = np.array([400, 250, 300])
FEW = np.array([60, 4, 63])
MANY = np.array([90, 70, 63])


def share(name: str, patients: np.ndarray, period: str = "2025") -> ComputedIndicator:
    measure = Measure("persons", of=Criterion("condition", codes=(name,)))
    what = msgspec.structs.replace(catalogue()["h.dm_prev"], id=name, dimensions=("area",), measure=measure)
    return ComputedIndicator(what, period, (AREAS,), patients, patients, PEOPLE, PEOPLE, ("gp",))


def after(*items: ProtectedIndicator) -> Earlier:
    cells: dict[CellKey, int | None] = {}
    for one in items:
        cells.update(one.remembered)
    return Earlier(cells, tuple(vintage for one in items for vintage in one.vintages))


def released(*computed: ComputedIndicator, earlier: Earlier) -> ProtectedIndicator:
    return protect(computed, (), earlier, POLICY, "demo", 2025)[0]


def test_a_share_released_before_is_audited_with_another_of_the_same_people() -> None:
    first = released(share("one", FEW), earlier=Earlier())
    second = released(share("two", MANY), earlier=after(first))
    assert second.audit is not None
    assert second.audit.cells == 3 * 4
    assert second.audit.hidden == 2
    assert {cell.statistic for cell in second.remembered} == {key for key, _ in cube([share("two", MANY)]).statistics}


def test_a_third_run_knows_both_through_the_people_they_share() -> None:
    first = released(share("one", FEW), earlier=Earlier())
    second = released(share("two", MANY), earlier=after(first))
    joined = cube([share("three", MANY)])
    found = Absent.of(joined, after(first, second))
    names = {name for one in (first, second) for name, _ in ((v.statistic.key, 0) for v in one.vintages)}
    assert {one.key for one in found.statistics} == names - {key for key, _ in joined.statistics}
    assert not found.unshown
    assert len(found.links) == 2


def test_another_period_is_another_model() -> None:
    first = released(share("one", FEW), earlier=Earlier())
    second = released(share("two", MANY, "2026"), earlier=after(first))
    assert second.audit is not None
    assert second.audit.cells == 2 * 4


def test_ranges_are_the_same_whoever_is_absent() -> None:
    alone = released(share("one", FEW), earlier=Earlier())
    beside = released(share("two", MANY), earlier=after(alone))
    again = released(share("one", FEW), earlier=after(alone, beside))
    assert again.payload.cells == alone.payload.cells
