"""The soak's verdict tells a leak from noise, and says so in figures."""

import random
from dataclasses import replace

import pytest

from tests.soak.verdict import MEMORY_BOUND, Sample, judge, slope, warmed_up

MIB = 2**20


def samples(leak_per_hour: float = 0.0, handles_per_hour: float = 0.0, minutes: int = 60) -> list[Sample]:
    """Make an hour of samples every 15 s: a steep start that levels off, noise, and a steady growth on top."""
    rng = random.Random(7)  # noqa: S311 - repeatable, and guards nothing
    made = []
    for second in range(0, minutes * 60, 15):
        start = 40 * min(second / 300, 1)
        memory = int((100 + start + rng.uniform(-1, 1) + leak_per_hour * second / 3600) * MIB)
        files = int(10 + handles_per_hour * second / 3600)
        made.append(Sample(second, {"hub": memory}, {"hub": files}, {"hub": 8}, {"hub": 0}, second))
    return made


def test_the_slope_is_that_of_the_points() -> None:
    assert slope([(0, 1), (1800, 2), (3600, 3)]) == pytest.approx(2)


def test_one_step_or_outlier_does_not_make_a_slope() -> None:
    assert slope([(n * 60, 100 if n == 30 else 5) for n in range(60)]) == 0


def test_a_steep_start_is_no_leak() -> None:
    assert all(finding.holds for finding in judge(samples()))


def test_a_leak_beyond_the_bound_is_named_with_its_unit() -> None:
    memory, steps, files, threads = judge(samples(leak_per_hour=MEMORY_BOUND + 5))
    assert steps.holds
    assert not memory.holds
    assert "MiB/hour" in str(memory)
    assert files.holds
    assert threads.holds


def stepped(height: float) -> list[Sample]:
    """Make an hour of samples with one step in the middle."""
    return [
        replace(one, memory={"hub": one.memory["hub"] + int(height * MIB) * (one.seconds > 2000)}) for one in samples()
    ]


def test_one_step_of_a_cache_is_no_leak_unless_it_is_large() -> None:
    assert all(finding.holds for finding in judge(stepped(14)))
    memory, steps, *_ = judge(stepped(40))
    assert memory.holds
    assert not steps.holds


def test_growing_handles_are_named() -> None:
    memory, _, files, _ = judge(samples(handles_per_hour=30))
    assert memory.holds
    assert not files.holds


def test_a_long_run_is_judged_after_a_quarter_of_an_hour() -> None:
    assert warmed_up(samples())[0].seconds == 900


def test_too_short_a_run_is_not_judged() -> None:
    with pytest.raises(ValueError, match="at least three samples"):
        judge(samples(minutes=1)[:2])
