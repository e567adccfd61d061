"""Made-up regions with an effect of known size, start and place, and with what would mislead a careless analyst.

Areas that get the intervention start higher (they were chosen for it), all areas share shocks from period to period,
and an area's errors follow one another: neither a comparison in time nor one between areas alone finds the effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from node.evaluation.panel_regression import Flags, Floats


@dataclass(frozen=True)
class PlantedPanel:
    """Areas x periods with `size` added in the first `treated` areas from period `start` on.

    These areas drift away from the others by `drift` a period, all along.
    """

    areas: int
    treated: int
    periods: int
    start: int
    size: float
    correlation: float = 0.4
    chosen_for: float = 4.0
    drift: float = 0.0

    @property
    def is_treated(self) -> Flags:
        return np.arange(self.areas) < self.treated

    @property
    def is_after(self) -> Flags:
        return np.arange(self.periods) >= self.start

    @property
    def regressor(self) -> Floats:
        return np.outer(self.is_treated, self.is_after).astype(np.float64)

    def outcomes(self, seeds: Sequence[int]) -> Floats:
        """Return one panel per seed, (seeds, areas, periods)."""
        return np.stack([self._one(np.random.default_rng(seed)) for seed in seeds])

    def _one(self, chance: np.random.Generator) -> Floats:
        levels = 20 + 3 * chance.standard_normal((self.areas, 1)) + self.chosen_for * self.is_treated[:, None]
        shocks = np.cumsum(chance.standard_normal(self.periods))
        errors = following(chance.standard_normal((self.areas, self.periods)), self.correlation)
        apart = self.drift * np.outer(self.is_treated, np.arange(self.periods))
        found: Floats = levels + shocks + errors + self.size * self.regressor + apart
        return found


@dataclass(frozen=True)
class PlantedSeries:
    """Months with a trend, a season, and a change of level and slope from period `start` on."""

    periods: int
    start: int
    level: float
    slope: float
    correlation: float = 0.3

    @property
    def average(self) -> float:
        """Return the mean effect over the periods after the start."""
        return self.level + self.slope * (self.periods - self.start - 1) / 2

    def outcomes(self, seeds: Sequence[int]) -> Floats:
        """Return one series per seed, (seeds, periods)."""
        time = np.arange(self.periods)
        after = time >= self.start
        expected = 30 + 0.1 * time + 2 * np.sin(2 * np.pi * time / 12) + np.cos(2 * np.pi * time / 6)
        expected = expected + after * (self.level + self.slope * (time - self.start))
        drawn = [np.random.default_rng(seed).standard_normal(self.periods) for seed in seeds]
        found: Floats = expected + following(np.stack(drawn), self.correlation)
        return found


def following(drawn: Floats, correlation: float) -> Floats:
    """Return errors that follow one another along the last axis, as varied at the start as later."""
    errors = drawn.copy()
    errors[..., 0] /= np.sqrt(1 - correlation**2)
    for place in range(1, drawn.shape[-1]):
        errors[..., place] += correlation * errors[..., place - 1]
    return errors
