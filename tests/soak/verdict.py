"""What the samples of a soak say: the slope of memory and of handles after the warm-up, held against stated bounds."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

# The largest growth that still counts as flat. Allocators and caches creep by some MiB while they find their size; a
# leak of one event's bytes (about 2 kB) at 5 events a second would be 34 MiB an hour.
MEMORY_BOUND = 12.0  # MiB an hour
HANDLE_BOUND = 4.0  # open files, or threads, an hour
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
        memory = slope([(one.seconds, one.memory[side] / 2**20) for one in kept])
        files = slope([(one.seconds, one.files[side]) for one in kept])
        threads = slope([(one.seconds, one.threads[side]) for one in kept])
        found += [
            Finding(f"{side} memory", memory, "MiB/hour", MEMORY_BOUND),
            Finding(f"{side} open files", files, "an hour", HANDLE_BOUND),
            Finding(f"{side} threads", threads, "an hour", HANDLE_BOUND),
        ]
    return found
