"""The promise, on random releases: nobody narrows a protected figure below what the policy requires."""

from collections.abc import Iterable, Mapping
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from node.release.disclosure import (
    CannotProtect,
    CellKey,
    Dimension,
    DisclosurePolicy,
    Earlier,
    Group,
    ReleaseModel,
    Statistic,
    Status,
    SubsetLink,
    audit,
    build,
    coarsen,
    plain_ranges,
    suppress,
)
from tests.properties.test_disclosure_attacker import Attacker, Situation

POLICY = DisclosurePolicy()
Release = tuple[list[Statistic], list[SubsetLink]]
quick = settings(max_examples=25, deadline=None)


@st.composite
def releases(draw: st.DrawFn, most_parts: int = 2, sums: bool = True) -> Release:
    shape = draw(st.sampled_from([(4,), (6,), (2, 3), (3, 3), (3, 4), (2, 2, 3)]))
    grouped = draw(st.booleans())
    dimensions = []
    for axis, size in enumerate(shape):
        leaves = tuple(f"d{axis}n{i}" for i in range(size))
        groups = (Group(f"d{axis}g", leaves[:2]),) if grouped and size > 2 else ()
        dimensions.append(Dimension(f"d{axis}", leaves, f"d{axis}all", groups))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    level = draw(st.sampled_from([4, 12, 40]))
    counts = random.poisson(level * random.uniform(0, 2, shape)) * (random.random(shape) < 0.9)
    people = Statistic("people", "2025", "persons", tuple(dimensions), counts)
    statistics, links = [people], []
    for number in range(draw(st.integers(0, most_parts))):
        rate = draw(st.sampled_from([0.1, 0.4, 0.9]))
        part = Statistic(f"part{number}", "2025", "persons", tuple(dimensions), random.binomial(counts, rate))
        statistics.append(coarsen(part, "d0") if dimensions[0].groups and draw(st.booleans()) else part)
        links.append(SubsetLink(f"part{number}", "people"))
    if sums and draw(st.booleans()):
        cents = random.integers(0, 10 ** draw(st.integers(1, 7)), shape) * counts
        statistics.append(Statistic("cost", "2025", "sum", tuple(dimensions), cents, counts))
    return statistics, links


def hidden_in(statuses: Mapping[CellKey, Status]) -> set[CellKey]:
    return {cell for cell, status in statuses.items() if status is not Status.PUBLISHED}


def protect(model: ReleaseModel, situation: Situation) -> Mapping[CellKey, Status]:
    """Suppress; a refusal must be justified by an attacker who gets through even if everything is hidden."""
    try:
        return suppress(model, POLICY).statuses
    except CannotProtect:
        assert situation.narrow(situation.may_hide() | situation.must_hide())
        assume(False)
        raise


@given(releases())
@quick
def test_no_attacker_narrows_a_protected_figure(release: Release) -> None:
    stands(release)


@pytest.mark.nightly
@given(releases())
@settings(max_examples=500, deadline=None)
def test_no_attacker_narrows_a_protected_figure_in_five_hundred_releases(release: Release) -> None:
    stands(release)


def stands(release: Release) -> None:
    situation = Situation(*release)
    model = build(*release)
    statuses = protect(model, situation)
    hidden = hidden_in(statuses)
    assert situation.must_hide() <= hidden <= situation.may_hide()
    assert {cell for cell, status in statuses.items() if status is Status.PRIMARY} == situation.primary
    assert {p for p, whole in situation.whole.items() if whole in hidden and situation.value[p]} <= hidden
    assert situation.narrow(hidden) == []
    assert audit(model, statuses, POLICY).passed


@given(releases(), st.integers(0, 1))
@quick
def test_a_later_release_keeps_the_promise_of_the_earlier_one(release: Release, extra: int) -> None:
    statistics, links = release
    first = [one for one in statistics if one.key in ("people", "cost", f"part{extra}")]
    first_links = [link for link in links if link.part_key == f"part{extra}"]
    shown = protect(build(first, first_links), Situation(first, first_links))
    past = Situation(first, first_links).value
    earlier = Earlier({c: past[c] if status is Status.PUBLISHED else None for c, status in shown.items()})
    situation = Situation(statistics, links, earlier)
    model = build(statistics, links, earlier)
    statuses = protect(model, situation)
    hidden = hidden_in(statuses)
    assert hidden & set(earlier.cells) == hidden_in(shown)
    assert situation.narrow(hidden) == []
    assert audit(model, statuses, POLICY).passed


@given(releases(), st.randoms(use_true_random=False))
@quick
def test_figures_that_are_public_elsewhere_count_as_known(release: Release, random: Random) -> None:
    everything = Situation(*release)
    known = {cell: value for cell, value in everything.value.items() if random.random() < 0.15}
    situation = Situation(*release, Earlier(known))
    model = build(*release, Earlier(known))
    statuses = protect(model, situation)
    assert not hidden_in(statuses) & set(known)
    assert situation.narrow(hidden_in(statuses)) == []
    assert audit(model, statuses, POLICY).passed


@given(releases(), st.randoms(use_true_random=False), st.sampled_from([0.1, 0.5, 0.9]))
@quick
def test_the_audit_agrees_with_the_attacker_on_any_pattern(release: Release, random: Random, share: float) -> None:
    situation = Situation(*release)
    hidden = situation.must_hide() | {c for c in sorted(situation.may_hide()) if random.random() < share}
    for part, whole in situation.whole.items():
        if whole in hidden and situation.value[part]:
            hidden.add(part)
    report = audit(build(*release), marked(situation, hidden), POLICY)
    assert report.solver_status == "optimal"
    assert report.passed == (situation.narrow(hidden) == [])


def marked(situation: Situation, hidden: Iterable[CellKey]) -> dict[CellKey, Status]:
    statuses = dict.fromkeys(situation.value, Status.PUBLISHED)
    for cell in hidden:
        statuses[cell] = Status.PRIMARY if cell in situation.primary else Status.COMPLEMENTARY
    return statuses


@given(releases())
@quick
def test_every_complementary_cell_is_needed(release: Release) -> None:
    model = build(*release)
    statuses = protect(model, Situation(*release))
    wholes = {link.part_key: link.whole_key for link in release[1]}
    for cell, status in statuses.items():
        whole = CellKey(wholes.get(cell.statistic, ""), cell.period, cell.nodes)
        if status is Status.COMPLEMENTARY and statuses.get(whole, Status.PUBLISHED) is Status.PUBLISHED:
            assert not audit(model, {**statuses, cell: Status.PUBLISHED}, POLICY).passed


@given(releases())
@quick
def test_the_same_release_in_any_order_gives_the_same_pattern(release: Release) -> None:
    statistics, links = release
    statuses = protect(build(statistics, links), Situation(statistics, links))
    assert suppress(build(statistics[::-1], links[::-1]), POLICY).statuses == statuses


@given(releases())
@quick
def test_plain_ranges_are_exact_and_contain_the_truth(release: Release) -> None:
    situation = Situation(*release)
    model = build(*release)
    statuses = protect(model, situation)
    hidden = hidden_in(statuses)
    attacker = Attacker(situation.tables, situation.links, situation.bounds(hidden, knows_status=False))
    ranges = plain_ranges(model, statuses)
    assert set(ranges) == hidden
    for cell, (low, high) in ranges.items():
        least, most = attacker.range_of({("x", cell): 1})
        assert low <= situation.value[cell] <= (np.inf if high is None else high)
        assert -slack(least) <= low - least < 1 + slack(least)
        assert (high is None) == (most == np.inf)
        assert high is None or -slack(most) <= most - high < 1 + slack(most)


def slack(value: float) -> float:
    """What the attacker's own solver may be off by."""
    return 1e-7 * max(1.0, abs(value))


@given(releases(sums=False), st.integers(0, 2**16))
@quick
def test_plain_ranges_do_not_depend_on_hidden_values(release: Release, pick: int) -> None:
    situation = Situation(*release)
    statuses = protect(build(*release), situation)
    hidden = sorted(hidden_in(statuses))
    assume(hidden)
    attacker = Attacker(situation.tables, situation.links, situation.bounds(set(hidden), knows_status=False))
    _, other = attacker.extreme({("x", hidden[pick % len(hidden)]): 1}, 1)
    assume(all(abs(one - round(one)) < 1e-6 for one in other.values()))
    changed = []
    for table in situation.tables:
        values = np.zeros_like(table.statistic.values)
        for place in np.ndindex(values.shape):
            nodes = tuple(d.leaves[i] for d, i in zip(table.statistic.dimensions, place, strict=True))
            values[place] = round(other[table.cell(nodes)])
        one = table.statistic
        changed.append(Statistic(one.key, one.period, one.kind, one.dimensions, values))
    assert plain_ranges(build(changed, release[1]), statuses) == plain_ranges(build(*release), statuses)
