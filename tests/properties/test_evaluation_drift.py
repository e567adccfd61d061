"""Where groups of areas only drift apart, no effect is read, also where too few periods lie before to see the drift."""

from collections import Counter
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from node.evaluation.evaluate import evaluate
from node.evaluation.figures_over_time import FiguresOverTime, periods_between
from node.knowledge.interventions import Goal, Intervention
from schemas.catalogue import catalogue
from schemas.definition import Text
from tests.support.planted import PlantedPanel

SHARE = catalogue()["c.ed_patients"]
EVERY_SEED = range(400)
FEW_SEEDS = range(20)

DRIFTING = {
    "2 before, 0.4 a period": PlantedPanel(areas=36, treated=18, periods=6, start=2, size=0.0, drift=0.4),
    "5 before, 0.25 a period": PlantedPanel(areas=36, treated=18, periods=9, start=5, size=0.0, drift=0.25),
}
FLAT = PlantedPanel(areas=36, treated=18, periods=16, start=12, size=1.5)
SHORT = PlantedPanel(areas=36, treated=18, periods=6, start=2, size=1.5)


def _read(panel: PlantedPanel, seeds: range) -> Counter[str]:
    """Return how often the reading fits an effect, doubts one (`failed`, `imprecise`) or shows none, over seeds."""
    areas = tuple(f"GM{number:04d}" for number in range(panel.areas))
    quarters = periods_between("2015-Q1", "2024-Q4")
    start = date(2015 + panel.start // 4, 3 * (panel.start % 4) + 1, 1)
    intervention = Intervention(
        "thuisarts", Text("Huisarts", "Doctor"), Text("-", "-"), "residents", "all", start,
        Goal("c.ed_patients", Decimal(5), date(2027, 1, 1)), (), areas=areas[: panel.treated],
    )  # fmt: skip
    found: Counter[str] = Counter()
    for outcomes in panel.outcomes(seeds):
        people = np.full(outcomes.shape, 1000.0)
        figures = FiguresOverTime(SHARE, areas, quarters[: panel.periods], outcomes * 10, people)
        told = evaluate(intervention, figures, "did")
        verdicts = {one.verdict for one in told.checks}
        if not told.estimates[0].is_clear:
            found["none"] += 1
        elif "fits an effect" in told.reading.en:
            found["effect"] += 1
        else:
            found["failed" if "failed" in verdicts else "imprecise"] += 1
    return found


@pytest.mark.parametrize("name", DRIFTING)
def test_a_few_regions_that_only_drift_apart_are_not_read_as_an_effect(name: str) -> None:
    found = _read(DRIFTING[name], FEW_SEEDS)
    assert found["effect"] <= 0.05 * len(FEW_SEEDS)
    assert found["imprecise"] >= len(FEW_SEEDS) / 5  # what would have been read as an effect


def test_a_clear_effect_after_a_long_flat_run_up_is_read_as_one_and_after_a_short_one_is_not() -> None:
    assert _read(FLAT, FEW_SEEDS)["effect"] >= 0.75 * len(FEW_SEEDS)
    assert _read(SHORT, FEW_SEEDS)["effect"] <= 0.3 * len(FEW_SEEDS)


@pytest.mark.nightly
@pytest.mark.parametrize("name", DRIFTING)
def test_regions_that_only_drift_apart_are_hardly_ever_read_as_an_effect(name: str) -> None:
    found = _read(DRIFTING[name], EVERY_SEED)
    print(f"{name}: {dict(found)} of {len(EVERY_SEED)}.")
    assert found["effect"] <= 0.05 * len(EVERY_SEED)
