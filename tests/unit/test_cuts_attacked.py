"""A region's coarser cut, or another name of one day, must not tell what the region hides."""

import itertools
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from node.indicators.figures import Axis, ComputedIndicator
from node.release.cuts import Cut, apply
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import ProtectedIndicator, protect_run
from node.release.refusal import ReleaseRefused
from schemas.catalogue import catalogue
from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text
from schemas.values import Exact

POLICY = DisclosurePolicy()
AXES = (
    Axis("area", ("GM0001", "GM0002")),
    Axis("age_band", ("0-17", "18-44", "45-64", "65-74", "75+")),
    Axis("sex", ("f", "m")),
)
PEOPLE = np.full((2, 5, 2), 4000)
MULTI = np.arange(20).reshape(2, 5, 2) * 10 + 60
REST = np.full((2, 5, 2), 90)
REST[0, 0], REST[0, 1] = (1, 2), (2, 1)


def counted(name: str, persons: np.ndarray, period: str = "2025") -> ComputedIndicator:
    return ComputedIndicator(catalogue()[name], period, AXES, persons, persons, PEOPLE, PEOPLE, ("gp",))


def bare(one: ComputedIndicator) -> ComputedIndicator:
    measure = one.definition.measure
    assert measure is not None
    alone = msgspec.structs.replace(measure, denominator=None)
    what = msgspec.structs.replace(one.definition, kind="count", measure=alone)
    return replace(one, definition=what, denominator=None, denominator_persons=None)


def out(items: tuple[ProtectedIndicator, ...]) -> Earlier:
    cells = {key: value for one in items for key, value in one.remembered.items()}
    return Earlier(cells, tuple(vintage for one in items for vintage in one.vintages))


def figures(items: tuple[ProtectedIndicator, ...]) -> dict[tuple[str, ...], int]:
    return {
        (one.payload.indicator, *cell.nodes): cell.value.numerator
        for one in items
        for cell in one.payload.cells
        if isinstance(cell.value, Exact)
    }


@pytest.mark.parametrize("way", ["one run", "bare: whole first", "bare: part first"])
def test_a_whole_cut_more_coarsely_than_its_part_does_not_tell_the_rest(way: str) -> None:
    whole, part = counted("h.chronic", MULTI + REST), counted("h.multimorbid", MULTI)
    if way != "one run":
        whole, part = bare(whole), bare(part)
    (whole,), _ = apply([whole], Cut((), {"h.chronic": ("0-44", "45+")}))
    runs = {
        "one run": [[whole, part]], "bare: whole first": [[whole], [part]], "bare: part first": [[part], [whole]],
    }[way]  # fmt: skip
    items: tuple[ProtectedIndicator, ...] = ()
    try:
        for run in runs:
            items += protect_run(run, (), out(items), POLICY, "demo", 2025).items
    except ReleaseRefused:
        return
    shown = figures(items)
    for sex in ("f", "m", "total"):
        parts = (("h.multimorbid", "GM0001", age, sex) for age in ("0-17", "18-44"))
        needed = [("h.chronic", "GM0001", "0-44", sex), *parts]
        if all(one in shown for one in needed):
            rest = shown[needed[0]] - shown[needed[1]] - shown[needed[2]]
            assert rest == 0 or rest >= 10, f"{rest} persons ({sex}) with one condition are told"


def test_a_late_record_is_not_told_by_another_name_of_the_same_day() -> None:
    first = protect_run([counted("h.copd", MULTI, "2025-Q1")], (), Earlier(), POLICY, "demo", 2025).items
    later = MULTI.copy()
    later[0, 1, 0] += 1  # one record came late; as 2025-Q1 it would wait
    try:
        second = protect_run([counted("h.copd", later, "2025-02")], (), out(first), POLICY, "demo", 2025).items
    except ReleaseRefused:
        return
    was, now = figures(first), figures(second)
    changes = {key: now[key] - was[key] for key in was.keys() & now.keys() if now[key] != was[key]}
    assert all(abs(by) >= 10 for by in changes.values()), changes


def test_persons_discharged_in_a_quarter_are_not_told_beside_those_of_the_year() -> None:
    text = Text("t", "t")
    what = IndicatorDefinition(
        id="c.discharged", version=1, axis="care", kind="count", title=text, description=text, unit=text, per=1,
        favourable="neither", reference="none", dimensions=("area",), population=Population(),
        measure=Measure(
            "persons", of=Criterion("encounter", window="ended_in_period", types=("admission",)), denominator=None
        ),
    )  # fmt: skip

    def over(period: str, persons: list[int]) -> ComputedIndicator:
        table = np.array(persons)
        return ComputedIndicator(what, period, AXES[:1], table, table, None, None, ("hospital",))

    year = protect_run([over("2025", [400, 300])], (), Earlier(), POLICY, "demo", 2025).items
    with pytest.raises(ReleaseRefused):
        protect_run([over("2025-Q1", [397, 280])], (), out(year), POLICY, "demo", 2025)


def test_both_cut_alike_go_out_together() -> None:
    both, _ = apply(
        [counted("h.chronic", MULTI + REST), counted("h.multimorbid", MULTI)], Cut((), {"": ("0-44", "45+")})
    )
    items = protect_run(both, (), Earlier(), POLICY, "demo", 2025).items
    assert {one.payload.indicator for one in items} == {"h.chronic", "h.multimorbid"}


def test_a_whole_cut_more_coarsely_goes_out_beside_its_part() -> None:
    whole, part = counted("h.chronic", MULTI + REST), counted("h.multimorbid", MULTI)
    cut, _ = apply([whole, part], Cut((), {"h.chronic": ("0-44", "45+")}))
    shown = figures(protect_run(cut, (), Earlier(), POLICY, "demo", 2025).items)
    assert ("h.chronic", "GM0002", "0-44", "f") in shown
    assert ("h.multimorbid", "GM0002", "18-44", "f") in shown


OLDER = Axis("age_band", ("65-74", "75+"))


def elderly(rest: int) -> tuple[ComputedIndicator, ComputedIndicator]:
    """Return everybody with a chronic condition, by all ages, and some of them by those of 65 and over."""
    some, left = np.array([[[40, 41], [62, 60]], [[50, 52], [70, 71]]]), np.full((2, 2, 2), 30)
    left[0, :, 0] = rest // 2, rest - rest // 2
    young = np.full((2, 3, 2), 500)
    whole = np.concatenate([young, some + left], axis=1)
    part = replace(counted("h.multimorbid", some), axes=(AXES[0], OLDER, AXES[2]))
    return bare(counted("h.chronic", whole)), bare(part)


@pytest.mark.parametrize("together", [True, False])
def test_a_part_counted_for_fewer_ages_does_not_tell_who_is_left_of_these(together: bool) -> None:
    whole, part = elderly(9)
    first = () if together else protect_run([whole], (), Earlier(), POLICY, "demo", 2025).items
    asked = [whole, part] if together else [part]
    shown = figures(first + protect_run(asked, (), out(first), POLICY, "demo", 2025).items)
    wholes = [("h.chronic", "GM0001", age, "f") for age in OLDER.leaves]
    parts = [("h.multimorbid", "GM0001", age, "f") for age in OLDER.leaves]
    assert not all(one in shown for one in [*wholes, *parts])
    assert not all(one in shown for one in [*wholes, ("h.multimorbid", "GM0001", "total", "f")])


def test_where_ten_or_more_are_left_both_go_out() -> None:
    assert len(protect_run(elderly(12), (), Earlier(), POLICY, "demo", 2025).items) == 2


def test_bands_that_cross_do_not_tell_who_is_left_where_they_meet() -> None:
    def cut(name: str, persons: list[int], bands: tuple[str, ...]) -> ComputedIndicator:
        table = np.array([persons, [900] * len(persons)])
        return bare(replace(counted(name, table), axes=(AXES[0], Axis("age_band", bands))))

    part = cut("h.multimorbid", [220, 300, 400], ("0-44", "45-74", "75+"))
    whole = cut("h.chronic", [101, 262, 162, 700], ("0-17", "18-64", "65-74", "75+"))  # 525 of 0-74, 520 of these
    shown = figures(protect_run([part, whole], (), Earlier(), POLICY, "demo", 2025).items)
    young = {"h.multimorbid": ("0-44", "45-74"), "h.chronic": ("0-17", "18-64", "65-74")}
    assert not all((name, "GM0001", age) in shown for name, bands in young.items() for age in bands)


def corrected(of_whole: int, of_part: int) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return what is left of the whole by area and sex at 65 and over, first and after a correction of both."""
    whole, part = elderly(60)
    many = whole.numerator + 100
    whole = replace(whole, numerator=many, numerator_persons=many)
    first = protect_run([whole, part], (), Earlier(), POLICY, "demo", 2025).items
    more = [whole.numerator.copy(), part.numerator.copy()]
    more[0][1, 3, 1] += of_whole
    more[1][1, 1, 1] += of_part
    runs = [
        replace(one, numerator=persons, numerator_persons=persons)
        for one, persons in zip((whole, part), more, strict=True)
    ]
    items = protect_run(runs, (), out(first), POLICY, "demo", 2025).items
    found = {}
    for area, sex in itertools.product(("GM0001", "GM0002", "total"), ("f", "m", "total")):
        left = []
        for shown in (figures(first), figures(items)):
            wholes = [shown["h.chronic", area, age, sex] for age in OLDER.leaves]
            left.append(sum(wholes) - shown["h.multimorbid", area, "total", sex])
        found[area, sex] = left[0], left[1]
    return found


@pytest.mark.parametrize(("of_whole", "of_part"), [(25, 20), (14, 22), (-12, 0)])
def test_no_correction_tells_of_a_few_who_came_to_what_is_left(of_whole: int, of_part: int) -> None:
    changes = {at: now - was for at, (was, now) in corrected(of_whole, of_part).items()}
    assert all(by == 0 or abs(by) >= 10 for by in changes.values()), changes


def test_a_correction_that_leaves_ten_more_goes_out() -> None:
    was, now = corrected(40, 20)["GM0002", "m"]
    assert now - was == 20
