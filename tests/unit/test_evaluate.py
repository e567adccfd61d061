"""Which periods and areas take part in an evaluation, and what its reading says where doubts are in order."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from node.evaluation.asked import METHOD_VERSION
from node.evaluation.checks import placebo_check, trend_check
from node.evaluation.difference import difference
from node.evaluation.estimated import estimate, number_words, p_words
from node.evaluation.evaluate import AreasWrong, evaluate
from node.evaluation.figures_over_time import PeriodsWrong, figures_over_time, per_year, periods_between, side
from node.evaluation.reading import reading
from node.evaluation.refusal import NoVariation
from node.indicators.figures import Axis, ComputedIndicator
from node.indicators.period import PeriodUnknown, read_period
from node.knowledge.interventions import Goal, Intervention
from schemas.catalogue import catalogue
from schemas.definition import IndicatorDefinition, Text
from tests.support.planted import PlantedPanel

AREAS = tuple(f"GM{number:04d}" for number in range(10))
SHARE: IndicatorDefinition = catalogue()["c.ed_patients"]
QUARTERS = periods_between("2021-Q1", "2023-Q4")
NAME = Text("uitkomst", "outcome")
TITLE = Text("Huisarts aan huis", "Doctor at home")
INTERVENTION = Intervention(
    "thuisarts", TITLE, Text("-", "-"), "residents", "all", date(2022, 8, 1),
    Goal("c.ed_patients", Decimal(5), date(2027, 1, 1)), (), areas=AREAS[:6],
)  # fmt: skip


def _computed(periods: Sequence[str], treated: int = 6, change: int = -20, drift: int = 0) -> list[ComputedIndicator]:
    """Return shares of 1,000 women and 1,000 men: the first areas change in the eighth quarter, and drift all along."""
    found = []
    for place, period in enumerate(periods):
        people = np.full((len(AREAS), 2), 1000)
        area = np.arange(len(AREAS))
        visitors = 100 + 3 * area + (area * 7 + place * 5 + area * place * 3) % 7
        visitors = visitors + (area < treated) * (change * (place >= 7) + drift * place)
        cells = np.stack([visitors, visitors + 10], axis=1)
        axes = (Axis("area", AREAS), Axis("sex", ("f", "m")))
        found.append(ComputedIndicator(SHARE, period, axes, cells, cells, people, people))
    return found


def test_a_period_across_the_start_and_one_beyond_the_end_take_no_part() -> None:
    ended = msgspec.structs.replace(INTERVENTION, end=date(2023, 11, 1))
    told = evaluate(ended, figures_over_time(_computed(QUARTERS)), "did")
    assert told.before == QUARTERS[:6]
    assert told.left_out == ("2022-Q3", "2023-Q4")
    assert told.after == QUARTERS[7:11]
    assert told.compared == AREAS[6:]
    spoilt = _computed(QUARTERS, change=-20)
    for place in (6, 11):
        spoilt[place].numerator[:] = 999
    assert evaluate(ended, figures_over_time(spoilt), "did").estimates == told.estimates


def test_where_a_period_lies() -> None:
    start, end = date(2024, 7, 1), date(2025, 7, 1)
    lies = [side(read_period(one), start, end) for one in ("2024-Q2", "2024", "2024-Q3", "2025", "2025-06", "2025-Q3")]
    assert lies == ["before", "across", "after", "ended", "after", "ended"]


def test_periods_follow_one_another_to_the_last() -> None:
    assert periods_between("2023-11", "2024-02") == ("2023-11", "2023-12", "2024-01", "2024-02")
    assert periods_between("2023-Q4", "2024-Q1") == ("2023-Q4", "2024-Q1")
    assert periods_between("2022", "2024") == ("2022", "2023", "2024")
    assert [per_year(one) for one in ("2022", "2022-Q1", "2022-01")] == [1, 4, 12]
    for first, last in (("2024", "2024-Q1"), ("2024-Q2", "2024-Q1")):
        with pytest.raises(PeriodsWrong, match=r"make no series; write two years, quarters or months"):
            periods_between(first, last)
    with pytest.raises(PeriodUnknown):
        periods_between("2024-W01", "2024-W02")


def test_figures_are_in_the_readers_unit_and_areas_are_added_before_dividing() -> None:
    figures = figures_over_time(_computed(QUARTERS[:1]))
    assert figures.values[0, 0] == pytest.approx(100 * (100 + 110) / 2000)
    both = figures.together(AREAS[:2])
    assert both[0] == pytest.approx(100 * (figures.numerator[0, 0] + figures.numerator[1, 0]) / 4000)


def test_an_area_without_people_has_no_figure() -> None:
    computed = _computed(QUARTERS)
    assert computed[3].denominator is not None
    computed[3].denominator[2] = 0
    figures = figures_over_time(computed)
    assert np.argwhere(np.isnan(figures.values)).tolist() == [[2, 3]]
    assert evaluate(INTERVENTION, figures_over_time(computed), "did").estimates[0].is_clear


def test_without_areas_of_its_own_an_intervention_is_everywhere_and_has_nothing_to_compare_with() -> None:
    everywhere = msgspec.structs.replace(INTERVENTION, areas=())
    with pytest.raises(AreasWrong, match="GM0003 has the intervention"):
        evaluate(everywhere, figures_over_time(_computed(QUARTERS)), "did", ["GM0003"])


def test_groups_that_drifted_apart_before_are_no_effect_in_either_language() -> None:
    told = evaluate(INTERVENTION, figures_over_time(_computed(QUARTERS, change=0, drift=10)), "did")
    assert [one.verdict for one in told.checks] == ["failed", "failed"]
    assert (
        "Do not read this as an effect of the intervention: the groups moved apart before the start" in told.reading.en
    )
    assert "Lees dit niet als effect van de interventie: de groepen liepen vóór de start al uiteen" in told.reading.nl
    assert "fits an effect" not in told.reading.en


def test_an_interval_that_holds_nothing_is_no_proof_of_nothing() -> None:
    told = reading(SHARE, TITLE, estimate(NAME, -0.5, -1.25, 0.25, 0.2), (), is_did=True)
    assert told.en == (
        "No effect of 'Doctor at home' on 'Emergency department visitors' is shown: the figures agree with anything "
        "from −1.25 to +0.25 percentage points (95% interval). That does not prove that the intervention does nothing."
    )
    assert "van −1,25 tot +0,25 procentpunt (95%-interval). Dat bewijst niet" in told.nl


def test_a_change_against_what_was_hoped_for_is_called_that() -> None:
    told = reading(SHARE, TITLE, estimate(NAME, 2.0, 1.0, 3.0, 0.001), (), is_did=False)
    assert "is 2.00 percentage points higher than the line from before leads one to expect" in told.en
    assert "That is against what was hoped for." in told.en
    neutral = msgspec.structs.replace(SHARE, favourable="neither")
    assert "hoped" not in reading(neutral, TITLE, estimate(NAME, 2.0, 1.0, 3.0, 0.001), (), is_did=True).en


def test_checks_say_what_was_found_and_what_could_not_be_tried() -> None:
    assert placebo_check(None).verdict == "not_possible"
    assert placebo_check(estimate(NAME, 1.0, 0.5, 1.5, 0.01)).verdict == "failed"
    quiet = trend_check(estimate(NAME, 0.123, -0.4, 0.6, 0.6), estimate(NAME, 3.1, 2.0, 4.2, 0.001), reach=5.0)
    assert quiet.verdict == "passed"  # 5 x 0.6 is no 3.1
    assert "+0.12; 95% interval −0.40 to +0.60 per period" in quiet.words.en


def test_a_trend_that_could_be_all_of_the_effect_is_not_called_absent() -> None:
    found, effect = estimate(NAME, 0.123, -0.4, 0.6, 0.6), estimate(NAME, 2.9, 2.0, 3.8, 0.001)
    told = trend_check(found, effect, reach=5.0)
    assert told.verdict == "imprecise"
    assert (
        "if it goes on it looks like an effect of −2.00 to +3.00, and the effect found lies within that"
        in told.words.en
    )
    assert "loopt het door, dan lijkt dat een effect van −2,00 tot +3,00" in told.words.nl
    read = reading(SHARE, TITLE, effect, (told,), is_did=True)
    assert "fits an effect" not in read.en
    assert "a difference in trend between the groups of areas could explain it as well" in read.en
    assert "past bij" not in read.nl
    assert "een verschil in trend tussen de groepen gebieden kan het even goed verklaren" in read.nl
    both = reading(SHARE, TITLE, effect, (told, placebo_check(estimate(NAME, 1.0, 0.5, 1.5, 0.01))), is_did=True)
    assert both.en.endswith("A difference in trend between the groups of areas could explain it too.")
    assert trend_check(found, estimate(NAME, 0.5, -0.4, 1.4, 0.3), reach=5.0).verdict == "passed"  # nothing to explain


def test_a_difference_in_trend_reaches_as_far_as_before_and_after_lie_apart() -> None:
    panel = PlantedPanel(areas=12, treated=6, periods=9, start=4, size=0.0)
    outcomes = panel.outcomes([1])[0]
    assert difference(outcomes, panel.is_treated, panel.is_after).reach == pytest.approx(6 - 1.5)
    outcomes[:, 4] = np.nan  # a period across the start takes no part, but lies between
    assert difference(outcomes, panel.is_treated, panel.is_after).reach == pytest.approx(6.5 - 1.5)
    outcomes[2, 0] = np.nan
    drifting = outcomes + np.outer(panel.is_treated, np.arange(9.0))
    still, moved = (difference(one, panel.is_treated, panel.is_after) for one in (outcomes, drifting))
    assert moved.effect.estimate - still.effect.estimate == pytest.approx(still.reach)


def test_how_many_areas_there_are_is_an_assumption_since_too_few_are_refused() -> None:
    told = evaluate(INTERVENTION, figures_over_time(_computed(QUARTERS)), "did")
    assert {one.id for one in told.checks} == {"pre_trend", "placebo"}  # each of these can fail
    assert told.assumptions[-1].en.startswith("None of the 6 areas with and 4 without the intervention changed very")
    assert told.assumptions[-1].nl.startswith("Geen van de 6 gebieden met en 4 zonder interventie veranderde")
    assert re.search(r"; standard error \d.* \(CR2\), \d.* \(CR1\)$", told.how.en)


def test_no_p_value_is_written_as_0() -> None:
    assert p_words(estimate(NAME, 3.0, 2.0, 4.0, 7e-8).p) == Text("p < 0,0001", "p < 0.0001")
    assert p_words(estimate(NAME, 3.0, 2.0, 4.0, 0.0123).p) == Text("p = 0,0123", "p = 0.0123")


def test_a_change_is_held_beside_a_change() -> None:
    fewer = reading(SHARE, TITLE, estimate(NAME, -2.3, -3.1, -1.5, 0.001), (), is_did=True)
    assert (
        "is 'Bezoekers van de spoedeisende hulp' 2,30 procentpunt minder gestegen (of meer gedaald) dan in de"
        in fewer.nl
    )
    assert "rose by 2.30 percentage points less (or fell by more) than in the areas compared with" in fewer.en
    more = reading(SHARE, TITLE, estimate(NAME, 2.3, 1.5, 3.1, 0.001), (), is_did=True)
    assert "2,30 procentpunt meer gestegen (of minder gedaald) dan in de vergelijkingsgebieden" in more.nl
    assert "rose by 2.30 percentage points more (or fell by less) than in the areas compared with" in more.en


def test_estimates_are_rounded_by_the_width_of_their_interval() -> None:
    assert estimate(NAME, 1.23456, 1.1, 1.4, 0.01234567) == estimate(NAME, 1.2346, 1.1, 1.4, 0.0123)
    assert str(estimate(NAME, -0.0001, -123.4, 130.0, 0.9).value) == "0"
    assert number_words(Decimal("-1.50")) == Text("−1,50", "−1.50")


def test_figures_that_do_not_vary_are_refused_since_chance_cannot_be_judged() -> None:
    months = periods_between("2021-01", "2023-12")
    for periods, method, words in ((QUARTERS, "did", "do not vary"), (months, "its", "lie on the line")):
        computed = _computed(periods)
        for one in computed:
            one.numerator[:] = 0
        with pytest.raises(NoVariation, match=words):
            evaluate(INTERVENTION, figures_over_time(computed), method)  # type: ignore[arg-type]


def test_nothing_at_all_before_the_start_is_no_difference_in_trend() -> None:
    computed = _computed(QUARTERS)
    for one in computed[:6]:
        one.numerator[:] = 0
    told = evaluate(INTERVENTION, figures_over_time(computed), "did")
    assert [one.verdict for one in told.checks[:2]] == ["passed", "passed"]


def test_a_gap_before_the_start_does_not_bend_the_trend() -> None:
    drifting = figures_over_time(_computed(QUARTERS, drift=10))
    drifting.numerator[:, 2:4] = np.nan
    told = evaluate(INTERVENTION, drifting, "did")
    assert told.checks[0].verdict == "failed"
    assert "+1.0" in told.checks[0].words.en  # ten of a thousand more in every quarter, with or without the gap


def test_another_outcome_of_the_same_figures_needs_another_version_of_the_method() -> None:
    """Events say by which version they were made; where this fails, raise METHOD_VERSION and write both anew."""
    by_area = evaluate(INTERVENTION, figures_over_time(_computed(QUARTERS)), "did")
    months = periods_between("2020-01", "2024-12")
    by_series = evaluate(INTERVENTION, figures_over_time(_computed(months)), "its")
    told = [(str(one.value), str(one.low), str(one.high)) for one in (*by_area.estimates, *by_series.estimates)]
    assert METHOD_VERSION == 3
    assert told == [
        ("-1.977", "-2.028", "-1.927"),
        ("1.66", "-2.22", "5.55"),
        ("0.73", "-0.86", "2.31"),
        ("0.067", "-0.091", "0.224"),
    ]
