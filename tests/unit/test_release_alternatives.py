"""Coarser cuts: what they add up, what they lose, and which loses least."""

import math
import random

import numpy as np
import pytest

from node.indicators.figures import Axis, ByOrganisation, ComputedIndicator
from node.release.alternatives import Alternative, Kept, alternatives, best, detail_kept
from node.release.cuts import Cut, CutUnfit, apply, follow
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import protect, protect_run
from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text
from schemas.values import Exact

POLICY = DisclosurePolicy()
AREAS = Axis("area", ("XG-A", "XG-B"))
SEXES = Axis("sex", ("f", "m"))
AGES = Axis("age_band", ("0-19", "20-39", "40-64", "65+"))
AXES = (AREAS, AGES, SEXES)
PATIENTS = np.array([[[1, 1], [15, 12], [40, 51], [70, 66]], [[0, 2], [11, 19], [44, 45], [80, 61]]])  # area, age, sex


def indicator(patients: np.ndarray = PATIENTS, axes: tuple[Axis, ...] = AXES) -> ComputedIndicator:
    text = Text("titel", "title")
    what = IndicatorDefinition(
        id="diabetes", version=1, axis="health", kind="proportion", title=text, description=text, unit=text, per=100,
        favourable="lower", reference="none", dimensions=tuple(axis.name for axis in axes), population=Population(),
        measure=Measure("persons", of=Criterion("condition", window="until_end", system="icpc", codes=("T90",))),
    )  # fmt: skip
    people = patients * 10 + 400
    return ComputedIndicator(what, "2025", axes, patients, patients, people, people, ("gp",))


def test_a_dimension_left_out_and_ages_merged_add_up_to_the_same_persons() -> None:
    (one,), lines = apply([indicator()], Cut(("sex",), {"": ("0-39", "40+")}))
    assert [axis.name for axis in one.axes] == ["area", "age_band"]
    assert one.numerator.tolist() == [[29, 227], [32, 230]]
    assert one.numerator_persons.tolist() == one.numerator.tolist()
    assert one.denominator is not None
    assert one.denominator.sum() == (PATIENTS * 10 + 400).sum()
    assert lines == (
        "diabetes 2025 is cut more coarsely, as chosen: without sex; age_band: 4 bands merged into 2 (0-39, 40+).",
    )


def test_the_two_largest_contributions_and_who_was_paid_stay_right() -> None:
    one = indicator(np.array([[[5, 6]]]), (Axis("area", ("XG-A",)), Axis("age_band", ("0+",)), SEXES))
    money = ComputedIndicator(
        one.definition, one.period, one.axes, one.numerator, one.numerator_persons, None, None, ("z",),
        np.array([[[[30, 2], [20, 10]]]]), ByOrganisation(("a", "b"), np.array([[[[1, 4], [6, 0]]]])),
    )  # fmt: skip
    (found,), _ = apply([money], Cut(("sex",)))
    assert found.largest is not None
    assert found.organisations is not None
    assert found.largest.tolist() == [[[30, 20]]]
    assert found.organisations.amounts.tolist() == [[[7, 4]]]


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        (Cut(("age_band",)), "Ages are merged instead"),
        (Cut(("area",)), "dimensions that can be left out: sex"),
        (Cut((), {"": ("0-29", "30+")}), "make each of whole bands of 0-19, 20-39, 40-64, 65\\+"),
        (Cut((), {"": ("0-39", "65+")}), "in order and without a gap"),
        (Cut((), {"": ("40+", "0-39")}), "in order and without a gap"),
        (Cut((), {"": ("young",)}), "write them as 0-17,18-64,65\\+"),
        (Cut((), {"other": ("0-39", "40+")}), "given for other, which is not among"),
    ],
)
def test_a_cut_that_does_not_fit_is_refused_in_one_sentence(cut: Cut, sentence: str) -> None:
    with pytest.raises(CutUnfit, match=sentence):
        apply([indicator()], cut)


def test_nothing_is_lost_where_all_is_shown_and_everything_where_only_the_total_is() -> None:
    one = indicator(np.array([[10, 30], [20, 40]]), (AREAS, SEXES))
    every = frozenset((area, sex) for area in AREAS.leaves for sex in SEXES.leaves)
    assert detail_kept(one, one.axes, every) == 1
    assert detail_kept(one, one.axes, frozenset({("total", "total")})) == 0


def test_the_loss_is_the_entropy_of_what_was_lumped_together() -> None:
    one = indicator(np.array([[10, 30], [20, 40]]), (AREAS, SEXES))
    whole = sum(n * math.log(100 / n) for n in (10, 30, 20, 40))
    merged = 10 * math.log(3) + 20 * math.log(1.5) + 30 * math.log(7 / 3) + 40 * math.log(7 / 4)
    by_sex = frozenset({("f",), ("m",), ("total",)})
    assert detail_kept(one, (SEXES,), by_sex) == pytest.approx(1 - merged / whole, abs=1e-12)
    hidden = 10 * math.log(4) + 30 * math.log(4 / 3)  # both sexes of one area, beside its shown total
    shown = frozenset({("XG-A", "total"), ("XG-B", "f"), ("XG-B", "m"), ("total", "total")})
    assert detail_kept(one, one.axes, shown) == pytest.approx(1 - hidden / whole, abs=1e-12)


def test_what_hides_less_after_merging_can_keep_more_and_is_named() -> None:
    tried = list(alternatives([indicator()], Earlier(), POLICY, random.SystemRandom()))
    assert [one.words.en for one in tried] == [
        "as defined", "ages two by two", "ages four by four", "without sex", "without sex, ages two by two",
    ]  # fmt: skip
    assert not any(one.refused for one in tried)
    assert [one.kept["diabetes"].hidden > 0 for one in tried] == [True, False, False, True, False]
    for one in tried:
        kept = one.kept["diabetes"]
        (released,) = protect(apply([indicator()], one.cut)[0], (), Earlier(), POLICY, "demo", 2025)
        shown = [cell for cell in released.payload.cells if isinstance(cell.value, Exact)]
        assert (kept.shown, kept.hidden) == (len(shown), len(released.payload.cells) - len(shown))
    least = best(tried, "diabetes")
    assert least is not None
    assert least.kept["diabetes"].detail == max(one.kept["diabetes"].detail for one in tried)


def test_of_equal_detail_the_one_that_hides_least_is_named_and_none_where_none_can_be() -> None:
    def one(hidden: int) -> Alternative:
        return Alternative(Text("a", "a"), Cut(), False, {"x": Kept(9, hidden, 0.5)})

    tried = [one(4), one(2), Alternative(Text("b", "b"), Cut(), False, {}, "why")]
    assert best(tried, "x") is tried[1]
    assert best(tried, "y") is None


def test_a_later_release_follows_the_cut_of_the_first() -> None:
    cut = Cut(("sex",), {"diabetes": ("0-39", "40+")})
    first = protect_run(apply([indicator()], cut)[0], (), Earlier(), POLICY, "demo", 2025).items[0]
    later = Earlier(first.remembered, first.vintages)
    assert [axis.leaves for axis in follow([indicator()], later)[0].axes] == [AREAS.leaves, ("0-39", "40+")]
    again = protect_run([indicator(PATIENTS + 20)], (), later, POLICY, "demo", 2025)
    assert not again.left_out
    assert again.items[0].payload.dimensions == ("area", "age_band")
    assert {cell.nodes[1] for cell in again.items[0].payload.cells} == {"0-39", "40+", "total"}


def test_a_correction_that_waits_is_tried_rounded() -> None:
    axes = (AREAS, SEXES)
    text = Text("titel", "title")
    what = IndicatorDefinition(
        id="persons", version=1, axis="health", kind="count", title=text, description=text, unit=text, per=1,
        favourable="neither", reference="none", dimensions=("area", "sex"), population=Population(),
        measure=Measure("persons", of=Criterion("condition", window="until_end", system="icpc", codes=("T90",)),
                        denominator=None),
    )  # fmt: skip

    def counted(more: int) -> ComputedIndicator:
        persons = np.array([[500 + more, 400], [300, 600]])
        return ComputedIndicator(what, "2025", axes, persons, persons, None, None, ("gp",))

    first = protect_run([counted(0)], (), Earlier(), POLICY, "demo", 2025).items[0]
    tried = list(alternatives([counted(3)], Earlier(first.remembered, first.vintages), POLICY, random.SystemRandom()))
    assert tried[0].waits == ("persons",)
    assert [one.rounded for one in tried].count(True) == 1
    assert next(one for one in tried if one.rounded).kept["persons"].hidden == 0
