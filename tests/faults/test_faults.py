"""Whatever breaks, afterwards the hub holds exactly what the regions released: nothing lost, nothing twice.

`make test` runs the fixed set. REGIOHELIX_FAULT_RUNS asks for another number of runs, REGIOHELIX_FAULT_SEED for another
first seed: `REGIOHELIX_FAULT_RUNS=1 REGIOHELIX_FAULT_SEED=17` repeats seed 17. See docs/faults.md.
"""

import os

import pytest

from tests.faults.plan import FIXED, Kind, make_plan
from tests.faults.report import Report
from tests.faults.run import Run
from tests.faults.stage import Stage

FIRST = int(os.environ.get("REGIOHELIX_FAULT_SEED", "0"))
RUNS = int(os.environ.get("REGIOHELIX_FAULT_RUNS", str(len(FIXED))))


@pytest.mark.real_kafka
@pytest.mark.real_postgres
@pytest.mark.parametrize("seed", range(FIRST, FIRST + RUNS))
def test_after_all_faults_the_hub_holds_what_the_regions_released(seed: int, stage: Stage, report: Report) -> None:
    outcome = Run(stage, make_plan(seed)).execute()
    report.add(outcome)
    assert outcome.failure is None, report.line(outcome)


def test_the_fixed_set_holds_every_kind_of_fault() -> None:
    assert {kind for seed in range(len(FIXED)) for kind in make_plan(seed).kinds} == set(Kind)


def test_a_seed_always_means_the_same_plan() -> None:
    assert [make_plan(seed) for seed in range(200)] == [make_plan(seed) for seed in range(200)]


def test_the_first_two_hundred_seeds_lead_with_every_kind_several_times() -> None:
    times = {kind: sum(kind in make_plan(seed).kinds for seed in range(200)) for kind in Kind}
    assert min(times.values()) >= 8, times
