"""What the samples of a soak say: how steadily memory and handles grow after the warm-up, held against stated bounds.

A leak grows in every stretch of the run; a cache or allocator that finds its size under more load takes a step and then
stays. So the slope is the median of those of ten-minute stretches, and a second bound limits what all steps come to.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

# A leak of one event's bytes (about 2 kB) at 5 events a second would be 34 MiB an hour.
MEMORY_BOUND = 12.0  # MiB an hour
STEPS_BOUND = 32.0  # MiB from the end of the warm-up to the end of the run
HANDLE_BOUND = 4.0  # open files, or threads, an hour
STRETCH_SECONDS = 600.0
WARM_UP_SHARE = 0.25  # of the time, at least
WARM_UP_SECONDS = 600.0  # or this, where the run is long enough for both


@dataclass(frozen=True)
class Sample:
    """One look at both processes: `seconds` since the start; memory in bytes; sizes of the databases in bytes."""

    seconds: float
    memory: dict[str, int]
    files: dict[str, int]
    threads: dict[str, int]
    stored: dict[str, int]
    events: int


@dataclass(frozen=True)
class Finding:
    """One figure of the verdict."""

    what: str
    slope: float
    unit: str
    bound: float

    @property
    def holds(self) -> bool:
        return self.slope <= self.bound

    def __str__(self) -> str:
        word = "flat" if self.holds else "GROWS"
        return f"{self.what}: {self.slope:+.2f} {self.unit} (bound {self.bound:g}): {word}"


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the growth per hour by the Theil-Sen estimator (Sen 1968): the median of the slopes between all pairs.

    A single step or outlier does not move it. `points` are (seconds, value), at least two.
    """
    pairs = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for place, earlier in enumerate(points)
        for later in points[place + 1 :]
    ]
    return statistics.median(pairs) * 3600


def steady_slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the median of the slopes of the run's stretches of STRETCH_SECONDS, per hour."""
    first, last = points[0][0], points[-1][0]
    number = max(1, int((last - first) // STRETCH_SECONDS))
    length = (last - first) / number or 1.0
    stretches: list[list[tuple[float, float]]] = [[] for _ in range(number)]
    for point in points:
        stretches[min(int((point[0] - first) / length), number - 1)].append(point)
    return statistics.median(slope(stretch) for stretch in stretches if len(stretch) > 1)


def growth(values: Sequence[float]) -> float:
    """Return what the last tenth lies above the first, by their medians."""
    tenth = max(1, len(values) // 10)
    return statistics.median(values[-tenth:]) - statistics.median(values[:tenth])


def warmed_up(samples: Sequence[Sample]) -> list[Sample]:
    """Leave out the first quarter of the time, or ten minutes where the run lasts 40 minutes and more."""
    whole = samples[-1].seconds
    start = max(whole * WARM_UP_SHARE, min(WARM_UP_SECONDS, whole / 2))
    return [sample for sample in samples if sample.seconds >= start]


def judge(samples: Sequence[Sample]) -> list[Finding]:
    """Return the findings for each side: memory, open files, threads; raises ValueError without enough samples."""
    kept = warmed_up(samples)
    if len(kept) < 3:
        raise ValueError("A soak needs at least three samples after its warm-up; let it run longer.")
    found = []
    for side in kept[0].memory:
        memory = [(one.seconds, one.memory[side] / 2**20) for one in kept]
        files = slope([(one.seconds, one.files[side]) for one in kept])
        threads = slope([(one.seconds, one.threads[side]) for one in kept])
        found += [
            Finding(f"{side} memory", steady_slope(memory), "MiB/hour", MEMORY_BOUND),
            Finding(f"{side} memory, all steps", growth([value for _, value in memory]), "MiB", STEPS_BOUND),
            Finding(f"{side} open files", files, "an hour", HANDLE_BOUND),
            Finding(f"{side} threads", threads, "an hour", HANDLE_BOUND),
        ]
    return found
